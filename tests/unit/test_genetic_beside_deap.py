"""The operators of the genetic search beside DEAP's, on the same random numbers."""

from __future__ import annotations

import random
from collections.abc import Iterable

import numpy as np
import pytest
from deap import base, creator, tools

from core.genetic import random_reset, tournament, uniform_crossover

N, Q, D = 6, 3, 4


class Scripted:
    """Stands in for a generator of numpy: hands out the numbers that it was given, in their order."""

    def __init__(self, *numbers: np.ndarray) -> None:
        self._numbers = list(numbers)

    def integers(self, low: int, high: int, size: tuple[int, ...], dtype: type = int) -> np.ndarray:
        numbers = self._numbers.pop(0)
        assert numbers.shape == size
        return numbers.astype(dtype)

    def random(self, size: int | tuple[int, ...], dtype: type = float) -> np.ndarray:
        numbers = self._numbers.pop(0)
        assert numbers.size == np.prod(size)
        return numbers.reshape(size)


def hand_out(monkeypatch: pytest.MonkeyPatch, function: str, numbers: Iterable[object]) -> None:
    """`random.<function>`, which DEAP calls, gives these."""
    given = iter(numbers)
    monkeypatch.setattr(random, function, lambda *_: next(given))


@pytest.fixture(scope="module")
def individual() -> type:
    creator.create("LowestFitness", base.Fitness, weights=(-1.0,))
    creator.create("Numbers", list, fitness=creator.LowestFitness)
    return creator.Numbers


@pytest.mark.parametrize("seed", range(5))
def test_crossover_gives_the_same_children(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(seed)
    parents = rng.normal(size=(N, Q, D))
    coins, mixes = rng.integers(0, 2, (N // 2, Q, D)), rng.random(N // 2)
    origin = np.arange(N * Q).reshape(N, Q)
    children, _ = uniform_crossover(parents, origin, 0.7, False, Scripted(coins, mixes))
    expected = [list(parent.ravel()) for parent in parents]
    for pair, (one, other) in enumerate(zip(expected[::2], expected[1::2], strict=True)):
        if mixes[pair] < 0.7:
            hand_out(monkeypatch, "random", np.where(coins[pair].ravel() == 1, 0.1, 0.9))
            tools.cxUniform(one, other, indpb=0.5)
    np.testing.assert_array_equal(children, np.reshape(expected, (N, Q, D)))


@pytest.mark.parametrize("seed", range(5))
def test_a_tournament_chooses_the_same_parents(seed: int, individual: type, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(seed)
    fitness, drawn = rng.integers(0, 4, N).astype(float), rng.integers(0, N, (9, 3))  # with ties
    population = [individual([number]) for number in range(N)]
    for one, value in zip(population, fitness, strict=True):
        one.fitness.values = (value,)
    hand_out(monkeypatch, "choice", [population[number] for number in drawn.ravel()])
    expected = [one[0] for one in tools.selTournament(population, 9, tournsize=3)]
    np.testing.assert_array_equal(tournament(fitness, 9, 3, Scripted(drawn)), expected)


@pytest.mark.parametrize("seed", range(5))
def test_reset_of_zeros_is_gaussian_mutation_of_them(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(seed)
    chances, normal = rng.random((N, Q, D)), rng.normal(size=(N, Q, D))

    class Source:
        def draw(self, n: int, _: np.random.Generator) -> np.ndarray:
            touched = (chances < 0.2).any(axis=2)
            assert n == touched.sum()
            return normal[touched]

    origin = np.arange(N * Q).reshape(N, Q)
    children, _ = random_reset(np.zeros((N, Q, D)), origin, 0.2, False, Source(), Scripted(chances))
    expected = [0.0] * (N * Q * D)
    hand_out(monkeypatch, "random", chances.ravel())
    hand_out(monkeypatch, "gauss", normal[chances < 0.2])
    tools.mutGaussian(expected, mu=0.0, sigma=1.0, indpb=0.2)
    np.testing.assert_array_equal(children.ravel(), expected)
    assert np.any(children)
