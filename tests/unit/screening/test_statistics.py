"""Intervals against hand-worked values and scipy."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest
from scipy.stats import t as student

from core.screening.statistics import Rate, mean_interval, wilson


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_equals_scipy(count: tuple[int, int]) -> None:
    k, n = count
    expected = binomtest(k, n).proportion_ci(confidence_level=0.95, method="wilson")
    assert wilson(k, n) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_wilson_by_hand() -> None:
    # 5 of 10: centre 0.5, half width z·sqrt(p(1 − p)/n + z²/4n²)/(1 + z²/n) with z = 1.96 is 0.2634.
    assert wilson(5, 10) == pytest.approx((0.2366, 0.7634), abs=1e-4)


@pytest.mark.parametrize(("k", "n"), [(1, 0), (3, 2), (-1, 4)])
def test_wilson_refuses_what_is_no_share(k: int, n: int) -> None:
    with pytest.raises(ValueError, match="not a share"):
        wilson(k, n)


def test_mean_interval_by_hand() -> None:
    # Mean 0.25, sample sd 0.5, n = 4: half width t(0.975, 3) · 0.25.
    mean, low, high = mean_interval([0.0, 0.0, 0.0, 1.0])
    half = student.ppf(0.975, 3) * 0.25
    assert (mean, low, high) == pytest.approx((0.25, 0.25 - half, 0.25 + half))


def test_mean_interval_needs_two() -> None:
    with pytest.raises(ValueError, match="two people"):
        mean_interval([0.5])


def test_nobody_tested_has_no_accuracy() -> None:
    assert Rate(0, 0).to_json() == {"correct": 0, "n": 0, "accuracy": None, "ci": None}
