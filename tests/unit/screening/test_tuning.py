"""Tuning gives what the pipelines would give one by one, without growing a tree twice."""

from __future__ import annotations

import numpy as np
import pytest

from core.latent.features import samples
from core.latent.simulated_cohort import simulate_cohort
from core.rng import derived_seed
from core.screening.classifiers import GRIDS, Recipe, fit_pipeline, make_classifier, predict_grid
from core.screening.protocols import leave_two_out
from core.screening.tuning import FoldSpace, Plan, Setting, grid, thin, tune
from core.settings import CLASSIFIERS, AGCLSettings
from core.types import Samples


@pytest.fixture(scope="module")
def anger() -> Samples:
    return samples(simulate_cohort(3), "anger", "Table II")


@pytest.mark.parametrize("classifier", CLASSIFIERS)
@pytest.mark.parametrize("method", ["none", "AGCL"])
def test_a_fold_space_predicts_as_the_pipeline_does(anger: Samples, classifier: str, method: str) -> None:
    plan = Plan(classifier, method, spread="hierarchical")
    parameters = GRIDS[classifier][0]
    train = np.arange(len(anger.y)) % 3 > 0
    augmented = method == "AGCL"
    setting = Setting(parameters, alpha=3.0, threshold=0.5) if augmented else Setting(parameters)
    agcl = AGCLSettings(alpha=3.0, threshold=0.5, spread="hierarchical") if augmented else None
    pipeline, coverage = fit_pipeline(Recipe(classifier, parameters, agcl), anger.X[train], anger.y[train], 11)
    space = FoldSpace(anger.X[train], anger.y[train], plan, 11)
    assert np.array_equal(space.predict([setting], anger.X)[0], pipeline.predict(anger.X))
    if coverage is not None:
        assert space.one_sided(setting) == (min(coverage.values()) == 0)


def test_one_search_for_neighbours_serves_every_k() -> None:
    rng = np.random.default_rng(0)
    X, X_new, y = rng.normal(size=(60, 3)), rng.normal(size=(200, 3)), rng.integers(0, 2, 60)
    for choice, said in zip(GRIDS["kNN"], predict_grid("kNN", GRIDS["kNN"], X, y, X_new, 0), strict=True):
        assert np.array_equal(said, make_classifier("kNN", 0, **choice).fit(X, y).predict(X_new))


def test_more_neighbours_than_rows_means_all_rows() -> None:
    X, y = np.arange(4.0)[:, None], np.array([0, 1, 1, 1])
    assert [int(said[0]) for said in predict_grid("kNN", [{"n_neighbors": 9}], X, y, X[:1], 0)] == [1]


def test_thresholds_keep_the_ends_of_the_path() -> None:
    path = np.array([0.2, 0.3, 0.4, 0.5, 0.6, 1.0])
    assert thin(path, 5) == [0.0, 0.2, 0.4, 0.6, 1.0]
    assert thin(path, 2) == [0.0, 1.0]
    assert thin(path, 99) == [0.0, 0.2, 0.3, 0.4, 0.5, 0.6, 1.0]
    assert thin(np.array([]), 8) == [0.0, 1.0]
    assert thin(path, 1) == [0.0]


def test_the_chosen_setting_is_the_best_of_all_tried(anger: Samples) -> None:
    plan = Plan("kNN", "AGCL", alphas=(2.0, 12.0), n_thresholds=3, n_folds=6)
    tuned = tune(anger, plan, 5)
    folds = leave_two_out(anger.y, anger.groups, 6, 5)
    means = []
    for setting in grid(anger, plan, 5):
        correct = []
        for i, fold in enumerate(folds):
            space = FoldSpace(anger.X[fold.train], anger.y[fold.train], plan, derived_seed(5, "fold", i))
            correct.append(np.mean(space.predict([setting], anger.X[fold.test])[0] == anger.y[fold.test]))
        means.append(np.mean(correct))
        if setting == tuned.setting:
            assert correct == tuned.accuracy.tolist()
    assert tuned.n_settings == len(means) == plan.n_settings == 24
    assert tuned.accuracy.mean() == max(means)
    assert set(tuned.held_out) == {str(p) for fold in folds for p in anger.groups[fold.test]}


def test_ticks_add_up_to_the_whole(anger: Samples) -> None:
    shares: list[float] = []
    tune(anger, Plan("logistic regression", "AGCL", alphas=(2.0,), n_thresholds=3, n_folds=4), 0, shares.append)
    assert sum(shares) == pytest.approx(1)
