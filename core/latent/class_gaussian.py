"""One normal distribution a class: the simplest model that knows how features go together."""

from __future__ import annotations

import numpy as np

from core.latent.row_sampler import RowSampler
from core.latent.synthesis import Bounds


class ClassGaussian(RowSampler):
    """Rows from N(m, S) of the class, with S shrunk towards a multiple of the identity where rows are few.

    S is Ledoit and Wolf's estimate (J. Multivariate Anal. 88, 2004, eq. 14, as scikit-learn computes it), which has
    full rank for as few as two rows; of a single row there is no spread, and copies are made. See `EnlargingSampler`.
    """

    def __init__(
        self,
        alpha: float = 1.0,
        bounds: Bounds | None = (0.0, 5.0),
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        super().__init__()
        self.alpha = alpha
        self.bounds = bounds
        self.random_state = random_state

    def _make(self, X: np.ndarray, n_made: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        mean, spread = class_gaussian(X)
        return mean + rng.normal(size=(n_made, X.shape[1])) @ spread, np.full(n_made, -1)


def class_gaussian(X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean m (d,) and a matrix A (d, d) with AᵀA = S: m + z A is drawn from N(m, S) where z is from N(0, I)."""
    from sklearn.covariance import ledoit_wolf

    covariance = ledoit_wolf(X)[0] if len(X) > 1 else np.zeros((X.shape[1], X.shape[1]))
    values, vectors = np.linalg.eigh(covariance)
    return X.mean(axis=0), np.sqrt(np.maximum(values, 0.0))[:, None] * vectors.T
