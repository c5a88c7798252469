"""Landmarks kept for drawing: the right face, frame by frame, and nothing else on the disk."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.faces import mesh_file
from core.faces.mesh_file import MeshFile
from core.faces.recording import Recording
from tests.unit.faces.test_recording import IMAGE, at, seen


@pytest.mark.parametrize("n", [1, 9, 1234])
def test_a_mesh_comes_back_with_holes_where_the_face_was_lost(tmp_path: Path, n: int) -> None:
    points = np.random.default_rng(n).random((n, 478, 2)).astype(np.float32)
    lost = np.arange(n + 3) % 7 == 3
    lost[n:] = True
    with MeshFile(tmp_path / "mesh.npy") as file:
        track = file.follow()
        for frame in np.flatnonzero(~lost):
            track.put(int(frame), points[frame])
        file.keep(track, n + 3)
    back = mesh_file.load(tmp_path / "mesh.npy")
    assert isinstance(back, np.memmap)
    assert back.shape == (n + 3, 478, 2)
    np.testing.assert_array_equal(back[~lost], points[~lost[:n]])
    assert np.isnan(back[lost]).all()


def test_the_mesh_is_that_of_the_face_that_is_measured(rest_face: np.ndarray, tmp_path: Path) -> None:
    with MeshFile(tmp_path / "mesh.npy") as file:
        recording = Recording(file)
        for i in range(150):
            small, large = at(rest_face, 100), at(rest_face, 450, scale=1.5)
            recording.add(i / 30, seen(small) if i < 20 else seen(large, small), IMAGE)
        recording.keep_mesh()
    assert [path.name for path in tmp_path.iterdir()] == ["mesh.npy"]
    mesh = mesh_file.load(tmp_path / "mesh.npy")
    found = np.isfinite(recording.shapes()[2])
    np.testing.assert_array_equal(np.isfinite(mesh[:, 0, 0]), found)
    np.testing.assert_allclose(mesh[found, 1], np.tile([450 / 640, 240 / 480], (130, 1)), rtol=1e-6)


def test_work_that_is_cut_off_leaves_no_face_behind(rest_face: np.ndarray, tmp_path: Path) -> None:
    def cut_off() -> None:
        with MeshFile(tmp_path / "mesh.npy") as file:
            Recording(file).add(0.0, seen(at(rest_face, 100), at(rest_face, 450)), IMAGE)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cut_off()
    assert list(tmp_path.iterdir()) == []
