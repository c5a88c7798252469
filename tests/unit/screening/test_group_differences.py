"""Hedges' g against values by hand, scipy's noncentral t and simulation; tests and adjustment against scipy."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import false_discovery_control, mannwhitneyu, nct, ttest_ind

from core.screening.group_differences import (
    compare_groups,
    detectable_difference,
    hedges_g,
    small_sample_correction,
)

VALUES = st.lists(st.floats(0, 5).map(lambda x: round(x, 2)), min_size=2, max_size=30)


def people(pd_values: list[float], control_values: list[float], feature: str = "AU12") -> pd.DataFrame:
    n = len(pd_values) + len(control_values)
    groups = ["PD"] * len(pd_values) + ["control"] * len(control_values)
    return pd.DataFrame(
        {"subject": [f"P{i}" for i in range(n)], "group": groups, feature: [*pd_values, *control_values]}
    )


def test_g_by_hand() -> None:
    # Means 2 and 5, both variances 1: s = 1, d = −3; J(4) = Γ(2)/(√2 Γ(1.5)) = 1/(√2 · √π/2) = 0.797885.
    g, low, high = hedges_g(np.array([1.0, 2.0, 3.0]), np.array([4.0, 5.0, 6.0]))
    assert g == pytest.approx(-3 * 0.7978845608)
    assert low < g < high < 0


def test_the_correction_is_exact_and_near_its_known_approximation() -> None:
    assert small_sample_correction(2) == pytest.approx(1 / math.sqrt(math.pi))
    for m in (10, 53, 500):
        assert small_sample_correction(m) == pytest.approx(1 - 3 / (4 * m - 1), abs=0.1 / m**2)


@settings(max_examples=60, deadline=None)
@given(VALUES, VALUES)
def test_the_limits_are_those_under_which_so_large_a_t_is_just_improbable(a: list[float], b: list[float]) -> None:
    g, low, high = hedges_g(np.array(a), np.array(b))
    if math.isnan(g):
        assert np.ptp(a) + np.ptp(b) < 1e-9
        return
    t, m = float(ttest_ind(a, b).statistic), len(a) + len(b) - 2
    root = math.sqrt(len(a) * len(b) / (len(a) + len(b)))
    assert g == pytest.approx(small_sample_correction(m) * t / root, rel=1e-6, abs=1e-9)
    assert low <= g <= high
    if abs(t) < 30:  # beyond, scipy's own distribution is not defined
        assert nct.sf(t, m, low * root) == pytest.approx(0.025, abs=2e-5)
        assert nct.cdf(t, m, high * root) == pytest.approx(0.025, abs=2e-5)


@settings(max_examples=40, deadline=None)
@given(VALUES, VALUES, st.randoms(use_true_random=False))
def test_the_order_of_people_plays_no_part_and_swapped_groups_change_the_sign(a, b, random) -> None:
    g, low, high = hedges_g(np.array(a), np.array(b))
    shuffled = [random.sample(values, len(values)) for values in (a, b)]
    same = hedges_g(*map(np.array, shuffled))
    turned = hedges_g(np.array(b), np.array(a))
    if math.isnan(g):
        assert all(map(math.isnan, (*same, *turned)))
        return
    assert same == pytest.approx((g, low, high), rel=1e-6, abs=1e-7)
    assert turned == pytest.approx((-g, -high, -low), rel=1e-6, abs=1e-7)


def test_g_is_unbiased_and_its_interval_covers_the_truth_in_95_of_100_studies() -> None:
    rng = np.random.default_rng(7)
    delta, found = 0.8, []
    for _ in range(2000):
        found.append(hedges_g(rng.normal(delta, 1, 8), rng.normal(0, 1, 10)))
    g, low, high = np.array(found).T
    assert g.mean() == pytest.approx(delta, abs=0.04)  # without the correction it is 0.84
    assert np.mean((low <= delta) & (delta <= high)) == pytest.approx(0.95, abs=0.015)


@pytest.mark.parametrize(
    ("a", "b"),
    [([1.0], [2.0, 3.0]), ([], [1.0, 2.0]), ([2.0, 2.0], [2.0, 2.0]), ([0.0, 0.0], [1.0, 1.0]), ([0.1] * 3, [0.1] * 4)],
)
def test_without_spread_or_people_it_is_not_defined(a: list[float], b: list[float]) -> None:
    assert all(map(math.isnan, hedges_g(np.array(a), np.array(b))))


def test_scale_and_origin_play_no_part_and_huge_differences_stay_finite() -> None:
    rng = np.random.default_rng(1)
    a, b = rng.normal(1, 1, 12), rng.normal(0, 1, 9)
    assert hedges_g(1000 * a + 7, 1000 * b + 7) == pytest.approx(hedges_g(a, b))
    g, low, high = hedges_g(a + 200, b)
    assert 100 < low < g < high < 600


def test_every_measure_is_tested_on_who_has_it_and_adjusted_together() -> None:
    rng = np.random.default_rng(3)
    rows = people(list(rng.normal(0, 1, 20)), list(rng.normal(0, 1, 25)), "A")
    for i, name in enumerate("BCDE"):
        rows[name] = rng.normal(0, 1, 45) + i * (rows["group"] == "PD")
    rows.loc[:4, "B"] = np.nan
    rows["constant"] = 1.0
    rows["nobody"] = np.nan
    rows.loc[45] = {"subject": "P99", "group": ""} | dict.fromkeys("ABCDE", 1e6)
    found = compare_groups(rows, [*"ABCDE", "constant", "nobody"])
    assert [d.feature for d in found[:3]] == ["E", "D", "C"]
    assert {d.feature for d in found[-2:]} == {"constant", "nobody"}
    by_name = {d.feature: d for d in found}
    p = {}
    for name in "ABCDE":
        sides = [rows.loc[(rows["group"] == group) & rows[name].notna(), name] for group in ("PD", "control")]
        p[name] = mannwhitneyu(*sides, alternative="two-sided").pvalue
        assert by_name[name].p == pytest.approx(p[name])
        assert (by_name[name].n_pd, by_name[name].n_control) == tuple(map(len, sides))
    assert by_name["B"].n_pd == 15
    adjusted = dict(zip(p, false_discovery_control(list(p.values())), strict=True))
    assert all(by_name[name].p_adjusted == pytest.approx(adjusted[name]) for name in p)
    assert by_name["E"].found
    assert not by_name["constant"].found
    assert by_name["constant"].to_json()["p"] is None


def test_small_groups_are_tested_exactly() -> None:
    # All three below all three: 2 of the C(6, 3) = 20 orders are as extreme.
    assert compare_groups(people([1, 2, 3], [4, 5, 6]), ["AU12"])[0].p == pytest.approx(0.1)


def test_a_person_in_two_rows_is_refused() -> None:
    rows = people([1, 2], [3, 4])
    with pytest.raises(ValueError, match="counts once"):
        compare_groups(pd.concat([rows, rows]), ["AU12"])


def test_one_group_alone_gives_no_numbers_and_no_error() -> None:
    (alone,) = compare_groups(people([1, 2, 3], []), ["AU12"])
    assert (alone.n_pd, alone.n_control) == (3, 0)
    assert math.isnan(alone.g)
    assert math.isnan(alone.p_adjusted)


def test_the_detectable_difference_is_found_as_often_as_promised() -> None:
    delta = detectable_difference(12, 15)
    rng = np.random.default_rng(5)
    a, b = rng.normal(delta, 1, (4000, 12)), rng.normal(0, 1, (4000, 15))
    assert np.mean(ttest_ind(a, b, axis=1).pvalue < 0.05) == pytest.approx(0.8, abs=0.02)
    assert detectable_difference(100, 100) < delta < detectable_difference(5, 5)
    assert math.isnan(detectable_difference(1, 50))
