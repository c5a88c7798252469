"""Furrows and shadows of a made-up face: seen where they are, on their side, whatever the light and the size."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from core.faces.texture import TEXTURES, measure_texture
from core.faces.upright import upright
from tests.unit.faces.conftest import OUTER_EYE_PX, to_pixels

SKIN = 150


def drawn(rest_face: np.ndarray, *lines: tuple[float, float, float, float]) -> tuple[np.ndarray, np.ndarray]:
    """A grey image with dark lines from (x, y) to (x, y), in outer-eye distances to the person's left and up, and the
    landmarks in it."""
    image = np.full((480, 640, 3), SKIN, np.uint8)
    for x0, y0, x1, y1 in lines:
        ends = to_pixels(np.array([(x0, y0, 0.0), (x1, y1, 0.0)]))[:, :2].round().astype(int)
        cv2.line(image, tuple(map(int, ends[0])), tuple(map(int, ends[1])), (60, 60, 60), 3, cv2.LINE_AA)
    return image, to_pixels(rest_face)


def textures(image: np.ndarray, points: np.ndarray) -> dict[str, float]:
    face = upright(image, points)
    assert face is not None
    return dict(zip(TEXTURES, measure_texture(face.picture).tolist(), strict=True))


BROWS = ((-0.05, 0.0, -0.05, 0.4), (0.05, 0.0, 0.05, 0.4))
FOLD_LEFT = (0.30, -0.55, 0.42, -0.55)


def test_upright_lines_between_the_brows_are_furrows_and_darkness(rest_face: np.ndarray) -> None:
    bare, frown = textures(*drawn(rest_face)), textures(*drawn(rest_face, *BROWS))
    assert frown["glabella_furrows"] > bare["glabella_furrows"] + 1
    assert frown["glabella_darkness"] > bare["glabella_darkness"] + 0.05
    assert frown["nasolabial_fold_L"] == pytest.approx(bare["nasolabial_fold_L"], abs=0.05)


def test_a_fold_is_on_the_side_of_the_face_that_has_it(rest_face: np.ndarray) -> None:
    image, points = drawn(rest_face, FOLD_LEFT)
    there = textures(image, points)
    assert there["nasolabial_fold_L"] > there["nasolabial_fold_R"] + 1
    mirrored = points.copy()
    mirrored[:, 0] = image.shape[1] - 1 - points[:, 0]
    mirrored[[33, 263]] = mirrored[[263, 33]]
    other = textures(np.ascontiguousarray(image[:, ::-1]), mirrored)
    assert other["nasolabial_fold_R"] == pytest.approx(there["nasolabial_fold_L"], abs=0.05)


def test_neither_light_nor_size_changes_a_texture_much(rest_face: np.ndarray) -> None:
    image, points = drawn(rest_face, *BROWS, FOLD_LEFT)
    image = cv2.GaussianBlur(image, (0, 0), 2)
    as_it_is = textures(image, points)
    dark = textures((image * 0.5).astype(np.uint8), points)
    twice = textures(cv2.resize(image, None, fx=2, fy=2, interpolation=cv2.INTER_LINEAR), points * 2)
    half = textures(cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), points / 2)
    assert OUTER_EYE_PX / 2 >= 50
    for name, value in as_it_is.items():
        for other in (dark, twice, half):
            assert other[name] == pytest.approx(value, abs=0.25)


def test_a_face_outside_the_image_has_no_texture(rest_face: np.ndarray) -> None:
    image, points = drawn(rest_face, *BROWS)
    assert upright(image, points + np.float32(5000)) is None
