"""The tests of Table III against scipy, in the paper's layout, and how little they find."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import ks_2samp, levene, ttest_ind

from core.latent.fidelity.marginal_tests import (
    TESTS,
    MarginalTest,
    marginal_tests,
    rejected_share,
    table_iii,
)
from core.types import CONTROL, PD, TABLE_II


def cohort(seed: int, n: int, d: int, shift: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.normal(2, 1, (n, d)) + shift, np.arange(n) % 2


def test_each_p_value_is_scipys() -> None:
    (X, y), (made, y_made) = cohort(0, 34, 3), cohort(1, 30, 3)
    found = marginal_tests(X, y, made, y_made, TABLE_II["anger"])
    assert [(test.feature, test.group) for test in found] == [
        (unit, group) for group in (CONTROL, PD) for unit in TABLE_II["anger"]
    ]
    for test in found:
        column, label = TABLE_II["anger"].index(test.feature), int(test.group == PD)
        one, other = X[y == label, column], made[y_made == label, column]
        assert test.t == pytest.approx(ttest_ind(one, other).pvalue)
        assert test.levene == pytest.approx(levene(one, other).pvalue)
        assert test.ks == pytest.approx(ks_2samp(one, other).pvalue)


def test_twenty_rows_of_each_are_drawn() -> None:
    (X, y), (made, y_made) = cohort(0, 200, 1), cohort(1, 2000, 1)
    ks = [test.ks for seed in range(5) for test in marginal_tests(X, y, made, y_made, ["AU12"], seed)]
    possible = [ks_2samp(np.arange(20), np.arange(20) + shift + 0.5).pvalue for shift in range(-1, 20)]
    assert all(np.isclose(p, possible).any() for p in ks)
    assert len(set(ks)) > 1
    assert marginal_tests(X, y, made, y_made, ["AU12"], 3) == marginal_tests(X, y, made, y_made, ["AU12"], 3)


def test_p_values_that_are_not_defined_are_none_and_count_nowhere() -> None:
    X, y = np.array([[1.0, 3.0], [1.0, 4.0], [1.0, 5.0], [1.0, 6.0]]), np.array([0, 0, 1, 1])
    constant, varying = marginal_tests(X, y, X[:2], y[:2], ["AU01", "AU02"])
    assert constant == MarginalTest("AU01", CONTROL, None, None, None)
    assert varying.ks == 1
    single = marginal_tests(X[:1], y[:1], X, y, ["AU01", "AU02"])
    assert all(test.p_values == (None, None, None) for test in single)
    assert rejected_share(single) is None
    assert rejected_share([MarginalTest("AU01", PD, 0.01, None, 0.2)]) == 0.5


def test_the_papers_layout() -> None:
    (X, y), (made, y_made) = cohort(0, 40, 3), cohort(1, 40, 3)
    found = marginal_tests(X, y, made, y_made, TABLE_II["fear"])
    table = table_iii(found)
    assert table.index.tolist() == list(TABLE_II["fear"])
    assert table.columns.tolist() == [(test, group) for test in TESTS for group in (CONTROL, PD)]
    assert table.loc["AU12", ("Levene", PD)] == next(t.levene for t in found if (t.feature, t.group) == ("AU12", PD))
    assert table_iii([test for test in found if test.group == PD])["t-test", CONTROL].isna().all()


def test_new_people_are_rejected_as_often_as_the_level_says_and_copies_less() -> None:
    X, y = cohort(0, 80, 8)
    features = [str(column) for column in range(8)]

    def rejected(made: np.ndarray, y_made: np.ndarray) -> float:
        shares = [rejected_share(marginal_tests(X, y, made, y_made, features, seed)) for seed in range(3)]
        return float(np.mean(shares))

    new = [rejected(*cohort(seed, 80, 8)) for seed in range(1, 9)]
    assert np.mean(new) == pytest.approx(0.05, abs=0.03)
    assert rejected(X, y) < np.mean(new)
    assert rejected(*cohort(1, 80, 8, shift=3)) > 0.6
