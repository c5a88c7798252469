"""When a face is at rest and when its expression is strongest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

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
SMOOTHING_S = 0.3


@dataclass(frozen=True)
class Neutral:
    """A person's face at rest. features: (d,) in the order of `geometry.FEATURES`. frames: first, last."""

    features: np.ndarray
    frames: tuple[int, int]


def neutral_range(success: np.ndarray, n_frames: int = N_NEUTRAL_FRAMES) -> tuple[int, int] | None:
    """First and last of the first `n_frames` frames with a face, of fewer where there are fewer; None without any."""
    import numpy as np

    found = np.flatnonzero(success)[:n_frames]
    return (int(found[0]), int(found[-1])) if len(found) else None


def neutral_features(features: np.ndarray, frames: tuple[int, int]) -> Neutral:
    """The median, feature by feature, over the frames first to last inclusive: one odd frame does not move it."""
    import numpy as np

    first, last = frames
    return Neutral(np.nanmedian(features[first : last + 1], axis=0), frames)


def strength(intensity: np.ndarray, timestamp_s: np.ndarray, emotion: str) -> np.ndarray:
    """(n,) sum of the emotion's action units, from (n, 17), averaged over `SMOOTHING_S` seconds around each frame.

    An emotion that is not one of `EMOTION_ACTION_UNITS` takes every unit but the blink. NaN where no face was found.
    """
    import numpy as np

    units = EMOTION_ACTION_UNITS.get(emotion, ACTION_UNITS[:-1])
    total = intensity[:, [ACTION_UNITS.index(unit) for unit in units]].sum(axis=1, dtype=np.float64)
    found = np.isfinite(total)
    sums = np.concatenate([[0.0], np.cumsum(np.where(found, total, 0.0))])
    counts = np.concatenate([[0], np.cumsum(found)])
    # A tenth of a millisecond keeps frames on the edge of the window in it, whatever rounding did to their times.
    reach = SMOOTHING_S / 2 + 1e-4
    first = np.searchsorted(timestamp_s, timestamp_s - reach, side="left")
    last = np.searchsorted(timestamp_s, timestamp_s + reach, side="right")
    n_within = counts[last] - counts[first]
    mean = (sums[last] - sums[first]) / np.maximum(n_within, 1)
    return np.where(found, mean, np.nan)


def peak(strength: np.ndarray) -> int | None:
    """Index of the largest of (n,) strengths, the first of equals, or None when no frame has a face."""
    import numpy as np

    return int(np.nanargmax(strength)) if np.isfinite(strength).any() else None
