"""The supervisor: sets of images evolved in the latent space of a generator until they are as diverse as can be.

Fernandes, Correia and Machado (2020, section 3.3). It knows no network: what decodes latent vectors, and what says how
surely an image is of its class, are functions that it is given.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path

import numpy as np

from core.errors import Cancelled
from core.genetic import NEW, Search, evolve
from core.images.evolution_checkpoint import Checkpoint, Standing
from core.images.metrics import pair_distance
from core.images.settings import EvolutionSettings
from core.images.similarity import MEASURES, centroid
from core.rng import generator
from core.types import Progress

Decode = Callable[[np.ndarray], np.ndarray]
"""Latent vectors (m, latent) float32 to images (m, c, s, s) float32 in [0, 1], each by its own vector alone."""
ClassProbability = Callable[[np.ndarray], np.ndarray]
"""Images (m, c, s, s) to how surely each is of the class that is enlarged (m,), 0 to 1."""

SURE = 0.9
GATE_WEIGHT = 0.1

_SAME = 1e-3
"""By how much what a network gives may differ between two batches or processes."""


@dataclass(frozen=True, eq=False)
class Evolved:
    """The best set so far. images: (q, c, s, s) float32 in [0, 1], decoded from latents (q, latent).

    first_images, first_latents: the best set of the random first generation. history: by name, (generations + 1,)
    each: best, mean, median, sd of the fitness; diversity, the root mean square distance of individuals from their
    mean in latent space; and, of the best set, similarity and gate, whose sum is its fitness, pair_distance as in
    `core.images.metrics` (NaN for one image), and, where there is a classifier, class_probability, the mean.
    """

    images: np.ndarray
    latents: np.ndarray
    first_images: np.ndarray
    first_latents: np.ndarray
    history: Mapping[str, np.ndarray]

    @property
    def generation(self) -> int:
        return len(self.history["best"]) - 1


class DiverseImages:
    """The `core.genetic.Problem`: fitness F = mean over a set of its images' similarity to C, plus the class gate.

    C is the centroid of set and originals (equations 1 to 3). Gate: mean of 0.1 · max(0, 0.9 − p), p how surely an
    image is of its class, because on a weak generator the most different images are the spoilt ones.

    images: (p · q, c, s, s) and sure: (p · q,) of the population judged last; vectors that come from it are neither
    decoded nor classified again. standing: a population with its images from elsewhere, taken for the one judged last.
    """

    def __init__(
        self,
        decode: Decode,
        originals: np.ndarray,
        class_probability: ClassProbability | None,
        settings: EvolutionSettings,
        standing: Standing | None = None,
    ) -> None:
        self._decode, self._class_probability, self._settings = decode, class_probability, settings
        self._shape = originals.shape[1:]
        self._originals = originals.reshape(len(originals), -1)
        self.images = np.empty((0, *self._shape), np.float32) if standing is None else standing.images
        self.sure = np.empty(0) if standing is None else standing.sure
        self._population = None if standing is None else standing.search.population

    def draw(self, n: int, rng: np.random.Generator) -> np.ndarray:
        return rng.standard_normal((n, self._settings.latent), np.float32)

    def evaluate(self, population: np.ndarray, origin: np.ndarray) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        if self._population is None or not np.array_equal(population, self._population):
            self._look_at(population, origin.ravel())
            self._population = population
        p, q = population.shape[:2]
        flat = self.images.reshape(p, q, -1)
        measure = MEASURES[self._settings.similarity]
        similarity = measure(flat, centroid(flat, self._originals)).mean(axis=1, dtype=float)
        told = {"similarity": similarity, "gate": np.zeros(p)}
        if self._class_probability is not None:
            sure = self.sure.reshape(p, q)
            told["class_probability"] = sure.mean(axis=1)
            if self._settings.gate:
                told["gate"] = GATE_WEIGHT * np.maximum(0.0, SURE - sure).mean(axis=1)
        return similarity + told["gate"], told

    def _look_at(self, population: np.ndarray, origin: np.ndarray) -> None:
        """Images and scores of a population: those of vectors that were there before, and of the new in one batch."""
        new = np.flatnonzero(origin == NEW)
        if len(new) == len(origin):
            images, sure = np.empty((len(origin), *self._shape), np.float32), np.zeros(len(origin))
        else:  # whatever stands for the new ones is replaced
            images, sure = self.images.take(origin, axis=0, mode="clip"), self.sure.take(origin, mode="clip")
        if len(new):
            images[new] = self._decode(population.reshape(len(origin), -1)[new])
            if self._class_probability is not None:
                sure[new] = self._class_probability(images[new])
        self.images, self.sure = images, sure


def evolve_images(
    decode: Decode,
    originals: np.ndarray,
    class_probability: ClassProbability | None,
    settings: EvolutionSettings,
    random_state: int = 0,
    progress: Progress | None = None,
    folder: Path | None = None,
    on_generation: Callable[[Evolved], None] | None = None,
) -> Evolved:
    """The most diverse set of `settings.n_images` images of one class that the search finds.

    originals: (n, c, s, s) float32 in [0, 1], the class's own. on_generation: called with the best set of each
    generation. folder: keeps where the search stands, every few seconds, at the end and when `progress` cancels it, so
    that pausing is cancelling; called again with the same folder, inputs and functions, it goes on from there and ends
    with the same bits as without a stop. What another search has left in the folder is overwritten.

    Raises `Cancelled`; UserError where the elite leaves no room or the disk is full; ValueError where the gate is on
    and there is no `class_probability`, or for unknown names in the settings.
    """
    if settings.gate and class_probability is None:
        raise ValueError("the class gate needs class_probability")
    if settings.similarity not in MEASURES:
        raise ValueError(f"similarity must be one of {tuple(MEASURES)}, not {settings.similarity!r}")
    made_from = {
        "settings": asdict(settings),
        "random_state": random_state,
        "originals": sha256(originals.tobytes()).hexdigest(),
    }
    checkpoint = Checkpoint(folder, made_from)
    standing = checkpoint.load()
    if standing is not None and not _still_gives(decode, class_probability, standing):
        standing = None
    problem = DiverseImages(decode, originals, class_probability, settings, standing)
    search = None if standing is None else standing.search
    rng = generator(random_state, "evolution")
    try:
        for reached in evolve(problem, settings.n_images, settings, rng, progress, search):
            standing = _next(standing, reached, problem)
            if on_generation is not None:
                on_generation(_evolved(standing))
            checkpoint.offer(standing)
    except Cancelled:
        if standing is not None:
            checkpoint.keep(standing)
        raise
    assert standing is not None
    checkpoint.keep(standing)
    return _evolved(standing)


def _next(before: Standing | None, search: Search, problem: DiverseImages) -> Standing:
    latents, images = _best(search, problem.images)
    if before is None:
        return Standing(search, problem.images, problem.sure, latents, images, np.array([_apart(images)]))
    unchanged = np.array_equal(latents, before.search.best)
    apart = before.pair_distance[-1] if unchanged else _apart(images)
    apart = np.append(before.pair_distance, apart)
    return replace(before, search=search, images=problem.images, sure=problem.sure, pair_distance=apart)


def _apart(images: np.ndarray) -> float:
    apart = pair_distance(images)
    return np.nan if apart is None else apart


def _best(search: Search, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Latent vectors (q, latent) and images (q, c, s, s) of the best set."""
    q = search.population.shape[1]
    first = search.fitness.argmin() * q
    return search.best.copy(), images[first : first + q].copy()


def _evolved(standing: Standing) -> Evolved:
    latents, images = _best(standing.search, standing.images)
    history = {**standing.search.history, "pair_distance": standing.pair_distance}
    return Evolved(images, latents, standing.first_images, standing.first_latents, history)


def _still_gives(decode: Decode, class_probability: ClassProbability | None, standing: Standing) -> bool:
    """Whether the functions are those that the standing was made with, judged by its best set."""
    latents, images = _best(standing.search, standing.images)
    made = decode(latents)
    if made.shape != images.shape or not np.allclose(made, images, atol=_SAME):
        return False
    if class_probability is None:
        return "class_probability" not in standing.search.history
    best_sure = standing.search.history.get("class_probability")
    return best_sure is not None and bool(abs(class_probability(images).mean() - best_sure[-1]) < _SAME)
