"""Intervals and tests over seeds, against numbers worked by hand and against scipy."""

from __future__ import annotations

import pytest
from scipy import stats

from core.images.seed_statistics import mean_interval, paired_difference, share_interval, welch_p

A, B = [0.60, 0.62, 0.61, 0.59, 0.63], [0.58, 0.61, 0.60, 0.59, 0.60]


def test_the_interval_is_students_t_over_the_seeds() -> None:
    found = mean_interval(A)
    # Mean 0.61, sd 0.0158114, its standard error 0.0070711; t of 4 degrees of freedom at 97.5 % is 2.7764.
    assert found["mean"] == pytest.approx(0.61)
    assert found["ci"] == pytest.approx([0.61 - 2.7764 * 0.0070711, 0.61 + 2.7764 * 0.0070711], abs=1e-6)


def test_pairs_are_compared_seed_by_seed() -> None:
    found = paired_difference(A, B)
    # Differences 0.02, 0.01, 0.01, 0, 0.03: mean 0.014, sd 0.0114018, standard error 0.0050990, t = 2.7456.
    assert found["mean"] == pytest.approx(0.014)
    assert found["ci"] == pytest.approx([0.014 - 2.7764 * 0.005099, 0.014 + 2.7764 * 0.005099], abs=1e-6)
    assert found["p"] == pytest.approx(2 * stats.t.sf(2.7456, 4), abs=1e-4)
    assert found["welch_p"] == pytest.approx(stats.ttest_ind(A, B, equal_var=False).pvalue)
    assert found["p"] < found["welch_p"]


def test_the_paired_p_and_the_interval_agree() -> None:
    for b in ([0.5] * 4 + [0.51], B, A[::-1], [0.61, 0.62, 0.63, 0.64, 0.65]):
        found = paired_difference(A, b)
        low, high = found["ci"]
        assert (found["p"] < 0.05) == (low > 0 or high < 0)


def test_equal_arms_differ_by_nothing_and_what_does_not_vary_has_no_interval() -> None:
    same = paired_difference(A, A)
    assert (same["mean"], same["ci"], same["p"]) == (0.0, [0.0, 0.0], 1.0)
    shifted = paired_difference([0.5, 0.75], [0.25, 0.5])
    assert (shifted["mean"], shifted["ci"], shifted["p"]) == (0.25, None, None)
    assert mean_interval([0.5]) == {"mean": 0.5, "ci": None}
    assert paired_difference([0.5], [0.5])["ci"] is None
    assert welch_p([0.5, 0.5], [0.6, 0.6]) is None
    assert welch_p([0.5], [0.6]) is None


def test_an_interval_of_shares_ends_at_0_and_1() -> None:
    values = [0.0, 0.0, 0.0, 0.25]
    assert mean_interval(values)["ci"][0] < 0
    low, high = share_interval(values)["ci"]
    assert low == 0.0
    assert high == mean_interval(values)["ci"][1]
    assert share_interval([1 - value for value in values])["ci"] == [1 - high, 1.0]
    assert share_interval([0.5])["ci"] is None
