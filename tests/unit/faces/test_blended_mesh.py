"""FaceMesh's landmarks and FaceLandmarker's blendshapes, face by face."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.errors import UserError
from core.faces import backends
from core.faces.blended_mesh import BlendedMesh, scores_of
from core.faces.blendshapes import BLENDSHAPES
from core.faces.face_landmarker import FaceLandmarker
from core.faces.face_mesh import FaceMesh, Landmarks
from core.faces.features import FEATURES
from core.faces.measurement import correct, measure_clip, measure_neutral
from core.faces.video import read_frames
from core.types import ACTION_UNITS, ActionUnits
from tests.unit.faces.conftest import to_pixels
from tools.fitting.agreement import agreement


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


@pytest.mark.usefixtures("landmarker_file")
def test_agreement_with_openface_within_clips(shared_data: Path) -> None:
    """0.57 when this was written, with blendshapes or without. The bound guards against breakage on few clips."""

    def measured(path: Path) -> ActionUnits:
        return measure_clip(path, "happiness", backend=backends.FACE_LANDMARKER).action_units

    found = {unit: np.median(of_clips) for unit, of_clips in agreement(shared_data / "clips", measured).items()}
    assert np.mean(list(found.values())) > 0.54
    assert found["AU05"] > 0.6


@pytest.mark.usefixtures("landmarker_file")
def test_the_rest_of_one_mesh_never_serves_the_other(shared_data: Path) -> None:
    clip = shared_data / "clips" / "single_face.mp4"
    for theirs, ours in (backends.BACKENDS, backends.BACKENDS[::-1]):
        rest = measure_neutral(clip, backend=theirs)
        with pytest.raises(UserError, match="measured with another mesh"):
            measure_clip(clip, "happiness", rest, backend=ours)


@pytest.mark.usefixtures("landmarker_file")
def test_a_measurement_says_what_made_it_and_can_be_corrected(shared_data: Path) -> None:
    clip = shared_data / "clips" / "single_face.mp4"
    found = measure_clip(clip, "happiness", measure_neutral(clip, backend=backends.FACE_LANDMARKER),
                         backend=backends.FACE_LANDMARKER)  # fmt: skip
    assert found.backend == backends.FACE_LANDMARKER
    assert found.features is not None
    assert found.features.shape[1] == len(FEATURES) + 52
    again = correct(found, "happiness", neutral=(0, 4))
    assert again.backend == backends.FACE_LANDMARKER
    assert again.neutral == (0, 4)
    assert again.action_units.intensity[:5, ACTION_UNITS.index("AU12")].max() < 0.5


@pytest.mark.usefixtures("landmarker_file")
def test_a_clip_without_a_face_is_judged_beside_a_neutral_clip(shared_data: Path) -> None:
    rest = measure_neutral(shared_data / "clips" / "single_face.mp4", backend=backends.FACE_LANDMARKER)
    found = measure_clip(shared_data / "clips" / "no_face.mp4", "anger", rest, backend=backends.FACE_LANDMARKER)
    assert found.quality.verdict == "not usable"
    assert np.isnan(found.action_units.intensity).all()
