"""FaceMesh's landmarks and FaceLandmarker's blendshapes, face by face."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.faces.blended_mesh import BlendedMesh, scores_of
from core.faces.blendshapes import BLENDSHAPES
from core.faces.face_landmarker import FaceLandmarker
from core.faces.face_mesh import FaceMesh, Landmarks
from core.faces.video import read_frames
from tests.unit.faces.conftest import to_pixels


@pytest.mark.usefixtures("landmarker_file")
def test_distances_are_those_of_face_mesh_and_blendshapes_those_of_face_landmarker(shared_data: Path) -> None:
    frames = read_frames(shared_data / "clips" / "single_face.mp4")
    with BlendedMesh() as both, FaceMesh() as mesh, FaceLandmarker() as landmarker:
        for frame, _ in zip(frames, range(8), strict=False):
            image = np.ascontiguousarray(frame.image[..., ::-1])
            found = both.detect(image, frame.timestamp_s)
            expected = mesh.detect(image, frame.timestamp_s)
            np.testing.assert_array_equal(found.faces, expected.faces)
            assert found.confidence == expected.confidence
            np.testing.assert_array_equal(found.blendshapes, landmarker.detect(image, frame.timestamp_s).blendshapes)


@pytest.mark.usefixtures("landmarker_file")
def test_without_a_face_there_are_no_rows() -> None:
    with BlendedMesh(static=True) as both:
        found = both.detect(np.zeros((480, 640, 3), np.uint8))
    assert found.blendshapes is not None
    assert (found.n_faces, found.blendshapes.shape) == (0, (0, len(BLENDSHAPES)))


def test_scores_go_to_the_face_they_belong_to_whatever_the_order(rest_face: np.ndarray) -> None:
    left, right = to_pixels(rest_face), to_pixels(rest_face) + np.float32((300, 0, 0))
    scores = np.stack([np.full(52, 0.2, np.float32), np.full(52, 0.8, np.float32)])
    wanted = Landmarks(np.stack([left, right]), 0.9)
    for order in ([0, 1], [1, 0]):
        given = Landmarks(np.stack([left, right])[order] + np.float32(2), 0.9, scores[order])
        np.testing.assert_array_equal(scores_of(wanted, given), scores)


def test_a_face_that_only_one_of_them_sees_has_no_scores(rest_face: np.ndarray) -> None:
    face = to_pixels(rest_face)
    wanted = Landmarks(np.stack([face, face + np.float32((300, 0, 0))]), 0.9)
    one = scores_of(wanted, Landmarks(face[None], 0.9, np.full((1, 52), 0.5, np.float32)))
    assert np.isfinite(one[0]).all()
    assert np.isnan(one[1]).all()
    assert np.isnan(scores_of(wanted, Landmarks(face[None][:0], 0.0, np.empty((0, 52), np.float32)))).all()
