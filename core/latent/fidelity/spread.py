"""Whether made rows scatter as the people do: variances, correlations, ranges."""

from __future__ import annotations

import numpy as np

FEWEST_FOR_CORRELATION = 3
"""Two points correlate perfectly whatever they are."""


def variance_ratio(made: np.ndarray, real: np.ndarray) -> float | None:
    """Variance of the made rows (q, d) over that of the real ones (n, d): the sums over the features, which are
    standardised, so that one that hardly varies in this group weighs little; sample variances.

    None where either has fewer than two rows, or the real rows do not vary.
    """
    if min(len(made), len(real)) < 2:
        return None
    total = float(real.var(axis=0, ddof=1).sum())
    return float(made.var(axis=0, ddof=1).sum()) / total if total > 0 else None


def correlation_difference(made: np.ndarray, real: np.ndarray) -> float | None:
    """Mean |difference| of Pearson's correlations over the pairs of features that vary in both, 0 to 2.

    None with fewer than three rows in either or without such a pair.
    """
    if min(len(made), len(real)) < FEWEST_FOR_CORRELATION:
        return None
    varies = (np.ptp(made, axis=0) > 0) & (np.ptp(real, axis=0) > 0)
    if varies.sum() < 2:
        return None
    pairs = np.triu_indices(int(varies.sum()), 1)
    one, other = (np.corrcoef(rows[:, varies].T)[pairs] for rows in (made, real))
    return float(np.mean(np.abs(one - other)))


def out_of_range_share(made: np.ndarray, real: np.ndarray) -> float | None:
    """Share of the made values below the least or above the greatest real one of their feature.

    Another n people have 2 / (n + 1) of their values there where values are continuous. None without rows.
    """
    if not len(made) or not len(real):
        return None
    return float(np.mean((made < real.min(axis=0)) | (made > real.max(axis=0))))
