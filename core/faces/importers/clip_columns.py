"""What the optional columns of an AU table say of the clip whose frames another program measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.faces.dynamics import dynamics, statistics
from core.faces.expression import action_units_of, neutral_range
from core.types import (
    ACTION_UNITS,
    DYNAMICS_COLUMNS,
    MAX_INTENSITY,
    SIDED_ACTION_UNITS,
    STATISTICS,
    ActionUnits,
)

if TYPE_CHECKING:
    import numpy as np

_SIDED = [ACTION_UNITS.index(unit) for unit in SIDED_ACTION_UNITS]


@dataclass(frozen=True)
class Frames:
    """Frames in which a face was measured. intensity: (n, 17), NaN in the columns of units that the format lacks.

    timestamp_s: (n,) rising, assumed where the table does not tell the time, and then timed is False. sides: (n, 28) in
    the order of `SIDED_COLUMNS`, or None.
    """

    intensity: np.ndarray
    timestamp_s: np.ndarray
    timed: bool
    sides: np.ndarray | None = None


def clip_columns(frames: Frames, emotion: str, at: int, maximum: float) -> dict[str, float]:
    """`DYNAMICS_COLUMNS` where the frames have times, and `STATISTIC_COLUMNS` of the units that they have.

    at: the peak. maximum: of the format's scale. Rest is the first frames. NaN, or no column, where the format does not
    tell: amplitude and onset without all of the emotion's units, asymmetry without sides, blinks without AU45. A
    single frame has none of these columns.
    """
    import numpy as np

    if len(frames.intensity) < 2:
        return {}
    # The bins of the entropy and the thresholds of the dynamics are of the scale from 0 to 5.
    stretch = MAX_INTENSITY / maximum
    given = np.isfinite(frames.intensity).all(axis=0)
    intensity = np.where(given, frames.intensity, 0.0) * stretch
    columns: dict[str, float] = {}
    if frames.timed:
        units = _as_units(frames, intensity)
        found = dynamics(units, emotion, at, neutral_range(units.success))
        columns |= {column: float(getattr(found, column)) for column in DYNAMICS_COLUMNS}
        for column in ("amplitude", "onset_speed"):
            columns[column] /= stretch
        lost = [] if given[ACTION_UNITS.index("AU45")] else ["blinks_per_min"]
        if not all(given[ACTION_UNITS.index(unit)] for unit in action_units_of(emotion)):
            lost += ["amplitude", "onset_s", "onset_speed", "hold_s", "hold_stability"]
        if frames.sides is None:
            lost.append("asymmetry")
        columns |= dict.fromkeys(lost, float("nan"))
    over_clip = statistics(intensity)
    scale = {"mean": stretch, "variance": stretch**2, "entropy": 1.0}
    for i in np.flatnonzero(given):
        for name in STATISTICS:
            columns[f"{ACTION_UNITS[i]}_{name}"] = float(over_clip[f"au_{name}"][i] / scale[name])
    return columns


def _as_units(frames: Frames, intensity: np.ndarray) -> ActionUnits:
    """Both sides as the whole face where the format does not tell them apart, for the blinks of both eyes."""
    import numpy as np

    n = len(intensity)
    left = right = intensity[:, _SIDED]
    if frames.sides is not None:
        left, right = frames.sides[:, 0::2], frames.sides[:, 1::2]
    return ActionUnits(
        timestamp_s=frames.timestamp_s,
        confidence=np.ones(n, np.float32),
        success=np.ones(n, bool),
        n_faces=np.ones(n, np.int16),
        pose_deg=np.full((n, 3), np.nan, np.float32),
        intensity=intensity,
        left=left,
        right=right,
    )
