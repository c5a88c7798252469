"""The formulas, by hand: 90 mm between the outer eye corners, so 0.05 in a face's unit are 4.5 mm."""

from __future__ import annotations

import numpy as np
import pytest

from core.faces.components import SKIN_COMPONENTS
from core.faces.formulas import displacements
from core.faces.geometry import LEFT_OF, measure_shape
from core.faces.texture import TEXTURES
from core.types import ACTION_UNITS
from tests.unit.faces.conftest import to_pixels

INNER_BROW, OUTER_BROW = (55, 107, 66), (70, 63, 105, 46)
UPPER_LID, LOWER_LID = (159, 158, 160), (145, 153, 144)
CORNER, CHIN_BOSS = (61, 78), (199, 200, 18)
UPPER_MIDLINE_LIP, LOWER_MIDLINE_LIP = (0, 13, 37, 82), (14, 17, 84, 87)


def moved(face: np.ndarray, points: tuple[int, ...], by: tuple[float, float, float], sides: str = "RL") -> np.ndarray:
    """The face with points of its right side (mirrored: its left) displaced; `by` is outward, up, forward."""
    face = face.copy()
    outward, up, forward = by
    for point in points:
        left = LEFT_OF.get(point, point)
        if left == point:
            face[point] += (0.0, up, forward)
            continue
        if "R" in sides:
            face[point] += (-outward, up, forward)
        if "L" in sides:
            face[left] += (outward, up, forward)
    return face


def features_of(*faces: np.ndarray, furrows: float = 0.0, darkness: float = 0.0) -> np.ndarray:
    """(n, d) features of faces, all but the first with this skin between the brows."""
    shape = measure_shape(np.stack([to_pixels(face) for face in faces])).features
    skin = np.zeros((len(faces), len(TEXTURES)), np.float32)
    skin[1:, TEXTURES.index("glabella_furrows")] = furrows
    skin[1:, TEXTURES.index("glabella_darkness")] = darkness
    return np.concatenate([shape, skin, np.zeros((len(faces), len(SKIN_COMPONENTS)), np.float32)], axis=1)


def scores(rest: np.ndarray, face: np.ndarray, **skin: float) -> tuple[dict[str, float], dict[str, float]]:
    """Right and left."""
    features = features_of(rest, face, **skin)
    right, left = displacements(features[1:], features[0])
    return dict(zip(ACTION_UNITS, right[0], strict=True)), dict(zip(ACTION_UNITS, left[0], strict=True))


@pytest.mark.parametrize(
    ("unit", "points", "by", "expected"),
    [
        ("AU01", INNER_BROW, (0.0, 3 / 90, 0.0), 2.5),  # 3 of 6 mm
        ("AU01", OUTER_BROW, (0.0, 6 / 90, 0.0), -2.5),  # the outer brow alone speaks against it, by half
        ("AU02", OUTER_BROW, (0.0, 5 / 90, 0.0), 2.5),  # 5 of 10 mm
        ("AU02", INNER_BROW, (0.0, 4 / 90, 0.0), 1.0),  # half of 4 of 10 mm
        ("AU04", INNER_BROW, (0.0, -3 / 90, 0.0), 1.0),  # a third of 3 of 5 mm
        ("AU04", INNER_BROW, (0.0, 3 / 90, 0.0), 0.0),  # raised brows do not speak against furrows
        ("AU05", UPPER_LID, (0.0, 2 / 90, 0.0), 2.5),  # 2 of 4 mm
        ("AU07", LOWER_LID, (0.0, 1.1 / 90, 0.0), 1.0),  # closing by 1.1 of 5.5 mm
        ("AU12", CORNER, (0.05, 0.05, 0.0), 2.5),  # half of (4.5 of 9 mm out + 4.5 of 9 mm up)
        ("AU14", CORNER, (0.05, 0.0, -0.05), 2.5),
        ("AU15", CORNER, (0.0, -1.8 / 90, 0.0), 2.0),  # 1.8 of 4.5 mm
        ("AU20", CORNER, (7 / 90, 0.0, 0.0), 2.5),  # 7 of 14 mm
        ("AU25", LOWER_MIDLINE_LIP, (0.0, -8 / 90, 0.0), 2.5),  # 7.5 of 15 mm, half a millimetre taken off
        ("AU26", CHIN_BOSS, (0.0, -0.1, 0.0), 2.5),  # 9 of 18 mm
        ("AU45", UPPER_LID, (0.0, -0.10, 0.0), 5.0),  # the aperture of 9 mm at rest is gone
        ("AU45", UPPER_LID, (0.0, -0.05, 0.0), 2.5),
    ],
)
def test_a_displacement_by_hand(rest_face, unit, points, by, expected) -> None:
    right, left = scores(rest_face, moved(rest_face, points, by))
    assert right[unit] == pytest.approx(expected, abs=1e-3)
    assert left[unit] == pytest.approx(expected, abs=1e-3)


def test_a_frown_is_read_from_the_skin_between_the_brows(rest_face: np.ndarray) -> None:
    right, left = scores(rest_face, rest_face, furrows=0.4, darkness=0.1)
    assert right["AU04"] == left["AU04"] == pytest.approx(5 * (0.5 + 0.5) / 3, abs=1e-3)


CHIN = (152, 148)


@pytest.mark.parametrize(
    ("lip_gap_mm", "expected"),
    [
        (0.0, 2.0),  # the boss rises 4 mm and takes the chin along by 4 mm: 4 - 4 / 2 = 2 of 5 mm
        (1.0, 1.0),  # opening by 1 mm leaves 1 of 5 mm
        (-6.0, 2.0),  # a mouth that was half open at rest and closes is no evidence of a raised chin
    ],
)
def test_only_an_opening_mouth_speaks_against_a_raised_chin(rest_face, lip_gap_mm, expected) -> None:
    up = moved(moved(rest_face, CHIN_BOSS, (0.0, 4 / 90, 0.0)), CHIN, (0.0, 4 / 90, 0.0))
    both, _ = scores(rest_face, moved(up, LOWER_MIDLINE_LIP, (0.0, -lip_gap_mm / 90, 0.0)))
    assert both["AU17"] == pytest.approx(expected, abs=1e-3)


def test_closing_the_mouth_alone_is_no_action_unit_17(rest_face: np.ndarray) -> None:
    both, _ = scores(rest_face, moved(rest_face, LOWER_MIDLINE_LIP, (0.0, 6 / 90, 0.0)))
    assert both["AU17"] == pytest.approx(0.0, abs=1e-3)
