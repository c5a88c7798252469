"""How far intensities follow those of OpenFace 2 over the frames of real clips."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from core.types import ACTION_UNITS, ActionUnits


def agreement(clips: Path, measure: Callable[[Path], ActionUnits]) -> dict[str, float]:
    """Median within-clip Pearson r of each unit, both curves averaged over 5 frames, over the frames in which OpenFace
    is successful and confident, and the clips in which its standard deviation exceeds 0.25."""
    found: dict[str, list[float]] = {unit: [] for unit in ACTION_UNITS}
    for file in sorted(clips.glob("*.openface.csv")):
        openface = pd.read_csv(file, skipinitialspace=True)
        ours = measure(file.with_name(file.name.replace(".openface.csv", ".mp4")))
        sure = ((openface["success"] == 1) & (openface["confidence"] >= 0.8)).to_numpy() & ours.success
        for unit, correlations in found.items():
            theirs = openface.loc[sure, f"{unit}_r"]
            if theirs.std() > 0.25:
                own = pd.Series(ours.intensity[sure, ACTION_UNITS.index(unit)])
                smooth = [s.rolling(5, center=True, min_periods=1).mean().to_numpy() for s in (theirs, own)]
                correlations.append(float(np.corrcoef(*smooth)[0, 1]) if own.std() > 0 else 0.0)
    return {unit: float(np.median(correlations)) for unit, correlations in found.items()}
