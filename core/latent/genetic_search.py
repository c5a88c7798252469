"""A set of synthetic rows searched for: as diverse as a genetic algorithm makes it, inside its class."""

from __future__ import annotations

from collections import deque
from numbers import Integral, Real
from typing import Any

import numpy as np
from sklearn.utils._param_validation import Interval

from core.genetic import NEW, evolve
from core.latent.class_gate import ClassGate
from core.latent.class_gaussian import class_gaussian
from core.latent.row_sampler import EnlargingSampler
from core.latent.synthesis import Bounds
from core.settings import GeneticSettings

_DRAWS_PER_ROW = 100


class GeneticSearch(EnlargingSampler):
    """The supervisor of Fernandes, Correia and Machado (2020, section 3.3), of AU points in place of images.

    For each class an individual is a set I of q = round(alpha · n) points. The generator is the class's normal
    distribution (see `ClassGaussian`), which takes the place of the GAN; the search chooses from what it draws: sets
    exchange points (uniform crossover), a point is drawn anew with chance `mutation` (random reset), the fittest of
    three become parents. The paper does so by the single number of a latent vector; whole points need no new look at
    those that stay and, measured on 17 AUs, are a sixth of the work.

    Fitness, which is minimised: F = mean over i in I of NCC(i, C), C the mean of I and the real rows O (equations 1 to
    3), NCC(a, b) = a·b / (|a| |b|). Equation 4, as printed, is a difference, whereas the values in the paper's Figure 4
    are those of this similarity. 1 means that all expressions have the profile of the average one; the lower, the more
    the profiles differ. Vectors are counted from the lower bound, or from the lowest value of each feature where there
    is none, as images are from black. NCC sees no length: a point at that origin has no profile and counts as 1, and
    with one feature there is nothing to choose. Sets drift to weak expressions, whose profiles differ most.

    The class gate (`ClassGate`): a point outside is no part of C and counts as 1, no better than a copy of the centre.
    What is outside when the search ends is drawn again until it is inside; real rows stand in where that fails 100
    times a row. A class of one row gives copies.

    alpha, bounds, random_state: see `EnlargingSampler`. population: sets. generations. elite: sets that pass on
    unchanged, fewer than population. crossover, mutation: chances, 0 to 1. gate: share of the class's real rows that
    would pass, 0 to 1.

    After `fit_resample`: those of `EnlargingSampler`, and history_: for each class that was searched, by name
    (generations + 1,) arrays: best, mean, median, sd of F; diversity between sets; and of the best set pair_distance,
    the root mean square distance between two of its points inside the gate, and inside, the share of these.
    """

    _parameter_constraints: dict = {  # noqa: RUF012 (scikit-learn reads it from the class)
        **EnlargingSampler._parameter_constraints,
        "population": [Interval(Integral, 2, None, closed="left")],
        "generations": [Interval(Integral, 0, None, closed="left")],
        "elite": [Interval(Integral, 0, None, closed="left")],
        "crossover": [Interval(Real, 0, 1, closed="both")],
        "mutation": [Interval(Real, 0, 1, closed="both")],
        "gate": [Interval(Real, 0, 1, closed="both")],
    }

    def __init__(
        self,
        alpha: float = 1.0,
        population: int = 20,
        generations: int = 500,
        elite: int = 1,
        crossover: float = 0.7,
        mutation: float = 0.02,
        gate: float = 0.95,
        bounds: Bounds | None = (0.0, 5.0),
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        super().__init__()
        self.alpha = alpha
        self.population = population
        self.generations = generations
        self.elite = elite
        self.crossover = crossover
        self.mutation = mutation
        self.gate = gate
        self.bounds = bounds
        self.random_state = random_state

    def _fit_resample(self, X: Any, y: np.ndarray) -> tuple[Any, np.ndarray]:
        dense = (X if isinstance(X, np.ndarray) else X.toarray()).astype(float)
        settings = GeneticSettings(
            self.population, self.generations, self.elite, crossover=self.crossover, mutation=self.mutation,
            operators="vector",
        )  # fmt: skip
        bounds = self.bounds or (-np.inf, np.inf)
        origin = dense.min(axis=0) if self.bounds is None else np.broadcast_to(bounds[0], dense.shape[1:])
        self.history_: dict[Any, dict[str, np.ndarray]] = {}
        made, labels = [np.empty((0, dense.shape[1]))], [y[:0]]
        for label, rows, n_made, rng in self._asked(dense, y):
            own, others = dense[rows], dense[y != label]
            if len(own) == 1:
                values = np.repeat(own, n_made, axis=0)
            else:
                diverse = DiverseSet(own, ClassGate(own, others, self.gate), origin, bounds)
                (last,) = deque(evolve(diverse, n_made, settings, rng), maxlen=1)
                self.history_[label] = dict(last.history)
                values = diverse.inside_only(last.best, rng)
            made.append(values)
            labels.append(np.full(n_made, label, y.dtype))
        return self._appended(X, y, np.concatenate(made), np.concatenate(labels), np.full(sum(map(len, made)), -1))


class DiverseSet:
    """The `core.genetic.Problem` of one class: its generator, its fitness and its gate.

    own: (n, d) real rows. origin: (d,) from where vectors are counted. bounds: points drawn are set to the nearest.
    """

    def __init__(self, own: np.ndarray, gate: ClassGate, origin: np.ndarray, bounds: Bounds) -> None:
        self._own, self._gate, self._origin, self._bounds = own, gate, origin, bounds
        self._mean, self._spread = class_gaussian(own)
        self._inside = np.zeros((0, 0), bool)

    def draw(self, n: int, rng: np.random.Generator) -> np.ndarray:
        return np.clip(self._mean + rng.normal(size=(n, len(self._mean))) @ self._spread, *self._bounds)

    def evaluate(self, population: np.ndarray, origin: np.ndarray) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        inside = np.empty(origin.shape, bool)
        new = origin == NEW
        inside[~new] = self._inside.ravel()[origin[~new]]
        inside[new] = self._gate(population[new])
        self._inside = inside
        vectors = population - self._origin
        counted, n_inside = inside.astype(float), inside.sum(axis=1)
        total = np.einsum("pq,pqd->pd", counted, vectors)
        real = (self._own - self._origin).sum(axis=0)
        centre = (total + real) / (n_inside + len(self._own))[:, None]
        squared = np.einsum("pqd,pqd->pq", vectors, vectors)
        norms = np.sqrt(squared * np.einsum("pd,pd->p", centre, centre)[:, None])
        similarity = np.einsum("pqd,pd->pq", vectors, centre)
        np.divide(similarity, norms, out=similarity, where=norms > 0)
        fitness = np.where(inside & (norms > 0), similarity, 1.0).mean(axis=1)
        apart = (counted * squared).sum(axis=1) - np.einsum("pd,pd->p", total, total) / np.maximum(n_inside, 1)
        pair_distance = np.sqrt(2 * np.maximum(apart, 0.0) / np.maximum(n_inside - 1, 1))
        return fitness, {"pair_distance": pair_distance, "inside": inside.mean(axis=1)}

    def inside_only(self, points: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """The points (q, d), those outside the gate replaced by ones drawn inside it, or else by real rows."""
        points = points.copy()
        outside = np.flatnonzero(~self._gate(points))
        for _ in range(_DRAWS_PER_ROW):
            if not len(outside):
                return points
            drawn = self.draw(len(outside), rng)
            passes = self._gate(drawn)
            points[outside[passes]] = drawn[passes]
            outside = outside[~passes]
        points[outside] = self._own[rng.integers(0, len(self._own), len(outside))]
        return points
