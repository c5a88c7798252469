"""What blendshapes add to intensities: within limits, in one direction, on their own side."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.faces.action_units import intensities
from core.faces.blendshapes import BLENDSHAPES, REACH, TURNED_RAD, blend
from core.faces.features import FEATURES
from core.types import ACTION_UNITS, SIDED_ACTION_UNITS

N_UNITS, N_SIDED = len(ACTION_UNITS), len(SIDED_ACTION_UNITS)
SHAPE_OF = {unit: shape for unit, (shape, _) in REACH.items()}
SIDED_SHAPES = {unit: shape for unit, shape in SHAPE_OF.items() if f"{shape}Left" in BLENDSHAPES}


def still(n: int = 1, level: float = 0.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return tuple(np.full((n, width), level, np.float32) for width in (N_UNITS, N_SIDED, N_SIDED))


def columns_of(shape: str, side: str = "") -> list[int]:
    return [BLENDSHAPES.index(name) for name in (shape, f"{shape}Left", f"{shape}Right")
            if name in BLENDSHAPES and name.endswith(side)]  # fmt: skip


def test_names() -> None:
    assert len(BLENDSHAPES) == len(set(BLENDSHAPES)) == 52
    assert (BLENDSHAPES[0], BLENDSHAPES[1], BLENDSHAPES[-1]) == ("_neutral", "browDownLeft", "noseSneerRight")


@given(
    arrays(np.float32, (4, 52), elements=st.floats(0, 1, width=32)),
    arrays(np.float32, (52,), elements=st.floats(0, 1, width=32)),
    arrays(np.float32, (4, N_UNITS), elements=st.floats(0, 5, width=32)),
    arrays(np.float32, (2, 4, N_SIDED), elements=st.floats(0, 5, width=32)),
)
def test_intensities_stay_from_0_to_5(
    scores: np.ndarray, neutral: np.ndarray, intensity: np.ndarray, sides: np.ndarray
) -> None:
    before = intensity.copy()
    for values in blend(intensity, *sides, scores, neutral):
        assert values.dtype == np.float32
        assert (values >= 0).all()
        assert (values <= 5).all()
    np.testing.assert_array_equal(intensity, before)


def test_a_face_at_rest_stays_at_rest() -> None:
    rest = np.linspace(0, 0.9, 52, dtype=np.float32)
    for values in blend(*still(), rest[None], rest):
        assert not values.any()


@pytest.mark.parametrize("unit", SHAPE_OF)
def test_more_of_a_shape_is_never_less_of_its_unit(unit: str) -> None:
    scores = np.full((11, 52), 0.1, np.float32)
    scores[:, columns_of(SHAPE_OF[unit])] = np.linspace(0, 1, 11)[:, None]
    intensity, left, right = blend(*still(11, 1.0), scores, np.full(52, 0.1, np.float32))
    changed = [name for name, values in zip(ACTION_UNITS, intensity.T, strict=True) if np.ptp(values) > 1e-6]
    assert unit in changed
    assert all(SHAPE_OF[name] == SHAPE_OF[unit] for name in changed)
    curve = intensity[:, ACTION_UNITS.index(unit)]
    assert (np.diff(curve) >= 0).all()
    assert curve[-1] > curve[0]
    for side in (left, right):
        assert (np.diff(side, axis=0) >= 0).all()


@pytest.mark.parametrize("unit", sorted(set(SHAPE_OF) & set(SIDED_ACTION_UNITS)))
@pytest.mark.parametrize("side", ["Left", "Right", ""])
def test_the_difference_of_the_sides_stays_that_of_the_distances(unit: str, side: str) -> None:
    intensity, left, right = still(1, 1.5)
    number = SIDED_ACTION_UNITS.index(unit)
    left[0, number], right[0, number] = 2.0, 1.0
    scores = np.zeros((1, 52), np.float32)
    scores[0, columns_of(SHAPE_OF[unit], side if unit in SIDED_SHAPES else "")] = 0.9
    new, new_left, new_right = blend(intensity, left, right, scores, np.zeros(52, np.float32))
    assert new[0, ACTION_UNITS.index(unit)] != 1.5
    assert new_left[0, number] - new_right[0, number] == pytest.approx(1.0)
    assert (new_left[0, number] + new_right[0, number]) / 2 == pytest.approx(new[0, ACTION_UNITS.index(unit)])


@pytest.mark.parametrize("unit", SIDED_SHAPES)
def test_each_side_of_a_shape_counts_half(unit: str) -> None:
    found = []
    for side in ("Left", "Right", ""):
        scores = np.zeros((1, 52), np.float32)
        scores[0, columns_of(SIDED_SHAPES[unit], side)] = 0.5
        found.append(blend(*still(), scores, np.zeros(52, np.float32))[0][0, ACTION_UNITS.index(unit)])
    assert found[0] == found[1] == pytest.approx(found[2] / 2)


def test_a_unit_without_a_shape_is_left_as_it_is() -> None:
    measured = still(1, 2.0)
    blended = blend(*measured, np.ones((1, 52), np.float32), np.zeros(52, np.float32))
    for unit in set(ACTION_UNITS) - set(SHAPE_OF):
        assert blended[0][0, ACTION_UNITS.index(unit)] == 2.0
    for unit in set(SIDED_ACTION_UNITS) - set(SHAPE_OF):
        assert [side[0, SIDED_ACTION_UNITS.index(unit)] for side in blended[1:]] == [2.0, 2.0]


def test_without_a_face_there_is_no_intensity() -> None:
    measured = still(2, 1.0)
    scores = np.zeros((2, 52), np.float32)
    for values in measured:
        values[1] = np.nan
    scores[1] = np.nan
    for values in blend(*measured, scores, np.zeros(52, np.float32)):
        assert np.isfinite(values[0]).all()
        assert np.isnan(values[1]).all()


def test_where_there_are_no_scores_the_distances_alone_count() -> None:
    measured = still(2, 1.0)
    scores = np.full((2, 52), 0.5, np.float32)
    scores[1] = np.nan
    rest = np.zeros(52, np.float32)
    for values, before in zip(blend(*measured, scores, rest), measured, strict=True):
        assert (values[0] != before[0]).any()
        np.testing.assert_array_equal(values[1], before[1])
    for values, before in zip(blend(*measured, scores, np.full(52, np.nan, np.float32)), measured, strict=True):
        np.testing.assert_array_equal(values, before)


def test_blendshapes_of_a_turned_head_count_less_and_then_not_at_all() -> None:
    scores, rest = np.full((4, 52), 0.5, np.float32), np.zeros(52, np.float32)
    turned = np.array([0.0, TURNED_RAD / 2, TURNED_RAD, 1.0])
    added = blend(*still(4), scores, rest, turned)[0][:, ACTION_UNITS.index("AU05")]
    assert added[0] == blend(*still(), scores[:1], rest)[0][0, ACTION_UNITS.index("AU05")]
    assert added[1] == pytest.approx(added[0] / 2)
    assert (added[2:] == 0).all()


def test_wide_features_are_blended_and_narrow_ones_are_not() -> None:
    rest = np.zeros(len(FEATURES) + 52, np.float32)
    features = np.zeros((1, len(rest)), np.float32)
    features[0, len(FEATURES) + BLENDSHAPES.index("jawOpen")] = 0.9
    opened, _, _ = intensities(features, rest)
    assert opened[0, ACTION_UNITS.index("AU26")] > 1
    shut, _, _ = intensities(features[:, : len(FEATURES)], rest[: len(FEATURES)])
    assert not shut[0, ACTION_UNITS.index("AU26")]
