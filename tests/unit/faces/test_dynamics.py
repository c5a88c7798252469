"""Onset, hold, offset, asymmetry and statistics on curves whose figures are known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.faces.dynamics import dynamics, statistics
from core.faces.expression import action_units_of, peak, strength
from core.types import ACTION_UNITS, SIDED_ACTION_UNITS, ActionUnits, Dynamics

SMILE = action_units_of("happiness")
TIMES = ("onset_s", "hold_s", "onset_frame", "offset_frame")


def units_of(level: np.ndarray, time_s: np.ndarray, left: float = 1.0, right: float = 1.0) -> ActionUnits:
    """Every unit of a smile at `level`, its sides at shares of it; NaN where the level is."""
    n = len(level)
    intensity = np.zeros((n, len(ACTION_UNITS)))
    intensity[:, [ACTION_UNITS.index(unit) for unit in SMILE]] = level[:, None]
    sides = np.zeros((2, n, len(SIDED_ACTION_UNITS)))
    for side, share in zip(sides, (left, right), strict=True):
        side[:, [SIDED_ACTION_UNITS.index(unit) for unit in SMILE if unit in SIDED_ACTION_UNITS]] = (
            share * level[:, None]
        )
    seen = np.isfinite(level)
    for array in (intensity, *sides):
        array[~seen] = np.nan
    return ActionUnits(
        timestamp_s=time_s,
        confidence=seen.astype(np.float32),
        success=seen,
        n_faces=seen.astype(np.int16),
        pose_deg=np.zeros((n, 3), np.float32),
        intensity=intensity,
        left=sides[0],
        right=sides[1],
    )


def smile(
    time_s: np.ndarray, start_s: float, onset_s: float, hold_s: float, offset_s: float, height: float, rest: float = 0.0
) -> np.ndarray:
    """A trapezoid."""
    at = np.cumsum([start_s, onset_s, hold_s, offset_s])
    return np.interp(time_s, at, [rest, rest + height, rest + height, rest])


def of_smile(units: ActionUnits, neutral: tuple[int, int] | None = (0, 4)) -> Dynamics:
    at = peak(strength(units.intensity, units.timestamp_s, "happiness"))
    assert at is not None
    return dynamics(units, "happiness", at, neutral)


@pytest.mark.parametrize("fps", [24.0, 30.0, 60.0])
@settings(max_examples=30)
@given(
    onset_s=st.floats(1.5, 2.0),
    hold_s=st.floats(0.7, 2.0),
    offset_s=st.floats(1.5, 2.0),
    height=st.floats(0.5, 5.0),
)
def test_a_linear_rise_gives_exact_times(
    fps: float, onset_s: float, hold_s: float, offset_s: float, height: float
) -> None:
    time_s = np.arange(0, 8, 1 / fps)
    found = of_smile(units_of(smile(time_s, 0.8, onset_s, hold_s, offset_s, height), time_s))
    assert found.amplitude == pytest.approx(height)
    assert found.onset_s == pytest.approx(0.8 * onset_s)
    assert found.onset_speed == pytest.approx(height / onset_s)
    assert found.hold_s == pytest.approx(0.1 * onset_s + hold_s + 0.1 * offset_s)
    assert found.onset_frame == pytest.approx((0.8 + 0.1 * onset_s) * fps, abs=1.001)
    assert found.offset_frame == pytest.approx((0.8 + onset_s + hold_s + 0.9 * offset_s) * fps, abs=1.001)


@settings(max_examples=30)
@given(factor=st.floats(0.1, 3.0), onset_s=st.floats(0.3, 1.5))
def test_a_stronger_expression_is_larger_and_faster_and_takes_as_long(factor: float, onset_s: float) -> None:
    time_s = np.arange(0, 6, 1 / 25)
    level = smile(time_s, 0.6, onset_s, 0.7, 0.8, 1.5) * (1 + 0.05 * np.sin(7 * time_s))
    one, other = of_smile(units_of(level, time_s)), of_smile(units_of(level * factor, time_s))
    for name in (*TIMES, "hold_stability"):
        assert getattr(other, name) == pytest.approx(getattr(one, name), rel=1e-6)
    assert other.amplitude == pytest.approx(factor * one.amplitude)
    assert other.onset_speed == pytest.approx(factor * one.onset_speed)


@settings(max_examples=30)
@given(later_s=st.floats(0, 1000))
def test_the_clock_may_begin_anywhere(later_s: float) -> None:
    time_s = np.arange(0, 6, 1 / 25)
    units = units_of(smile(time_s, 0.6, 0.9, 0.7, 0.8, 2.0), time_s)
    one, other = of_smile(units), of_smile(replace(units, timestamp_s=time_s + later_s))
    assert (other.onset_frame, other.offset_frame) == (one.onset_frame, one.offset_frame)
    for name in ("amplitude", "onset_s", "onset_speed", "hold_s"):
        assert getattr(other, name) == pytest.approx(getattr(one, name), rel=1e-6)


def test_times_are_those_of_the_frames_and_not_their_number() -> None:
    """A camera that slows down from 40 to 20 frames a second in the middle of the rise."""
    time_s = np.concatenate([np.arange(0, 1.2, 1 / 40), np.arange(1.2, 6, 1 / 20)])
    found = of_smile(units_of(smile(time_s, 0.8, 1.0, 1.0, 1.0, 3.0), time_s))
    assert found.onset_s == pytest.approx(0.8, abs=0.005)
    assert found.hold_s == pytest.approx(1.2, abs=0.005)


def test_the_rise_is_above_the_face_at_rest() -> None:
    time_s = np.arange(0, 6, 1 / 25)
    units = units_of(smile(time_s, 0.8, 1.0, 1.0, 1.0, 2.0, rest=1.0), time_s)
    found = of_smile(units)
    assert (found.amplitude, found.onset_s) == (pytest.approx(2.0), pytest.approx(0.8))
    against_a_neutral_clip = of_smile(units, None)  # in which the same face was at 0: the rise is not shown
    assert against_a_neutral_clip.amplitude == pytest.approx(3.0)
    assert against_a_neutral_clip.onset_frame is None
    assert np.isnan([against_a_neutral_clip.onset_s, against_a_neutral_clip.onset_speed]).all()


def test_what_the_clip_does_not_show_is_not_made_up() -> None:
    time_s = np.arange(0, 2, 1 / 25)
    held_to_the_end = of_smile(units_of(smile(time_s, 0.5, 0.5, 9.0, 1.0, 2.0), time_s))
    assert held_to_the_end.offset_frame is None
    assert held_to_the_end.hold_s == pytest.approx(time_s[-1] - 0.95, abs=0.005)
    nothing = of_smile(units_of(np.zeros(50), time_s))
    assert (nothing.onset_frame, nothing.offset_frame, nothing.amplitude) == (None, None, 0.0)
    assert np.isnan([nothing.onset_s, nothing.onset_speed, nothing.hold_s, nothing.asymmetry]).all()
    below_rest = units_of(np.linspace(1.0, 0.0, 50), time_s)
    assert dynamics(below_rest, "happiness", 40, (0, 4)).amplitude == 0.0
    still = of_smile(units_of(np.array([3.0]), np.zeros(1)), None)
    assert still.amplitude == 3.0
    assert np.isnan([still.onset_s, still.blinks_per_min]).all()


def test_a_flicker_at_the_start_is_not_the_onset_and_a_dip_does_not_delay_it() -> None:
    time_s = np.arange(0, 6, 1 / 25)
    level = smile(time_s, 1.5, 0.6, 2.0, 0.6, 3.0)
    level[15:19] = 1.5
    level[55:57] -= 0.2
    found = of_smile(units_of(level, time_s))
    assert found.onset_frame == pytest.approx(1.56 * 25, abs=1)
    assert found.onset_s == pytest.approx(0.48, abs=0.03)


def test_a_steady_hold_is_more_stable_than_a_trembling_one() -> None:
    time_s = np.arange(0, 6, 1 / 25)
    level = smile(time_s, 0.6, 0.5, 3.0, 0.5, 4.0)
    steady = of_smile(units_of(level, time_s))
    trembling = of_smile(units_of(level * (1 + 0.03 * np.sin(9 * time_s)), time_s))
    assert trembling.hold_stability < steady.hold_stability <= 1
    assert steady.hold_stability > 0.95


@settings(max_examples=30)
@given(left=st.floats(0.2, 1.0), right=st.floats(0.2, 1.0))
def test_asymmetry_has_the_sign_of_the_side_that_moves_more(left: float, right: float) -> None:
    time_s = np.arange(0, 4, 1 / 25)
    level = smile(time_s, 0.6, 0.5, 1.0, 0.5, 3.0)
    found = of_smile(units_of(level, time_s, left, right))
    assert found.asymmetry == pytest.approx((left - right) / (left + right), abs=1e-9)
    mirrored = of_smile(units_of(level, time_s, right, left))
    assert mirrored.asymmetry == pytest.approx(-found.asymmetry, abs=1e-9)


def test_frames_without_a_face_are_bridged_and_counted_in_nothing() -> None:
    time_s = np.arange(0, 6, 1 / 25)
    level = smile(time_s, 0.8, 1.0, 1.0, 1.0, 3.0)
    whole = of_smile(units_of(level, time_s))
    level[30] = level[100:] = np.nan
    holed = of_smile(units_of(level, time_s))
    assert holed.onset_s == pytest.approx(whole.onset_s, rel=0.02)
    assert (holed.onset_frame, holed.offset_frame) == (whole.onset_frame, whole.offset_frame)
    assert holed.au_mean[ACTION_UNITS.index("AU12")] == pytest.approx(np.nanmean(level))


def test_statistics_of_units_whose_distribution_is_known() -> None:
    intensity = np.zeros((400, 17))
    intensity[:, 0] = np.repeat([0.1, 1.1, 2.1, 3.1], 100)  # four bins alike: 2 bits
    intensity[:, 1] = 5.0
    intensity[:, 2] = np.tile(np.arange(20) * 0.25 + 0.1, 20)
    intensity[7] = np.nan
    found = statistics(intensity)
    assert found["au_entropy"][:4] == pytest.approx([2, 0, np.log2(20), 0], abs=1e-3)
    assert found["au_mean"][:2] == pytest.approx([1.6, 5.0], abs=0.01)
    assert found["au_variance"][:2] == pytest.approx([1.25, 0.0], abs=0.01)
    assert all(np.isnan(values).all() for values in statistics(np.full((3, 17), np.nan)).values())


@settings(max_examples=40)
@given(st.lists(st.floats(0, 5), min_size=1, max_size=60), st.randoms())
def test_statistics_do_not_depend_on_the_order_and_keep_their_bounds(values, random) -> None:
    shuffled = random.sample(values, len(values))
    one, other = (statistics(np.tile(np.array(v)[:, None], (1, 17))) for v in (values, shuffled))
    for name in one:
        assert one[name] == pytest.approx(other[name])
    assert (one["au_entropy"] >= 0).all()
    assert (one["au_entropy"] <= np.log2(20) + 1e-9).all()
    assert (one["au_variance"] <= 6.25 + 1e-9).all()
