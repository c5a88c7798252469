"""How an expression comes and goes, and what every action unit does over a clip.

The expression is the mean intensity of the emotion's action units, averaged over `SMOOTHING_S`; it rises from its level
at rest to that at the peak. Times lie between frames, on the straight line between their timestamps.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.faces import expression
from core.faces.blinks import both_eyes, find_blinks
from core.types import ACTION_UNITS, MAX_INTENSITY, SIDED_ACTION_UNITS, ActionUnits, Dynamics

if TYPE_CHECKING:
    import numpy as np

SMOOTHING_S = 0.1
LOW, HIGH = 0.1, 0.9
"""Shares of the rise between which the onset is timed, and of the fall at which an expression is over."""

ENTROPY_BINS = 20
MIN_SIDES = 0.2
"""Left plus right, in the mean over the units, below which an asymmetry would be that of noise."""


def dynamics(units: ActionUnits, emotion: str, peak_frame: int, neutral: tuple[int, int] | None) -> Dynamics:
    """How the emotion comes and goes about `peak_frame`, and blinks and statistics over all frames with a face.

    neutral: first and last frame of rest, whose median is the level that the expression rises from; without it, 0,
    which is the person's rest by definition. Onset: from the last time before the peak that the expression was at 10 %
    of its rise to the first after that at 90 %. Hold: all the time about the peak at 90 % or more, to the end of the
    clip where it lasts so long. Offset: the first frame after the peak below 10 %.
    """
    import numpy as np

    curve = _expression(units, emotion, SMOOTHING_S)
    top = float(_expression(units, emotion, expression.SMOOTHING_S)[peak_frame])
    rest = float(np.nanmedian(curve[neutral[0] : neutral[1] + 1])) if neutral else 0.0
    low, high = (rest + share * (top - rest) for share in (LOW, HIGH))
    found = np.flatnonzero(np.isfinite(curve))
    at = int(np.searchsorted(found, peak_frame))
    time_s, level = units.timestamp_s[found], curve[found]
    rises = top > rest
    onset, onset_s = _onset(time_s, level, at, low, high) if rises else (None, np.nan)
    offset = next((i for i in range(at, len(level)) if level[i] < low), None) if rises else None
    hold_s, stability = _hold(time_s, level, at, high) if rises else (np.nan, np.nan)
    blinks = find_blinks(both_eyes(units), units.timestamp_s)
    seen_s = _seen_s(units)
    return Dynamics(
        onset_frame=None if onset is None else int(found[onset]),
        offset_frame=None if offset is None else int(found[offset]),
        amplitude=max(top - rest, 0.0),
        onset_s=onset_s,
        onset_speed=(high - low) / onset_s if onset_s > 0 else np.nan,
        hold_s=hold_s,
        hold_stability=stability,
        asymmetry=_asymmetry(units, emotion, peak_frame),
        n_blinks=len(blinks),
        blinks_per_min=60 * len(blinks) / seen_s if seen_s > 0 else np.nan,
        **statistics(units.intensity),
    )


def statistics(intensity: np.ndarray) -> dict[str, np.ndarray]:
    """`au_mean`, `au_variance` (of the population) and `au_entropy`, (17,) each, of the frames of (n, 17) with a face.

    The entropy is Shannon's, in bits, of the histogram of the intensities in 20 bins of 0.25 from 0 to 5 (the last one
    closed): 0 for a unit that never leaves a bin, log2(20) = 4.32 at most. NaN without a face.
    """
    import numpy as np

    seen = intensity[np.isfinite(intensity).all(axis=1)].astype(np.float64)
    if not len(seen):
        nothing = np.full(len(ACTION_UNITS), np.nan)
        return {"au_mean": nothing, "au_variance": nothing, "au_entropy": nothing}
    shares = [np.histogram(unit, ENTROPY_BINS, (0.0, MAX_INTENSITY))[0] / len(seen) for unit in seen.T]
    entropy = np.array([-np.sum(share * np.log2(np.where(share > 0, share, 1.0))) for share in shares])
    return {"au_mean": seen.mean(axis=0), "au_variance": seen.var(axis=0), "au_entropy": entropy + 0.0}


def _expression(units: ActionUnits, emotion: str, reach_s: float) -> np.ndarray:
    """(n,) mean of the emotion's units, averaged over `reach_s` seconds about each frame; NaN without a face."""
    total = expression.strength(units.intensity, units.timestamp_s, emotion, reach_s)
    return total / len(expression.action_units_of(emotion))


def _onset(time_s: np.ndarray, level: np.ndarray, at: int, low: float, high: float) -> tuple[int | None, float]:
    """First frame past `low`, and seconds from there to `high`; None and NaN where the clip begins above `low`."""
    import numpy as np

    below = np.flatnonzero(level[: at + 1] <= low)
    if not len(below) or below[-1] == at:
        return None, np.nan
    onset = int(below[-1]) + 1
    reached = np.flatnonzero(level[onset : at + 1] >= high)
    if not len(reached):  # the peak of the smoother curve may lie beside that of this one
        return onset, np.nan
    full = onset + int(reached[0])
    return onset, _crossing(time_s, level, full, high) - _crossing(time_s, level, onset, low)


def _hold(time_s: np.ndarray, level: np.ndarray, at: int, high: float) -> tuple[float, float]:
    """Seconds about `at` without a frame below `high`, and 1 - SD / mean of the level in them."""
    import numpy as np

    below = np.flatnonzero(level < high)
    before, after = below[below <= at], below[below >= at]
    first = int(before[-1]) + 1 if len(before) else 0
    last = int(after[0]) - 1 if len(after) else len(level) - 1
    if first > last:
        return 0.0, np.nan
    begins = _crossing(time_s, level, first, high) if first else time_s[0]
    ends = _crossing(time_s, level, last + 1, high) if last + 1 < len(level) else time_s[-1]
    held = level[first : last + 1]
    return float(ends - begins), float(1 - held.std() / held.mean())


def _crossing(time_s: np.ndarray, level: np.ndarray, after: int, threshold: float) -> float:
    """When the level passed `threshold` between the frames before `after` and `after`."""
    step = level[after] - level[after - 1]
    share = (threshold - level[after - 1]) / step if step else 1.0
    return float(time_s[after - 1] + share * (time_s[after] - time_s[after - 1]))


def _asymmetry(units: ActionUnits, emotion: str, peak_frame: int) -> float:
    """(left - right) / (left + right) of the sums over the emotion's sided units, averaged about the peak like it."""
    import numpy as np

    columns = [SIDED_ACTION_UNITS.index(u) for u in expression.action_units_of(emotion) if u in SIDED_ACTION_UNITS]
    near = np.abs(units.timestamp_s - units.timestamp_s[peak_frame]) <= expression.SMOOTHING_S / 2 + 1e-4
    left, right = (float(np.nanmean(side[near][:, columns], dtype=np.float64)) for side in (units.left, units.right))
    return (left - right) / (left + right) if left + right >= MIN_SIDES else np.nan


def _seen_s(units: ActionUnits) -> float:
    """Seconds in which a face was seen: each frame lasts as long as the middle one."""
    import numpy as np

    return float(np.median(np.diff(units.timestamp_s)) * units.success.sum()) if units.n_frames > 1 else 0.0
