"""What the skin looks like at a landmark: there and not elsewhere, whatever the light and the size."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from core.faces.skin import LOOKS, N_PLACES, look_at
from core.faces.upright import upright
from tests.unit.faces.conftest import to_pixels

CHEEK_RIGHT, CHEEK_LEFT, CHIN = 50, 280, 199
DARK, LIGHT = 60, 150


def looks(image: np.ndarray, points: np.ndarray) -> dict[str, np.ndarray]:
    face = upright(image, points)
    assert face is not None
    return dict(zip(LOOKS, look_at(face).reshape(len(LOOKS), N_PLACES), strict=True))


def drawn(rest_face: np.ndarray, x: float, y: float, width: int, height: int) -> tuple[np.ndarray, np.ndarray]:
    """A light image with a dark bar at (x, y), in outer-eye distances, and the landmarks in it."""
    image = np.full((480, 640, 3), LIGHT, np.uint8)
    column, row = to_pixels(np.array([(x, y, 0.0)]))[0, :2].round().astype(int)
    cv2.rectangle(
        image, (column - width // 2, row - height // 2), (column + width // 2, row + height // 2), (DARK,) * 3, -1
    )
    return image, to_pixels(rest_face)


def test_a_dark_bar_is_seen_at_the_landmark_it_lies_on(rest_face: np.ndarray) -> None:
    x, y = rest_face[CHEEK_RIGHT, :2]
    bare, upstanding = looks(*drawn(rest_face, x, y, 0, 0)), looks(*drawn(rest_face, x, y, 6, 40))
    lying = looks(*drawn(rest_face, x, y, 40, 6))
    change = {name: upstanding[name] - bare[name] for name in LOOKS}
    assert change["shade"][CHEEK_RIGHT] < -0.2
    assert change["across"][CHEEK_RIGHT] > 1
    assert change["across"][CHEEK_RIGHT] > change["up"][CHEEK_RIGHT] + 0.5
    assert lying["up"][CHEEK_RIGHT] > lying["across"][CHEEK_RIGHT] + 0.5
    for elsewhere in (CHEEK_LEFT, CHIN):
        assert all(abs(values[elsewhere]) < 0.05 for values in change.values())


def test_neither_light_nor_size_changes_a_look_much(rest_face: np.ndarray) -> None:
    x, y = rest_face[CHEEK_RIGHT, :2]
    image, points = drawn(rest_face, x, y, 10, 40)
    image = cv2.GaussianBlur(image, (0, 0), 3)
    as_it_is = looks(image, points)
    others = (
        looks((image * 0.6).astype(np.uint8), points),
        looks(cv2.resize(image, None, fx=2, fy=2, interpolation=cv2.INTER_LINEAR), points * 2),
        looks(cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), points / 2),
    )
    for other in others:
        for name, values in as_it_is.items():
            assert other[name][CHEEK_RIGHT] == pytest.approx(values[CHEEK_RIGHT], abs=0.15)
