"""Means over the seeds of a study, and whether two arms differ: by seed, and as the paper's rows allow.

Light at import: scipy comes with the first number.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import fmean, stdev
from typing import Any

CONFIDENCE = 0.95


def mean_interval(values: Sequence[float]) -> dict[str, Any]:
    """`{"mean", "ci"}` of one value a seed; ci (low, high) at 95 % by Student's t with n - 1 degrees of freedom.

    None for a single seed, and where the values do not vary: nothing is known then of how they would.
    """
    mean = fmean(values)
    if len(values) < 2 or _same(values):
        return {"mean": mean, "ci": None}
    from scipy.stats import t

    half = float(t.ppf(0.5 + CONFIDENCE / 2, len(values) - 1)) * stdev(values) / math.sqrt(len(values))
    return {"mean": mean, "ci": [mean - half, mean + half]}


def share_interval(values: Sequence[float]) -> dict[str, Any]:
    """`mean_interval` of shares, its ends cut at 0 and 1: no share lies beyond, so that nothing is lost by it."""
    found = mean_interval(values)
    if found["ci"] is not None:
        low, high = found["ci"]
        found["ci"] = [max(low, 0.0), min(high, 1.0)]
    return found


def paired_difference(a: Sequence[float], b: Sequence[float]) -> dict[str, Any]:
    """a less b, seed by seed: `mean_interval` of the differences, p of the paired t-test, and Welch's p beside it.

    Two arms that are equal in every seed differ by 0 [0, 0], p = 1. p is None where the interval is.
    """
    differences = [one - other for one, other in zip(a, b, strict=True)]
    found = mean_interval(differences)
    if len(a) > 1 and _same([*differences, 0.0]):
        found["ci"], p = [0.0, 0.0], 1.0
    elif found["ci"] is None:
        p = None
    else:
        from scipy.stats import ttest_rel

        p = float(ttest_rel(a, b).pvalue)
    return {**found, "p": p, "welch_p": welch_p(a, b)}


def welch_p(a: Sequence[float], b: Sequence[float]) -> float | None:
    """Two-sided p of Welch's t-test, for rows of which nobody knows which belong together.

    None where a side has fewer than two rows or neither varies.
    """
    if min(len(a), len(b)) < 2 or (_same(a) and _same(b)):
        return None
    from scipy.stats import ttest_ind_from_stats

    sides = [(fmean(values), stdev(values), len(values)) for values in (a, b)]
    return float(ttest_ind_from_stats(*sides[0], *sides[1], equal_var=False).pvalue)


def _same(values: Sequence[float]) -> bool:
    return max(values) - min(values) < 1e-12
