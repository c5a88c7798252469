"""KNNMTD against numbers worked by hand, and against a slow, literal reading of its 2022 paper."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import ks_2samp

from core.latent.knnmtd import KNNMTD, domain

ROOT_TERM = np.sqrt(-2 * np.log(1e-20))


def test_domain_by_hand() -> None:
    """1, 2, 5: middle 3, two below and one above, variance 13/3."""
    lower, middle, upper = domain(np.array([1.0, 2.0, 5.0]))
    assert middle == 3
    assert lower == pytest.approx(3 - 2 / 3 * np.sqrt(13 / 3 / 2) * ROOT_TERM)
    assert upper == pytest.approx(3 + 1 / 3 * np.sqrt(13 / 3) * ROOT_TERM)


def test_the_domain_holds_its_neighbours_also_where_the_reach_is_short() -> None:
    """Ten below and one far above: the reach above, a tenth of the whole, would end before the highest value."""
    values = np.r_[np.linspace(0, 1, 30), 100.0]
    lower, _, upper = domain(values)
    assert lower <= 0
    assert upper >= 100


def test_equal_neighbours_span_a_fifth_to_five_times() -> None:
    lower, middle, upper = domain(np.array([[2.0, 2.0], [-2.0, -2.0], [0.0, 0.0]]))
    np.testing.assert_allclose(lower, [0.4, -10.0, 0.0])
    np.testing.assert_allclose(upper, [10.0, -0.4, 0.0])
    assert np.isnan(middle).all()


def literal(X: np.ndarray, k: int, n_made: int, n_candidates: int, rng: np.random.Generator) -> np.ndarray:
    """Rows of one class, value by value and draw by draw."""
    surrogates = []
    for row in X:
        columns = []
        for column, value in enumerate(row):
            neighbours = sorted(X[:, column], key=lambda other: abs(other - value))[:k]
            columns.append(sorted(diffused(neighbours, n_candidates, rng), key=lambda x: abs(x - value))[:3])
        surrogates += [list(values) for values in zip(*columns, strict=True)]
    return np.array(surrogates)[rng.choice(len(surrogates), n_made, replace=n_made > len(surrogates))]


def diffused(neighbours: list[float], n: int, rng: np.random.Generator) -> list[float]:
    low, high = min(neighbours), max(neighbours)
    middle = (low + high) / 2
    variance = np.var(neighbours, ddof=1)
    if variance == 0:
        return list(rng.uniform(low / 5, high * 5, n))
    below, above = sum(v < middle for v in neighbours), sum(v > middle for v in neighbours)
    a = middle - below / (below + above) * np.sqrt(-2 * variance / below * np.log(1e-20))
    b = middle + above / (below + above) * np.sqrt(-2 * variance / above * np.log(1e-20))
    lower, upper = min(a, low), max(b, high)
    found: list[float] = []
    while len(found) < n:
        x = rng.uniform(lower, upper)
        member = (x - lower) / (middle - lower) if x <= middle else (upper - x) / (upper - middle)
        if member > rng.uniform():
            found.append(x)
    return found


@pytest.mark.parametrize(("k", "alpha"), [(3, 2.0), (5, 0.5)])
def test_rows_are_distributed_as_by_the_literal_reading(k: int, alpha: float) -> None:
    """Distance from the row, feature by feature: the same distribution over 60 repeats of 12 people (KS, p > .01)."""
    rng = np.random.default_rng(3)
    X, y = rng.normal(2.5, 1, (12, 2)), np.repeat([0, 1], 6)
    n_made = round(alpha * 6)
    ours, theirs = [], []
    for repeat in range(60):
        made = KNNMTD(alpha, k, bounds=None, random_state=repeat)
        ours.append(made.fit_resample(X, y)[0][12:])
        theirs.append(np.concatenate([literal(X[y == label], k, n_made, 10 * 2 * n_made, rng) for label in (0, 1)]))
    for column in range(2):
        a, b = (np.concatenate(rows)[:, column] for rows in (ours, theirs))
        assert ks_2samp(a, b).pvalue > 0.01
        gaps = [np.abs(v[:, None] - X[:, column]).min(axis=1) for v in (a, b)]
        assert ks_2samp(*gaps).pvalue > 0.01


def test_the_newer_version_copies_rows_where_nothing_else_is_plausible() -> None:
    """In 12 dimensions 200 points of the box are hardly ever plausible: a warning to those who would share the rows."""
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(40, 12)), np.repeat([0, 1], 20)
    made = KNNMTD(5, neighbours="multivariate", bounds=None, random_state=0)
    X_new, _ = made.fit_resample(X, y)
    copied = (X_new[40:] == X[made.source_[40:]]).all(axis=1)
    assert copied.mean() > 0.8
