"""The people one fold trains on, in their scaled space, and every model that can be fitted to them."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from core.latent.agcl import NoSyntheticRows, synthesise
from core.latent.cluster_tree import ClusterTree
from core.latent.row_sampler import Told
from core.latent.s3vae import S3VAE
from core.latent.samplers import sampler
from core.latent.vector_learning import Learnt
from core.rng import derived_seed
from core.screening.classifiers import Preparation, probability_grid, size_matched
from core.screening.method_grids import Plan
from core.settings import AGCLSettings, SamplerSettings
from core.types import Samples


class FoldSpace:
    """The training `rows` of one fold of `samples` in their scaled space, and what the plan's method makes of them.

    Gives the predictions of `fit_pipeline` with the same recipe and random_state, without growing the tree again; only
    neighbours at exactly the same distance, which kNN must choose among, may be chosen otherwise.
    """

    def __init__(self, samples: Samples, rows: np.ndarray, plan: Plan, random_state: int) -> None:
        self._plan = plan
        self._prepared = Preparation(samples, rows)
        self._X, self._y = self._prepared.transform(samples.X[rows]), samples.y[rows]
        self._seed = derived_seed(random_state, "classify")
        self._augment_seed = derived_seed(random_state, "augment")
        self._learnt: dict[Any, Learnt] = {}
        if plan.sampler == "AGCL":
            self.tree = ClusterTree(None, plan.rule, self._augment_seed).fit(self._X, self._y)

    def probabilities(
        self, made_by: SamplerSettings | None, choices: Sequence[Mapping[str, Any]], X_new: np.ndarray
    ) -> np.ndarray:
        """Probability of PD for each of X_new (n, d), by a model of each of the `choices` of parameters: (choices, n).

        made_by: how the synthetic rows are made that the models are fitted to besides; None for none.
        """
        X, y = self._augmented(made_by)
        if self._plan.matched:
            choices = [size_matched(self._plan.classifier, choice, len(y) / len(self._y)) for choice in choices]
        scaled = self._prepared.transform(X_new)
        return np.array(list(probability_grid(self._plan.classifier, choices, X, y, scaled, self._seed)))

    def one_sided(self, made_by: SamplerSettings | None) -> bool:
        """Whether AGCL finds no pure cluster of one class or both."""
        return isinstance(made_by, AGCLSettings) and min(self.tree.cut(made_by.threshold).coverage.values()) == 0

    def same_rows(self, made_by: SamplerSettings | None) -> object:
        """Equal for settings that make equal rows: two thresholds with no separation criterion of this fold between
        them cut the same clusters."""
        if isinstance(made_by, AGCLSettings):
            return made_by.alpha, tuple(self.tree.cut(made_by.threshold).pure_nodes.tolist())
        return made_by

    def _augmented(self, made_by: SamplerSettings | None) -> tuple[np.ndarray, np.ndarray]:
        if made_by is None:
            return self._X, self._y
        bounds = self._prepared.bounds
        if isinstance(made_by, AGCLSettings):
            cut = self.tree.cut(made_by.threshold)
            made = synthesise(self.tree, cut, made_by.alpha, made_by.spread, bounds, self._augment_seed)
            return np.concatenate([self._X, made.X]), np.concatenate([self._y, made.y])
        method = sampler(made_by, bounds, self._augment_seed)
        if isinstance(method, S3VAE):
            method.set_params(memory=self._learnt)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NoSyntheticRows)
            warnings.simplefilter("ignore", Told)
            return method.fit_resample(self._X, self._y)
