"""Blinks on made-up lids: counted where they are, and nothing else counted."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.faces.blinks import both_eyes, find_blinks
from core.types import ACTION_UNITS, SIDED_ACTION_UNITS, ActionUnits

FPS = 30.0
DURATION_S = 10.0
BLINK_S = 0.12
"""Half the time from shutting to open, of a lid that moves as fast one way as the other."""


def units_of(left: np.ndarray, right: np.ndarray, fps: float = FPS) -> ActionUnits:
    n = len(left)
    sides = np.zeros((2, n, len(SIDED_ACTION_UNITS)), np.float32)
    sides[:, :, SIDED_ACTION_UNITS.index("AU45")] = left, right
    seen = np.isfinite(left)
    intensity = np.zeros((n, len(ACTION_UNITS)), np.float32)
    pose = np.zeros((n, 3), np.float32)
    return ActionUnits(np.arange(n) / fps, seen * 1.0, seen, seen * 1, pose, intensity, sides[0], sides[1])


def blinks_of(units: ActionUnits) -> np.ndarray:
    return find_blinks(both_eyes(units), units.timestamp_s)


def lids(at_s: list[float], depth: float = 4.0, level: float = 0.3, half_s: float = BLINK_S, fps: float = FPS):
    time_s = np.arange(0, DURATION_S, 1 / fps)
    shut = np.zeros_like(time_s)
    for at in at_s:
        shut = np.maximum(shut, np.clip(1 - np.abs(time_s - at) / half_s, 0, 1))
    return np.clip(level + depth * shut, 0, 5)


def frames(*at_s: float) -> list[int]:
    return [round(at * FPS) for at in at_s]


@settings(max_examples=40)
@given(
    gaps_s=st.lists(st.floats(0.6, 3.0), min_size=0, max_size=5),
    depth=st.floats(2.0, 4.5),
    level=st.floats(0.0, 1.5),
    fps=st.sampled_from([24.0, 30.0, 60.0]),
)
def test_every_blink_is_counted_where_it_is(gaps_s: list[float], depth: float, level: float, fps: float) -> None:
    at_s = [at for at in np.cumsum(gaps_s).tolist() if at < DURATION_S - 0.3]
    curve = lids(at_s, depth, level, fps=fps)
    np.testing.assert_allclose(blinks_of(units_of(curve, curve, fps)), np.array(at_s) * fps, atol=1)


def test_two_blinks_one_after_the_other_are_two() -> None:
    curve = lids([4.0, 4.3])
    assert blinks_of(units_of(curve, curve)).tolist() == frames(4.0, 4.3)


def test_eyes_that_stay_shut_are_no_blink() -> None:
    time_s = np.arange(0, DURATION_S, 1 / FPS)
    for shut_s in (0.8, 2.0):
        curve = 0.3 + 4.0 * np.clip(1 + (shut_s / 2 - np.abs(time_s - 5)) / 0.1, 0, 1)
        assert len(blinks_of(units_of(curve, curve))) == 0
    rising = np.clip(time_s / 5 * 4, 0, 4)
    assert len(blinks_of(units_of(rising, rising))) == 0


def test_a_wink_is_no_blink() -> None:
    one, rest = lids([5.0]), lids([])
    assert len(blinks_of(units_of(one, rest))) == len(blinks_of(units_of(rest, one))) == 0


def test_lids_that_a_smile_lifts_neither_hide_nor_feign_a_blink() -> None:
    time_s = np.arange(0, DURATION_S, 1 / FPS)
    lifted = 1.5 * np.clip((time_s - 3) / 0.5, 0, 1) * np.clip((8 - time_s) / 0.5, 0, 1)
    curve = np.clip(lids([2.0, 5.0, 9.0], depth=3.0, level=0.0) + lifted, 0, 5)
    assert blinks_of(units_of(curve, curve)).tolist() == pytest.approx(frames(2.0, 5.0, 9.0), abs=1)
    assert len(blinks_of(units_of(lifted, lifted))) == 0


def test_noise_is_no_blink() -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        left, right = np.clip(rng.normal(0.5, 0.15, (2, 300)), 0, 5)
        assert len(blinks_of(units_of(left, right))) == 0


def test_blinks_at_either_end_of_a_clip_or_without_a_face_are_left_out() -> None:
    curve = lids([0.0, 3.0, DURATION_S])
    assert blinks_of(units_of(curve, curve)).tolist() == frames(3.0)
    curve[150:] = np.nan
    curve[10] = np.nan
    assert blinks_of(units_of(curve, curve)).tolist() == frames(3.0)
    assert len(blinks_of(units_of(curve[:1], curve[:1]))) == 0
    assert len(blinks_of(units_of(np.full(9, np.nan), np.full(9, np.nan)))) == 0
