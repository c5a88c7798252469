"""What is tried of each method that adds synthetic rows, as the AGCL paper tunes its own (section V.C).

| method | settings |
|---|---|
| AGCL | alphas by thresholds of the tree of all training rows |
| Gaussian noise | the paper's 14 sigma, by every third alpha |
| kNNMTD, SMOTE | k = 3, 5, 7, by every third alpha |
| ADASYN | k = 3, 5, by every third alpha |
| smoothed bootstrap | shrinkage 0.5, 1, by every third alpha |
| KMeansSMOTE | 4 or 8 clusters, by every third alpha |
| class Gaussian, duplication | alphas |
| S3VAE | K = 0.1, the paper's, and 1, by every third alpha: a network is trained for each K of each fold |
| genetic search | the two smallest alphas: it takes a thousand times as long as the others |

The paper's alphas are 2, 7, ..., 57; every third are 2, 17, 32, 47. What a parameter has more values of than a plan
allows is thinned evenly. An alpha that makes more than `MOST_ROWS` rows of the training rows is not tried, unless it is
the smallest: such cohorts need no synthetic rows, and an SVM or an MLP would take days.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.errors import UserError
from core.screening.classifiers import GRIDS
from core.settings import MATCHED, SAMPLERS, SIGMAS, AGCLSettings, SamplerSettings

NONE = "none"
MOST_ROWS = 6_000

_SECOND: dict[str, tuple[str, tuple[Any, ...]]] = {
    "Gaussian noise": ("sigma", SIGMAS),
    "kNNMTD": ("k", (3, 5, 7)),
    "SMOTE": ("k", (3, 5, 7)),
    "ADASYN": ("k", (3, 5)),
    "smoothed bootstrap": ("shrinkage", (0.5, 1.0)),
    "KMeansSMOTE": ("clusters", (4, 8)),
    "S3VAE": ("K", (0.1, 1.0)),
}
_SLOW = ("genetic search",)


@dataclass(frozen=True)
class Plan:
    """What is tuned: the grid of a classifier in `GRIDS`, by that of a method.

    method: `NONE` or a name in `SAMPLERS`, also after `MATCHED`. rule, spread, n_thresholds: of AGCL. n_values: of the
    second parameter of the other methods, at most.
    """

    classifier: str
    method: str
    rule: str = "text"
    spread: str = "paper"
    alphas: tuple[float, ...] = ()
    n_thresholds: int = 0
    n_folds: int = 25
    n_values: int = len(SIGMAS)

    @property
    def sampler(self) -> str:
        """The name of the method without `MATCHED`."""
        return self.method.removeprefix(MATCHED)

    @property
    def matched(self) -> bool:
        """Whether the classifier is `size_matched` to the rows that were added."""
        return self.method.startswith(MATCHED)

    @property
    def n_settings(self) -> int:
        """Settings tried at most; a training tree with few distinct separation criteria offers fewer thresholds."""
        return len(GRIDS[self.classifier]) * len(sampler_grid(self, [0.0] * self.n_thresholds))


def check_method(method: str) -> None:
    """Raise `UserError` for a name that is no method."""
    if method != NONE and method.removeprefix(MATCHED) not in SAMPLERS:
        raise UserError(
            f"There is no method {method!r}.", f"Known are {NONE}, {', '.join(SAMPLERS)}.", "Choose one of these."
        )


def sampler_grid(plan: Plan, thresholds: Sequence[float], n_rows: int = 0) -> list[SamplerSettings | None]:
    """The settings of a plan's method, least augmentation first; of no augmentation None alone.

    thresholds: of AGCL, those that divide least first. n_rows: that are trained on.
    """
    name = plan.sampler
    if name == NONE:
        return [None]
    alphas = tuple(alpha for alpha in plan.alphas if (1 + alpha) * n_rows <= MOST_ROWS) or plan.alphas[:1]
    if name == "AGCL":
        return [AGCLSettings(a, t, None, plan.rule, plan.spread) for a in alphas for t in thresholds]
    kind = SAMPLERS[name]
    if name in _SLOW:
        return [kind(alpha=alpha) for alpha in alphas[:2]]
    if name not in _SECOND:
        return [kind(alpha=alpha) for alpha in alphas]
    parameter, values = _SECOND[name]
    thinned = evenly(values, plan.n_values)
    thirds = alphas[::3] if len(alphas) > 3 else alphas
    return [kind(alpha=alpha, **{parameter: value}) for alpha in thirds for value in thinned]


def evenly(values: Sequence[Any], n: int) -> list[Any]:
    """At most n of the values, evenly by rank, the ends among them; of n = 1 the first."""
    if len(values) <= n:
        return list(values)
    return [values[i] for i in np.linspace(0, len(values) - 1, n).round().astype(int)]


def thin(thresholds: np.ndarray, n: int) -> list[float]:
    """At most n thresholds, ascending: 0 and 1, the ends of the path, and between them `thresholds` evenly by rank."""
    inner = thresholds[(thresholds > 0) & (thresholds < 1)].tolist()
    return sorted({0.0, *(evenly(inner, n - 2) if n > 2 else ()), 1.0}) if n > 1 else [0.0]
