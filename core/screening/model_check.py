"""Whether loaded fold models are what the program trains: these steps, these parameters, these shapes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from core.screening.classifiers import make_classifier
from core.settings import ScreeningSettings

FREE = {"random_state", "n_neighbors"}
"""Parameters that differ from fold to fold."""


def check_models(models: Sequence[Any], n_features: int, settings: ScreeningSettings) -> None:
    """Raise ValueError, or whatever a strange object raises, unless each predicts 0 or 1 from `n_features` numbers."""
    if not models:
        raise ValueError("no model")
    for model in models:
        _check_pipeline(model, n_features, settings)
        said = model.predict(np.zeros((2, n_features)))
        _require(said.shape == (2,) and set(said.tolist()) <= {0, 1})


def _check_pipeline(model: Any, n_features: int, settings: ScreeningSettings) -> None:
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import StandardScaler

    from core.latent.selection import AUSelection

    _require(type(model) is Pipeline)
    names = [name for name, _ in model.steps]
    steps = dict(model.steps)
    automatic = settings.features == "automatic"
    _require(names == (["select", "scale", "classify"] if automatic else ["scale", "classify"]))
    _require(model.get_params(deep=False) == Pipeline(model.steps).get_params(deep=False))
    if automatic:
        _require(type(steps["select"]) is AUSelection and steps["select"].n_features_in_ == n_features)
        n_features = int(steps["select"].get_support().sum())
    scaler, classifier = steps["scale"], steps["classify"]
    _require(type(scaler) is StandardScaler and scaler.get_params() == StandardScaler().get_params())
    _shape(scaler.mean_, n_features)
    _shape(scaler.scale_, n_features)
    _require(bool((scaler.scale_ > 0).all()) and scaler.n_features_in_ == n_features)
    _check_classifier(classifier, n_features, settings)


def _check_classifier(classifier: Any, n_features: int, settings: ScreeningSettings) -> None:
    expected = make_classifier(settings.classifier, 0)
    _require(type(classifier) is type(expected))
    given, usual = classifier.get_params(deep=False), expected.get_params(deep=False)
    _require(all(given[name] == usual[name] for name in usual if name not in FREE))
    _require(np.array_equal(classifier.classes_, [0, 1]) and classifier.n_features_in_ == n_features)
    _CHECKS[settings.classifier](classifier, n_features)


def _check_neighbours(classifier: Any, n_features: int) -> None:
    n = len(classifier._fit_X)
    _shape(classifier._fit_X, n, n_features)
    _labels(classifier._y, n)
    _require(type(classifier.n_neighbors) is int and 1 <= classifier.n_neighbors <= n)


def _check_svm(classifier: Any, n_features: int) -> None:
    """libsvm reads these by the sizes of one another, without looking."""
    n = len(classifier.support_vectors_)
    _shape(classifier.support_vectors_, n, n_features)
    _shape(classifier.support_, n)
    _shape(classifier._n_support, 2)
    _require(int(classifier._n_support.sum()) == n and bool((classifier._n_support >= 0).all()))
    for coefficients in (classifier.dual_coef_, classifier._dual_coef_):
        _shape(coefficients, 1, n)
    for intercept in (classifier.intercept_, classifier._intercept_):
        _shape(intercept, 1)
    _require(classifier._probA.size == classifier._probB.size == 0 and classifier._sparse is False)
    _require(np.isfinite(float(classifier._gamma)))


def _check_forest(classifier: Any, n_features: int) -> None:
    from sklearn.tree import DecisionTreeClassifier

    _require(len(classifier.estimators_) == classifier.n_estimators)
    _require((classifier.n_outputs_, classifier.n_classes_) == (1, 2))
    for tree in classifier.estimators_:
        _require(type(tree) is DecisionTreeClassifier and tree.tree_.n_features == n_features)
        _require((tree.n_features_in_, tree.n_outputs_, tree.n_classes_) == (n_features, 1, 2))


def _check_network(classifier: Any, n_features: int) -> None:
    sizes = [n_features, *classifier.hidden_layer_sizes, 1]
    _require(len(classifier.coefs_) == len(classifier.intercepts_) == len(sizes) - 1 == classifier.n_layers_ - 1)
    for i, (weights, biases) in enumerate(zip(classifier.coefs_, classifier.intercepts_, strict=True)):
        _shape(weights, sizes[i], sizes[i + 1])
        _shape(biases, sizes[i + 1])


def _check_regression(classifier: Any, n_features: int) -> None:
    _shape(classifier.coef_, 1, n_features)
    _shape(classifier.intercept_, 1)


_CHECKS = {
    "kNN": _check_neighbours,
    "SVM": _check_svm,
    "random forest": _check_forest,
    "MLP": _check_network,
    "logistic regression": _check_regression,
}


def _shape(array: Any, *shape: int) -> None:
    _require(isinstance(array, np.ndarray) and array.shape == shape and array.dtype.kind in "fiu")
    _require(bool(np.isfinite(array).all()))


def _labels(array: Any, n: int) -> None:
    _shape(array, n)
    _require(set(array.tolist()) <= {0, 1})


def _require(holds: bool) -> None:
    if not holds:
        raise ValueError("not a model that this program trains")
