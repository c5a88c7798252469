"""Intervals for counts and means. Light: scipy is imported only where a quantile of Student's t is needed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist, fmean, stdev
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Rate:
    """A share of people with its 95 % Wilson interval. Fractional where people were tested repeatedly.

    The interval takes the people as independent: it holds for the models that judged them, not for a new training.
    """

    correct: float
    n: int

    @property
    def value(self) -> float | None:
        return self.correct / self.n if self.n else None

    def to_json(self) -> dict[str, object]:
        """`{"correct", "n", "accuracy", "ci"}`; accuracy and ci are None where nobody was tested."""
        interval = list(wilson(self.correct, self.n)) if self.n else None
        return {"correct": self.correct, "n": self.n, "accuracy": self.value, "ci": interval}


def wilson(k: float, n: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Wilson's score interval for k successes of n (Wilson 1927), without continuity correction.

    k may be fractional: n people, each counted by the share of their tests that were right. Raises ValueError
    unless 0 <= k <= n and n > 0.
    """
    if n <= 0 or not 0 <= k <= n:
        raise ValueError(f"{k} of {n} is not a share")
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    p = k / n
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return (0.0 if k == 0 else max(0.0, centre - half), 1.0 if k == n else min(1.0, centre + half))


def percentile(value: float, reference: np.ndarray) -> float:
    """Share of `reference` (n,) below `value` plus half of those equal to it, in per cent."""
    below, equal = (reference < value).mean(), (reference == value).mean()
    return float(100 * (below + equal / 2))


def mean_interval(values: Sequence[float], confidence: float = CONFIDENCE) -> tuple[float, float, float]:
    """Mean of `values` (one a person) and its interval by Student's t: (mean, low, high).

    Raises ValueError with fewer than two values.
    """
    if len(values) < 2:
        raise ValueError("an interval needs at least two people")
    from scipy.stats import t

    mean = fmean(values)
    half = float(t.ppf(0.5 + confidence / 2, len(values) - 1)) * stdev(values) / math.sqrt(len(values))
    return mean, mean - half, mean + half
