"""Conformal sets: ranks by hand, coverage by simulation, nesting, and the curve of those kept when in doubt."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.screening.abstention import risk_coverage
from core.screening.conformal import PValues, coverage_curve, left_out_p_values, p_values
from core.screening.statistics import wilson
from core.types import CONTROL, PD

SHARES = st.lists(st.floats(0, 1), max_size=30)


def test_p_values_by_hand() -> None:
    # PD people at or below 0.6: 1 of 4, so (1 + 1)/5; controls at or above: 1 of 3, so (1 + 1)/4.
    found = p_values(0.6, [0.5, 0.7, 0.8, 0.9], [0.1, 0.2, 0.6])
    assert (found.pd, found.control) == (2 / 5, 2 / 4)
    assert found.set_at(0.39) == {PD, CONTROL}
    assert found.set_at(0.4) == {CONTROL}  # p must exceed the error rate
    assert found.set_at(0.5) == set()


def test_few_people_exclude_nothing() -> None:
    """With n people the smallest p is 1/(n + 1): at 10 % nobody is told apart by 9 of a group only if p = 0.1 ≤ 0.1."""
    assert p_values(1.0, [0.9] * 8, [0.1] * 8).set_at(0.1) == {PD, CONTROL}
    assert p_values(1.0, [0.9] * 9, [0.1] * 9).set_at(0.1) == {PD}
    assert p_values(0.3, [], []) == PValues(1.0, 1.0)


def test_shares_that_differ_by_rounding_are_equal() -> None:
    assert p_values(0.3, [0.1 + 0.2], [0.3 - 1e-17]) == PValues(1.0, 1.0)


@pytest.mark.parametrize("error", [0.0, 1.0, -0.1])
def test_an_error_rate_lies_between(error: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        PValues(0.5, 0.5).set_at(error)


@given(st.floats(0, 1), SHARES, SHARES, st.floats(0.01, 0.99), st.floats(0.01, 0.99))
def test_sets_are_nested_as_the_error_grows(
    share: float, with_pd: list[float], controls: list[float], one: float, other: float
) -> None:
    found = p_values(share, with_pd, controls)
    assert found.set_at(max(one, other)) <= found.set_at(min(one, other))


@given(SHARES, SHARES, st.floats(0, 1), st.floats(0, 1))
def test_a_larger_share_speaks_more_for_pd(with_pd: list[float], controls: list[float], one: float, two: float) -> None:
    low, high = p_values(min(one, two), with_pd, controls), p_values(max(one, two), with_pd, controls)
    assert low.pd <= high.pd
    assert low.control >= high.control


@pytest.mark.parametrize("error", [0.05, 0.1, 0.2])
def test_each_group_is_covered_at_the_stated_rate(error: float) -> None:
    """1,000 draws of 39 people a group, ten new ones each: their own group is missed in `error` ± 2 points.

    39, so that error · 40 is whole and the finite-sample rule, (n + 1) and not n, exact. Ten, because one new person a
    draw would be 2 points off by chance alone in one of nine runs at 20 %.
    """
    rng = np.random.default_rng(11)
    missed = {PD: 0, CONTROL: 0}
    for _ in range(1000):
        with_pd, controls = rng.beta(4, 2, 39).tolist(), rng.beta(2, 3, 39).tolist()
        for group, shares in ((PD, rng.beta(4, 2, 10)), (CONTROL, rng.beta(2, 3, 10))):
            missed[group] += sum(group not in p_values(share, with_pd, controls).set_at(error) for share in shares)
    for group, n in missed.items():
        assert abs(n / 10_000 - error) <= 0.02, group


def test_ties_only_make_the_sets_larger() -> None:
    """Shares of few values, as of few fold models: missed in no more than 10 % + 2 points."""
    rng = np.random.default_rng(12)
    missed = 0
    for _ in range(1000):
        own = rng.binomial(5, 0.7, 20) / 5
        missed += PD not in p_values(own[-1], own[:19].tolist(), []).set_at(0.1)
    assert missed <= 120


def test_left_out_p_values_leave_the_person_out() -> None:
    shares, y = np.array([0.9, 0.7, 0.2, 0.4]), np.array([1, 1, 0, 0])
    assert left_out_p_values(shares, y)[1] == p_values(0.7, [0.9], [0.2, 0.4])


def test_coverage_curve_counts_everybody() -> None:
    rng = np.random.default_rng(2)
    shares, y = np.concatenate([rng.beta(4, 2, 25), rng.beta(2, 4, 30)]), np.repeat([1, 0], [25, 30])
    curve = coverage_curve(shares, y, (0.05, 0.1, 0.2, 0.4))
    for point in curve:
        assert point.n_single + point.n_both + point.n_empty == 55
        for held in (point.pd, point.control):
            assert held.value is not None
            assert held.value >= 1 - point.error - 1 / held.n
    assert [point.pd.correct for point in curve] == sorted((point.pd.correct for point in curve), reverse=True)


def test_risk_coverage_by_hand() -> None:
    p, y = np.array([0.95, 0.1, 0.7, 0.3, 0.5]), np.array([1, 0, 0, 0, 1])
    curve = risk_coverage(p, y)
    # 0.95 right; 0.9 right; both of 0.7, one right; 0.5 never called.
    assert [(point.threshold, point.n, point.accuracy) for point in curve.points] == [
        (0.95, 1, 1.0), (0.9, 2, 1.0), (0.7, 4, 0.75),
    ]  # fmt: skip
    assert [point.coverage for point in curve.points] == [0.2, 0.4, 0.8]
    assert curve.points[-1].ci == wilson(3, 4)
    assert curve.at(0.1) == curve.points[1]
    assert curve.at(0.25) == curve.points[2]
    assert json.loads(json.dumps(curve.to_json()))[0]["threshold"] == 0.95


def test_no_threshold_where_none_meets_the_target() -> None:
    assert risk_coverage(np.array([0.9, 0.2]), np.array([0, 0])).at(0.1) is None
    assert risk_coverage(np.array([0.5]), np.array([1])).points == ()
