"""Precision, recall, density and coverage: do made rows lie where people lie, and wherever people lie?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

K = 3
"""Neighbours that make the radius about a row: the value of Kynkäänniemi et al., who found more to blur the support."""


@dataclass(frozen=True)
class Manifold:
    """precision, recall, coverage: 0 to 1. density: 0 or more, about 1 for other people."""

    precision: float | None = None
    recall: float | None = None
    density: float | None = None
    coverage: float | None = None


def manifold(made: np.ndarray, real: np.ndarray, k: int = K) -> Manifold:
    """Of made rows (q, d) against real rows (n, d). B(row) is the closed ball about a row to its k-th nearest fellow.

        precision = share of made rows in some B(real)          (Kynkäänniemi et al. 2019, equation 1)
        recall    = share of real rows in some B(made)
        density   = mean number of B(real) about a made row / k (Naeem et al. 2020, equation 3)
        coverage  = share of real rows whose B(real) holds a made row (equation 4)

    With fewer than k + 1 rows the farthest fellow stands for the k-th. Recall and coverage grow with q: compare equal
    numbers. Not defined with fewer than two real rows or no made one, recall not with a single made one.
    """
    if len(real) < 2 or not len(made):
        return Manifold()
    from scipy.spatial.distance import cdist

    distance = cdist(made, real)
    radius, used = _radii(real, k)
    held = distance <= radius
    reached = distance <= _radii(made, k)[0][:, None] if len(made) > 1 else None
    return Manifold(
        precision=float(held.any(axis=1).mean()),
        recall=None if reached is None else float(reached.any(axis=0).mean()),
        density=float(held.sum(axis=1).mean() / used),
        coverage=float(held.any(axis=0).mean()),
    )


def _radii(rows: np.ndarray, k: int) -> tuple[np.ndarray, int]:
    """Distance (n,) of each row to its k-th nearest other row, and the k that there are rows for."""
    from scipy.spatial.distance import cdist

    used = min(k, len(rows) - 1)
    # A row's own distance, 0, sorts first.
    return np.partition(cdist(rows, rows), used, axis=1)[:, used], used
