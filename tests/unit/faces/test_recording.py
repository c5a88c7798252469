"""What is kept while a clip streams by: of the right face, and no more than two kilobytes a frame."""

from __future__ import annotations

import numpy as np
import pytest

from core.faces.face_mesh import Landmarks
from core.faces.recording import CHUNK_FRAMES, Recording, Rows, blur_and_exposure
from tests.unit.faces.conftest import to_pixels

IMAGE = np.full((480, 640, 3), 90, np.uint8)


def seen(*faces: np.ndarray) -> Landmarks:
    return Landmarks(np.array(faces, np.float32).reshape(-1, 478, 3), 0.9)


def at(face: np.ndarray, x: float, scale: float = 1.0) -> np.ndarray:
    points = to_pixels(face)
    return (points - points[1]) * scale + np.array([x, 240, 0], np.float32)


def test_rows_keep_their_place_and_leave_holes() -> None:
    rows = Rows(2)
    n = 5 * CHUNK_FRAMES
    for row in range(0, n, 2):
        rows.put(np.array([row]), np.array([[row, -row]]))
    values = rows.first(n)
    np.testing.assert_array_equal(values[::2, 0], np.arange(0, n, 2))
    assert np.isnan(values[1::2]).all()
    assert np.isnan(rows.first(4 * n)[n:]).all()


def test_frames_without_the_face_are_holes_at_their_place(rest_face: np.ndarray) -> None:
    recording = Recording()
    n = 2 * CHUNK_FRAMES + 5
    for i in range(n):
        recording.add(i / 30, seen() if i % 10 == 3 else seen(at(rest_face, 100 + i)), IMAGE)
    timestamp_s, confidence, n_faces = recording.frames()
    features, pose_deg, inter_eye_px = recording.shapes()
    lost = np.arange(n) % 10 == 3
    np.testing.assert_array_equal(np.isnan(inter_eye_px), lost)
    np.testing.assert_array_equal(np.isnan(features).all(axis=1), lost)
    np.testing.assert_array_equal(n_faces == 0, lost)
    np.testing.assert_allclose(inter_eye_px[~lost], 100, rtol=1e-4)
    assert timestamp_s[-1] == pytest.approx((n - 1) / 30)
    assert pose_deg.shape == (n, 3)
    assert len(confidence) == n


def test_the_face_that_is_larger_for_longer_is_kept_and_never_mixed(rest_face: np.ndarray) -> None:
    recording = Recording()
    for i in range(200):
        small, large = at(rest_face, 100 + i / 10), at(rest_face, 450 - i / 10, scale=1.5)
        faces = [small] if i < 20 else ([large, small] if i % 2 else [small, large])
        recording.add(i / 30, seen(*faces), IMAGE)
    _, _, inter_eye_px = recording.shapes()
    assert np.isnan(inter_eye_px[:20]).all()
    np.testing.assert_allclose(inter_eye_px[20:], 150, rtol=1e-4)


def test_a_larger_face_that_only_passes_by_is_not_kept(rest_face: np.ndarray) -> None:
    recording = Recording()
    for i in range(120):
        faces = [at(rest_face, 150)] + ([at(rest_face, 450, scale=1.5)] if 50 <= i < 60 else [])
        recording.add(i / 30, seen(*faces), IMAGE)
    _, _, inter_eye_px = recording.shapes()
    np.testing.assert_allclose(inter_eye_px, 100, rtol=1e-4)
    assert recording.frames()[2].max() == 2


def test_where_only_the_other_face_is_seen_there_is_no_confidence(rest_face: np.ndarray) -> None:
    recording = Recording()
    large, small = at(rest_face, 450, scale=1.5), at(rest_face, 100)
    for i in range(40):
        recording.add(i / 30, seen(small) if 20 <= i < 30 else seen(large, small), IMAGE)
    timestamp_s, confidence, n_faces = recording.frames()
    other = (timestamp_s >= 20 / 30) & (timestamp_s < 30 / 30)
    np.testing.assert_array_equal(confidence[other], 0)
    np.testing.assert_allclose(confidence[~other], 0.9)
    np.testing.assert_array_equal(n_faces[other], 1)


def test_blur_and_exposure_of_the_face_alone(rest_face: np.ndarray) -> None:
    points = at(rest_face, 320)
    rng = np.random.default_rng(0)
    sharp = np.full((480, 640, 3), 255, np.uint8)
    low, high = points[:, :2].min(axis=0).astype(int), np.ceil(points[:, :2].max(axis=0)).astype(int)
    sharp[low[1] : high[1], low[0] : high[0]] = rng.integers(0, 100, (high[1] - low[1], high[0] - low[0], 1))
    blur, exposure = blur_and_exposure(sharp, points)
    assert exposure == pytest.approx(49.5, abs=2)
    assert blur > 100
    flat_blur, flat_exposure = blur_and_exposure(IMAGE, points)
    assert (flat_blur, flat_exposure) == (0.0, 90.0)
    assert blur_and_exposure(IMAGE, points + np.float32(5000)) == (0.0, 0.0)


def test_a_clip_without_a_face_has_as_many_columns_as_one_with_a_face(rest_face: np.ndarray) -> None:
    """So that it can be held against a face at rest from another clip, blendshapes and all."""
    points = at(rest_face, 320)
    for n_blendshapes in (None, 52):
        empty, full = Recording(), Recording()
        none_of = None if n_blendshapes is None else np.empty((0, n_blendshapes), np.float32)
        one_of = None if n_blendshapes is None else np.zeros((1, n_blendshapes), np.float32)
        for i in range(3):
            empty.add(i / 30, Landmarks(points[None][:0], 0.0, none_of), IMAGE)
            full.add(i / 30, Landmarks(points[None], 0.9, one_of), IMAGE)
        assert empty.shapes()[0].shape == full.shapes()[0].shape
        assert np.isnan(empty.shapes()[0]).all()


def test_each_face_keeps_its_own_blendshapes(rest_face: np.ndarray) -> None:
    recording = Recording()
    small, large = at(rest_face, 150), at(rest_face, 450, scale=1.5)
    scores = np.stack([np.full(52, 0.75, np.float32), np.full(52, 0.25, np.float32)])
    for i in range(10):
        order = [1, 0] if i % 2 else [0, 1]
        faces = np.stack([large, small])[order]
        recording.add(i / 30, Landmarks(faces, 0.9, scores[order]), IMAGE)
    np.testing.assert_array_equal(recording.shapes()[0][:, -52:], 0.75)
