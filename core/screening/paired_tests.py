"""Whether two methods differ on the same people: exact McNemar for their verdicts, DeLong for their AUROCs.

Both take the fitted models as given: they speak of other people, not of another training (`table_iv.INTERVALS`).
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from statistics import NormalDist

import numpy as np

from core.screening.metrics import Interval, by_person, person_means, placements
from core.screening.statistics import CONFIDENCE


@dataclass(frozen=True)
class McNemar:
    """People whom only a, and only b, judged rightly, among n. p: two-sided and exact."""

    only_a: int
    only_b: int
    n: int
    p: float

    def to_json(self) -> dict[str, object]:
        return asdict(self)


@dataclass(frozen=True)
class AUROCDifference:
    """AUROC of a less that of b on n people, its 95 % interval and two-sided p; None where not defined."""

    auroc_a: float
    auroc_b: float
    difference: float
    ci: Interval | None
    p: float | None
    n: int

    def to_json(self) -> dict[str, object]:
        return {**asdict(self), "ci": None if self.ci is None else list(self.ci)}


def mcnemar(right_a: np.ndarray, right_b: np.ndarray) -> McNemar:
    """Exact McNemar test of two methods judging the same people: right_a, right_b (n,) bool, one entry a person.

    Of the b + c people on whom exactly one is right, a is right for a number that is binomial with probability 1/2 if
    the methods are equally good: p = min(1, 2 · P(X ≤ min(b, c))) (McNemar 1947). 1 where they never differ. Raises
    ValueError where the entries are no pairs of true and false, as shares of repeated tests are not.
    """
    a, b = np.asarray(right_a), np.asarray(right_b)
    if a.shape != b.shape or a.ndim != 1 or not (np.isin(a, (0, 1)).all() and np.isin(b, (0, 1)).all()):
        raise ValueError("each person needs one right or wrong verdict of either method")
    only_a, only_b = int(np.sum((a == 1) & (b == 0))), int(np.sum((a == 0) & (b == 1)))
    n_differ = only_a + only_b
    tail = sum(math.comb(n_differ, k) for k in range(min(only_a, only_b) + 1))
    return McNemar(only_a, only_b, len(a), min(1.0, 2 * tail / 2**n_differ))


def delong(p_a: np.ndarray, p_b: np.ndarray, y: np.ndarray, people: np.ndarray | None = None) -> AUROCDifference:
    """DeLong's test of two correlated AUROCs: p_a, p_b (n,) predictions, y (n,) 1 for PD, people (n,) as in `scores`.

    With placements V (see `metrics.placements`) and D = V_a − V_b of each person, the difference is the mean of D over
    either group, its variance s²(D10)/m + s²(D01)/n (DeLong, DeLong & Clarke-Pearson 1988, eq 5 to 7 with the contrast
    1, −1). Interval and p are normal; the interval is cut at ±1. Neither is defined where a group has under two people,
    or where nothing varies and yet the two differ; equal predictions give 0, p = 1.

    Raises ValueError as `scores` does and where a group has nobody.
    """
    (a, y, person), (b, _, _) = by_person(p_a, y, people), by_person(p_b, y, people)
    if not (y == 1).any() or not (y == 0).any():
        raise ValueError("an AUROC needs people of both groups")
    placed_a, placed_b = (placements(p, y, person) for p in (a, b))
    is_pd = person_means(y, person) == 1
    sides = [(placed_a - placed_b)[side] for side in (is_pd, ~is_pd)]
    auroc_a, auroc_b = float(placed_a[is_pd].mean()), float(placed_b[is_pd].mean())
    difference = auroc_a - auroc_b
    ci: Interval | None = None
    p: float | None = None
    if min(map(len, sides)) > 1:
        se = math.sqrt(sum(float(np.var(side, ddof=1)) / len(side) for side in sides))
        if se > 1e-9:
            half = NormalDist().inv_cdf(0.5 + CONFIDENCE / 2) * se
            ci = (max(-1.0, difference - half), min(1.0, difference + half))
            p = math.erfc(abs(difference) / se / math.sqrt(2))
        elif abs(difference) < 1e-9:
            ci, p = (0.0, 0.0), 1.0
    return AUROCDifference(auroc_a, auroc_b, difference, ci, p, len(is_pd))
