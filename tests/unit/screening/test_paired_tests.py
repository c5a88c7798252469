"""McNemar against scipy, DeLong against its O(n²) definition."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, norm

from core.screening.paired_tests import delong, mcnemar


@given(st.integers(0, 60), st.integers(0, 60))
def test_mcnemar_equals_the_binomial_test(b: int, c: int) -> None:
    right_a = np.array([True] * b + [False] * c + [True] * 3)
    right_b = np.array([False] * b + [True] * c + [True] * 3)
    found = mcnemar(right_a, right_b)
    assert (found.only_a, found.only_b, found.n) == (b, c, b + c + 3)
    assert found.p == pytest.approx(binomtest(b, b + c).pvalue if b + c else 1.0)


def test_mcnemar_by_hand() -> None:
    # 1 against 5: 2 · (C(6,0) + C(6,1))/64 = 14/64.
    assert mcnemar(np.array([1, 0, 0, 0, 0, 0]), np.array([0, 1, 1, 1, 1, 1])).p == pytest.approx(14 / 64)


def test_mcnemar_of_shares_is_refused() -> None:
    with pytest.raises(ValueError, match="right or wrong"):
        mcnemar(np.array([0.5, 1.0]), np.array([1.0, 1.0]))
    with pytest.raises(ValueError, match="right or wrong"):
        mcnemar(np.array([1, 1]), np.array([1]))


def direct(a: np.ndarray, b: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Difference of the AUROCs and its standard error, from the kernel of every pair and the full covariance."""
    kernels = [(p[y == 1, None] > p[y == 0]) + 0.5 * (p[y == 1, None] == p[y == 0]) for p in (a, b)]
    s10, s01 = np.cov([k.mean(axis=1) for k in kernels]), np.cov([k.mean(axis=0) for k in kernels])
    covariance = s10 / np.sum(y == 1) + s01 / np.sum(y == 0)
    contrast = np.array([1, -1])
    return float(kernels[0].mean() - kernels[1].mean()), math.sqrt(max(0.0, contrast @ covariance @ contrast))


@given(st.integers(0, 10_000), st.integers(2, 12), st.integers(2, 12))
def test_delong_equals_the_direct_computation(seed: int, n_pd: int, n_control: int) -> None:
    rng = np.random.default_rng(seed)
    y = np.repeat([1, 0], [n_pd, n_control])
    base = rng.random(len(y)) / 2 + y / 4
    a, b = (np.clip(base + rng.normal(0, 0.1, len(y)), 0, 1).round(1) for _ in range(2))
    difference, se = direct(a, b, y)
    found = delong(a, b, y)
    assert found.difference == pytest.approx(difference)
    if se > 1e-6:
        assert found.ci == pytest.approx((max(-1, difference - 1.959964 * se), min(1, difference + 1.959964 * se)))
        assert found.p == pytest.approx(2 * norm.sf(abs(difference) / se), abs=1e-9)


def test_delong_is_antisymmetric_and_equal_methods_do_not_differ() -> None:
    rng = np.random.default_rng(0)
    y = np.repeat([1, 0], 20)
    a, b = rng.random(40), rng.random(40)
    one, other = delong(a, b, y), delong(b, a, y)
    assert one.difference == -other.difference
    assert one.p == other.p
    same = delong(a, a, y)
    assert (same.difference, same.ci, same.p) == (0.0, (0.0, 0.0), 1.0)


def test_delong_says_where_it_has_no_answer() -> None:
    y = np.repeat([1, 0], 3)
    found = delong(y.astype(float), np.full(6, 0.5), y)
    assert (found.difference, found.ci, found.p) == (0.5, None, None)
    assert json.loads(json.dumps(found.to_json()))["ci"] is None
    with pytest.raises(ValueError, match="both groups"):
        delong(np.ones(3), np.ones(3), np.ones(3))


def test_delong_counts_a_person_once() -> None:
    rng = np.random.default_rng(3)
    y = np.repeat([1, 0], 8)
    a, b = rng.random(16), rng.random(16)
    once = delong(a, b, y)
    thrice = delong(np.tile(a, 3), np.tile(b, 3), np.tile(y, 3), np.tile(np.arange(16), 3))
    assert thrice.n == 16
    assert thrice.p == pytest.approx(once.p)


def test_delong_holds_its_level() -> None:
    """Two equally good methods are called different in about 5 % of 1,000 draws."""
    rng = np.random.default_rng(5)
    y = np.repeat([1, 0], 25)
    found = 0
    for _ in range(1000):
        base = rng.normal(y * 1.2, 1)
        a, b = (norm.cdf(base + rng.normal(0, 0.6, 50)) for _ in range(2))
        p = delong(a, b, y).p
        found += p is not None and p < 0.05
    assert 30 <= found <= 75
