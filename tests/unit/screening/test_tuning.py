"""Tuning gives what the pipelines would give one by one, without growing a tree twice."""

from __future__ import annotations

import numpy as np
import pytest

from core.latent.features import complete_rows, samples
from core.rng import derived_seed
from core.screening.classifiers import GRIDS, Preparation, Recipe, fit_pipeline, make_classifier, probability_grid
from core.screening.fold_space import FoldSpace
from core.screening.method_grids import Plan, thin
from core.screening.protocols import leave_two_out
from core.screening.tuning import grid, tune
from core.settings import CLASSIFIERS, RULES, AGCLSettings
from core.types import ACTION_UNITS, Samples
from core.workspace.demo import demo_table


@pytest.fixture(scope="module")
def anger() -> Samples:
    return samples(demo_table(), "anger", "Table II")


@pytest.mark.parametrize("classifier", CLASSIFIERS)
@pytest.mark.parametrize("method", ["none", "AGCL"])
@pytest.mark.parametrize("features", ["Table II", "automatic", "dynamics"])
def test_a_fold_space_predicts_as_the_pipeline_does(classifier: str, method: str, features: str) -> None:
    anger = samples(complete_rows(demo_table(), "anger", features), "anger", features)
    plan = Plan(classifier, method, spread="hierarchical")
    parameters = GRIDS[classifier][0]
    train = np.flatnonzero(np.arange(len(anger.y)) % 3 > 0)
    augmented = method == "AGCL"
    agcl = AGCLSettings(alpha=3.0, threshold=0.5, spread="hierarchical") if augmented else None
    pipeline, coverage = fit_pipeline(Recipe(classifier, parameters, agcl), anger, train, 11)
    space = FoldSpace(anger, train, plan, 11)
    assert np.array_equal(space.probabilities(agcl, [parameters], anger.X)[0] > 0.5, pipeline.predict(anger.X))
    if coverage is not None:
        assert space.one_sided(agcl) == (min(coverage.values()) == 0)


def test_automatic_features_are_chosen_by_the_training_rows_of_each_fold_alone() -> None:
    rng = np.random.default_rng(0)
    X, y = rng.uniform(0, 5, (40, 17)), np.repeat([0, 1], 20)
    X[:20, 3], X[20:, 3] = 0.0, 5.0  # the whole cohort is told apart by this unit
    X[::2, 3] = 2.5  # and the training rows are not
    X[::2, 9] += 9 * y[::2]
    everybody = Samples(X, y, np.arange(40).astype(str), ACTION_UNITS, automatic=True)
    pipeline, _ = fit_pipeline(Recipe("kNN"), everybody, np.arange(0, 40, 2), 0)
    chosen = pipeline.named_steps["select"].get_support()
    assert chosen.sum() == 3
    assert chosen[9]
    assert not chosen[3]
    assert Preparation(everybody, np.arange(40)).steps[0][1].get_support()[3]


def test_one_search_for_neighbours_serves_every_k() -> None:
    rng = np.random.default_rng(0)
    X, X_new, y = rng.normal(size=(60, 3)), rng.normal(size=(200, 3)), rng.integers(0, 2, 60)
    for choice, p in zip(GRIDS["kNN"], probability_grid("kNN", GRIDS["kNN"], X, y, X_new, 0), strict=True):
        assert np.allclose(p, make_classifier("kNN", 0, **choice).fit(X, y).predict_proba(X_new)[:, 1])


@pytest.mark.parametrize("n", [12, 60, 500])
def test_a_forest_for_tuning_is_that_of_scikit_learn_to_the_last_bit(n: int) -> None:
    rng = np.random.default_rng(n)
    X, X_new = np.clip(rng.normal(size=(n, 3)), -1, 2), rng.normal(size=(40, 3))  # clipped: many rows level
    y = (X[:, 0] + rng.normal(size=n) > 0).astype(int)
    found = probability_grid("random forest", GRIDS["random forest"], X, y, X_new, n)
    for choice, p in zip(GRIDS["random forest"], found, strict=True):
        forest = make_classifier("random forest", n, **choice).fit(X, y)
        assert np.array_equal(p, forest.predict_proba(X_new)[:, 1])


def test_more_neighbours_than_rows_means_all_rows() -> None:
    X, y = np.arange(4.0)[:, None], np.array([0, 1, 1, 1])
    assert [p[0] for p in probability_grid("kNN", [{"n_neighbors": 9}], X, y, X[:1], 0)] == [0.75]


def test_a_fold_of_few_people_has_as_many_neighbours_as_it_has_rows_once_augmented() -> None:
    rng = np.random.default_rng(0)
    X, y, X_new = rng.uniform(0, 5, (6, 3)), np.array([0, 0, 0, 0, 1, 1]), rng.uniform(0, 5, (300, 3))
    parameters = {"n_neighbors": 9}
    agcl = AGCLSettings(alpha=3.0, threshold=0.0, spread="hierarchical")
    few, rows = Samples(X, y, np.arange(6).astype(str), ("AU05", "AU12", "AU17")), np.arange(6)
    pipeline, _ = fit_pipeline(Recipe("kNN", parameters, agcl), few, rows, 1)
    space = FoldSpace(few, rows, Plan("kNN", "AGCL", spread="hierarchical"), 1)
    assert np.array_equal(space.probabilities(agcl, [parameters], X_new)[0] > 0.5, pipeline.predict(X_new))


