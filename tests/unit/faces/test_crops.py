"""Faces cut out: always upright, of one scale and in one place."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from core.faces.backends import open_mesh
from core.faces.crops import face_crop
from core.faces.video import read_frame

PLACES = np.array([(0.283, 0.35), (0.717, 0.35), (0.5, 0.582)])


def dotted(turn_deg: float, eyes_px: float) -> tuple[np.ndarray, np.ndarray]:
    """An image with a blue, a green and a red spot for eyes and nose of that turn and distance, and their landmarks."""
    angle = np.radians(turn_deg)
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    spots = (PLACES - PLACES.mean(axis=0)) / (PLACES[1, 0] - PLACES[0, 0]) * eyes_px @ rotation.T + (300, 260)
    image = np.zeros((520, 600, 3), np.uint8)
    points = np.full((478, 2), np.nan)
    points[[33, 263, 2]] = spots
    for (x, y), colour in zip(spots.round().astype(int).tolist(), np.eye(3) * 255, strict=True):
        cv2.circle(image, (x, y), int(eyes_px / 12), colour.tolist(), -1)
    return image, points


@pytest.mark.parametrize(("turn_deg", "eyes_px"), [(0, 60), (35, 60), (-80, 100), (0, 200)])
def test_eyes_and_nose_come_to_their_places_however_the_head_is_turned(turn_deg: float, eyes_px: float) -> None:
    crop = face_crop(*dotted(turn_deg, eyes_px), 128)
    assert crop is not None
    assert (crop.shape, crop.dtype) == ((128, 128, 3), np.uint8)
    for place, channel in zip(PLACES, (2, 1, 0), strict=True):  # RGB of BGR
        rows, columns = np.nonzero(crop[..., channel] > 128)
        np.testing.assert_allclose((columns.mean() + 0.5, rows.mean() + 0.5), place * 128, atol=1.2)


def test_no_crop_where_the_face_is_missing_or_outside() -> None:
    image, points = dotted(0, 60)
    assert face_crop(image, np.full((478, 2), np.nan), 64) is None
    assert face_crop(image, points - (290, 0), 64) is None
    assert face_crop(image, points * 0 + 5, 64) is None


def test_a_real_face_fills_its_square(shared_data: Path) -> None:
    """Found again in its own crop, with eyes and nose where they are put, chin and forehead inside."""
    image = read_frame(shared_data / "clips" / "single_face.mp4", 0).image
    with open_mesh(static=True) as mesh:
        points = mesh.detect(cv2.cvtColor(image, cv2.COLOR_BGR2RGB)).points
        assert points is not None
        crop = face_crop(image, points, 256)
        assert crop is not None
        again = mesh.detect(crop).points
    assert again is not None
    np.testing.assert_allclose(again[[33, 263, 2], :2] / 256, PLACES, atol=0.05)
    assert ((again[:, :2] > 0) & (again[:, :2] < 256)).all()
