"""ADASYN and KMeansSMOTE of imbalanced-learn, which do not say how many rows they will make: filled up by SMOTE."""

from __future__ import annotations

import warnings
from abc import abstractmethod
from collections.abc import Mapping
from numbers import Integral
from typing import Any

import numpy as np
from sklearn.utils._param_validation import Interval

from core.latent.borrowed import Borrowed, smote
from core.latent.row_sampler import EnlargingSampler, Told
from core.latent.synthesis import Bounds
from core.rng import derived_seed


class FilledUp(Told):
    """SMOTE made rows of a class that the method asked for could not make."""


class Inexact(Borrowed):
    """One that makes more rows of a class than it is asked for, fewer, or refuses.

    Each class is made by itself. Of what is too many, as many as asked for are kept, drawn by the seed; what is missing
    are rows of SMOTE with the same k, the last of their class, and `FilledUp` is warned of. n_filled_: dict class ->
    how many those are.
    """

    k: int

    @abstractmethod
    def _method(self, X: np.ndarray, label: Any, sizes: dict[Any, int], n_made: int, seed: int) -> Any:
        """The over-sampler that adds `n_made` rows to one class of X (n, d), of classes of such sizes."""

    def _make_of_all(
        self, X: np.ndarray, y: np.ndarray, asked: dict[Any, int], seed: int
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        sizes = {label: int((y == label).sum()) for label in asked}
        self.n_filled_: dict[Any, int] = {}
        made, labels = [np.empty((0, X.shape[1]))], [y[:0]]
        for number, (label, n_made) in enumerate(asked.items()):
            part = derived_seed(seed, number)
            method = self._method(X, label, sizes, n_made, part)
            own = _rows_of(method, X, y) if n_made and sizes[label] > 1 else X[:0]
            own = own[np.sort(np.random.default_rng(part).permutation(len(own))[:n_made])]
            self.n_filled_[label] = n_made - len(own)
            rest = smote({label: sizes[label] + n_made - len(own)}, self.k, sizes[label], part)
            made += [own, rest.fit_resample(X, y)[0][len(y) :]]
            labels.append(np.full(n_made, label, y.dtype))
        made_of_all, labels_of_all = np.concatenate(made), np.concatenate(labels)
        if any(self.n_filled_.values()):
            warnings.warn(filled_words(self.n_filled_, labels_of_all), FilledUp, stacklevel=6)
        return made_of_all, labels_of_all, np.full(len(made_of_all), -1)


def filled_words(n_filled: Mapping[Any, int], labels: np.ndarray, names: Mapping[Any, str] | None = None) -> str:
    """Who was filled up, in a sentence. labels: (q,) of all synthetic rows. names: of classes, if not their labels."""
    told = [
        f"{n} of {(labels == label).sum()} rows of {label if names is None else names[label]}"
        for label, n in n_filled.items()
        if n
    ]
    return f"SMOTE made {' and '.join(told)}: the method asked for came short of them."


class ADASYN(Inexact):
    """SMOTE with more rows around those that have more rows of other classes near (He et al. 2008, IJCNN, 1322-1328).

    It refuses a class that has no other class near. k: neighbours of both kinds, at most one less than the class has.
    """

    _parameter_constraints: dict = {  # noqa: RUF012 (scikit-learn reads it from the class)
        **EnlargingSampler._parameter_constraints,
        "k": [Interval(Integral, 1, None, closed="left")],
    }

    def __init__(
        self,
        alpha: float = 1.0,
        k: int = 5,
        bounds: Bounds | None = (0.0, 5.0),
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        super().__init__()
        self.alpha = alpha
        self.k = k
        self.bounds = bounds
        self.random_state = random_state

    def _method(self, X: np.ndarray, label: Any, sizes: dict[Any, int], n_made: int, seed: int) -> Any:
        from imblearn import over_sampling

        k = max(min(self.k, sizes[label] - 1), 1)
        return over_sampling.ADASYN(sampling_strategy={label: sizes[label] + n_made}, n_neighbors=k, random_state=seed)


class KMeansSMOTE(Inexact):
    """SMOTE inside K-means clusters, more in sparse ones (Last, Douzas and Bacao 2017, arXiv:1711.00837).

    A cluster takes part where the class's share of it is at least half of its share of all rows and more than k of its
    rows are there; it refuses a class without such a cluster. k: neighbours. clusters: at most the distinct rows.
    """

    _parameter_constraints: dict = {  # noqa: RUF012 (scikit-learn reads it from the class)
        **EnlargingSampler._parameter_constraints,
        "k": [Interval(Integral, 1, None, closed="left")],
        "clusters": [Interval(Integral, 1, None, closed="left")],
    }

    def __init__(
        self,
        alpha: float = 1.0,
        k: int = 2,
        clusters: int = 8,
        bounds: Bounds | None = (0.0, 5.0),
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        super().__init__()
        self.alpha = alpha
        self.k = k
        self.clusters = clusters
        self.bounds = bounds
        self.random_state = random_state

    def _method(self, X: np.ndarray, label: Any, sizes: dict[Any, int], n_made: int, seed: int) -> Any:
        from imblearn import over_sampling
        from sklearn.cluster import KMeans

        n_clusters = min(self.clusters, len(np.unique(X, axis=0)))
        return over_sampling.KMeansSMOTE(
            sampling_strategy={label: sizes[label] + n_made},
            k_neighbors=self.k,
            kmeans_estimator=KMeans(n_clusters, n_init=1, random_state=seed),
            # its own default where all classes are made at once; by itself a class would have to hold half a cluster
            cluster_balance_threshold=sizes[label] / sum(sizes.values()) / 2,
            random_state=seed,
        )


def _rows_of(method: Any, X: np.ndarray, y: np.ndarray) -> np.ndarray:
    """What a method adds to X (n, d); nothing where it refuses, for which it has several ways."""
    try:
        with np.errstate(divide="ignore", invalid="ignore"):
            return method.fit_resample(X, y)[0][len(X) :]
    except (RuntimeError, ValueError):
        return X[:0]
