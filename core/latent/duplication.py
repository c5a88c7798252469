"""Copies of real rows: the control that every method must beat."""

from __future__ import annotations

import numpy as np

from core.latent.row_sampler import RowSampler
from core.latent.synthesis import Bounds
from core.rng import dealt


class Duplication(RowSampler):
    """Rows of a class again, each as often as any other. It adds nothing, so what it seems to bring is no gain.

    Parameters and attributes: see `EnlargingSampler`.

    >>> Duplication(alpha=1, random_state=0).fit_resample(np.array([[0.0], [4.0]]), ["PD", "control"])[0].ravel()
    array([0., 4., 0., 4.])
    """

    def __init__(
        self,
        alpha: float = 1.0,
        bounds: Bounds | None = None,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        super().__init__()
        self.alpha = alpha
        self.bounds = bounds
        self.random_state = random_state

    def _make(self, X: np.ndarray, n_made: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        source = dealt(len(X), n_made, rng)
        return X[source], source
