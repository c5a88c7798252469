"""One hyper-parameter setting for all leave-two-out folds, chosen by their mean accuracy, as the AGCL paper does.

The score of the chosen setting is the best of many on the very people that chose it, so it flatters: it is the paper's
number, never ours. The cluster tree of a fold is grown once and serves every threshold and alpha; the rows of any other
method are made once a fold and setting, and serve every parameter of the classifier.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from core.latent.agcl import NoSyntheticRows, synthesise
from core.latent.cluster_tree import ClusterTree
from core.latent.inexact import FilledUp
from core.latent.samplers import sampler
from core.rng import derived_seed
from core.screening.classifiers import GRIDS, Preparation, probability_grid, size_matched
from core.screening.method_grids import Plan, sampler_grid, thin
from core.screening.protocols import leave_two_out
from core.screening.voting import held_out_shares
from core.settings import AGCLSettings, SamplerSettings
from core.types import Samples


@dataclass(frozen=True)
class Setting:
    """One point of the grid. sampler: None without augmentation."""

    parameters: dict[str, Any] = field(default_factory=dict)
    sampler: SamplerSettings | None = None

    def to_json(self) -> dict[str, Any]:
        return {"parameters": self.parameters, "sampler": asdict(self.sampler) if self.sampler else None}


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
        if plan.sampler == "AGCL":
            self.tree = ClusterTree(None, plan.rule, self._augment_seed).fit(self._X, self._y)

    def probabilities(
        self, settings: Sequence[Setting], X_new: np.ndarray, tick: Callable[[float], None] = lambda share: None
    ) -> np.ndarray:
        """Probability of PD for each of X_new (n, d), by a model fitted under each setting: (settings, n).

        `tick` is told the share of the work done since it was last called.
        """
        scaled = self._prepared.transform(X_new)
        groups: dict[SamplerSettings | None, list[int]] = {}
        for i, setting in enumerate(settings):
            groups.setdefault(setting.sampler, []).append(i)
        found = np.empty((len(settings), len(X_new)))
        known: dict[object, list[int]] = {}
        for made_by, members in groups.items():
            grid = [settings[i].parameters for i in members]
            key = (self._same_rows(made_by), repr(grid))
            if key in known:
                found[members] = found[known[key]]
                tick(len(members) / len(settings))
                continue
            known[key] = members
            X, y = self._augmented(made_by)
            if self._plan.matched:
                grid = [size_matched(self._plan.classifier, choice, len(y) / len(self._y)) for choice in grid]
            fitted = probability_grid(self._plan.classifier, grid, X, y, scaled, self._seed)
            for i, probability in zip(members, fitted, strict=True):
                found[i] = probability
                tick(1 / len(settings))
        return found

    def one_sided(self, setting: Setting) -> bool:
        """Whether AGCL finds no pure cluster of one class or both."""
        made_by = setting.sampler
        return isinstance(made_by, AGCLSettings) and min(self.tree.cut(made_by.threshold).coverage.values()) == 0

    def _same_rows(self, made_by: SamplerSettings | None) -> object:
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
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NoSyntheticRows)
            warnings.simplefilter("ignore", FilledUp)
            return sampler(made_by, bounds, self._augment_seed).fit_resample(self._X, self._y)


@dataclass(frozen=True)
class FoldTest:
    """One held-out person of one fold: the probability of PD by the chosen setting's model, and the label."""

    person: str
    probability: float
    label: int

    @property
    def right(self) -> bool:
        return (self.probability > 0.5) == bool(self.label)


@dataclass(frozen=True)
class Tuned:
    """Fold models that share one setting.

    tests: a fold each, of its held-out people. n_settings: how many were tried.
    """

    setting: Setting
    spaces: tuple[FoldSpace, ...]
    tests: tuple[tuple[FoldTest, ...], ...]
    n_settings: int

    @property
    def accuracy(self) -> np.ndarray:
        """(m,) share of the held-out people of each fold that its model was right about."""
        return np.array([np.mean([test.right for test in fold]) for fold in self.tests])

    @property
    def held_out(self) -> dict[str, float]:
        """Person -> share of the models that never saw them and called them PD."""
        return held_out_shares([{test.person: float(test.probability > 0.5) for test in fold} for fold in self.tests])

    @property
    def n_one_sided(self) -> int:
        """Folds in which AGCL could add nothing to one class or both."""
        return sum(space.one_sided(self.setting) for space in self.spaces)

    def probabilities(self, X_new: np.ndarray) -> np.ndarray:
        """Probability of PD by each fold model for X_new (n, d): (m, n); a model votes PD where it is above 0.5."""
        return np.array([space.probabilities([self.setting], X_new)[0] for space in self.spaces])


def tune(samples: Samples, plan: Plan, random_state: int, tick: Callable[[float], None] = lambda share: None) -> Tuned:
    """Try every setting of `plan` on the leave-two-out folds of `samples` and keep the best mean accuracy.

    A held-out person of several rows is tested by their mean. Of equally good settings the first is kept: the least
    augmentation. `tick` is told shares of the work as it is done. Raises what `leave_two_out` raises.
    """
    folds = leave_two_out(samples.y, samples.groups, plan.n_folds, random_state)
    settings = grid(samples, plan, random_state)
    spaces, people, probability = [], [], []
    for i, fold in enumerate(folds):
        space = FoldSpace(samples, fold.train, plan, derived_seed(random_state, "fold", i))
        codes, labels, faces = mean_faces(samples, fold.test)
        spaces.append(space)
        people.append((codes, labels))
        probability.append(space.probabilities(settings, faces, lambda share: tick(share / len(folds))))
    accuracy = np.array(
        [((p > 0.5) == labels).mean(axis=1) for p, (_, labels) in zip(probability, people, strict=True)]
    )
    best = int(np.argmax(accuracy.mean(axis=0).round(12)))
    tests = tuple(
        tuple(
            FoldTest(str(code), float(p), int(label)) for code, p, label in zip(codes, every[best], labels, strict=True)
        )
        for every, (codes, labels) in zip(probability, people, strict=True)
    )
    return Tuned(settings[best], tuple(spaces), tests, len(settings))


def mean_faces(samples: Samples, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The people of some `rows` by code: (codes (p,), labels (p,), the mean of their rows (p, d))."""
    codes, first, of_row = np.unique(samples.groups[rows].astype(str), return_index=True, return_inverse=True)
    faces = np.zeros((len(codes), samples.X.shape[1]))
    np.add.at(faces, of_row, samples.X[rows])
    return codes, samples.y[rows][first], faces / np.bincount(of_row, minlength=len(codes))[:, None]


def grid(samples: Samples, plan: Plan, random_state: int) -> list[Setting]:
    """The settings of a plan, least augmentation first. Thresholds are those of the tree of all of `samples`."""
    thresholds: list[float] = []
    if plan.sampler == "AGCL":
        everybody = np.arange(len(samples.y))
        tree = FoldSpace(samples, everybody, plan, derived_seed(random_state, "thresholds")).tree
        thresholds = thin(tree.thresholds_, plan.n_thresholds)
        if plan.rule == "text":
            thresholds.reverse()  # it splits above the threshold, the pseudocode below
    made_by = sampler_grid(plan, thresholds, len(samples.y))
    return [Setting(dict(choice), each) for each in made_by for choice in GRIDS[plan.classifier]]
