"""Blinks: both eyes shut and open again within half a second.

How far an eye is shut is AU45 of its side. What counts is the rise above the person's own level of the moment, so that
narrow eyes, a smile that lifts the lower lids, or a neutral frame that was not quite at rest neither hide nor feign a
blink.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.types import SIDED_ACTION_UNITS

if TYPE_CHECKING:
    import numpy as np

    from core.types import ActionUnits

MIN_RISE = 1.0
"""Least rise of the mean of both eyes in AU45 (5: shut) over its own level."""

MIN_SHARE = 0.5
"""Least share of that rise that each single eye must show: a wink is no blink."""

LONGEST_S = 0.5
"""Longest time at half the rise; lids that are down longer are closed, not blinking. Blinks last 0.1 to 0.4 s."""

LEVEL_S, LEVEL_QUANTILE = 2.0, 0.3
"""The level of the moment: this quantile of the mean of both eyes within so many seconds about a frame."""


def find_blinks(units: ActionUnits) -> np.ndarray:
    """(b,) frames in which both eyes are shut farthest, one for each blink. Empty where a clip has one frame."""
    import numpy as np

    column = SIDED_ACTION_UNITS.index("AU45")
    eyes = np.stack([units.left[:, column], units.right[:, column]], axis=1).astype(np.float64)
    found = np.flatnonzero(np.isfinite(eyes).all(axis=1))
    eyes, time_s = eyes[found], units.timestamp_s[found]
    if len(found) < 3:
        return np.empty(0, int)
    rise = eyes - _level(eyes, time_s)
    both = rise.mean(axis=1)
    blinks = []
    for first, last in _stretches(both > MIN_RISE / 2):
        at = first + int(np.argmax(both[first : last + 1]))
        if both[at] >= MIN_RISE and rise[at].min() >= MIN_SHARE * both[at] and _lasts_s(both, time_s, at) <= LONGEST_S:
            blinks.append(found[at])
    return np.array(blinks, int)


def _level(eyes: np.ndarray, time_s: np.ndarray) -> np.ndarray:
    """(n, 2) the level of each eye about every frame."""
    import numpy as np

    first = np.searchsorted(time_s, time_s - LEVEL_S / 2 - 1e-4, side="left")
    last = np.searchsorted(time_s, time_s + LEVEL_S / 2 + 1e-4, side="right")
    return np.array([np.quantile(eyes[a:b], LEVEL_QUANTILE, axis=0) for a, b in zip(first, last, strict=True)])


def _stretches(high: np.ndarray) -> list[tuple[int, int]]:
    """First and last index of each stretch of True."""
    import numpy as np

    edges = np.flatnonzero(np.diff(np.concatenate([[False], high, [False]]).astype(int)))
    return [(int(a), int(b) - 1) for a, b in edges.reshape(-1, 2)]


def _lasts_s(both: np.ndarray, time_s: np.ndarray, at: int) -> float:
    """Seconds at half the rise of the blink at `at`, from frame to frame; infinite where the clip cuts it off."""
    import numpy as np

    low = np.flatnonzero(both < both[at] / 2)
    before, after = low[low < at], low[low > at]
    if not len(before) or not len(after):
        return float("inf")
    return float(time_s[after[0] - 1] - time_s[before[-1] + 1])
