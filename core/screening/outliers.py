"""Rows of an AU table far from the others of their group, emotion and backend: to be looked at, never removed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.scales import scale_of
from core.types import MAX_INTENSITY

if TYPE_CHECKING:
    import pandas as pd

FAR = 3.5
"""Size of a robust z from which a value is called far (Iglewicz & Hoaglin 1993)."""

FEWEST = 5
"""Rows alike in group, emotion and backend from which one of them can be called far from the others."""

LEAST_SD = 0.25
"""Smallest spread assumed, on the scale 0 to 5: where nearly everyone rests at 0, a twitch is not far from them."""


@dataclass(frozen=True)
class Outlier:
    """A row with at least one value far from the others. feature: the farthest, its value, the median, its robust z.

    also: the other features that are far, the farthest first. n: rows that it was held against, itself among them.
    """

    subject: str
    emotion: str
    group: str
    feature: str
    value: float
    median: float
    z: float
    also: tuple[str, ...]
    n: int


def robust_z(values: np.ndarray, least_sd: float = LEAST_SD) -> np.ndarray:
    """(x − median) / max(1.4826 · MAD, least_sd) of (n,) values; NaN where they are.

    MAD is the median of |x − median|; 1.4826 makes it the standard deviation of a normal distribution. Unlike mean and
    standard deviation it stays where it is while less than half of the values run away.
    """
    if not np.isfinite(values).any():
        return np.full(len(values), np.nan)
    distance = values - np.nanmedian(values)
    return distance / max(1.4826 * float(np.nanmedian(np.abs(distance))), least_sd)


def find_outliers(table: pd.DataFrame, features: Sequence[str], far: float = FAR) -> list[Outlier]:
    """Rows with an intensity of |z| >= `far` among those of their group, emotion and backend, the farthest first.

    table: columns subject, emotion, group, backend and `features`, intensities on the scale of the backend. Fewer than
    `FEWEST` rows are not judged; people of unknown group are held against each other.
    """
    found = []
    for (emotion, group, backend), rows in table.groupby(["emotion", "group", "backend"], sort=False):
        if len(rows) < FEWEST:
            continue
        least_sd = LEAST_SD * scale_of(backend).maximum / MAX_INTENSITY
        values = rows[list(features)].to_numpy(float)
        z = np.column_stack([robust_z(column, least_sd) for column in values.T])
        size = np.nan_to_num(np.abs(z))
        for i in np.flatnonzero((size >= far).any(axis=1)):
            order = [int(j) for j in np.argsort(-size[i], kind="stable") if size[i, j] >= far]
            first = order[0]
            found.append(
                Outlier(
                    subject=str(rows["subject"].iloc[i]),
                    emotion=str(emotion),
                    group=str(group),
                    feature=features[first],
                    value=float(values[i, first]),
                    median=float(np.nanmedian(values[:, first])),
                    z=float(z[i, first]),
                    also=tuple(features[j] for j in order[1:]),
                    n=len(rows),
                )
            )
    return sorted(found, key=lambda outlier: -abs(outlier.z))
