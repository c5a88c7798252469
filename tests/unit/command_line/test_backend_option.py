"""The mesh that a command measures with."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from core.commands.screen import backend_of
from core.faces import backends
from tests.unit.command_line.running import process


def test_a_mesh_without_its_file_is_refused_before_any_work(
    shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAB_FACE_LANDMARKER", str(tmp_path / "nothing.task"))
    clip, out = shared_data / "clips" / "single_face.mp4", tmp_path / "out"
    ran = process("extract", clip, "--backend", backends.FACE_LANDMARKER, "--out", out)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert len(ran.stderr.splitlines()) == 1
    assert "lab.py setup --face-landmarker" in ran.stderr
    assert not out.exists()


@pytest.mark.usefixtures("landmarker_file")
def test_the_table_of_a_clip_names_the_mesh(shared_data: Path, tmp_path: Path) -> None:
    clip = shared_data / "clips" / "single_face.mp4"
    found = {}
    for backend in backends.BACKENDS:
        # Into one folder: what one mesh has measured is not taken over for the other.
        ran = process("extract", clip, "--backend", backend, "--out", tmp_path, "--workers", 0)
        assert ran.returncode == 0, ran.stderr
        found[backend] = pd.read_csv(tmp_path / "single_face.csv", skipinitialspace=True)
        assert set(found[backend]["backend"]) == {backend}
    plain, blended = found.values()
    assert (plain["AU05_r"] - blended["AU05_r"]).abs().max() > 0.05


def test_people_are_screened_with_the_mesh_of_the_cohort() -> None:
    def of(*names: str) -> str:
        return backend_of(set(names))

    assert of(backends.FACE_LANDMARKER, backends.FACE_LANDMARKER) == backends.FACE_LANDMARKER
    assert of(backends.FACE_MESH) == backends.FACE_MESH
    assert of("openface", "openface") == of(backends.FACE_LANDMARKER, "openface") == backends.FACE_MESH
