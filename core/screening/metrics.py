"""Scores of predictions for PD against what people have, each with a 95 % interval, people and not tests as the unit.

A prediction p is a probability or a share of votes for PD, 0 to 1; above 0.5 it says PD, below it control, and exactly
0.5 is right for nobody. A person tested repeatedly counts once, by the mean over their tests.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from itertools import pairwise
from statistics import NormalDist

import numpy as np

from core.screening.statistics import CONFIDENCE, mean_interval, wilson

Interval = tuple[float, float]

PEOPLE_PER_BIN = 10
"""People a bin of the calibration curve needs before its share says anything."""


@dataclass(frozen=True)
class Scores:
    """Each score and its interval, 0 to 1, None where not defined. n: people.

    accuracy, sensitivity, specificity: Wilson. balanced_accuracy: mean of the last two, interval joined from theirs
    (`balanced_interval`). auroc: `auroc_interval`. brier: mean of (p − y)², Student's t over people; where every p is 0
    or 1 it is the share of wrong votes and its interval Wilson's.
    """

    n: int
    accuracy: float | None = None
    accuracy_ci: Interval | None = None
    balanced_accuracy: float | None = None
    balanced_accuracy_ci: Interval | None = None
    auroc: float | None = None
    auroc_ci: Interval | None = None
    brier: float | None = None
    brier_ci: Interval | None = None
    sensitivity: float | None = None
    sensitivity_ci: Interval | None = None
    specificity: float | None = None
    specificity_ci: Interval | None = None

    def to_json(self) -> dict[str, object]:
        """The fields by name, intervals as [low, high]."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}


@dataclass(frozen=True)
class CalibrationBin:
    """People with similar predictions. predicted: their mean p; observed: the share with PD and its Wilson interval."""

    n: int
    predicted: float
    observed: float
    observed_ci: Interval


def scores(p: np.ndarray, y: np.ndarray, people: np.ndarray | None = None) -> Scores:
    """Scores of p (n,) against y (n,) 1 for PD and 0 for control; people (n,): whose test each is, None for one each.

    A score of a group with nobody in it is None. Raises ValueError for a p outside 0 to 1 and a person in both groups.
    """
    p, y, person = by_person(p, y, people)
    if not len(p):
        return Scores(0)
    is_pd = person_means(y, person) == 1
    right = person_means(np.where(p == 0.5, 0.0, (p > 0.5) == y), person)
    accuracy, sensitivity, specificity = (_rate(part) for part in (right, right[is_pd], right[~is_pd]))
    balanced, balanced_ci = balanced_interval(sensitivity, specificity)
    area, area_ci = None, None
    if is_pd.any() and not is_pd.all():
        placed = placements(p, y, person)
        area = float(placed[is_pd].mean())
        area_ci = auroc_interval(placed[is_pd], placed[~is_pd])
    brier, brier_ci = _brier(p, y, person)
    return Scores(
        len(is_pd), *accuracy, balanced, balanced_ci, area, area_ci, brier, brier_ci, *sensitivity, *specificity
    )


