"""How far intensities follow those of OpenFace 2 over the frames of real clips: two instruments, neither the truth."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from core.types import ACTION_UNITS, ActionUnits

_LEAST_SD = 0.25


def agreement(clips: Path, measure: Callable[[Path], ActionUnits]) -> dict[str, list[float]]:
    """Pearson r of each unit within each clip beside whose video lies OpenFace's output (`*.openface.csv`).

    Both curves are averaged over 5 frames; of frames in which OpenFace is successful and confident (0.8); of clips in
    which its own standard deviation exceeds 0.25.
    """
    found: dict[str, list[float]] = {unit: [] for unit in ACTION_UNITS}
    for file in sorted(clips.glob("*.openface.csv")):
        openface = pd.read_csv(file, skipinitialspace=True)
        ours = measure(file.with_name(file.name.replace(".openface.csv", ".mp4")))
        sure = ((openface["success"] == 1) & (openface["confidence"] >= 0.8)).to_numpy() & ours.success
        for unit, correlations in found.items():
            theirs = openface.loc[sure, f"{unit}_r"]
            if theirs.std() > _LEAST_SD:
                own = pd.Series(ours.intensity[sure, ACTION_UNITS.index(unit)])
                smooth = [s.rolling(5, center=True, min_periods=1).mean().to_numpy() for s in (theirs, own)]
                correlations.append(float(np.corrcoef(*smooth)[0, 1]) if own.std() > 0 else 0.0)
    return found
