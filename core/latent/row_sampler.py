"""What samplers have in common that make a given number of rows of each class from the rows of that class."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from numbers import Integral, Real
from typing import Any, NamedTuple

import numpy as np
from imblearn.base import BaseSampler
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval

from core.latent.synthesis import Bounds
from core.rng import generator


class Told(UserWarning):
    """What a method has to say of the rows that it made."""


class Asked(NamedTuple):
    """What is asked for of one class: `n_made` rows from its `rows` (n,) of X, in an order that their values set."""

    label: Any
    rows: np.ndarray
    n_made: int
    rng: np.random.Generator


class EnlargingSampler(BaseSampler):
    """A sampler that adds round(alpha · n) rows to each class of n rows; the real ones come first and unchanged.

    alpha: synthetic rows per real one, at least 0. bounds: values outside are set to the nearest bound; a (low, high)
    of numbers or of one per feature (d,), on the scale of X; None for none. random_state: same seed, same bytes.

    After `fit_resample`: is_synthetic_ (n_new,) bool; source_ (n_new,) int, the row of X that a synthetic row was made
    from, -1 for real rows and where it was made from the whole class or that is not known; sampling_strategy_.
    """

    _sampling_type = "bypass"
    _parameter_constraints: dict = {  # noqa: RUF012 (scikit-learn reads it from the class)
        "alpha": [Interval(Real, 0, None, closed="left")],
        "bounds": [tuple, None],
        "random_state": ["random_state"],
    }

    alpha: float
    bounds: Bounds | None
    random_state: int | np.random.RandomState | None

    def _seed(self) -> int:
        if isinstance(self.random_state, Integral):
            return int(self.random_state)
        return int(check_random_state(self.random_state).randint(2**31))

    def _asked(self, X: np.ndarray, y: np.ndarray) -> Iterator[Asked]:
        """The classes of X (n, d), y (n,) that get rows, each with random numbers of its own."""
        seed = self._seed()
        for number, label in enumerate(np.unique(y)):
            rows = np.flatnonzero(y == label)
            n_made = round(self.alpha * len(rows))
            if n_made:
                yield Asked(label, rows[np.lexsort(X[rows].T[::-1])], n_made, generator(seed, number))

    def _appended(
        self, X: Any, y: np.ndarray, made: np.ndarray, labels: np.ndarray, source: np.ndarray
    ) -> tuple[Any, np.ndarray]:
        """What `fit_resample` gives back, and what it says of it, for the synthetic rows `made` (q, d)."""
        dense = X if isinstance(X, np.ndarray) else X.toarray()
        added = made if self.bounds is None else np.clip(made, *self.bounds)
        self.is_synthetic_ = np.repeat([False, True], [len(y), len(added)])
        self.source_ = np.concatenate([np.full(len(y), -1), source])
        X_new = np.concatenate([dense, added.astype(dense.dtype) if dense.dtype.kind == "f" else added])
        return (X_new if isinstance(X, np.ndarray) else X.__class__(X_new)), np.concatenate([y, labels])


class RowSampler(EnlargingSampler):
    """Makes the rows of a class from these alone, whatever the order of the rows of X, which only `source_` tells.

    n_asked_: how many rows were made in all.
    """

    @abstractmethod
    def _make(self, X: np.ndarray, n_made: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """`n_made` rows (n_made, d) from all rows X (n, d) of one class, and of each the row it came from, or -1."""

    def _fit_resample(self, X: Any, y: np.ndarray) -> tuple[Any, np.ndarray]:
        dense = X if isinstance(X, np.ndarray) else X.toarray()
        made, labels, sources = [np.empty((0, dense.shape[1]))], [y[:0]], [np.empty(0, int)]
        asked = list(self._asked(dense, y))
        self.n_asked_ = sum(each.n_made for each in asked)
        for label, rows, n_made, rng in asked:
            values, source = self._make(dense[rows].astype(float), n_made, rng)
            made.append(values)
            labels.append(np.full(n_made, label, y.dtype))
            sources.append(np.where(source < 0, -1, rows[source]))
        return self._appended(X, y, np.concatenate(made), np.concatenate(labels), np.concatenate(sources))
