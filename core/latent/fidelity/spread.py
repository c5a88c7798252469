"""Whether made rows scatter as the people do: variances, correlations, ranges."""

from __future__ import annotations

import numpy as np

FEWEST_FOR_CORRELATION = 3
"""Two points correlate perfectly whatever they are."""


def variance_ratio(made: np.ndarray, real: np.ndarray) -> float | None:
    """Median over the features of the variance of the made rows (q, d) over that of the real ones (n, d).

    Of sample variances, and of the features that vary in the real rows. The median, because a unit that few people
    show varies a hundredfold more in one half of them than in the other, and would be all of a mean. None with fewer
    than two rows in either, or where no feature varies.
    """
    if min(len(made), len(real)) < 2:
        return None
    varies = np.ptp(real, axis=0) > 0
    if not varies.any():
        return None
    one, other = (rows[:, varies].var(axis=0, ddof=1) for rows in (made, real))
    return float(np.median(one / other))


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
