"""From votes to probabilities: the fit against an oracle, its interval by simulation, and the demo cohort."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

from core.screening.calibration import (
    FLAT,
    IDENTITY,
    LOGISTIC,
    PRIOR_SD,
    Calibration,
    calibrate,
    left_out_probabilities,
)
from core.screening.cohort import HeldOutVotes, held_out_votes
from core.screening.metrics import scores
from core.screening.pace import Pace
from core.settings import ScreeningSettings
from core.types import CONTROL, PD, Quiet
from core.workspace.demo import demo_table


def drawn(n_pd: int, n_control: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    shares = np.concatenate([rng.beta(4, 2, n_pd), rng.beta(2, 4, n_control)])
    return (shares * 125).round() / 125, np.repeat([1, 0], [n_pd, n_control])


def test_the_fit_minimises_the_penalised_loss_of_platts_targets() -> None:
    shares, y = drawn(20, 14, 0)
    targets = np.where(y == 1, 21 / 22, 1 / 16)

    def loss(b: np.ndarray) -> float:
        z = b[0] + b[1] * (shares - 0.5)
        return float(np.sum(np.logaddexp(0, z) - targets * z) + b[1] ** 2 / (2 * PRIOR_SD**2))

    best = minimize(loss, [0.0, 0.0], method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-12})
    found = calibrate(shares, y)
    assert (found.kind, found.n) == (LOGISTIC, 34)
    assert (found.intercept, found.slope) == pytest.approx(tuple(best.x), abs=1e-4)
    # The covariance is the inverse of the curvature, here by differences.
    h = 1e-3
    steps = np.eye(2) * h
    curvature = np.array(
        [[loss(best.x + a + b) - loss(best.x + a) - loss(best.x + b) + loss(best.x) for a in steps] for b in steps]
    ) / h**2  # fmt: skip
    inverse = np.linalg.inv(curvature)
    assert found.covariance == pytest.approx((inverse[0, 0], inverse[0, 1], inverse[1, 1]), rel=0.02)


def test_separated_people_keep_a_finite_curve() -> None:
    found = calibrate(np.repeat([1.0, 0.0], 10), np.repeat([1, 0], 10))
    # Platt's targets are 11/12 and 1/12; the prior draws the curve a little to the middle.
    assert 0.9 < found.probability(1.0) < 11 / 12
    assert found.probability(0.5) == pytest.approx(0.5)
    low, high = found.interval(0.5)
    assert low < 0.5 < high


def test_votes_that_tell_nothing_tell_nothing() -> None:
    reversed_votes = calibrate(np.repeat([0.2, 0.8], 10), np.repeat([1, 0], 10))
    assert reversed_votes.kind == FLAT
    assert reversed_votes.probability(0.9) == reversed_votes.probability(0.1) == pytest.approx(0.5)
    assert reversed_votes.interval(0.9) == (0.0, 1.0)
    equal = calibrate(np.full(20, 0.5), np.repeat([1, 0], 10))
    assert equal.probability(0.5) == pytest.approx(0.5)
    low, high = equal.interval(0.9)
    assert low < 0.05
    assert high > 0.95


def test_too_few_people_leave_the_share_as_it_is() -> None:
    found = calibrate(np.array([0.9, 0.8, 0.7, 0.6, 0.3, 0.2]), np.array([1, 1, 1, 1, 0, 0]))
    assert (found.kind, found.probability(0.7), found.interval(0.7)) == (IDENTITY, 0.7, (0.0, 1.0))
    assert found.conformal_set(0.9) == {PD, CONTROL}
    assert calibrate(np.array([]), np.array([])).n == 0


@given(st.integers(0, 10_000), st.integers(5, 30), st.integers(5, 30), st.floats(0, 1), st.floats(0, 1))
def test_more_votes_never_mean_less_probability(seed: int, n_pd: int, n_control: int, a: float, b: float) -> None:
    found = calibrate(*drawn(n_pd, n_control, seed))
    p = [found.probability(share) for share in (min(a, b), max(a, b))]
    assert 0 < p[0] <= p[1] < 1
    for share, value in zip((min(a, b), max(a, b)), p, strict=True):
        low, high = found.interval(share)
        assert 0 <= low <= value <= high <= 1


@given(st.integers(0, 10_000), st.integers(0, 12), st.integers(0, 12))
def test_json_gives_it_back(seed: int, n_pd: int, n_control: int) -> None:
    found = calibrate(*drawn(n_pd, n_control, seed), target_error=0.2)
    assert Calibration.from_json(json.loads(json.dumps(found.to_json(), allow_nan=False))) == found


@pytest.mark.parametrize(
    "changed",
    [
        {"kind": "isotonic"}, {"slope": -1.0}, {"slope": None}, {"intercept": math.nan},
        {"covariance": [1.0, 2.0, 1.0]}, {"covariance": [1.0]}, {"covariance": [-1.0, 0.0, 1.0]},
        {"shares_pd": [1.5]}, {"shares_control": [math.nan]}, {"target_error": 0.0}, {"target_error": 1.0},
    ],
)  # fmt: skip
def test_a_damaged_record_is_refused(changed: dict) -> None:
    fields = calibrate(*drawn(8, 8, 0)).to_json()
    with pytest.raises(ValueError):  # noqa: PT011
        Calibration.from_json({**fields, **changed})
    with pytest.raises(ValueError, match="no calibration"):
        Calibration.from_json({key: value for key, value in fields.items() if key != "slope"})


def test_the_interval_holds_the_true_probability() -> None:
    """Shares of tens of people whose probability is a logistic curve: held in at least 93 % of 500 draws."""
    rng = np.random.default_rng(4)
    held = 0
    for _ in range(500):
        shares = rng.random(50)
        y = (rng.random(50) < 1 / (1 + np.exp(-5 * (shares - 0.5)))).astype(int)
        share = rng.random()
        low, high = calibrate(shares, y).interval(share)
        held += low <= 1 / (1 + math.exp(-5 * (share - 0.5))) <= high
    assert held >= 465


def test_conformal_sets_take_the_target_error_unless_told() -> None:
    found = calibrate(*drawn(29, 30, 1), target_error=0.3)
    assert found.conformal_set(0.95) == found.conformal_set(0.95, 0.3) == {PD}
    assert found.conformal_set(0.05) == {CONTROL}
    assert found.conformal_set(0.5, 0.01) == {PD, CONTROL}
    assert replace(found, target_error=0.01).conformal_set(0.95) == {PD, CONTROL}


def test_left_out_probabilities_are_fitted_without_the_person() -> None:
    shares, y = drawn(12, 12, 2)
    found = left_out_probabilities(shares, y)
    others = np.arange(24) != 3
    assert found[3] == calibrate(shares[others], y[others]).probability(shares[3])


@pytest.fixture(scope="module")
def held_out() -> HeldOutVotes:
    return held_out_votes(demo_table(), ScreeningSettings(n_folds=10), Pace(Quiet(), 10**6))


def brier(p: np.ndarray, y: np.ndarray) -> float:
    value = scores(p, y).brier
    assert value is not None
    return value


def test_calibration_improves_the_brier_score_of_one_emotion(held_out: HeldOutVotes) -> None:
    """Fold models of one emotion agree with each other far more often than with the truth."""
    gains = []
    for emotion in ("anger", "happiness", "disgust", "fear", "surprise"):
        cast = [(v.weight_for_pd, held_out.label_of_person[p]) for p, vs in held_out.votes.items() for v in vs
                if v.emotion == emotion]  # fmt: skip
        shares, y = np.array(cast).T
        gains.append(brier(shares, y) - brier(left_out_probabilities(shares, y), y))
    assert np.mean(gains) > 0.02
    assert min(gains) > 0


def test_calibration_costs_the_whole_vote_little(held_out: HeldOutVotes) -> None:
    """The mean of five emotions is nearly calibrated as it stands, and two fitted coefficients cost about 2/n of it."""
    _, shares, y = held_out.shares()
    calibrated = brier(left_out_probabilities(shares, y), y)
    assert abs(calibrated - brier(shares, y)) < 0.015
    assert calibrated < 0.21
    assert 2 < calibrate(shares, y).slope < 6  # the slope of the share itself is 4 at a half
