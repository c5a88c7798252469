"""Faces that leave the picture."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from core.faces.action_units import intensities
from core.faces.face_mesh import LEAST_INSIDE, FaceMesh, inside
from core.faces.recording import Recording
from core.faces.video import read_frames

N_STILL = 8


@pytest.mark.parametrize(("direction", "most"), [((-8, 0), 1.5), ((8, 0), 1.5), ((0, -6), 3.5), ((0, 6), 1.5)])
def test_a_still_face_that_leaves_the_picture_seems_to_do_little(
    shared_data: Path, direction: tuple[int, int], most: float
) -> None:
    """Of one that leaves through the upper edge, the skin between the brows goes first, by which AU04 is told."""
    image = next(iter(read_frames(shared_data / "clips" / "single_face.mp4"))).image
    recording = Recording()
    with FaceMesh() as mesh:
        for i in range(55):
            x, y = (step * max(i - N_STILL, 0) for step in direction)
            moved = cv2.warpAffine(image, np.float32([[1, 0, x], [0, 1, y]]), image.shape[1::-1])
            found = mesh.detect(np.ascontiguousarray(moved[..., ::-1]), i / 30)
            assert all(inside(found.faces, moved) >= LEAST_INSIDE)
            recording.add(i / 30, found, moved)
    features = recording.shapes()[0]
    intensity = intensities(features, np.median(features[:N_STILL], axis=0))[0]
    seen = np.isfinite(intensity).all(axis=1)
    assert seen[:N_STILL].all()
    assert not seen[-1]
    assert intensity[seen].max() < most