def test_of_neighbours_equally_far_the_earlier_row_counts() -> None:
    """Rows that coincide in heaps, as synthetic ones cut off at 0 do, against all rows in order of (distance, row)."""
    rng = np.random.default_rng(0)
    X, y, X_new = rng.integers(0, 3, (400, 2)), rng.integers(0, 2, 400), rng.integers(0, 3, (50, 2))
    (said,) = probability_grid("kNN", [{"n_neighbors": 5}], X.astype(float), y, X_new.astype(float), 0)
    for row, vote in zip(X_new, said, strict=True):
        nearest = sorted(range(400), key=lambda i: (((X[i] - row) ** 2).sum(), i))[:5]
        assert vote == y[nearest].mean()


@pytest.mark.parametrize("rule", RULES)
def test_the_grid_begins_with_the_least_augmentation(anger: Samples, rule: str) -> None:
    plan = Plan("logistic regression", "AGCL", rule, alphas=(2.0, 12.0), n_thresholds=6)
    tree = FoldSpace(anger, np.arange(len(anger.y)), plan, derived_seed(0, "thresholds")).tree
    settings = [setting for setting in grid(anger, plan, 0) if setting.parameters == GRIDS[plan.classifier][0]]
    covered = [
        len(tree.members(tree.cut(setting.sampler.threshold).pure_nodes)) for setting in settings[: len(settings) // 2]
    ]
    assert covered == sorted(covered)
    assert covered[0] < covered[-1]
    assert [setting.sampler.alpha for setting in settings] == [2.0] * len(covered) + [12.0] * len(covered)


def test_thresholds_keep_the_ends_of_the_path() -> None:
    path = np.array([0.2, 0.3, 0.4, 0.5, 0.6, 1.0])
    assert thin(path, 5) == [0.0, 0.2, 0.4, 0.6, 1.0]
    assert thin(path, 2) == [0.0, 1.0]
    assert thin(path, 99) == [0.0, 0.2, 0.3, 0.4, 0.5, 0.6, 1.0]
    assert thin(np.array([]), 8) == [0.0, 1.0]
    assert thin(path, 1) == [0.0]


@pytest.mark.parametrize(
    ("classifier", "method"), [("kNN", "AGCL"), ("SVM", "Gaussian noise"), ("random forest", "none")]
)
def test_the_chosen_setting_is_the_best_of_all_tried(anger: Samples, classifier: str, method: str) -> None:
    """Against every setting in every fold: what is given up could not have won."""
    plan = Plan(classifier, method, alphas=(2.0, 12.0), n_thresholds=3, n_folds=4, n_values=3)
    tuned = tune(anger, plan, 5)
    folds = leave_two_out(anger.y, anger.groups, 4, 5)
    means = []
    for setting in grid(anger, plan, 5):
        correct = []
        for i, fold in enumerate(folds):
            space = FoldSpace(anger, fold.train, plan, derived_seed(5, "fold", i))
            (p,) = space.probabilities(setting.sampler, [setting.parameters], anger.X[fold.test])
            correct.append(np.mean((p > 0.5) == anger.y[fold.test]))
        means.append(np.mean(correct))
        if setting == tuned.setting:
            assert correct == tuned.accuracy.tolist()
    assert tuned.n_settings == len(means) == plan.n_settings
    assert tuned.accuracy.mean() == max(means)
    assert grid(anger, plan, 5)[int(np.argmax(means))] == tuned.setting
    assert set(tuned.held_out) == {str(p) for fold in folds for p in anger.groups[fold.test]}


def test_what_cannot_win_is_not_fitted(anger: Samples, monkeypatch: pytest.MonkeyPatch) -> None:
    fitted = []
    measure = FoldSpace.probabilities

    def count(self: FoldSpace, made_by: object, choices: list, X_new: np.ndarray) -> np.ndarray:
        fitted.append(len(choices))
        return measure(self, made_by, choices, X_new)

    monkeypatch.setattr(FoldSpace, "probabilities", count)
    plan = Plan("logistic regression", "Gaussian noise", alphas=(2.0, 12.0), n_folds=20)
    tune(anger, plan, 0)
    assert 20 < sum(fitted) < 0.6 * plan.n_settings * 20


def test_ticks_add_up_to_the_whole(anger: Samples) -> None:
    shares: list[float] = []
    tune(anger, Plan("logistic regression", "AGCL", alphas=(2.0,), n_thresholds=3, n_folds=4), 0, shares.append)
    assert sum(shares) == pytest.approx(1)
