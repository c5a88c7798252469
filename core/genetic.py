"""A genetic algorithm over sets of vectors: the one search loop of the AU space and of the image space.

The supervisor of Fernandes, Correia and Machado (2020, section 3.3 and Table 3): tournament selection, uniform
crossover, random reset mutation, elitism. An individual is a set of q vectors of d numbers; a single candidate is a set
of one. The lower the fitness, the better.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from core.errors import UserError
from core.settings import OPERATORS, GeneticSettings
from core.types import Progress, Quiet, check_cancelled

NEW = -1
"""Origin of a vector that no individual of the generation before had."""


class Problem(Protocol):
    """What is searched for: where vectors come from, and how good sets of them are."""

    def draw(self, n: int, rng: np.random.Generator) -> np.ndarray:
        """(n, d) vectors from the distribution that the search starts from and that mutation resets to."""

    def evaluate(self, population: np.ndarray, origin: np.ndarray) -> tuple[np.ndarray, Mapping[str, np.ndarray]]:
        """Fitness (p,) of the sets (p, q, d), lower is better, and what else is to be told of each, (p,) by name.

        origin: (p, q) which vector of the population evaluated before each vector is, as a number i · q + j, or `NEW`:
        what was computed of it then holds still. It must not matter to the result whether it was.
        """


@dataclass(frozen=True, eq=False)
class Search:
    """Where a search stands, whole: from it `evolve` goes on as if it had never stopped.

    population: (p, q, d), the elite first. fitness: (p,). rng: state of the numpy generator, as JSON. history: by
    name, (generations + 1,) each: `best`, `mean`, `median` and `sd` of the fitness; `diversity`, the root mean square
    distance of individuals from their mean; and, of the best individual, what the problem tells.
    """

    population: np.ndarray
    fitness: np.ndarray
    rng: str
    history: Mapping[str, np.ndarray]

    @property
    def generation(self) -> int:
        return len(self.history["best"]) - 1

    @property
    def best(self) -> np.ndarray:
        """(q, d)"""
        return self.population[self.fitness.argmin()]

    def arrays(self) -> dict[str, np.ndarray]:
        """All of it as arrays without objects, for `np.savez` or safetensors; `Search.restored` reads them."""
        state = np.frombuffer(self.rng.encode(), np.uint8)
        told = {f"history.{name}": values for name, values in self.history.items()}
        return {"population": self.population, "fitness": self.fitness, "rng": state, **told}

    @classmethod
    def restored(cls, arrays: Mapping[str, np.ndarray]) -> Search:
        told = {name.removeprefix("history."): arrays[name] for name in arrays if name.startswith("history.")}
        return cls(arrays["population"], arrays["fitness"], arrays["rng"].tobytes().decode(), told)


def evolve(
    problem: Problem,
    n_vectors: int,
    settings: GeneticSettings,
    rng: np.random.Generator,
    progress: Progress | None = None,
    search: Search | None = None,
) -> Iterator[Search]:
    """Each generation of the search for the best set of `n_vectors`, from the random first one, number 0, on.

    search: go on from there instead, with its own random numbers; the generations after it follow, the same as without
    the stop. Pause by asking for no further one. The best fitness never gets worse as long as there is an elite.
    Raises `Cancelled` between generations where `progress` says so, UserError where the elite leaves no room for
    anything new, ValueError for unknown operators.
    """
    if settings.operators not in OPERATORS:
        raise ValueError(f"operators must be one of {OPERATORS}, not {settings.operators!r}")
    if settings.elite >= settings.population:
        raise UserError(
            f"An elite of {settings.elite} is the whole population of {settings.population}.",
            "No room is left for anything new.",
            "Choose a smaller elite or a larger population.",
        )
    progress = progress or Quiet()
    if search is None:
        vectors = problem.draw(settings.population * n_vectors, rng)
        population = vectors.reshape(settings.population, n_vectors, -1)
        fitness, told = problem.evaluate(population, np.full(population.shape[:2], NEW))
        search = _next(None, population, fitness, told, rng)
        yield search
    else:
        rng.bit_generator.state = json.loads(search.rng)
        problem.evaluate(search.population, np.full(search.population.shape[:2], NEW))
    while search.generation < settings.generations:
        check_cancelled(progress)
        progress.report(search.generation, settings.generations, f"best fitness {search.fitness.min():.4f}")
        elite = np.argsort(search.fitness, kind="stable")[: settings.elite]
        children, origin = _children(problem, search, settings, rng)
        population = np.concatenate([search.population[elite], children])
        places = elite[:, None] * n_vectors + np.arange(n_vectors)
        fitness, told = problem.evaluate(population, np.concatenate([places, origin]))
        # Its last bit may depend on who was evaluated beside it; that of the elite must not get worse by it.
        fitness = np.concatenate([search.fitness[elite], fitness[len(elite) :]])
        search = _next(search, population, fitness, told, rng)
        yield search


def _children(
    problem: Problem, search: Search, settings: GeneticSettings, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """The rest of the next generation (c, q, d) and the origin (c, q) of its vectors."""
    q = search.population.shape[1]
    n_children = settings.population - settings.elite
    parents = tournament(search.fitness, n_children + n_children % 2, settings.tournament, rng)
    children = search.population[parents]
    origin = parents[:, None] * q + np.arange(q)
    by_vector = settings.operators == "vector"
    children, origin = uniform_crossover(children, origin, settings.crossover, by_vector, rng)
    return random_reset(children[:n_children], origin[:n_children], settings.mutation, by_vector, problem, rng)


def tournament(fitness: np.ndarray, n_chosen: int, size: int, rng: np.random.Generator) -> np.ndarray:
    """(n_chosen,) individuals: each the fittest of `size` drawn with repetition."""
    drawn = rng.integers(0, len(fitness), (n_chosen, size))
    return drawn[np.arange(n_chosen), fitness[drawn].argmin(axis=1)]


def uniform_crossover(
    parents: np.ndarray, origin: np.ndarray, rate: float, by_vector: bool, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Neighbours 0 and 1, 2 and 3 … of parents (c, q, d), c even, exchange each gene, or each vector, with chance ½.

    A pair does so with chance `rate`, or else stays as it is. A vector is new only where genes that differ were
    exchanged and others were not: in a population that has grown alike most exchanges change nothing.
    """
    shape = (len(parents) // 2, *parents.shape[1:2], 1 if by_vector else parents.shape[2])
    swapped = rng.integers(0, 2, shape, dtype=np.uint8).astype(bool)
    swapped &= (rng.random(len(swapped)) < rate)[:, None, None]
    one, other = parents[::2], parents[1::2]
    children = np.empty_like(parents)
    children[::2], children[1::2] = np.where(swapped, other, one), np.where(swapped, one, other)
    here, there = origin[::2], origin[1::2]
    differs = one != other
    came, stayed = (differs & swapped).any(axis=2), (differs & ~swapped).any(axis=2)
    mixed, moved = came & stayed, came & ~stayed
    traced = np.empty_like(origin)
    traced[::2] = np.where(mixed, NEW, np.where(moved, there, here))
    traced[1::2] = np.where(mixed, NEW, np.where(moved, here, there))
    return children, traced


def random_reset(
    children: np.ndarray,
    origin: np.ndarray,
    rate: float,
    by_vector: bool,
    problem: Problem,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """Each gene, or each vector, of children (c, q, d) is drawn anew by the problem with chance `rate`."""
    reset = rng.random((*children.shape[:2], 1 if by_vector else children.shape[2]), np.float32) < rate
    touched = reset.any(axis=2)
    drawn = problem.draw(int(touched.sum()), rng)
    children = children.copy()
    children[touched] = np.where(reset[touched], drawn, children[touched])
    return children, np.where(touched, NEW, origin)


def _next(
    search: Search | None,
    population: np.ndarray,
    fitness: np.ndarray,
    told: Mapping[str, np.ndarray],
    rng: np.random.Generator,
) -> Search:
    best = fitness.argmin()
    away = population - population.mean(axis=0)
    now = {
        "best": fitness[best],
        "mean": fitness.mean(),
        "median": np.median(fitness),
        "sd": fitness.std(),
        "diversity": np.sqrt(np.einsum("pqd,pqd->", away, away) / len(population)),
        **{name: values[best] for name, values in told.items()},
    }
    before = {} if search is None else search.history
    history = {name: np.append(before.get(name, np.empty(0)), value) for name, value in now.items()}
    return Search(population, fitness, json.dumps(rng.bit_generator.state), history)
