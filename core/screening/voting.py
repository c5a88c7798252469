"""The fold models of one emotion and how they vote: each is worth its accuracy on the two people it never saw."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.rng import derived_seed
from core.screening.classifiers import Recipe, fit_pipeline
from core.screening.protocols import check_disjoint, leave_two_out
from core.screening.statistics import Rate
from core.types import CONTROL, PD, EmotionVote, Samples

if TYPE_CHECKING:
    from imblearn.pipeline import Pipeline


@dataclass(frozen=True)
class FoldModel:
    """A pipeline fitted without two people.

    accuracy: on their rows, 0 to 1. held_out: person -> share of their rows called PD. coverage: share of
    each class that AGCL had pure clusters for, None without it.
    """

    pipeline: Pipeline
    accuracy: float
    held_out: dict[str, float]
    coverage: dict[int, float] | None = None


@dataclass(frozen=True)
class EmotionModels:
    """The fold models of one emotion. label_of_person: 1 for PD and 0 for control, for every person trained on."""

    emotion: str
    features: tuple[str, ...]
    models: tuple[FoldModel, ...]
    label_of_person: dict[str, int]

    @property
    def weights(self) -> np.ndarray:
        """(m,) accuracy of each fold model."""
        return np.array([model.accuracy for model in self.models])

    @property
    def n_one_sided(self) -> int:
        """Fold models for which AGCL found nothing to start from in at least one class."""
        return sum(model.coverage is not None and min(model.coverage.values()) == 0 for model in self.models)

    def predict(self, X: np.ndarray) -> np.ndarray:
        """What each of the m models says of each row of X (n, d): (m, n) 1 for PD and 0 for control."""
        return np.array([model.pipeline.predict(X) for model in self.models])

    def vote(self, x: np.ndarray) -> EmotionVote:
        """The weighted vote on one row x (d,)."""
        return cast_vote(self.emotion, self.predict(np.atleast_2d(x))[:, 0], self.weights)

    def out_of_fold(self) -> Rate:
        """Accuracy on people the models never saw, each person once, by the share of their tests that were right.

        Honest where the settings were fixed beforehand; a setting chosen by this very number is judged too well by it.
        """
        shares = held_out_shares([model.held_out for model in self.models])
        right = [share if self.label_of_person[person] else 1 - share for person, share in shares.items()]
        return Rate(float(sum(right)), len(right))


def train_fold_models(
    emotion: str,
    samples: Samples,
    recipe: Recipe,
    n_folds: int,
    random_state: int,
    after_fold: Callable[[], None] = lambda: None,
) -> EmotionModels:
    """Fit one pipeline a leave-two-out fold of `samples`; `after_fold` is called after each and may raise to stop.

    Raises what `leave_two_out` raises.
    """
    models = []
    for i, fold in enumerate(leave_two_out(samples.y, samples.groups, n_folds, random_state)):
        check_disjoint(samples.groups[fold.train], samples.groups[fold.test])
        pipeline, coverage = fit_pipeline(recipe, samples, fold.train, derived_seed(random_state, "fold", i))
        said = pipeline.predict(samples.X[fold.test])
        people = samples.groups[fold.test]
        held_out = {str(p): float(said[people == p].mean()) for p in np.unique(people)}
        models.append(FoldModel(pipeline, float(np.mean(said == samples.y[fold.test])), held_out, coverage))
        after_fold()
    labels = {str(p): int(label) for p, label in zip(samples.groups, samples.y, strict=True)}
    return EmotionModels(emotion, samples.features, tuple(models), labels)


def shares_for_pd(predictions: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Share of the weights that said PD on each row: (n,) from predictions (m, n) of 0 and 1 and weights (m,) >= 0.

    Where every weight is zero no model was ever right, accuracy cannot rank them, and each counts the same.
    """
    weights = np.asarray(weights, float)
    if not weights.any():
        weights = np.ones_like(weights)
    return weights @ np.asarray(predictions, float) / weights.sum()


def cast_vote(emotion: str, predictions: np.ndarray, weights: np.ndarray) -> EmotionVote:
    """The vote of m fold models on one person: predictions (m,) of 0 and 1, weights (m,)."""
    share = float(shares_for_pd(np.asarray(predictions)[:, None], weights)[0])
    decision = "tie" if np.isclose(share, 0.5) else PD if share > 0.5 else CONTROL
    reason = "" if np.any(weights) else "No fold model was right on its held-out people, so all votes weigh the same."
    return EmotionVote(emotion, len(predictions), int(np.sum(predictions)), share, decision, reason=reason)


def held_out_shares(held_out: list[dict[str, float]]) -> dict[str, float]:
    """Person -> mean, over the models that never saw them, of the share of their rows called PD."""
    said: dict[str, list[float]] = {}
    for model in held_out:
        for person, share in model.items():
            said.setdefault(person, []).append(share)
    return {person: float(np.mean(shares)) for person, shares in sorted(said.items())}
