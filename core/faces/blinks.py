"""Blinks: both eyes shut and open again within half a second.

How far an eye is shut is AU45 of its side. What counts is how far it rises above both what was before and what comes
after, so that narrow eyes, a smile that lifts the lower lids, or a neutral frame that was not quite at rest neither
hide nor feign a blink, and lids that come down to stay are none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.types import SIDED_ACTION_UNITS

if TYPE_CHECKING:
    import numpy as np

    from core.types import ActionUnits

MIN_RISE = 1.0
"""Least rise of the mean of both eyes in AU45 (5: shut)."""

MIN_SHARE = 0.5
"""Least share of that rise that each single eye must show: a wink is no blink."""

REACH_S = 0.4
"""How long before and after it is shut farthest the eye must be open. Blinks last 0.1 to 0.4 s from open to open."""

APART_S = 0.15
"""Of lids that are shut farthest twice within so long, the farther, or first, time is the blink."""


def both_eyes(units: ActionUnits) -> np.ndarray:
    """(n, 2) how far the left and the right eye are shut, 0 to 5."""
    import numpy as np

    column = SIDED_ACTION_UNITS.index("AU45")
    return np.stack([units.left[:, column], units.right[:, column]], axis=1)


def find_blinks(eyes: np.ndarray, timestamp_s: np.ndarray) -> np.ndarray:
    """(b,) frames in which both eyes are shut farthest, one for each blink that the clip shows from open to open.

    eyes: (n, 2) of `both_eyes`, or (n, 1) where sides are not known; NaN where no face was found.
    """
    import numpy as np

    found = np.flatnonzero(np.isfinite(eyes).all(axis=1))
    time_s, eyes = timestamp_s[found], eyes[found].astype(np.float64)
    both = eyes.mean(axis=1)
    blinks: list[int] = []
    for at in np.flatnonzero(both >= MIN_RISE):
        first, last = np.searchsorted(time_s, time_s[at] + np.array((-REACH_S - 1e-4, REACH_S + 1e-4)))
        if at in (first, last - 1):
            continue
        begin, end = np.searchsorted(time_s, time_s[at] + np.array((-APART_S - 1e-4, APART_S + 1e-4)))
        rise = _rise(both[first:last], at - first)
        least = min(_rise(eye, at - first) for eye in eyes[first:last].T)
        if begin + np.argmax(both[begin:end]) == at and rise >= MIN_RISE and least >= MIN_SHARE * rise:
            blinks.append(int(found[at]))
    return np.array(blinks, int)


def _rise(shut: np.ndarray, at: int) -> float:
    """How far an eye is shut at a frame beyond where it was most open before, or after, whichever is less."""
    return float(shut[at] - max(shut[:at].min(), shut[at + 1 :].min()))
