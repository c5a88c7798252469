"""Rows by the S3VAE (Chen et al. 2023), which the paper makes of images: a variational autoencoder of AU vectors."""

from __future__ import annotations

import warnings
from numbers import Integral, Real
from typing import Any

import numpy as np
from sklearn.utils._param_validation import Interval, StrOptions

from core import variational
from core.errors import UserError
from core.latent.row_sampler import EnlargingSampler, Told
from core.latent.synthesis import Bounds
from core.latent.vector_learning import Learnt, learn
from core.one_thread import one_thread
from core.rng import dealt
from core.settings import S3VAESettings

MOST_NETWORKS = 100
"""Of the plan `per-image`, each some 0.3 s of a core."""


class Collapsed(Told):
    """The latent units do not tell the rows apart, or a network knows one row only."""


class S3VAE(EnlargingSampler):
    """Rows of the posterior of real ones, by a small class-conditional VAE with noise on its features.

    The network (`models.vector_vae`) learns all classes at once by the loss of `core.variational`, of rows that are
    standardised meanwhile (see `core.latent.vector_learning`). A row is made as the paper makes images: a real row of
    the class, each as often as any other, goes through encoder, noise layer, z and decoder; source_ tells which.

    sigma: of the noise layer, on features from -1 to 1. K: weight of the KL term; the larger, the farther rows lie from
    their source and the nearer to the middle of their class, until the posterior collapses and all are that middle.
    plan: of `core.variational.PLANS`; `per-image` is a network for each row, which knows that row alone and copies it.
    anneal_steps, free_bits: see `core.variational`. steps: of Adam at a rate of 0.02, of 64 combinations each.
    memory: where networks are kept by rows, settings and seed, so that another alpha trains none anew; None for none.
    The rest: see `EnlargingSampler`.

    After `fit_resample`: those of `EnlargingSampler`, and n_active_, how many latent units tell the rows apart (see
    `variational.active_units`; each network of one row has none), n_units_, of how many, both 0 where nothing was
    asked for, and remark_, what to say of it, of which `Collapsed` is warned, "" for nothing.
    Raises `UserError` for `per-image` of more than `MOST_NETWORKS` rows, and where rows are no finite numbers.
    """

    _parameter_constraints: dict = {  # noqa: RUF012 (scikit-learn reads it from the class)
        **EnlargingSampler._parameter_constraints,
        "sigma": [Interval(Real, 0, None, closed="left")],
        "K": [Interval(Real, 0, None, closed="left")],
        "plan": [StrOptions(set(variational.PLANS))],
        "anneal_steps": [Interval(Integral, 0, None, closed="left")],
        "free_bits": [Interval(Real, 0, None, closed="left")],
        "steps": [Interval(Integral, 1, None, closed="left")],
        "memory": [dict, None],
    }

    def __init__(
        self,
        alpha: float = 1.0,
        sigma: float = 0.1,
        K: float = 0.1,
        plan: str = variational.EIGHT_BY_EIGHT,
        anneal_steps: int = 0,
        free_bits: float = 0.0,
        steps: int = 300,
        memory: dict[Any, Learnt] | None = None,
        bounds: Bounds | None = (0.0, 5.0),
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        super().__init__()
        self.alpha = alpha
        self.sigma = sigma
        self.K = K
        self.plan = plan
        self.anneal_steps = anneal_steps
        self.free_bits = free_bits
        self.steps = steps
        self.memory = memory
        self.bounds = bounds
        self.random_state = random_state

    def _fit_resample(self, X: Any, y: np.ndarray) -> tuple[Any, np.ndarray]:
        dense = (X if isinstance(X, np.ndarray) else X.toarray()).astype(float)
        codes = np.unique(y, return_inverse=True)[1]
        order = np.lexsort((codes, *dense.T[::-1]))
        place = np.argsort(order)
        made, labels, sources = [np.empty((0, dense.shape[1]))], [y[:0]], [np.empty(0, int)]
        self.n_active_, self.n_units_, self.remark_ = 0, 0, ""
        asked = list(self._asked(dense, y))
        if asked:
            seed = self._seed()
            with one_thread():
                learnt = self._learnt(dense[order], codes[order], seed)
                for label, rows, n_made, rng in asked:
                    source = rows[dealt(len(rows), n_made, rng)]
                    made.append(_finite(learnt.rows_from(place[source], int(rng.integers(2**31)))))
                    labels.append(np.full(n_made, label, y.dtype))
                    sources.append(source)
            self.n_active_, self.n_units_ = learnt.n_active, learnt.n_units
            self.remark_ = variational.collapse_words(learnt.n_active, learnt.n_units, self.plan)
            if self.remark_:
                warnings.warn(self.remark_, Collapsed, stacklevel=4)
        return self._appended(X, y, np.concatenate(made), np.concatenate(labels), np.concatenate(sources))

    def _learnt(self, X: np.ndarray, codes: np.ndarray, seed: int) -> Learnt:
        """Of rows X (n, d) with the codes (n,) of their classes; from `memory` where they are there."""
        if self.plan == variational.PER_IMAGE and len(X) > MOST_NETWORKS:
            raise UserError(
                f"{len(X)} rows would need as many networks.",
                f"The plan {self.plan} trains one for each row, at most {MOST_NETWORKS}.",
                f"Choose the plan {variational.EIGHT_BY_EIGHT}, or fewer rows.",
            )
        settings = S3VAESettings(0.0, self.sigma, self.K, self.plan, self.anneal_steps, self.free_bits, self.steps)
        if self.memory is None:
            return learn(X, codes, settings, seed)
        key = (X.tobytes(), codes.tobytes(), settings, seed)
        if key not in self.memory:
            self.memory[key] = learn(X, codes, settings, seed)
        return self.memory[key]


def _finite(made: np.ndarray) -> np.ndarray:
    if not np.isfinite(made).all():
        raise UserError(
            "The S3VAE has come apart.",
            "What it makes are no finite numbers: the noise is far larger than what it is put on.",
            "Choose a smaller sigma.",
        )
    return made
