"""The genetic search: its operators by hand and by distribution, its elite, its origins, and stop and go on."""

from __future__ import annotations

import io

import numpy as np
import pytest

from core.errors import Cancelled, UserError
from core.genetic import NEW, Search, evolve, random_reset, tournament, uniform_crossover
from core.settings import GeneticSettings
from core.types import Quiet

SHORT = GeneticSettings(population=8, generations=12)


class NearZero:
    """Sets of vectors near 0 are sought; vectors are numbered as they are drawn, to be followed by what they are."""

    def __init__(self, d: int = 3) -> None:
        self.d = d
        self.before: np.ndarray | None = None
        self.n_known = 0

    def draw(self, n: int, rng: np.random.Generator) -> np.ndarray:
        return rng.normal(size=(n, self.d))

    def evaluate(self, population: np.ndarray, origin: np.ndarray) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        known = origin != NEW
        if self.before is not None:
            np.testing.assert_array_equal(population[known], self.before.reshape(-1, self.d)[origin[known]])
        self.before = population
        self.n_known += int(known.sum())
        return (population**2).sum(axis=(1, 2)), {"largest": np.abs(population).max(axis=(1, 2))}


@pytest.mark.parametrize("operators", ["gene", "vector"])
@pytest.mark.parametrize("n_vectors", [1, 5])
def test_the_best_never_gets_worse_and_what_is_told_is_that_of_the_population(operators: str, n_vectors: int) -> None:
    problem = NearZero()
    settings = GeneticSettings(population=9, generations=60, operators=operators, mutation=0.1)
    searches = list(evolve(problem, n_vectors, settings, np.random.default_rng(0)))
    assert [search.generation for search in searches] == list(range(61))
    assert problem.n_known > 0
    for search in searches:
        assert search.population.shape == (9, n_vectors, 3)
        np.testing.assert_allclose(search.fitness, (search.population**2).sum(axis=(1, 2)))
        now = {name: values[-1] for name, values in search.history.items()}
        assert now["best"] == search.fitness.min() == pytest.approx((search.best**2).sum())
        assert now["mean"] == pytest.approx(search.fitness.mean())
        assert now["median"] == pytest.approx(np.median(search.fitness))
        assert now["sd"] == pytest.approx(search.fitness.std())
        assert now["largest"] == pytest.approx(np.abs(search.best).max())
        assert now["diversity"] ** 2 == pytest.approx(search.population.var(axis=0).sum())
    best = searches[-1].history["best"]
    assert (np.diff(best) <= 0).all()
    assert best[-1] < 0.5 * best[0]


def test_without_an_elite_the_best_may_be_lost() -> None:
    settings = GeneticSettings(population=4, generations=40, elite=0, mutation=0.5)
    *_, last = evolve(NearZero(), 2, settings, np.random.default_rng(0))
    assert (np.diff(last.history["best"]) > 0).any()


@pytest.mark.parametrize("operators", ["gene", "vector"])
def test_a_search_that_was_stored_goes_on_as_if_it_had_not_stopped(operators: str) -> None:
    settings = GeneticSettings(population=7, generations=20, operators=operators)
    whole = list(evolve(NearZero(), 4, settings, np.random.default_rng(3)))
    stored = io.BytesIO()
    np.savez(stored, **whole[8].arrays())
    stored.seek(0)
    with np.load(stored, allow_pickle=False) as arrays:
        restored = Search.restored(arrays)
    rest = list(evolve(NearZero(), 4, settings, np.random.default_rng(99), search=restored))
    assert len(rest) == 12
    for one, other in zip(whole[9:], rest, strict=True):
        np.testing.assert_array_equal(one.population, other.population)
        np.testing.assert_array_equal(one.fitness, other.fitness)
        assert one.rng == other.rng
        assert one.history.keys() == other.history.keys()
        for name in one.history:
            np.testing.assert_array_equal(one.history[name], other.history[name])


def test_it_reports_each_generation_and_stops_between_two() -> None:
    class Watching(Quiet):
        def __init__(self) -> None:
            self.told: list[tuple[float, float]] = []

        def report(self, done: float, total: float, message: str = "") -> None:
            assert message.startswith("best fitness ")
            self.told.append((done, total))

        def cancelled(self) -> bool:
            return len(self.told) == 3

    watching, reached = Watching(), []
    search = evolve(NearZero(), 2, SHORT, np.random.default_rng(0), watching)
    with pytest.raises(Cancelled):
        reached.extend(each.generation for each in search)
    assert watching.told == [(0, 12), (1, 12), (2, 12)]
    assert reached == [0, 1, 2, 3]


