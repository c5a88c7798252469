"""Rest and peak on made-up curves."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.faces.expression import moves, neutral_features, neutral_range, peak, still_range, strength
from core.types import ACTION_UNITS


def curve(units: dict[str, np.ndarray]) -> np.ndarray:
    n = len(next(iter(units.values())))
    intensity = np.zeros((n, len(ACTION_UNITS)), np.float32)
    for unit, values in units.items():
        intensity[:, ACTION_UNITS.index(unit)] = values
    return intensity


def bump(n: int, at: int, height: float, width: float = 8.0) -> np.ndarray:
    return height * np.exp(-(((np.arange(n) - at) / width) ** 2))


def test_the_peak_is_where_the_units_of_the_emotion_are_strongest() -> None:
    t = np.arange(100) / 30
    intensity = curve({"AU12": bump(100, 60, 3.0), "AU06": bump(100, 60, 2.0), "AU04": bump(100, 20, 5.0)})
    assert peak(strength(intensity, t, "happiness")) == 60
    assert peak(strength(intensity, t, "anger")) == 20
    assert peak(strength(intensity, t, "surprise")) == 0


def test_strength_is_the_sum_averaged_over_half_a_second() -> None:
    intensity = curve({"AU12": np.eye(1, 81, 40)[0] * 5.0, "AU06": np.eye(1, 81, 40)[0] * 5.0})
    smoothed = strength(intensity, np.arange(81) / 30, "happiness")
    # At 30 frames a second weights fall to 0 within 15 frames, and sum up to 15.
    expected = np.clip(1 - np.abs(np.arange(81) - 40) / 15, 0, None) * 10 / 15
    np.testing.assert_allclose(smoothed, expected, atol=1e-9)


def test_a_single_wild_frame_does_not_make_the_peak() -> None:
    intensity = curve({"AU12": bump(90, 70, 3.0) + np.eye(1, 90, 10)[0] * 5})
    assert peak(strength(intensity, np.arange(90) / 30, "happiness")) == 70


def test_a_blink_neither_makes_nor_hides_the_peak() -> None:
    t = np.arange(100) / 30
    blink = np.clip(1 - np.abs(np.arange(100) - 60) / 4, 0, None)
    held = bump(100, 60, 3.0, width=20)
    frightened = curve({"AU01": held, "AU05": held * (1 - blink), "AU45": 4 * blink})
    assert peak(strength(frightened, t, "fear")) == pytest.approx(60, abs=2)
    angry = curve({"AU04": bump(100, 20, 2.0), "AU07": 4 * blink, "AU45": 4 * blink})
    assert peak(strength(angry, t, "anger")) == 20


def test_uneven_frame_times_are_smoothed_in_seconds() -> None:
    t = np.array([0.0, 1.0, 1.1, 2.0])
    smoothed = strength(curve({"AU12": np.array([1.0, 2.0, 4.0, 5.0])}), t, "happiness")
    np.testing.assert_allclose(smoothed, [1.0, 5.2 / 1.8, 5.6 / 1.8, 5.0])


def test_lost_frames_are_left_out_of_the_mean_and_never_the_peak() -> None:
    values = curve({"AU12": np.array([1.0, 2.0, 3.0, 2.0])})
    values[2] = np.nan
    smoothed = strength(values, np.arange(4) / 10, "happiness")
    assert np.isnan(smoothed[2])
    assert smoothed[1] == pytest.approx((0.8 * 1 + 2 + 0.6 * 2) / 2.4)
    assert peak(smoothed) == 3
    assert peak(np.full(3, np.nan)) is None


def test_neutral_is_the_first_five_frames_with_a_face() -> None:
    success = np.array([False, True, True, False, True, True, True, True])
    assert neutral_range(success) == (1, 6)
    assert neutral_range(np.array([False, True])) == (1, 1)
    assert neutral_range(np.zeros(9, bool)) is None


def film(*mm: float) -> tuple[np.ndarray, np.ndarray]:
    """Frames at 30 a second of four features that all lie as many millimetres from their first place."""
    return np.tile(np.array(mm)[:, None] / 90, (1, 4)), np.arange(len(mm)) / 30


def test_a_face_that_moves_is_told_from_one_odd_frame() -> None:
    # The middle three of five span 0.9 mm, then 1.1 mm, then, with one wild frame among five, nothing.
    assert not moves(film(0, 0, 0.4, 0.9, 5)[0], (0, 4))
    assert moves(film(0, 0, 0.4, 1.1, 5)[0], (0, 4))
    assert not moves(film(0, 0, 40, 0, 0)[0], (0, 4))
    assert not moves(film(3)[0], (0, 0))


def test_the_longest_still_stretch_of_the_first_second() -> None:
    moving = [4.0 * i for i in range(8)]
    # Six frames within 1 mm, a jump, then eight, then seven; the hold of 60 frames begins after the first second.
    stretches = [50.0] * 5 + [51.0] + [60.0] * 8 + [70.0] * 7
    features, t = film(*moving, *stretches, 90.0, *[95.0] * 60)
    assert still_range(features, t) == (14, 21)
    features[[2, 16]] = np.nan
    assert still_range(features, t) == (14, 21)


def test_an_expression_held_later_is_not_taken_for_rest() -> None:
    features, t = film(*(2.0 * i for i in range(31)), *[99.0] * 100)
    assert still_range(features, t) is None


def test_a_slow_drift_is_not_still() -> None:
    # 0.3 mm a frame: four frames span 0.9 mm, five 1.2 mm.
    assert still_range(*film(*(0.3 * i for i in range(40)))) is None
    assert still_range(np.full((40, 4), np.nan), np.arange(40) / 30) is None


@given(outlier=st.floats(-1e6, 1e6), row=st.integers(0, 4))
def test_one_odd_frame_does_not_move_neutral(outlier, row) -> None:
    features = np.tile(np.array([[0.1, 0.2, -0.3]]), (5, 1))
    features[row] = outlier
    np.testing.assert_allclose(neutral_features(features, (0, 4)).features, [0.1, 0.2, -0.3])
