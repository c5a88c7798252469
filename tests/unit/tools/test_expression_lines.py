"""The drawn face can be made again from the face model, to the byte."""

from __future__ import annotations

from pathlib import Path

from core.faces.expression_drawing import FILE
from tools import fit_expression_lines
from tools.rendering.face_model import FaceModel


def test_the_lines_come_out_as_they_are_kept(model: FaceModel) -> None:
    assert fit_expression_lines.make(model) == FILE.read_bytes()


def test_a_check_tells_what_differs_and_writes_nothing(shared_data: Path, tmp_path: Path, monkeypatch, capsys) -> None:
    path = str(shared_data / "ict_facekit" / "ict_facekit.npz")
    assert fit_expression_lines.main([path, "--check"]) == 0
    other = tmp_path / "expression_lines.json"
    other.write_text("{}")
    monkeypatch.setattr(fit_expression_lines, "FILE", other)
    assert fit_expression_lines.main([path, "--check"]) == 1
    assert "differs" in capsys.readouterr().out
    assert other.read_text() == "{}"
