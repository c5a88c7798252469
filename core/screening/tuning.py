"""One hyper-parameter setting for all leave-two-out folds, chosen by their mean accuracy, as the AGCL paper does.

The score of the chosen setting is the best of many on the very people that chose it, so it flatters: it is the paper's
number, never ours. The cluster tree of a fold is grown once and serves every threshold and alpha; the rows of any other
method are made once a fold and setting, and serve every parameter of the classifier; nothing is fitted that cannot win.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from itertools import groupby
from typing import Any

import numpy as np

from core.rng import derived_seed
from core.screening.classifiers import GRIDS
from core.screening.fold_space import FoldSpace
from core.screening.method_grids import Plan, sampler_grid, thin
from core.screening.protocols import leave_two_out
from core.screening.voting import held_out_shares
from core.settings import SamplerSettings
from core.types import Samples


@dataclass(frozen=True)
class Setting:
    """One point of the grid. sampler: None without augmentation."""

    parameters: dict[str, Any] = field(default_factory=dict)
    sampler: SamplerSettings | None = None

    def to_json(self) -> dict[str, Any]:
        return {"parameters": self.parameters, "sampler": asdict(self.sampler) if self.sampler else None}


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
        return sum(space.one_sided(self.setting.sampler) for space in self.spaces)

    def probabilities(self, X_new: np.ndarray) -> np.ndarray:
        """Probability of PD by each fold model for X_new (n, d): (m, n); a model votes PD where it is above 0.5."""
        made_by, chosen = self.setting.sampler, [self.setting.parameters]
        return np.array([space.probabilities(made_by, chosen, X_new)[0] for space in self.spaces])


def tune(samples: Samples, plan: Plan, random_state: int, tick: Callable[[float], None] = lambda share: None) -> Tuned:
    """Try every setting of `plan` on the leave-two-out folds of `samples` and keep the best mean accuracy.

    A held-out person of several rows is tested by their mean. Of equally good settings the first is kept: the least
    augmentation. A setting is given up once it is wrong as often as the best one is in all folds, which changes nothing
    of what is found; those in which most were wrong come first. `tick` is told shares of the work as it is done. Raises
    what `leave_two_out` raises.
    """
    folds = leave_two_out(samples.y, samples.groups, plan.n_folds, random_state)
    settings = grid(samples, plan, random_state)
    courses = [
        _Course(FoldSpace(samples, fold.train, plan, derived_seed(random_state, "fold", i)), samples, fold.test)
        for i, fold in enumerate(folds)
    ]
    best, won = 0, [np.empty(0)] * len(folds)
    least = np.inf
    for made_by, members in groupby(range(len(settings)), lambda i: settings[i].sampler):
        group = list(members)
        wrong = np.zeros(len(group))
        found: list[dict[int, np.ndarray]] = [{} for _ in group]
        for i in sorted(range(len(folds)), key=lambda i: -courses[i].n_wrong):
            racing = np.flatnonzero(wrong < least).tolist()
            if racing:
                p = courses[i].run(made_by, [settings[group[j]].parameters for j in racing])
                wrong[racing] += courses[i].judge(p)
                for j, each in zip(racing, p, strict=True):
                    found[j][i] = each
            tick(len(group) / len(settings) / len(folds))
        for j, setting in enumerate(group):
            if wrong[j] < least:
                best, least, won = setting, wrong[j], [found[j][i] for i in range(len(folds))]
    tests = tuple(course.tests(p) for course, p in zip(courses, won, strict=True))
    return Tuned(settings[best], tuple(course.space for course in courses), tests, len(settings))


class _Course:
    """One fold that settings are tried on: its space, and the people held out."""

    def __init__(self, space: FoldSpace, samples: Samples, test: np.ndarray) -> None:
        self.space = space
        self.n_wrong = 0.0
        self._people, self._labels, self._faces = mean_faces(samples, test)
        self._known: dict[tuple[object, str], np.ndarray] = {}

    def run(self, made_by: SamplerSettings | None, choices: Sequence[dict[str, Any]]) -> list[np.ndarray]:
        """Probability of PD for the people held out, (p,) for each choice; models of equal rows are fitted once."""
        rows = self.space.same_rows(made_by)
        keys = [(rows, repr(choice)) for choice in choices]
        new = [choice for key, choice in zip(keys, choices, strict=True) if key not in self._known]
        if new:
            for choice, p in zip(new, self.space.probabilities(made_by, new, self._faces), strict=True):
                self._known[rows, repr(choice)] = p
        return [self._known[key] for key in keys]

    def judge(self, found: Sequence[np.ndarray]) -> np.ndarray:
        """How many people each of `found` is wrong about."""
        wrong = ((np.array(found) > 0.5) != self._labels).sum(axis=1)
        self.n_wrong += float(wrong.mean())
        return wrong

    def tests(self, p: np.ndarray) -> tuple[FoldTest, ...]:
        return tuple(
            FoldTest(str(person), float(each), int(label))
            for person, each, label in zip(self._people, p, self._labels, strict=True)
        )


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
