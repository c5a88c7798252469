"""When a face is at rest and when its expression is strongest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.faces.blinks import find_blinks
from core.faces.geometry import DISTANCES, OUTER_EYE_DISTANCE_MM
from core.types import ACTION_UNITS

if TYPE_CHECKING:
    import numpy as np

EMOTION_ACTION_UNITS = {
    "anger": ("AU04", "AU05", "AU07", "AU23"),
    "happiness": ("AU06", "AU12", "AU25"),
    "disgust": ("AU09", "AU10", "AU04"),
    "fear": ("AU01", "AU02", "AU05", "AU20", "AU25"),
    "surprise": ("AU01", "AU02", "AU05", "AU26"),
}
"""The action units whose sum tells how strongly an emotion is shown."""

N_NEUTRAL_FRAMES = 5
EARLY_S = 1.0
"""How long after its first frame a clip is searched for a face that is still."""

STILL_MM = 1.0
"""Movement of a resting face, as a mean over the distances; seven clips that begin at rest: 0.15 to 0.33."""

SMOOTHING_S = 0.3
PEAK_SMOOTHING_S = 0.5
"""For the place of the peak alone: the top of a held expression is flat, so that noise would decide it."""

BRIDGED_S = 0.2
"""How long before and after its lids are shut a blink moves the units about the eyes."""


@dataclass(frozen=True)
class Neutral:
    """A person's face at rest. features: (d,) in the order of `features.FEATURES`. frames: first, last."""

    features: np.ndarray
    frames: tuple[int, int]


def neutral_range(success: np.ndarray, n_frames: int = N_NEUTRAL_FRAMES) -> tuple[int, int] | None:
    """First and last of the first `n_frames` frames with a face, of fewer where there are fewer; None without any."""
    import numpy as np

    found = np.flatnonzero(success)[:n_frames]
    return (int(found[0]), int(found[-1])) if len(found) else None


def moves(features: np.ndarray, frames: tuple[int, int]) -> bool:
    """Whether the face moves more over the frames first to last than a median shrugs off.

    That is, whether the interquartile range of features (n, d), in the mean over the distances, is beyond `STILL_MM`:
    of five frames, the one at either end may be anything.
    """
    import numpy as np

    first, last = frames
    low, high = np.nanpercentile(features[first : last + 1, : len(DISTANCES)], (25, 75), axis=0)
    return float(np.mean(high - low)) * OUTER_EYE_DISTANCE_MM > STILL_MM


def still_range(features: np.ndarray, timestamp_s: np.ndarray) -> tuple[int, int] | None:
    """First and last frame of the longest stretch early in the clip in which the face is still, the first of equals.

    features (n, d), NaN where no face was found; timestamp_s (n,). Still: largest minus smallest is at most `STILL_MM`
    in the mean over the distances. None where no stretch of `N_NEUTRAL_FRAMES` frames within `EARLY_S` is. Later frames
    are not searched, because an expression that is held is just as still.
    """
    import numpy as np

    found = np.flatnonzero(np.isfinite(features).all(axis=1))
    found = found[timestamp_s[found] < timestamp_s[found[:1]] + EARLY_S]
    early_mm = features[found, : len(DISTANCES)].astype(np.float64) * OUTER_EYE_DISTANCE_MM
    best, longest = 0, N_NEUTRAL_FRAMES - 1
    for first in range(len(found)):
        ahead = early_mm[first:]
        reach = np.maximum.accumulate(ahead, axis=0) - np.minimum.accumulate(ahead, axis=0)
        n_still = int(np.sum(reach.mean(axis=1) <= STILL_MM))
        if n_still > longest:
            best, longest = first, n_still
    return (int(found[best]), int(found[best + longest - 1])) if longest >= N_NEUTRAL_FRAMES else None


def neutral_features(features: np.ndarray, frames: tuple[int, int]) -> Neutral:
    """The median, feature by feature, over the frames first to last inclusive: one odd frame does not move it."""
    import numpy as np

    first, last = frames
    return Neutral(np.nanmedian(features[first : last + 1], axis=0), frames)


def action_units_of(emotion: str) -> tuple[str, ...]:
    """The action units that tell how strongly an emotion is shown; of an unknown one, every unit but the blink."""
    return EMOTION_ACTION_UNITS.get(emotion, ACTION_UNITS[:-1])


def strength(
    intensity: np.ndarray, timestamp_s: np.ndarray, emotion: str, smoothing_s: float = PEAK_SMOOTHING_S
) -> np.ndarray:
    """(n,) sum of the emotion's action units, from (n, 17), averaged over `smoothing_s` seconds around each frame.

    The weight of a frame falls in a straight line from 1 to 0 within `smoothing_s`: a running mean of so long, twice.
    Blinks, which pull at every unit about the eyes, are bridged in a straight line. NaN where no face was found.
    """
    import numpy as np

    units = [ACTION_UNITS.index(unit) for unit in action_units_of(emotion)]
    total = intensity[:, units].sum(axis=1, dtype=np.float64)
    found = np.isfinite(total)
    if not found.any():
        return total
    time_s = timestamp_s - timestamp_s[0]
    blinks = time_s[find_blinks(intensity[:, [ACTION_UNITS.index("AU45")]], time_s)]
    open_eyes = found & (np.abs(time_s[:, None] - blinks) > BRIDGED_S).all(axis=1)
    if open_eyes.any():
        total = np.where(found, np.interp(time_s, time_s[open_eyes], total[open_eyes]), np.nan)
    return np.where(found, _smooth(np.where(found, total, 0.0), found, time_s, smoothing_s), np.nan)


def _smooth(values: np.ndarray, counts: np.ndarray, time_s: np.ndarray, reach_s: float) -> np.ndarray:
    """(n,) mean of (n,) values weighted by 1 - |time between| / reach_s, from running sums; only those that count."""
    import numpy as np

    both = np.stack([values, counts, values * time_s, counts * time_s])
    sums = np.concatenate([np.zeros((4, 1)), np.cumsum(both, axis=1)], axis=1)
    first = np.searchsorted(time_s, time_s - reach_s)
    here = np.arange(len(time_s)) + 1
    last = np.searchsorted(time_s, time_s + reach_s)
    before, after = sums[:, here] - sums[:, first], sums[:, last] - sums[:, here]
    share = time_s / reach_s
    weighted = (1 - share) * before[:2] + before[2:] / reach_s + (1 + share) * after[:2] - after[2:] / reach_s
    return weighted[0] / np.where(counts, weighted[1], 1.0)


def peak(strength: np.ndarray) -> int | None:
    """Index of the largest of (n,) strengths, the first of equals, or None when no frame has a face."""
    import numpy as np

    return int(np.nanargmax(strength)) if np.isfinite(strength).any() else None
