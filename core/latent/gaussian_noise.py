"""Real rows with Gaussian noise on them: the perturbation that the AGCL paper compares with (its section V.C)."""

from __future__ import annotations

from numbers import Real

import numpy as np
from sklearn.utils._param_validation import Interval

from core.latent.row_sampler import RowSampler
from core.latent.synthesis import Bounds
from core.rng import dealt


class GaussianNoise(RowSampler):
    """x + e with e from N(0, sigma² I), for rows x of the class, each as often as any other.

    sigma: standard deviation on every axis, on the scale of X; 0 gives copies. The rest: see `EnlargingSampler`.
    """

    _parameter_constraints: dict = {  # noqa: RUF012 (scikit-learn reads it from the class)
        **RowSampler._parameter_constraints,
        "sigma": [Interval(Real, 0, None, closed="left")],
    }

    def __init__(
        self,
        alpha: float = 1.0,
        sigma: float = 0.1,
        bounds: Bounds | None = (0.0, 5.0),
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        super().__init__()
        self.alpha = alpha
        self.sigma = sigma
        self.bounds = bounds
        self.random_state = random_state

    def _make(self, X: np.ndarray, n_made: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        source = dealt(len(X), n_made, rng)
        return X[source] + rng.normal(0, self.sigma, (n_made, X.shape[1])), source
