"""Weighted votes worked by hand, and fold models that know nothing of who they are tested on."""

from __future__ import annotations

import numpy as np
import pytest

from core.screening.classifiers import Recipe
from core.screening.voting import cast_vote, held_out_shares, shares_for_pd, train_fold_models
from core.settings import CLASSIFIERS, AGCLSettings
from core.types import Samples


def two_groups(n: int = 9, gap: float = 3.0, seed: int = 0) -> Samples:
    rng = np.random.default_rng(seed)
    y = np.repeat([1, 0], n)
    X = np.clip(rng.normal(1.0 + gap * (1 - y)[:, None] * [0.5, 0.3, 0.1], 0.4), 0, 5)
    return Samples(X, y, np.array([f"S{i:02d}" for i in range(2 * n)]), ("AU06", "AU12", "AU25"))


@pytest.mark.parametrize(
    ("said", "weights", "share", "decision"),
    [
        ([1, 1, 0], [1.0, 1.0, 1.0], 2 / 3, "PD"),
        ([1, 1, 0], [0.5, 0.0, 1.0], 1 / 3, "control"),
        ([1, 0, 0], [1.0, 0.5, 0.5], 0.5, "tie"),
        ([1, 0], [1.0, 1.0], 0.5, "tie"),
        ([0, 0], [0.5, 1.0], 0.0, "control"),
    ],
)
def test_votes_are_weighted(said: list[int], weights: list[float], share: float, decision: str) -> None:
    vote = cast_vote("fear", np.array(said), np.array(weights))
    assert vote.weight_for_pd == pytest.approx(share)
    assert (vote.decision, vote.n_for_pd, vote.n_models, vote.reason) == (decision, sum(said), len(said), "")


def test_all_weights_zero_counts_heads_and_says_so() -> None:
    vote = cast_vote("fear", np.array([1, 1, 0]), np.zeros(3))
    assert vote.weight_for_pd == pytest.approx(2 / 3)
    assert vote.decision == "PD"
    assert "No fold model was right" in vote.reason


def test_shares_are_by_row() -> None:
    shares = shares_for_pd(np.array([[1, 0], [0, 0], [1, 1]]), np.array([1.0, 0.5, 0.5]))
    assert shares.tolist() == [0.75, 0.25]


def test_held_out_people_count_once_however_often_they_were_tested() -> None:
    assert held_out_shares([{"a": 1.0, "b": 0.0}, {"a": 0.0, "c": 1.0}]) == {"a": 0.5, "b": 0.0, "c": 1.0}


@pytest.mark.parametrize("classifier", CLASSIFIERS)
@pytest.mark.parametrize("agcl", [None, AGCLSettings(alpha=2)])
def test_every_classifier_tells_far_groups_apart(classifier: str, agcl: AGCLSettings | None) -> None:
    material = two_groups()
    models = train_fold_models("fear", material, Recipe(classifier, agcl=agcl), 5, 0)
    assert len(models.models) == 5
    assert models.out_of_fold().n == 10
    assert models.out_of_fold().value == 1.0
    assert models.vote(material.X[material.y == 1].mean(axis=0)).decision == "PD"
    assert models.vote(material.X[material.y == 0].mean(axis=0)).decision == "control"


def test_out_of_fold_counts_people_not_tests() -> None:
    # 3 + 4 people in 12 folds of two: 24 tests, 7 people.
    material = two_groups(4)
    keep = np.arange(8) != 0
    fewer = Samples(material.X[keep], material.y[keep], material.groups[keep], material.features)
    models = train_fold_models("fear", fewer, Recipe("logistic regression"), 25, 0)
    assert len(models.models) == 12
    rate = models.out_of_fold()
    assert rate.n == 7
    per_fold = np.mean([model.accuracy for model in models.models])
    assert rate.value == pytest.approx(per_fold, abs=0.2)


def test_a_fold_model_does_not_depend_on_its_held_out_people() -> None:
    material = two_groups(gap=0.5)
    first = train_fold_models("fear", material, Recipe("SVM", agcl=AGCLSettings(alpha=2)), 1, 0)
    held_out = np.isin(material.groups, list(first.models[0].held_out))
    moved = Samples(
        np.where(held_out[:, None], 5 - material.X, material.X), material.y, material.groups, material.features
    )
    second = train_fold_models("fear", moved, Recipe("SVM", agcl=AGCLSettings(alpha=2)), 1, 0)
    probe = np.random.default_rng(1).uniform(0, 5, (200, 3))
    assert np.array_equal(first.predict(probe), second.predict(probe))


def test_synthetic_rows_stay_within_the_intensities() -> None:
    material = two_groups()
    recipe = Recipe("kNN", agcl=AGCLSettings(alpha=20, spread="paper"))
    model = train_fold_models("fear", material, recipe, 1, 0).models[0].pipeline
    scaled = model.named_steps["scale"].transform(material.X)
    X, _ = model.named_steps["augment"].fit_resample(scaled, material.y)
    intensities = model.named_steps["scale"].inverse_transform(X)
    assert len(intensities) > 100
    assert intensities.min() >= -1e-9
    assert intensities.max() <= 5 + 1e-9
    assert (np.abs(intensities) < 1e-9).any()
