"""Automatic selection: scikit-learn's checks, the ranking by hand, and that it stays inside a fold."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.model_selection import cross_val_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import parametrize_with_checks

from core.latent.selection import AUSelection, reduced
from core.types import ACTION_UNITS, Samples


@parametrize_with_checks([AUSelection()])
def test_scikit_learns_checks(estimator: AUSelection, check) -> None:  # type: ignore[no-untyped-def]
    check(estimator)


def test_differences_by_hand() -> None:
    X = np.array([[0.0, 5.0, 1.0], [2.0, 5.0, 1.0], [4.0, 5.0, 3.0], [6.0, 5.0, 3.0]])
    found = AUSelection(n_features=1).fit(X, [0, 0, 1, 1])
    # means 1 and 5 with both variances 1; a column that never varies; one that varies between the classes only
    assert found.difference_.tolist() == [4.0, 0.0, np.inf]
    assert found.ranking_.tolist() == [2]


def test_what_a_chosen_unit_says_already_is_passed_over_but_fills_up() -> None:
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1], 50)
    first = rng.normal(size=100) + 3 * y
    X = np.column_stack([first, first + rng.normal(0, 0.01, 100), rng.normal(size=100) + 0.5 * y])
    two = set(AUSelection(n_features=2).fit(X, y).ranking_)
    assert 2 in two
    assert len(two & {0, 1}) == 1
    assert len(AUSelection(n_features=3).fit(X, y).ranking_) == 3
    assert set(AUSelection(n_features=2, max_correlation=1.0).fit(X, y).ranking_) == {0, 1}


def test_chosen_on_everybody_noise_looks_like_a_finding_and_inside_the_folds_it_does_not() -> None:
    inside, outside = [], []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        X, y = rng.normal(size=(40, 60)), np.repeat([0, 1], 20)
        inside.append(cross_val_score(make_pipeline(AUSelection(), KNeighborsClassifier(5)), X, y, cv=5).mean())
        outside.append(cross_val_score(KNeighborsClassifier(5), AUSelection().fit_transform(X, y), y, cv=5).mean())
    assert abs(np.mean(inside) - 0.5) < 0.05
    assert np.mean(outside) > 0.62


def test_samples_are_reduced_to_what_all_of_them_choose() -> None:
    rng = np.random.default_rng(0)
    given = Samples(rng.uniform(0, 5, (20, 17)), np.repeat([0, 1], 10), np.arange(20).astype(str), ACTION_UNITS, True)
    given.X[10:, [2, 5]] += 5
    found = reduced(given)
    assert {"AU04", "AU07"} <= set(found.features)
    np.testing.assert_array_equal(found.X, given.X[:, [ACTION_UNITS.index(name) for name in found.features]])
    assert not found.automatic
    assert reduced(found) is found


def test_one_class_is_refused() -> None:
    with pytest.raises(ValueError, match="one class"):
        AUSelection().fit(np.eye(3), [1, 1, 1])