def test_settings_that_cannot_be_are_refused() -> None:
    with pytest.raises(UserError, match="elite of 4"):
        next(evolve(NearZero(), 2, GeneticSettings(population=4, elite=4), np.random.default_rng(0)))
    with pytest.raises(ValueError, match="operators"):
        next(evolve(NearZero(), 2, GeneticSettings(operators="pixel"), np.random.default_rng(0)))


def test_the_defaults_are_those_of_table_3() -> None:
    assert GeneticSettings() == GeneticSettings(20, 500, 1, 3, 0.7, 0.02, "gene")


def test_a_tournament_is_won_as_often_as_it_should_be() -> None:
    # Of n individuals ranked 0 … n−1, rank r wins a tournament of t with chance ((n − r)^t − (n − r − 1)^t) / n^t.
    fitness, n, t = np.array([3.0, 0.0, 2.0, 1.0]), 4, 3
    won = np.bincount(tournament(fitness, 200_000, t, np.random.default_rng(0)), minlength=n) / 200_000
    rank = np.array([3, 0, 2, 1])
    np.testing.assert_allclose(won, ((n - rank) ** t - (n - rank - 1) ** t) / n**t, atol=0.005)


def crossed(by_vector: bool, rate: float) -> tuple[np.ndarray, np.ndarray]:
    """Which numbers (4000, 5, 3) came from the other parent, and the origins (4000, 5), of pairs of −1s and +1s."""
    parents = np.tile(np.array([-1.0, 1.0])[:, None, None], (2000, 5, 3))
    origin = np.arange(20_000).reshape(4000, 5)
    children, traced = uniform_crossover(parents, origin, rate, by_vector, np.random.default_rng(1))
    np.testing.assert_array_equal(children[::2], -children[1::2])
    return children != parents, traced


def test_uniform_crossover_exchanges_half_of_the_genes_of_the_pairs_that_mix() -> None:
    other, traced = crossed(by_vector=False, rate=0.7)
    mixing = other[::2].any(axis=(1, 2))
    assert mixing.mean() == pytest.approx(0.7, abs=0.03)
    assert other[::2][mixing].mean() == pytest.approx(0.5, abs=0.01)
    own = np.arange(20_000).reshape(4000, 5)
    partner = own.reshape(2000, 2, 5)[:, ::-1].reshape(4000, 5)
    n_other = other.sum(axis=2)
    expected = np.where(n_other == 0, own, np.where(n_other == 3, partner, NEW))
    np.testing.assert_array_equal(traced, expected)
    assert (traced == NEW).any()


def test_by_vector_only_whole_vectors_are_exchanged_and_none_is_new() -> None:
    other, traced = crossed(by_vector=True, rate=1.0)
    assert set(np.unique(other.sum(axis=2))) == {0, 3}
    assert other.mean() == pytest.approx(0.5, abs=0.02)
    assert (traced != NEW).all()
    assert not crossed(by_vector=True, rate=0.0)[0].any()


@pytest.mark.parametrize("by_vector", [False, True])
def test_vectors_that_an_exchange_leaves_as_they_were_are_not_new(by_vector: bool) -> None:
    # Parents alike but for the first gene of every vector: children have the one's or the other's, and nothing between.
    parents = np.zeros((400, 5, 3))
    parents[1::2, :, 0] = 1.0
    origin = np.arange(2000).reshape(400, 5)
    children, traced = uniform_crossover(parents, origin, 1.0, by_vector, np.random.default_rng(1))
    assert (traced != NEW).all()
    np.testing.assert_array_equal(children, parents.reshape(-1, 3)[traced])
    assert (children != parents).any(axis=2).mean() == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize("by_vector", [False, True])
def test_reset_draws_each_gene_or_vector_anew_with_its_chance(by_vector: bool) -> None:
    children, origin = np.full((100, 20, 10), 7.0), np.arange(2000).reshape(100, 20)
    made, traced = random_reset(children, origin, 0.05, by_vector, NearZero(10), np.random.default_rng(2))
    new = made != 7.0
    assert new.mean() == pytest.approx(0.05, abs=0.01)
    assert made[new].mean() == pytest.approx(0.0, abs=0.15)
    assert made[new].std() == pytest.approx(1.0, abs=0.1)
    np.testing.assert_array_equal(traced, np.where(new.any(axis=2), NEW, origin))
    assert (children == 7.0).all()
    assert (set(np.unique(new.sum(axis=2))) == {0, 10}) == by_vector


@pytest.mark.parametrize("rate", [0.0, 1.0])
def test_reset_of_none_and_of_all(rate: float) -> None:
    made, traced = random_reset(np.ones((3, 2, 4)), np.zeros((3, 2), int), rate, False, NearZero(4),
                                np.random.default_rng(0))  # fmt: skip
    assert (made == 1).all() == (rate == 0)
    assert (traced == NEW).all() == (rate == 1)