def by_person(
    p: np.ndarray, y: np.ndarray, people: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """p (n,) and y (n,) as floats, and the index of each one's person (n,), 0 and up. Raises as `scores` does."""
    p, y = np.asarray(p, float), np.asarray(y, float)
    person = np.arange(len(p)) if people is None else np.unique(np.asarray(people), return_inverse=True)[1]
    if not len(p) == len(y) == len(person):
        raise ValueError("each prediction needs one label and one person")
    if len(p) and not (np.all((p >= 0) & (p <= 1)) and np.isin(y, (0, 1)).all()):
        raise ValueError("a prediction is 0 to 1 and a label 0 or 1")
    if len(p) and not np.isin(person_means(y, person), (0, 1)).all():
        raise ValueError("a person belongs to one group")
    return p, y, person


def person_means(values: np.ndarray, person: np.ndarray) -> np.ndarray:
    """Mean of values (n,) over the tests of each person: (n_people,)."""
    return np.bincount(person, weights=values) / np.bincount(person)


def placements(p: np.ndarray, y: np.ndarray, person: np.ndarray) -> np.ndarray:
    """Share of the other group that lies on the right side of each person, ties half: (n_people,).

    V10 and V01 of DeLong, DeLong & Clarke-Pearson (1988): their mean over either group is the AUROC. From midranks,
    O(n log n) (Sun & Xu 2014): a rank among all less the rank in the own group is the midrank in the other group. The
    other people's tests weigh 1 over their number. Needs somebody in both groups.
    """
    weight = 1 / np.bincount(person)[person]
    placed = np.empty(len(p))
    for side in (1, 0):
        own, other = y == side, y != side
        order = np.argsort(p[other], kind="stable")
        summed = np.concatenate([[0.0], np.cumsum(weight[other][order])])
        below, up_to = (summed[np.searchsorted(p[other][order], p[own], end)] for end in ("left", "right"))
        midrank = (below + up_to) / (2 * summed[-1])
        placed[own] = midrank if side else 1 - midrank
    return person_means(placed, person)


def auroc_interval(placed_pd: np.ndarray, placed_control: np.ndarray) -> Interval | None:
    """95 % interval of the AUROC A from the placements of both groups, (m,) and (n,).

    DeLong's variance s² = s²(V10)/m + s²(V01)/n, on the scale ln(A/(1 − A)), where its normal interval keeps within 0
    and 1 and holds better for tens of people (Qin & Hotilovac 2008). Where nothing varies, as at A = 1, s² knows no
    doubt: then Wilson's for min(m, n) separate pairs, of which each is ordered rightly with probability A. None where a
    group has under two people.
    """
    m, n = len(placed_pd), len(placed_control)
    if min(m, n) < 2:
        return None
    area = min(1.0, float(np.mean(placed_pd)))
    variance = float(np.var(placed_pd, ddof=1)) / m + float(np.var(placed_control, ddof=1)) / n
    if variance < 1e-12 or not 0 < area < 1:
        return wilson(area * min(m, n), min(m, n))
    centre = math.log(area / (1 - area))
    half = _z() * math.sqrt(variance) / (area * (1 - area))
    return 1 / (1 + math.exp(half - centre)), 1 / (1 + math.exp(-half - centre))


def balanced_interval(
    sensitivity: tuple[float | None, Interval | None], specificity: tuple[float | None, Interval | None]
) -> tuple[float | None, Interval | None]:
    """Mean of two independent rates, each (value, Wilson interval), and its interval; None where one is not defined.

    The distances of both rates to their limits, joined as √(a² + b²)/2 (MOVER: Newcombe 1998; Zou & Donner 2008).
    Unlike a bootstrap it needs no seed and does not shrink to nothing where everybody was judged rightly.
    """
    (a, a_ci), (b, b_ci) = sensitivity, specificity
    if a is None or b is None or a_ci is None or b_ci is None:
        return None, None
    mean = (a + b) / 2
    down, up = (math.hypot(a - a_ci[end], b - b_ci[end]) / 2 for end in (0, 1))
    return mean, (max(0.0, mean - down), min(1.0, mean + up))


def calibration_curve(
    p: np.ndarray, y: np.ndarray, people: np.ndarray | None = None, n_bins: int | None = None
) -> list[CalibrationBin]:
    """Predicted probability against the share with PD, in bins of about equally many people, lowest p first.

    A person's p is the mean over their tests. n_bins: by default one for every `PEOPLE_PER_BIN` people. Equal
    predictions stay together, so that bins may be fewer and uneven. Raises as `scores` does.
    """
    p, y, person = by_person(p, y, people)
    if not len(p):
        return []
    mean_p, is_pd = person_means(p, person), person_means(y, person)
    order = np.argsort(mean_p, kind="stable")
    n = len(order)
    n_bins = max(1, n // PEOPLE_PER_BIN) if n_bins is None else n_bins
    cuts = [0, *(_after_equals(mean_p[order], round(n * i / n_bins)) for i in range(1, n_bins)), n]
    bins = []
    for start, end in pairwise(cuts):
        members = order[start:end]
        if len(members):
            k = int(is_pd[members].sum())
            mean = float(mean_p[members].mean())
            bins.append(CalibrationBin(len(members), mean, k / len(members), wilson(k, len(members))))
    return bins


def _after_equals(ascending: np.ndarray, cut: int) -> int:
    return int(np.searchsorted(ascending, ascending[cut - 1], "right")) if cut else 0


def _rate(right: np.ndarray) -> tuple[float | None, Interval | None]:
    if not len(right):
        return None, None
    k = min(float(right.sum()), float(len(right)))
    return k / len(right), wilson(k, len(right))


def _brier(p: np.ndarray, y: np.ndarray, person: np.ndarray) -> tuple[float | None, Interval | None]:
    errors = person_means((p - y) ** 2, person)
    if np.isin(p, (0, 1)).all():
        return _rate(errors)
    if len(errors) < 2:
        return float(errors.mean()), None
    mean, low, high = mean_interval(errors.tolist())
    return mean, (max(0.0, low), min(1.0, high))


def _z() -> float:
    return NormalDist().inv_cdf(0.5 + CONFIDENCE / 2)
