"""The five classifiers and the pipeline that trains them: choose features where asked, scale, augment, classify.

All of it is fitted on the training part only. AGCL works in the scaled space, where no action unit outweighs another
by its range, and its bounds are 0 and 5 carried into it, so that a synthetic face never shows an intensity that no
camera could report. A sampler acts in `fit` alone: what is predicted is never resampled.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from imblearn.pipeline import Pipeline
from sklearn import config_context
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from core.errors import UserError
from core.latent.selection import AUSelection
from core.rng import derived_seed
from core.scales import limits_of
from core.screening.forest import forest_share
from core.settings import CLASSIFIERS, AGCLSettings
from core.types import Samples

if TYPE_CHECKING:
    from core.latent.agcl import AGCL

GRIDS: dict[str, tuple[dict[str, Any], ...]] = {
    "kNN": tuple({"n_neighbors": k} for k in (3, 5, 7, 9)),
    "SVM": tuple({"C": c} for c in (1.0, 10.0)),
    "random forest": tuple({"max_depth": depth} for depth in (2, None)),
    "MLP": tuple({"alpha": penalty} for penalty in (0.01, 1.0)),
    "logistic regression": tuple({"C": c} for c in (0.1, 1.0)),
}
"""What a protocol tunes of each classifier, the same for every method. Odd k, so that neighbours never tie."""

_DISTANCES_AT_ONCE = 2_000_000


@dataclass(frozen=True)
class Recipe:
    """How one model is made: a classifier with parameters, and AGCL or nothing (None) before it."""

    classifier: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    agcl: AGCLSettings | None = None


def make_classifier(name: str, random_state: int, **parameters: Any) -> Any:
    """The unfitted classifier called `name` in `core.settings.CLASSIFIERS`, for scaled features.

    `parameters` override its defaults. Raises `UserError` for another name.
    """
    if name == "kNN":
        return KNeighborsClassifier(**{"n_neighbors": 5, **parameters})
    if name == "SVM":
        return SVC(kernel="rbf", **{"C": 1.0, "gamma": "scale", **parameters})
    if name == "random forest":
        return RandomForestClassifier(**{"n_estimators": 25, **parameters}, random_state=random_state)
    if name == "MLP":
        settings = {"hidden_layer_sizes": (8,), "alpha": 0.1, "max_iter": 100, **parameters}
        return MLPClassifier(solver="lbfgs", **settings, random_state=random_state)
    if name == "logistic regression":
        return LogisticRegression(**{"C": 1.0, **parameters})
    raise UserError(f"There is no classifier {name!r}.", f"Known are {', '.join(CLASSIFIERS)}.", "Choose one of these.")


class Preparation:
    """What is fitted on the training `rows` of `samples` before any classifier: the choice of features, and the scale.

    bounds: the limits of the features in the scaled space, (low (d,), high (d,)). steps: for a Pipeline.
    """

    def __init__(self, samples: Samples, rows: np.ndarray) -> None:
        X = samples.X[rows]
        low, high = samples.limits or limits_of(samples.features)
        self.steps: list[tuple[str, Any]] = []
        if samples.automatic:
            selection = AUSelection().fit(X, samples.y[rows])
            self.steps.append(("select", selection))
            X, low, high = X[:, selection.get_support()], low[selection.get_support()], high[selection.get_support()]
        scaler = StandardScaler().fit(X)
        self.steps.append(("scale", scaler))
        self.bounds = ((low - scaler.mean_) / scaler.scale_, (high - scaler.mean_) / scaler.scale_)

    def transform(self, X: np.ndarray) -> np.ndarray:
        """X (n, d) of all features in the scaled space of the chosen ones."""
        for _, step in self.steps:
            X = step.transform(X)
        return X


def fit_pipeline(
    recipe: Recipe, samples: Samples, rows: np.ndarray, random_state: int
) -> tuple[Pipeline, dict[int, float] | None]:
    """The pipeline of a recipe fitted on some `rows` of `samples`, and the share of each class AGCL covered, or None.

    The steps `select`, `scale`, `augment` and `classify` are fitted one by one and then joined: the bounds of AGCL come
    from the fitted scaler, and a screening needs some 750 fits of few rows, where `Pipeline.fit` costs as much.
    Silent where AGCL finds nothing to start from (the coverage says it) and where the MLP stops before it converges,
    which is meant: few iterations are its regularisation.
    """
    prepared = Preparation(samples, rows)
    scaled, y = prepared.transform(samples.X[rows]), samples.y[rows]
    steps = list(prepared.steps)
    coverage = None
    if recipe.agcl is not None:
        sampler = _sampler(recipe.agcl, prepared.bounds, derived_seed(random_state, "augment"))
        scaled, y = _augmented(sampler, scaled, y)
        coverage = sampler.coverage_
        steps.append(("augment", sampler))
    classifier = make_classifier(recipe.classifier, derived_seed(random_state, "classify"), **recipe.parameters)
    if recipe.classifier == "kNN":
        # A fold of very few people has fewer rows than the usual k, even augmented.
        classifier.set_params(n_neighbors=min(classifier.n_neighbors, len(scaled)))
    return Pipeline([*steps, ("classify", _fitted(classifier, scaled, y))]), coverage


def _sampler(settings: AGCLSettings, bounds: tuple[np.ndarray, np.ndarray], random_state: int) -> AGCL:
    from core.latent.agcl import AGCL

    return AGCL(
        alpha=settings.alpha,
        threshold=settings.threshold,
        n_clusters=settings.n_clusters,
        rule=settings.rule,
        spread=settings.spread,
        bounds=bounds,
        random_state=random_state,
    )


def _augmented(sampler: AGCL, X: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    from core.latent.agcl import NoSyntheticRows

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NoSyntheticRows)
        return sampler.fit_resample(X, y)


def _fitted(classifier: Any, X: np.ndarray, y: np.ndarray) -> Any:
    # Our own grids and defaults need no checking against each parameter's allowed types, thousands of times.
    with warnings.catch_warnings(), config_context(skip_parameter_validation=True):
        warnings.simplefilter("ignore", ConvergenceWarning)
        return classifier.fit(X, y)


def size_matched(name: str, parameters: Mapping[str, Any], m: float) -> dict[str, Any]:
    """`parameters` of the classifier `name` for m times as many rows, so that rows alone smooth as much as before.

    m times the neighbours, C / m, m times the penalty of the MLP (which divides it by the rows), and trees of as many
    drawn rows as there were. Each row taken m times then gives the same model as each row once (of a forest the same
    distribution of models), so that what a method seems to bring beyond its controls is not the lack of smoothing.
    """
    if name == "kNN":
        return {**parameters, "n_neighbors": round(parameters["n_neighbors"] * m)}
    if name == "MLP":
        return {**parameters, "alpha": parameters["alpha"] * m}
    if name == "random forest":
        return {**parameters, "max_samples": 1 / m}
    return {**parameters, "C": parameters["C"] / m}


def probability_grid(
    name: str,
    grid: Sequence[Mapping[str, Any]],
    X: np.ndarray,
    y: np.ndarray,
    X_new: np.ndarray,
    random_state: int,
) -> Iterator[np.ndarray]:
    """Probability of PD (n_new,) by the classifier `name` fitted on scaled X (n, d), y (n,), for each choice.

    A choice says PD where it is above one half. Of kNN it is the share of the neighbours, which are sought once for all
    k. An SVM knows none: its distance f from the boundary, in margins, is taken as half the log odds,
    1 / (1 + exp(-2 f)), since Platt's fit would cost a tenth of the few people there are.
    """
    if name == "kNN" and all(set(choice) == {"n_neighbors"} for choice in grid):
        yield from _neighbour_shares([choice["n_neighbors"] for choice in grid], X, y, X_new)
        return
    for choice in grid:
        unfitted = make_classifier(name, random_state, **choice)
        if name == "random forest" and choice.keys() <= {"max_depth"}:
            yield forest_share(unfitted, X, y, X_new)
            continue
        model = _fitted(unfitted, X, y)
        if name == "SVM":
            yield 1 / (1 + np.exp(-2 * model.decision_function(X_new)))
        else:
            yield model.predict_proba(X_new)[:, 1]


def _neighbour_shares(ks: Sequence[int], X: np.ndarray, y: np.ndarray, X_new: np.ndarray) -> Iterator[np.ndarray]:
    """Of points equally far the earlier row is the nearer: synthetic rows cut off at 0 coincide, and what a partition
    or a search tree makes of these depends on the machine.
    """
    ks = [min(k, len(X)) for k in ks]
    shares = np.empty((len(ks), len(X_new)))
    step = max(_DISTANCES_AT_ONCE // len(X), 1)
    for start in range(0, len(X_new), step):
        block = X_new[start : start + step]
        squared = np.zeros((len(block), len(X)))
        for new, old in zip(block.T, X.T, strict=True):
            squared += (new[:, None] - old) ** 2
        kth = np.partition(squared, sorted({k - 1 for k in ks}), axis=1)
        for row, k in enumerate(ks):
            limit = kth[:, k - 1, None]
            nearer, level = squared < limit, squared == limit
            spare = k - nearer.sum(axis=1, keepdims=True)
            chosen = nearer | (level & (level.cumsum(axis=1) <= spare))
            shares[row, start : start + step] = chosen @ y / k
    yield from shares
