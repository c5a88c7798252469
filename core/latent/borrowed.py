"""imbalanced-learn's own over-samplers, asked for as many rows of each class as ours are, and made to give them."""

from __future__ import annotations

from abc import abstractmethod
from numbers import Integral, Real
from typing import Any

import numpy as np
from sklearn.utils._param_validation import Interval

from core.latent.row_sampler import EnlargingSampler
from core.latent.synthesis import Bounds


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
        return smote(counts, self.k, fewest, seed)


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


def smote(counts: dict[Any, int], k: int, fewest: int, seed: int) -> Any:
    """SMOTE to `counts`; of a class of a single row there is no line, and copies are made."""
    from imblearn import over_sampling

    if fewest < 2:
        return over_sampling.RandomOverSampler(sampling_strategy=counts, random_state=seed)
    return over_sampling.SMOTE(sampling_strategy=counts, k_neighbors=min(k, fewest - 1), random_state=seed)
