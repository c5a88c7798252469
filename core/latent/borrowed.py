"""imbalanced-learn's own over-samplers, asked for as many rows of each class as ours are."""

from __future__ import annotations

import warnings
from abc import abstractmethod
from numbers import Integral, Real
from typing import Any

import numpy as np
from sklearn.utils._param_validation import Interval

from core.latent.row_sampler import EnlargingSampler
from core.latent.synthesis import Bounds
from core.rng import derived_seed


class Borrowed(EnlargingSampler):
    """A sampler of imbalanced-learn, given the rows in an order that their values set; source_ is -1 where it does
    not tell."""

    @abstractmethod
    def _make_of_all(
        self, X: np.ndarray, y: np.ndarray, asked: dict[Any, int], seed: int
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """`asked` rows of each class, their labels, and of each the row of X (n, d) it came from, or -1."""

    def _fit_resample(self, X: Any, y: np.ndarray) -> tuple[Any, np.ndarray]:
        dense = X if isinstance(X, np.ndarray) else X.toarray()
        classes, codes, sizes = np.unique(y, return_inverse=True, return_counts=True)
        asked = {c: round(self.alpha * size) for c, size in zip(classes.tolist(), sizes.tolist(), strict=True)}
        order = np.lexsort((codes, *dense.T[::-1]))
        made, labels, source = self._make_of_all(dense[order], y[order], asked, self._seed())
        return self._appended(X, y, made, labels, np.where(source < 0, -1, order[source]))


class Exact(Borrowed):
    """One that makes as many rows as it is asked for."""

    @abstractmethod
    def _method(self, counts: dict[Any, int], fewest: int, seed: int) -> Any:
        """The over-sampler that brings each class to `counts`, where the smallest class has `fewest` rows."""

    def _make_of_all(
        self, X: np.ndarray, y: np.ndarray, asked: dict[Any, int], seed: int
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        sizes = [int((y == label).sum()) for label in asked]
        counts = {label: size + asked[label] for label, size in zip(asked, sizes, strict=True)}
        method = self._method(counts, min(sizes), seed)
        X_new, y_new = method.fit_resample(X, y)
        source = getattr(method, "sample_indices_", np.full(len(y_new), -1))
        return X_new[len(y) :], y_new[len(y) :], source[len(y) :]


class SMOTE(Exact):
    """Rows on the lines between a row and one of its k nearest of the class (Chawla et al. 2002, JAIR 16, 321-357).

    k: at most one less than the smallest class has rows; with a single row there is no line, and copies are made.
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

    def _method(self, counts: dict[Any, int], fewest: int, seed: int) -> Any:
        return _smote(counts, self.k, fewest, seed)


class SmoothedBootstrap(Exact):
    """Rows of the class drawn again with noise of a kernel's width (Menardi and Torelli 2014, ROSE).

    shrinkage: factor on the width by Silverman's rule, which imbalanced-learn computes from the class; 0 gives copies.
    """

    _parameter_constraints: dict = {  # noqa: RUF012 (scikit-learn reads it from the class)
        **EnlargingSampler._parameter_constraints,
        "shrinkage": [Interval(Real, 0, None, closed="left")],
    }

    def __init__(
        self,
        alpha: float = 1.0,
        shrinkage: float = 1.0,
        bounds: Bounds | None = (0.0, 5.0),
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        super().__init__()
        self.alpha = alpha
        self.shrinkage = shrinkage
        self.bounds = bounds
        self.random_state = random_state

    def _method(self, counts: dict[Any, int], fewest: int, seed: int) -> Any:
        from imblearn import over_sampling

        return over_sampling.RandomOverSampler(sampling_strategy=counts, shrinkage=self.shrinkage, random_state=seed)


class FilledUp(UserWarning):
    """SMOTE made rows of a class that the method asked for could not make."""


class Inexact(Borrowed):
    """One that makes more rows of a class than it is asked for, fewer, or refuses.

    Each class is made by itself. Of what is too many, as many as asked for are kept, drawn by the seed; what is missing
    are rows of SMOTE with the same k, the last of their class, and `FilledUp` is warned of. n_filled_: dict class ->
    how many those are.
    """

    k: int

    @abstractmethod
    def _method(self, label: Any, sizes: dict[Any, int], n_made: int, seed: int) -> Any:
        """The over-sampler that adds `n_made` rows to the class of that label, of classes of so many rows."""

    def _make_of_all(
        self, X: np.ndarray, y: np.ndarray, asked: dict[Any, int], seed: int
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        sizes = {label: int((y == label).sum()) for label in asked}
        self.n_filled_: dict[Any, int] = {}
        made, labels = [np.empty((0, X.shape[1]))], [y[:0]]
        for number, (label, n_made) in enumerate(asked.items()):
            part = derived_seed(seed, number)
            method = self._method(label, sizes, n_made, part)
            own = _rows_of(method, X, y) if n_made and sizes[label] > 1 else X[:0]
            own = own[np.sort(np.random.default_rng(part).permutation(len(own))[:n_made])]
            self.n_filled_[label] = n_made - len(own)
            smote = _smote({label: sizes[label] + n_made - len(own)}, self.k, sizes[label], part)
            made += [own, smote.fit_resample(X, y)[0][len(y) :]]
            labels.append(np.full(n_made, label, y.dtype))
        if any(self.n_filled_.values()):
            warnings.warn(filled_words(type(self).__name__, self.n_filled_, asked), FilledUp, stacklevel=5)
        made_of_all = np.concatenate(made)
        return made_of_all, np.concatenate(labels), np.full(len(made_of_all), -1)


def filled_words(method: str, n_filled: dict[Any, int], n_made: dict[Any, int]) -> str:
    """Who was filled up, in a sentence; both counts by class."""
    told = ", ".join(f"{n} of {n_made[label]} rows of {label}" for label, n in n_filled.items() if n)
    return f"{method} did not make {told}: too few rows of the class are where it works. SMOTE made them instead."


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

    def _method(self, label: Any, sizes: dict[Any, int], n_made: int, seed: int) -> Any:
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

    def _make_of_all(
        self, X: np.ndarray, y: np.ndarray, asked: dict[Any, int], seed: int
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        self._n_distinct = len(np.unique(X, axis=0))
        return super()._make_of_all(X, y, asked, seed)

    def _method(self, label: Any, sizes: dict[Any, int], n_made: int, seed: int) -> Any:
        from imblearn import over_sampling
        from sklearn.cluster import KMeans

        return over_sampling.KMeansSMOTE(
            sampling_strategy={label: sizes[label] + n_made},
            k_neighbors=self.k,
            kmeans_estimator=KMeans(min(self.clusters, self._n_distinct), n_init=1, random_state=seed),
            # its own default where all classes are made at once; by itself a class would have to hold half a cluster
            cluster_balance_threshold=sizes[label] / sum(sizes.values()) / 2,
            random_state=seed,
        )


def _smote(counts: dict[Any, int], k: int, fewest: int, seed: int) -> Any:
    """SMOTE to `counts`; of a class of a single row there is no line, and copies are made."""
    from imblearn import over_sampling

    if fewest < 2:
        return over_sampling.RandomOverSampler(sampling_strategy=counts, random_state=seed)
    return over_sampling.SMOTE(sampling_strategy=counts, k_neighbors=min(k, fewest - 1), random_state=seed)


def _rows_of(method: Any, X: np.ndarray, y: np.ndarray) -> np.ndarray:
    """What a method adds to X (n, d); nothing where it refuses, for which it has several ways."""
    try:
        with np.errstate(divide="ignore", invalid="ignore"):
            return method.fit_resample(X, y)[0][len(X) :]
    except (RuntimeError, ValueError):
        return X[:0]
