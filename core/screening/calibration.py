"""From the vote for PD to a probability of PD: fitted on people whom the voting models never saw.

The probability is of a population with as many people of either group as the cohort: where one in a hundred has PD it
is far lower. The fit is a logistic curve of two coefficients, plain numbers in JSON.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import NormalDist
from typing import Any

import numpy as np

from core.screening.conformal import PValues, p_values
from core.screening.metrics import Interval, by_person
from core.screening.statistics import CONFIDENCE

LOGISTIC, FLAT, IDENTITY = "logistic", "flat", "identity"
MIN_PER_GROUP = 5
"""People of each group under which nothing is fitted and the share of the votes stands as it is."""

PRIOR_SD = 10.0
"""Of the slope: a curve from 1 to 99 % across all shares is within one of these."""

TARGET_ERROR = 0.1


@dataclass(frozen=True)
class Calibration:
    """What the share of votes for PD means: P(PD | share) = 1/(1 + e^−(intercept + slope · (share − 0.5))).

    kind: `logistic`; `flat` where people left out with PD had no larger shares than controls, so that the vote tells
    nothing; `identity` where a group had under `MIN_PER_GROUP` people. covariance: of the coefficients, (var intercept,
    cov, var slope). shares_pd, shares_control: of the people left out, ascending, for conformal sets. target_error: the
    error rate of these sets where no other is asked for.
    """

    kind: str
    intercept: float
    slope: float
    covariance: tuple[float, float, float]
    shares_pd: tuple[float, ...]
    shares_control: tuple[float, ...]
    target_error: float = TARGET_ERROR

    def __post_init__(self) -> None:
        numbers = (self.intercept, self.slope, *self.covariance)
        shares = (*self.shares_pd, *self.shares_control)
        a, ab, b = self.covariance
        if self.kind not in (LOGISTIC, FLAT, IDENTITY) or not all(map(math.isfinite, numbers)) or self.slope < 0:
            raise ValueError(f"no calibration: {self.kind!r} with coefficients {numbers}")
        if min(a, b) < 0 or ab * ab > a * b * (1 + 1e-9):
            raise ValueError(f"no covariance: {self.covariance}")
        if not all(0 <= share <= 1 for share in shares) or not 0 < self.target_error < 1:
            raise ValueError("shares are 0 to 1 and an error rate lies between 0 and 1")

    @property
    def n(self) -> int:
        """People it was fitted on."""
        return len(self.shares_pd) + len(self.shares_control)

    def probability(self, share: float) -> float:
        """Of PD, given a share of votes for PD, 0 to 1."""
        if self.kind == IDENTITY:
            return float(share)
        return _sigmoid(self.intercept + self.slope * (share - 0.5))

    def interval(self, share: float) -> Interval:
        """95 % interval of `probability`; (0, 1), which is no knowledge, unless `logistic`.

        Normal on the scale of the log-odds with the curvature of the penalised likelihood (Laplace). Of three it is the
        one to withhold a verdict by (`benchmarks/calibrated_interval.py`): a bootstrap of nearly separated people draws
        only separated ones and is far too narrow, and the two values of Venn–Abers differ by what one more person
        weighs, not by what other people would have given, so that some lie on the wrong side of a half. It errs towards
        a half: where the groups lie far apart the truth is more extreme than Platt's targets let the curve become.
        """
        if self.kind != LOGISTIC:
            return 0.0, 1.0
        x, (a, ab, b) = share - 0.5, self.covariance
        half = NormalDist().inv_cdf(0.5 + CONFIDENCE / 2) * math.sqrt(max(0.0, a + 2 * ab * x + b * x * x))
        centre = self.intercept + self.slope * x
        return _sigmoid(centre - half), _sigmoid(centre + half)

    def p_values(self, share: float) -> PValues:
        """How usual the share is for either group."""
        return p_values(share, self.shares_pd, self.shares_control)

    def conformal_set(self, share: float, error: float | None = None) -> frozenset[str]:
        """The groups not excluded at `error` (`target_error` if None): see `conformal.PValues.set_at`."""
        return self.p_values(share).set_at(self.target_error if error is None else error)

    def to_json(self) -> dict[str, Any]:
        fields = asdict(self)
        return {**fields, **{name: list(value) for name, value in fields.items() if isinstance(value, tuple)}}

    @staticmethod
    def from_json(fields: Mapping[str, Any]) -> Calibration:
        """Raises ValueError where `fields` are not what `to_json` gives."""
        try:
            a, ab, b = map(float, fields["covariance"])
            return Calibration(
                str(fields["kind"]), float(fields["intercept"]), float(fields["slope"]), (a, ab, b),
                tuple(map(float, fields["shares_pd"])), tuple(map(float, fields["shares_control"])),
                float(fields["target_error"]),
            )  # fmt: skip
        except (KeyError, TypeError) as error:
            raise ValueError(f"no calibration: {error}") from error


def calibrate(shares: Sequence[float] | np.ndarray, y: np.ndarray, target_error: float = TARGET_ERROR) -> Calibration:
    """Fit a calibration on shares (n,) of the votes for PD on people left out, one a person, and y (n,) 1 for PD.

    Logistic regression on share − 0.5 with Platt's (2000) targets, (n_PD + 1)/(n_PD + 2) for PD and 1/(n_control + 2)
    for control, which keep the curve of separated people finite, and a normal prior on the slope (SD `PRIOR_SD`), which
    keeps it unique where all shares are equal. The share itself and not its log-odds: a unanimous vote is a share of 0
    or 1. The slope is never negative, for votes are not turned round. Raises ValueError as `metrics.scores` does.
    """
    shares, y, _ = by_person(np.asarray(shares, float), y)
    groups = [tuple(sorted(shares[y == side].tolist())) for side in (1, 0)]
    if min(map(len, groups)) < MIN_PER_GROUP:
        return Calibration(IDENTITY, 0.0, 0.0, (0.0, 0.0, 0.0), groups[0], groups[1], target_error)
    targets = np.where(y == 1, (len(groups[0]) + 1) / (len(groups[0]) + 2), 1 / (len(groups[1]) + 2))
    (intercept, slope), covariance = _fit(shares - 0.5, targets)
    if slope <= 0:
        mean = float(np.mean(y))
        flat = (1 / (mean * (1 - mean) * len(y)), 0.0, 0.0)
        return Calibration(FLAT, math.log(mean / (1 - mean)), 0.0, flat, groups[0], groups[1], target_error)
    return Calibration(LOGISTIC, intercept, slope, covariance, groups[0], groups[1], target_error)


def left_out_probabilities(shares: Sequence[float] | np.ndarray, y: np.ndarray) -> np.ndarray:
    """Probability of each of n people by the calibration fitted on all others: (n,), fit for `metrics.scores`.

    Arguments as in `calibrate`. For the Brier score and the calibration curve; the AUROC is that of the shares, and is
    read off those: a curve fitted without a person leans away from their group.
    """
    shares, y = np.asarray(shares, float), np.asarray(y)
    keep = ~np.eye(len(shares), dtype=bool)
    return np.array([calibrate(shares[k], y[k]).probability(s) for s, k in zip(shares, keep, strict=True)])


def _fit(x: np.ndarray, targets: np.ndarray) -> tuple[tuple[float, float], tuple[float, float, float]]:
    """Intercept and slope by Newton's method with halved steps, and the inverse of the curvature there."""
    design = np.column_stack([np.ones_like(x), x])
    prior = np.diag([0.0, PRIOR_SD**-2])

    def loss(b: np.ndarray) -> float:
        z = design @ b
        return float(np.sum(np.logaddexp(0, z) - targets * z) + b @ prior @ b / 2)

    def slope_and_curvature(b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        p = 1 / (1 + np.exp(-(design @ b)))
        return design.T @ (p - targets) + prior @ b, (design * (p * (1 - p))[:, None]).T @ design + prior

    b = np.zeros(2)
    for _ in range(100):
        gradient, curvature = slope_and_curvature(b)
        step = np.linalg.solve(curvature, gradient)
        while loss(b - step) > loss(b) + 1e-12 and np.abs(step).max() > 1e-12:
            step = step / 2
        b = b - step
        if np.abs(step).max() < 1e-10:
            break
    inverse = np.linalg.inv(slope_and_curvature(b)[1])
    return (float(b[0]), float(b[1])), (float(inverse[0, 0]), float(inverse[0, 1]), float(inverse[1, 1]))


def _sigmoid(z: float) -> float:
    return 1 / (1 + math.exp(-z)) if z >= 0 else math.exp(z) / (1 + math.exp(z))
