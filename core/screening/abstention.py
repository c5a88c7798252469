"""How accurate the calls are that remain when those in doubt are withheld."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np

from core.screening.metrics import by_person
from core.screening.statistics import wilson


@dataclass(frozen=True)
class Kept:
    """The calls of at least a certain confidence max(p, 1 − p). threshold: that confidence, above 0.5 and up to 1.

    n: people called; coverage: their share of all. accuracy: of the calls, with its Wilson interval.
    """

    threshold: float
    n: int
    coverage: float
    accuracy: float
    ci: tuple[float, float]

    def to_json(self) -> dict[str, object]:
        return {**asdict(self), "ci": list(self.ci)}


@dataclass(frozen=True)
class RiskCoverage:
    """Every threshold that changes who is called, the strictest first; empty where nobody can be called."""

    points: tuple[Kept, ...]

    def at(self, target_error: float) -> Kept | None:
        """The threshold that calls most people while at most `target_error` (0 to 1) of the calls are wrong.

        None where none does. It was chosen on these people, so that its error is seen a little too small; the interval
        of its accuracy, which in tens of people is wide, is what to show beside it.
        """
        meeting = [point for point in self.points if 1 - point.accuracy <= target_error + 1e-12]
        return meeting[-1] if meeting else None

    def to_json(self) -> list[dict[str, object]]:
        return [point.to_json() for point in self.points]


def risk_coverage(p: np.ndarray, y: np.ndarray) -> RiskCoverage:
    """The accuracy–coverage curve (El-Yaniv & Wiener 2010) of out-of-fold p (n,), one a person, y (n,) 1 for PD.

    People of equal confidence are called together; p = 0.5 calls nobody. Raises ValueError as `metrics.scores` does.
    """
    p, y, _ = by_person(p, y)
    confidence = np.round(np.maximum(p, 1 - p), 12)
    right = (p > 0.5) == y
    points = []
    for threshold in sorted(set(confidence[confidence > 0.5].tolist()), reverse=True):
        called = confidence >= threshold
        n, k = int(called.sum()), int(right[called].sum())
        points.append(Kept(threshold, n, n / len(p), k / n, wilson(k, n)))
    return RiskCoverage(tuple(points))
