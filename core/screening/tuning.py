"""One hyper-parameter setting for all leave-two-out folds, chosen by their mean accuracy, as the AGCL paper does.

The score of the chosen setting is the best of many on the very people that chose it, so it flatters: it is the paper's
number, never ours. The cluster tree of a fold is grown once and serves every threshold and alpha.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from core.latent.agcl import synthesise
from core.latent.cluster_tree import ClusterTree
from core.rng import derived_seed
from core.screening.classifiers import GRIDS, Preparation, predict_grid
from core.screening.protocols import leave_two_out
from core.screening.voting import held_out_shares
from core.types import Samples


@dataclass(frozen=True)
class Plan:
    """What is tuned: the grid of a classifier in `GRIDS` and, for AGCL, alphas by thresholds."""

    classifier: str
    method: str
    rule: str = "text"
    spread: str = "paper"
    alphas: tuple[float, ...] = ()
    n_thresholds: int = 0
    n_folds: int = 25

    @property
    def n_settings(self) -> int:
        """Settings tried at most; a training tree with few distinct separation criteria offers fewer thresholds."""
        n_augmented = len(self.alphas) * self.n_thresholds if self.method == "AGCL" else 1
        return len(GRIDS[self.classifier]) * n_augmented


@dataclass(frozen=True)
class Setting:
    """One point of the grid. alpha and threshold are None without augmentation."""

    parameters: dict[str, Any] = field(default_factory=dict)
    alpha: float | None = None
    threshold: float | None = None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


class FoldSpace:
    """The training `rows` of one fold of `samples` in their scaled space, and what AGCL makes of them.

    Gives the predictions of `fit_pipeline` with the same recipe and random_state, without growing the tree again; only
    neighbours at exactly the same distance, which kNN must choose among, may be chosen otherwise.
    """

    def __init__(self, samples: Samples, rows: np.ndarray, plan: Plan, random_state: int) -> None:
        self._plan = plan
        self._prepared = Preparation(samples, rows)
        self._X, self._y = self._prepared.transform(samples.X[rows]), samples.y[rows]
        self._seed = derived_seed(random_state, "classify")
        self._augment_seed = derived_seed(random_state, "augment")
        if plan.method == "AGCL":
            self.tree = ClusterTree(None, plan.rule, self._augment_seed).fit(self._X, self._y)

    def predict(
        self, settings: Sequence[Setting], X_new: np.ndarray, tick: Callable[[float], None] = lambda share: None
    ) -> np.ndarray:
        """What a model fitted under each setting says of X_new (n, d): (settings, n) of 0 and 1.

        `tick` is told the share of the work done since it was last called.
        """
        scaled = self._prepared.transform(X_new)
        groups: dict[tuple[float | None, float | None], list[int]] = {}
        for i, setting in enumerate(settings):
            groups.setdefault((setting.threshold, setting.alpha), []).append(i)
        said = np.empty((len(settings), len(X_new)), int)
        known: dict[object, list[int]] = {}
        for (threshold, alpha), members in groups.items():
            clusters = () if threshold is None else tuple(self.tree.cut(threshold).pure_nodes.tolist())
            grid = [settings[i].parameters for i in members]
            # Two thresholds with no separation criterion of this fold between them make the same clusters.
            key = (clusters, alpha, repr(grid))
            if key in known:
                said[members] = said[known[key]]
                tick(len(members) / len(settings))
                continue
            known[key] = members
            X, y = self._augmented(threshold, alpha)
            for i, predictions in zip(
                members, predict_grid(self._plan.classifier, grid, X, y, scaled, self._seed), strict=True
            ):
                said[i] = predictions
                tick(1 / len(settings))
        return said

    def one_sided(self, setting: Setting) -> bool:
        """Whether AGCL finds no pure cluster of one class or both."""
        return setting.threshold is not None and min(self.tree.cut(setting.threshold).coverage.values()) == 0

    def _augmented(self, threshold: float | None, alpha: float | None) -> tuple[np.ndarray, np.ndarray]:
        if threshold is None or alpha is None:
            return self._X, self._y
        cut, bounds = self.tree.cut(threshold), self._prepared.bounds
        made = synthesise(self.tree, cut, alpha, self._plan.spread, bounds, self._augment_seed)
        return np.concatenate([self._X, made.X]), np.concatenate([self._y, made.y])


@dataclass(frozen=True)
class Tuned:
    """Fold models that share one setting.

    accuracy: (m,) of each fold on its held-out people under the chosen setting. held_out: person -> share of the models
    that never saw them and called them PD. n_settings: how many were tried.
    """

    setting: Setting
    spaces: tuple[FoldSpace, ...]
    accuracy: np.ndarray
    held_out: dict[str, float]
    n_settings: int

    @property
    def n_one_sided(self) -> int:
        """Folds in which AGCL could add nothing to one class or both."""
        return sum(space.one_sided(self.setting) for space in self.spaces)

    def predict(self, X_new: np.ndarray) -> np.ndarray:
        """What each fold model says of X_new (n, d): (m, n) of 0 and 1."""
        return np.array([space.predict([self.setting], X_new)[0] for space in self.spaces])


def tune(samples: Samples, plan: Plan, random_state: int, tick: Callable[[float], None] = lambda share: None) -> Tuned:
    """Try every setting of `plan` on the leave-two-out folds of `samples` and keep the best mean accuracy.

    Of equally good settings the first is kept: the least augmentation. `tick` is told shares of the work as it is done.
    Raises what `leave_two_out` raises.
    """
    folds = leave_two_out(samples.y, samples.groups, plan.n_folds, random_state)
    settings = grid(samples, plan, random_state)
    spaces, said, accuracy = [], [], np.empty((len(folds), len(settings)))
    for i, fold in enumerate(folds):
        seed = derived_seed(random_state, "fold", i)
        space = FoldSpace(samples, fold.train, plan, seed)
        spaces.append(space)
        said.append(space.predict(settings, samples.X[fold.test], lambda share: tick(share / len(folds))))
        accuracy[i] = (said[-1] == samples.y[fold.test]).mean(axis=1)
    best = int(np.argmax(accuracy.mean(axis=0).round(12)))
    held_out = []
    for predictions, fold in zip(said, folds, strict=True):
        people = samples.groups[fold.test]
        held_out.append({str(p): float(predictions[best][people == p].mean()) for p in np.unique(people)})
    return Tuned(settings[best], tuple(spaces), accuracy[:, best], held_out_shares(held_out), len(settings))


def grid(samples: Samples, plan: Plan, random_state: int) -> list[Setting]:
    """The settings of a plan, least augmentation first. Thresholds are those of the tree of all of `samples`."""
    parameters = GRIDS[plan.classifier]
    if plan.method == "none":
        return [Setting(dict(choice)) for choice in parameters]
    everybody = np.arange(len(samples.y))
    tree = FoldSpace(samples, everybody, plan, derived_seed(random_state, "thresholds")).tree
    thresholds = thin(tree.thresholds_, plan.n_thresholds)
    if plan.rule == "text":
        thresholds.reverse()  # it splits above the threshold, the pseudocode below
    return [Setting(dict(p), alpha, t) for alpha in plan.alphas for t in thresholds for p in parameters]


def thin(thresholds: np.ndarray, n: int) -> list[float]:
    """At most n thresholds, ascending: 0 and 1, the ends of the path, and between them `thresholds` evenly by rank."""
    inner = thresholds[(thresholds > 0) & (thresholds < 1)]
    n_inner = min(max(n - 2, 0), len(inner))
    chosen = inner[np.linspace(0, len(inner) - 1, n_inner).round().astype(int)] if n_inner else []
    return sorted({0.0, *(float(t) for t in chosen), 1.0}) if n > 1 else [0.0]
