"""The formulas, by hand: 90 mm between the outer eye corners, so 0.05 in a face's unit are 4.5 mm."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.faces.action_units import intensities
from core.faces.geometry import LEFT_OF, measure_shape
from core.types import ACTION_UNITS, SIDED_ACTION_UNITS
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


def scores(rest: np.ndarray, face: np.ndarray) -> tuple[dict[str, float], dict[str, float], dict[str, float]]:
    features = measure_shape(np.stack([to_pixels(rest), to_pixels(face)])).features
    intensity, left, right = intensities(features[1:], features[0])
    return (
        dict(zip(ACTION_UNITS, intensity[0], strict=True)),
        dict(zip(SIDED_ACTION_UNITS, left[0], strict=True)),
        dict(zip(SIDED_ACTION_UNITS, right[0], strict=True)),
    )


@pytest.mark.parametrize(
    ("unit", "points", "by", "expected"),
    [
        ("AU01", INNER_BROW, (0.0, 0.05, 0.0), 2.5),  # 4.5 of 9 mm
        ("AU02", OUTER_BROW, (0.0, 0.035, 0.0), 2.25),  # 3.15 of 7 mm
        ("AU04", INNER_BROW, (-1 / 90, -2 / 90, 0.0), 2.0),  # half of (2 of 5 mm + 1 of 2.5 mm)
        ("AU05", UPPER_LID, (0.0, 2 / 90, 0.0), 2.5),  # 2 of 4 mm
        ("AU07", LOWER_LID, (0.0, 1.35 / 90, 0.0), 5 * (1.35 / 2.7 + 1.35 / 5.5) / 2),
        ("AU12", CORNER, (0.05, 0.05, 0.0), 2.5),  # half of (4.5 of 9 mm out + 4.5 of 9 mm up)
        ("AU14", CORNER, (0.05, 0.0, -0.05), 2.5),
        ("AU15", CORNER, (0.0, -1.8 / 90, 0.0), 2.0),  # 1.8 of 4.5 mm
        ("AU20", CORNER, (3.5 / 90, 0.0, 0.0), 1.25),  # half of 3.5 of 7 mm
        ("AU25", LOWER_MIDLINE_LIP, (0.0, -7.5 / 90, 0.0), 2.5),  # 7.5 of 15 mm
        ("AU26", CHIN_BOSS, (0.0, -0.1, 0.0), 2.5),  # 9 of 18 mm
        ("AU45", UPPER_LID, (0.0, -0.10, 0.0), 5.0),  # the aperture of 9 mm at rest is gone
        ("AU45", UPPER_LID, (0.0, -0.05, 0.0), 2.5),
    ],
)
def test_a_displacement_by_hand(rest_face, unit, points, by, expected) -> None:
    both, left, right = scores(rest_face, moved(rest_face, points, by))
    assert both[unit] == pytest.approx(expected, abs=1e-3)
    if unit in SIDED_ACTION_UNITS:
        assert left[unit] == pytest.approx(expected, abs=1e-3)
        assert right[unit] == pytest.approx(expected, abs=1e-3)


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
    both, _, _ = scores(rest_face, moved(up, LOWER_MIDLINE_LIP, (0.0, -lip_gap_mm / 90, 0.0)))
    assert both["AU17"] == pytest.approx(expected, abs=1e-3)


def test_closing_the_mouth_alone_is_no_action_unit_17(rest_face: np.ndarray) -> None:
    both, _, _ = scores(rest_face, moved(rest_face, LOWER_MIDLINE_LIP, (0.0, 6 / 90, 0.0)))
    assert both["AU17"] == pytest.approx(0.0, abs=1e-3)


def test_rest_has_no_action_unit(rest_face: np.ndarray) -> None:
    both, left, right = scores(rest_face, rest_face)
    assert max(*both.values(), *left.values(), *right.values()) == pytest.approx(0.0, abs=1e-4)


def test_a_smile_on_the_persons_left_is_on_the_left(rest_face: np.ndarray) -> None:
    both, left, right = scores(rest_face, moved(rest_face, CORNER, (0.05, 0.05, 0.0), sides="L"))
    assert left["AU12"] == pytest.approx(2.5, abs=1e-3)
    assert right["AU12"] == pytest.approx(0.0, abs=1e-3)
    assert both["AU12"] == pytest.approx(1.25, abs=1e-3)


def test_the_persons_left_is_the_right_of_the_image(rest_face: np.ndarray) -> None:
    before = to_pixels(rest_face)
    after = to_pixels(moved(rest_face, CORNER, (0.05, 0.05, 0.0), sides="L"))
    changed = np.flatnonzero((before != after).any(axis=1))
    assert (before[changed, 0] > before[168, 0]).all()


@given(seed=st.integers(0, 2**32 - 1))
def test_every_intensity_is_from_0_to_5(rest_face, seed) -> None:
    faces = to_pixels(rest_face) + np.random.default_rng(seed).normal(0, 8, (4, 478, 3)).astype(np.float32)
    features = measure_shape(faces).features
    for values in intensities(features, features[0]):
        assert values.min() >= 0
        assert values.max() <= 5


def test_a_frame_without_a_face_has_no_intensity(rest_face: np.ndarray) -> None:
    neutral = measure_shape(to_pixels(rest_face)[None]).features[0]
    for values in intensities(np.full((2, len(neutral)), np.nan, np.float32), neutral):
        assert np.isnan(values).all()
