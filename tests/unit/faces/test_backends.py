"""A mesh is chosen by its name; the second one is there only with its file."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import UserError
from core.faces import backends


@pytest.fixture
def without_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "face_landmarker.task"
    monkeypatch.setenv("LAB_FACE_LANDMARKER", str(path))
    return path


@pytest.mark.usefixtures("landmarker_file")
def test_both_are_there_with_the_file() -> None:
    assert backends.available() == (backends.FACE_MESH, backends.FACE_LANDMARKER) == backends.BACKENDS


@pytest.mark.usefixtures("without_file")
def test_the_default_needs_no_file() -> None:
    assert backends.available() == (backends.FACE_MESH,)
    assert backends.why_not(backends.FACE_MESH) is None
    with backends.open_mesh() as mesh:
        assert mesh.name == backends.FACE_MESH


@pytest.mark.usefixtures("without_file")
def test_the_absent_one_says_how_to_get_it() -> None:
    with (
        pytest.raises(UserError, match=r"lab\.py setup --face-landmarker"),
        backends.open_mesh(backends.FACE_LANDMARKER),
    ):
        pass


def test_an_unknown_name_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UserError, match=r"'openface'.*hypomimia-lab"), backends.open_mesh("openface"):
        pass


def test_opening_checks_the_file_again(landmarker_file: Path, without_file: Path) -> None:
    """It may go, or be put there, while the program runs."""
    assert backends.available() == (backends.FACE_MESH,)
    without_file.write_bytes(landmarker_file.read_bytes())
    assert backends.FACE_LANDMARKER in backends.available()
