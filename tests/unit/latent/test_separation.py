"""Equations 1 to 5 of AGCL against arithmetic done by hand, their limits, and their symmetries."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.latent.separation import separation, separations
from tests.unit.latent.printed_equations import by_loops


def test_two_classes_by_hand() -> None:
    # PD at 0 and 2, control at 5 and 9.
    # Eq 2: PD mean |0-2| = 2; control mean |5-9| = 4; C_intra = 6.
    # Eq 3: distances 5, 9, 3, 7: mean 6; ordered pairs (PD, control) and (control, PD): S_inter = 12.
    # Eq 1: CSM = 12 / 6 = 2.  Eq 4: p = 1/2, 1/2: H = 1 bit.  Eq 5: 2 / 1 = 2, normalised 2 / (1 + 2) = 2/3.
    found = separation(np.array([[0.0], [2.0], [5.0], [9.0]]), np.array(["PD", "PD", "control", "control"]))
    assert found == pytest.approx((6.0, 12.0, 2.0, 1.0, 2 / 3))


def test_a_singleton_class_has_no_spread_by_hand() -> None:
    # PD at (0,0), (3,4), (0,0)+(6,8) = (6,8): distances 5, 5, 10, mean 20/3.  control only at (3, 0): intra 0.
    # C_intra = 20/3.  Inter: |(0,0)-(3,0)| = 3, |(3,4)-(3,0)| = 4, |(6,8)-(3,0)| = sqrt(9+64) = 8.5440: mean 5.18133.
    # S_inter = 10.36267; CSM = 1.55440.  H(3/4, 1/4) = 0.75·0.41504 + 0.25·2 = 0.81128.
    # SC = 1.55440 / 0.81128 = 1.91599; normalised 0.65706.
    found = separation(np.array([[0.0, 0], [3, 4], [6, 8], [3, 0]]), np.array([1, 1, 1, 0]))
    assert found == pytest.approx((20 / 3, 10.36267, 1.55440, 0.81128, 0.65706), abs=2e-5)


def test_three_classes_by_hand() -> None:
    # Classes at {0, 1}, {3}, {7}: C_intra = 1 + 0 + 0.
    # Unordered means: (3 + 2) / 2 = 2.5; (7 + 6) / 2 = 6.5; 4; sum 13; over ordered pairs S_inter = 26, CSM = 26.
    # H = 0.5·1 + 2 · 0.25·2 = 1.5 bits; 26 / 1.5 = 17.3333; normalised 17.3333 / 18.3333 = 52/55.
    found = separation(np.array([[0.0], [1], [3], [7]]), np.array([0, 0, 1, 2]))
    assert found == pytest.approx((1.0, 26.0, 26.0, 1.5, 52 / 55))


def test_no_class_with_spread_gives_sc_one() -> None:
    for X in ([[0.0], [4.0]], [[1.0], [1.0]], [[0.0], [0.0], [4.0]]):
        found = separation(np.array(X), np.array([0] * (len(X) - 1) + [1]))
        assert found.c_intra == 0
        assert math.isinf(found.csm)
        assert found.sc == 1.0


def test_a_pure_cluster_has_no_criterion() -> None:
    found = separation(np.array([[0.0], [2.0]]), np.array([1, 1]))
    assert found.c_intra == pytest.approx(2.0)
    assert found.entropy == 0
    assert math.isnan(found.csm)
    assert math.isnan(found.sc)


@st.composite
def mixed_clusters(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    n, d = draw(st.integers(2, 70)), draw(st.integers(1, 4))
    X = draw(arrays(float, (n, d), elements=st.integers(0, 20).map(lambda value: value / 4)))
    y = draw(arrays(int, n, elements=st.integers(0, 2)))
    y[0], y[-1] = 0, 1
    return X, y


@settings(max_examples=60, deadline=None)
@given(mixed_clusters())
def test_equals_the_printed_sums_and_the_order_of_points_does_not_matter(
    cluster: tuple[np.ndarray, np.ndarray],
) -> None:
    X, y = cluster
    found = separation(X, y)
    assert (found.c_intra, found.s_inter, found.sc) == pytest.approx(by_loops(X, y), rel=1e-9)
    shuffled = np.random.default_rng(0).permutation(len(X))
    assert separation(X[shuffled], y[shuffled]) == pytest.approx(found, rel=1e-9)
    assert separation(3 * X + 1, y).sc == pytest.approx(found.sc, rel=1e-9)
    assert 0 < found.sc <= 1 or found.s_inter == 0


def test_many_clusters_at_once_equal_each_alone_bit_for_bit() -> None:
    rng = np.random.default_rng(5)
    sizes = np.array([2, 30, 48, 49, 3, 200, 7])
    X, y = rng.normal(size=(sizes.sum(), 3)), rng.integers(0, 2, sizes.sum())
    together = np.array(separations(np.ascontiguousarray(X.T), y, sizes, np.zeros(len(sizes), np.uint64)))
    parts = zip(np.split(X, np.cumsum(sizes)[:-1]), np.split(y, np.cumsum(sizes)[:-1]), strict=True)
    alone = np.array([separation(*part) for part in parts]).T
    assert np.array_equal(together, alone, equal_nan=True)


def test_sampling_a_large_cluster_errs_by_well_under_one_per_cent() -> None:
    from scipy.spatial.distance import cdist, pdist

    rng = np.random.default_rng(1)
    X, y = rng.normal(size=(6_000, 7)), rng.integers(0, 2, 6_000)
    X[y == 1] += 0.5
    c_intra = pdist(X[y == 0]).mean() + pdist(X[y == 1]).mean()
    s_inter = 2 * cdist(X[y == 0], X[y == 1]).mean()
    estimates = [separation(X, y, random_state=seed) for seed in range(8)]
    assert np.std([found.c_intra for found in estimates]) / c_intra < 0.01
    assert np.mean([found.c_intra for found in estimates]) == pytest.approx(c_intra, rel=0.01)
    assert np.mean([found.s_inter for found in estimates]) == pytest.approx(s_inter, rel=0.01)
    assert separation(X, y, random_state=3) == estimates[3]
