"""Alignment takes away where the head is and how it is turned, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.faces.features import FEATURES
from core.faces.geometry import DISTANCES, LEFT_OF, POSE, SIDED_FEATURES, measure_shape
from tests.unit.faces.conftest import CENTRE_PX, OUTER_EYE_PX, to_pixels


def turned(face: np.ndarray, pitch: float = 0.0, yaw: float = 0.0, roll: float = 0.0) -> np.ndarray:
    """The face turned by degrees about its own axes: x to the person's left, y up, z to the camera."""
    a, b, c = np.radians([pitch, yaw, roll])
    about_x = np.array([[1, 0, 0], [0, np.cos(a), -np.sin(a)], [0, np.sin(a), np.cos(a)]])
    about_y = np.array([[np.cos(b), 0, np.sin(b)], [0, 1, 0], [-np.sin(b), 0, np.cos(b)]])
    about_z = np.array([[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]])
    return face @ (about_z @ about_y @ about_x).T


def test_features_of_a_known_face_are_its_distances(rest_face: np.ndarray) -> None:
    shape = measure_shape(to_pixels(rest_face)[None])
    n = len(DISTANCES) + len(POSE)
    features = dict(zip(FEATURES[:n], shape.features[0, :n], strict=True))
    assert features["lid_aperture_R"] == pytest.approx(0.10, abs=1e-5)
    assert features["mouth_corner_width_L"] == pytest.approx(0.285, abs=1e-5)
    assert features["inner_brow_height_R"] == pytest.approx(0.22 + 0.02, abs=1e-5)
    assert shape.inter_eye_px[0] == pytest.approx(OUTER_EYE_PX)
    assert np.abs(shape.pose_deg).max() < 1e-3


@settings(deadline=None)
@given(
    pitch=st.floats(-40, 40),
    yaw=st.floats(-60, 60),
    roll=st.floats(-90, 90),
    scale=st.floats(0.2, 8),
    x=st.floats(-500, 500),
    y=st.floats(-500, 500),
)
def test_turning_scaling_and_moving_leave_the_features(rest_face, pitch, yaw, roll, scale, x, y) -> None:
    before = measure_shape(to_pixels(rest_face)[None]).features
    after = measure_shape(
        (to_pixels(turned(rest_face, pitch, yaw, roll)) * scale + np.array([x, y, 0.0]))[None]
    ).features
    np.testing.assert_allclose(after[:, : len(DISTANCES)], before[:, : len(DISTANCES)], atol=1e-4)


@pytest.mark.parametrize(
    ("turn", "axis"),
    [({"pitch": 20.0}, 0), ({"yaw": -20.0}, 1), ({"roll": -20.0}, 2)],
    ids=["down", "to the right", "to the left shoulder"],
)
def test_pose_has_the_angle_and_the_sign_that_it_says(rest_face: np.ndarray, turn: dict[str, float], axis: int) -> None:
    pose = measure_shape(to_pixels(turned(rest_face, **turn))[None]).pose_deg[0]
    expected = np.zeros(3)
    expected[axis] = 20.0
    np.testing.assert_allclose(pose, expected, atol=1e-3)


@settings(deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_a_mirrored_face_has_left_and_right_exchanged(rest_face, seed) -> None:
    face = to_pixels(rest_face) + np.random.default_rng(seed).normal(0, 2, (478, 3)).astype(np.float32)
    mirrored = face * np.float32([-1, 1, 1]) + np.float32([2 * CENTRE_PX[0], 0, 0])
    for right, left in LEFT_OF.items():
        mirrored[[right, left]] = mirrored[[left, right]]
    n = len(SIDED_FEATURES)
    one, other = measure_shape(face[None]).features[0], measure_shape(mirrored[None]).features[0]
    np.testing.assert_allclose(other[:n], one[n : 2 * n], atol=1e-4)
    np.testing.assert_allclose(other[n : 2 * n], one[:n], atol=1e-4)


def test_a_chunk_gives_what_its_frames_give_alone(rest_face: np.ndarray) -> None:
    faces = to_pixels(rest_face) + np.random.default_rng(0).normal(0, 2, (9, 478, 3)).astype(np.float32)
    together = measure_shape(faces)
    alone = np.concatenate([measure_shape(face[None]).features for face in faces])
    np.testing.assert_allclose(together.features, alone, atol=1e-6)
