"""Scores against hand-worked numbers, scikit-learn and the O(n²) definition of DeLong's variance."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import balanced_accuracy_score, brier_score_loss, roc_auc_score

from core.screening.metrics import auroc_interval, calibration_curve, placements, scores
from core.screening.statistics import wilson

P = np.array([0.9, 0.8, 0.4, 0.6, 0.3, 0.2, 0.1])
Y = np.array([1, 1, 1, 0, 0, 0, 0])


def drawn(n_pd: int, n_control: int, seed: int, decimals: int = 2) -> tuple[np.ndarray, np.ndarray]:
    """Overlapping predictions with ties."""
    rng = np.random.default_rng(seed)
    p = np.concatenate([rng.beta(3, 2, n_pd), rng.beta(2, 3, n_control)]).round(decimals)
    return p, np.repeat([1, 0], [n_pd, n_control])


def test_by_hand() -> None:
    found = scores(P, Y)
    # 2 of 3 with PD and 3 of 4 controls; pairs in order: 4 + 4 + 3 of 12; squares .01 .04 .36 .36 .09 .04 .01.
    assert (found.sensitivity, found.specificity, found.accuracy) == (2 / 3, 3 / 4, 5 / 7)
    assert found.balanced_accuracy == pytest.approx((2 / 3 + 3 / 4) / 2)
    assert found.auroc == pytest.approx(11 / 12)
    assert found.brier == pytest.approx(0.91 / 7)
    assert (found.accuracy_ci, found.sensitivity_ci, found.specificity_ci) == (wilson(5, 7), wilson(2, 3), wilson(3, 4))
    # MOVER: √((2/3 − l1)² + (3/4 − l2)²)/2 below the mean.
    below = math.hypot(2 / 3 - wilson(2, 3)[0], 3 / 4 - wilson(3, 4)[0]) / 2
    assert found.balanced_accuracy_ci is not None
    assert found.balanced_accuracy_ci[0] == pytest.approx((2 / 3 + 3 / 4) / 2 - below)


@pytest.mark.parametrize("seed", range(5))
def test_equal_to_scikit_learn(seed: int) -> None:
    p, y = drawn(12, 17, seed, 3)
    p = np.where(p == 0.5, 0.51, p)
    found = scores(p, y)
    assert found.auroc == pytest.approx(roc_auc_score(y, p))
    assert found.brier == pytest.approx(brier_score_loss(y, p))
    assert found.balanced_accuracy == pytest.approx(balanced_accuracy_score(y, p > 0.5))


def test_json_has_exactly_these_keys() -> None:
    names = ("accuracy", "balanced_accuracy", "auroc", "brier", "sensitivity", "specificity")
    found = json.loads(json.dumps(scores(P, Y).to_json(), allow_nan=False))
    assert set(found) == {"n", *names, *(f"{name}_ci" for name in names)}
    assert all(len(found[f"{name}_ci"]) == 2 and found[f"{name}_ci"][0] <= found[name] for name in names)
    assert found["n"] == 7


def test_what_is_not_defined_is_none() -> None:
    assert scores(np.array([]), np.array([])).to_json() == {**dict.fromkeys(scores(P, Y).to_json()), "n": 0}
    only_pd = scores(P[:3], Y[:3])
    assert only_pd.specificity is only_pd.balanced_accuracy is only_pd.auroc is only_pd.auroc_ci is None
    assert only_pd.sensitivity == only_pd.accuracy == 2 / 3
    one_each = scores(np.array([0.9, 0.1]), np.array([1, 0]))
    assert (one_each.auroc, one_each.auroc_ci) == (1.0, None)
    assert scores(np.array([0.9]), np.array([1])).brier_ci is None


def test_a_tie_is_right_for_nobody() -> None:
    assert scores(np.array([0.5, 0.5]), np.array([1, 0])).accuracy == 0.0


def test_everybody_right_is_no_certainty() -> None:
    found = scores(np.repeat([1.0, 0.0], 10), np.repeat([1, 0], 10))
    assert found.auroc == found.balanced_accuracy == 1.0
    assert found.auroc_ci == wilson(10, 10)
    assert found.brier_ci == wilson(0, 20)
    assert found.balanced_accuracy_ci is not None
    assert 0.75 < found.balanced_accuracy_ci[0] < 0.85


@given(st.integers(0, 1000), st.integers(1, 4))
def test_repeated_tests_of_a_person_count_once(seed: int, times: int) -> None:
    p, y = drawn(6, 8, seed)
    once = scores(p, y).to_json()
    again = scores(np.tile(p, times), np.tile(y, times), np.tile(np.arange(14), times)).to_json()
    for key, value in once.items():
        assert again[key] == pytest.approx(value), key


def test_a_person_tested_more_often_weighs_no_more() -> None:
    # One control is wrong in all of three tests, the other right in one.
    p, y = np.array([0.9, 0.8, 0.9, 0.9, 0.9, 0.1]), np.array([1, 1, 0, 0, 0, 0])
    found = scores(p, y, np.array(["a", "b", "c", "c", "c", "d"]))
    assert (found.n, found.specificity, found.accuracy) == (4, 0.5, 0.75)
    assert found.auroc == pytest.approx((0.5 + 1 + 0 + 1) / 4)


@pytest.mark.parametrize(
    ("p", "y", "people"), [([1.2], [1], None), ([0.5], [2], None), ([0.5, 0.5], [1], None), ([0.1] * 2, [1, 0], [1, 1])]
)
def test_what_is_no_prediction_is_refused(p: list, y: list, people: list | None) -> None:
    with pytest.raises(ValueError, match=r"prediction|person"):
        scores(np.array(p), np.array(y), None if people is None else np.array(people))


@given(st.integers(0, 10_000), st.integers(2, 9), st.integers(2, 9))
def test_placements_equal_the_definition(seed: int, n_pd: int, n_control: int) -> None:
    p, y = drawn(n_pd, n_control, seed, 1)
    psi = (p[y == 1, None] > p[y == 0]) + 0.5 * (p[y == 1, None] == p[y == 0])
    found = placements(p, y.astype(float), np.arange(len(p)))
    assert found[:n_pd] == pytest.approx(psi.mean(axis=1))
    assert found[n_pd:] == pytest.approx(psi.mean(axis=0))


def test_the_interval_of_an_auroc_holds() -> None:
    """Of 1,000 draws of 20 + 20 people about 95 % hold the true area, where the plain normal interval falls short."""
    rng, true, n = np.random.default_rng(1), 0.9, 20
    shift = 1.2815515655446004 * math.sqrt(2)  # Φ(shift/√2) = 0.9
    held = plain = 0
    for _ in range(1000):
        p = 1 / (1 + np.exp(-np.concatenate([rng.normal(shift, 1, n), rng.normal(0, 1, n)])))
        v = placements(p, np.repeat([1.0, 0.0], n), np.arange(2 * n))
        interval = auroc_interval(v[:n], v[n:])
        assert interval is not None
        held += interval[0] <= true <= interval[1]
        half = 1.96 * math.sqrt((np.var(v[:n], ddof=1) + np.var(v[n:], ddof=1)) / n)
        plain += abs(v[:n].mean() - true) <= half
    assert 930 <= held <= 975
    assert plain < held


def test_calibration_curve_by_hand() -> None:
    p = np.array([0.1, 0.2, 0.3, 0.7, 0.8, 0.9])
    low, high = calibration_curve(p, np.array([0, 0, 1, 1, 1, 1]), n_bins=2)
    assert (low.n, low.predicted, low.observed, low.observed_ci) == (3, pytest.approx(0.2), 1 / 3, wilson(1, 3))
    assert (high.n, high.predicted, high.observed) == (3, pytest.approx(0.8), 1.0)


@given(st.integers(0, 1000), st.integers(1, 40), st.integers(1, 12))
def test_bins_of_the_curve_part_the_people(seed: int, n: int, n_bins: int) -> None:
    p, y = drawn(n, n, seed, 1)
    bins = calibration_curve(p, y, n_bins=n_bins)
    assert sum(b.n for b in bins) == 2 * n
    assert sum(b.n * b.observed for b in bins) == pytest.approx(n)
    predicted = [b.predicted for b in bins]
    assert predicted == sorted(set(predicted))


def test_bins_have_ten_people_by_default() -> None:
    p, y = drawn(29, 30, 0, 6)
    assert [b.n for b in calibration_curve(p, y)] == [12, 12, 11, 12, 12]
    assert calibration_curve(np.array([]), np.array([])) == []
