"""A genetic search in AU space: its equation by hand, its gate, and sets that are more diverse than random ones."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import cdist, pdist

from core.genetic import NEW
from core.latent.class_gate import ClassGate
from core.latent.genetic_search import DiverseSet, GeneticSearch

ZERO = np.zeros(2)


def open_gate(X: np.ndarray) -> np.ndarray:
    return np.ones(len(X), bool)


def left_of_three(X: np.ndarray) -> np.ndarray:
    return X[:, 0] < 3


def evaluated(sets: list, own: list, gate=open_gate, origin=ZERO) -> tuple[np.ndarray, dict]:  # type: ignore[no-untyped-def]
    population = np.array(sets, float)
    problem = DiverseSet(np.array(own, float), gate, origin, (-np.inf, np.inf))
    return problem.evaluate(population, np.full(population.shape[:2], NEW))


def test_the_fitness_is_the_mean_similarity_to_the_centre_of_set_and_originals() -> None:
    # T = (1, 0), (0, 2), (1, 1), (2, 1): C = (1, 1), and NCC of both points of the set is 1 / √2.
    fitness, told = evaluated([[[1, 0], [0, 2]]], [[1, 1], [2, 1]])
    np.testing.assert_allclose(fitness, [1 / np.sqrt(2)])
    np.testing.assert_allclose(told["pair_distance"], [np.sqrt(5)])
    np.testing.assert_allclose(told["inside"], [1.0])


def test_it_is_the_printed_equation_on_random_sets() -> None:
    rng = np.random.default_rng(0)
    sets, own = rng.uniform(0, 5, (6, 7, 4)), rng.uniform(0, 5, (9, 4))
    fitness, told = evaluated(list(sets), list(own), origin=np.zeros(4))
    for i, points in enumerate(sets):
        centre = np.concatenate([points, own]).mean(axis=0)
        ncc = [(a * centre).sum() / np.sqrt((a * a).sum() * (centre * centre).sum()) for a in points]
        assert fitness[i] == pytest.approx(np.mean(ncc))
        assert told["pair_distance"][i] ** 2 == pytest.approx((pdist(points) ** 2).mean())


def test_copies_of_the_centre_are_the_worst_and_scale_does_not_matter() -> None:
    fitness, _ = evaluated([[[2, 2], [4, 4]], [[4, 0], [0, 4]]], [[1, 1], [3, 3]])
    np.testing.assert_allclose(fitness, [1.0, 1 / np.sqrt(2)])


def test_vectors_are_counted_from_the_origin() -> None:
    fitness, _ = evaluated([[[2, 1], [1, 3]]], [[2, 2], [3, 2]], origin=np.ones(2))
    np.testing.assert_allclose(fitness, [1 / np.sqrt(2)])


def test_a_point_outside_the_gate_or_without_a_profile_counts_as_the_centre() -> None:
    # (4, 0) is outside: C = the mean of (0, 2), (1, 1), (2, 1) = (1, 4/3), NCC of (0, 2) = 0.8.
    fitness, told = evaluated([[[4, 0], [0, 2]]], [[1, 1], [2, 1]], left_of_three)
    np.testing.assert_allclose(fitness, [(1 + 0.8) / 2])
    np.testing.assert_allclose(told["inside"], [0.5])
    fitness, _ = evaluated([[[0, 0], [0, 2]]], [[1, 1], [2, 1]])
    # T = (0, 0), (0, 2), (1, 1), (2, 1): C = (3/4, 1), NCC of (0, 2) = 0.8.
    np.testing.assert_allclose(fitness, [(1 + 0.8) / 2])


def test_what_is_known_of_a_vector_is_not_asked_again() -> None:
    asked = []

    def counting(X: np.ndarray) -> np.ndarray:
        asked.append(len(X))
        return left_of_three(X)

    problem = DiverseSet(np.array([[1.0, 1.0], [2.0, 1.0]]), counting, ZERO, (-np.inf, np.inf))
    population = np.array([[[4.0, 0.0], [0.0, 2.0]], [[1.0, 0.0], [2.0, 2.0]]])
    problem.evaluate(population, np.full((2, 2), NEW))
    children, origin = population[:, ::-1].copy(), np.array([[1, 0], [3, NEW]])
    children[1, 1] = [5.0, 5.0]
    _, told = problem.evaluate(children, origin)
    assert asked == [4, 1]
    np.testing.assert_allclose(told["inside"], [0.5, 0.5])


def cohort(n: int = 40, d: int = 17, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    y = np.repeat([0, 1], n // 2)
    return np.clip(rng.normal(1.5, 1, (n, d)) + 0.7 * y[:, None], 0, 5), y


def by_loops(own: np.ndarray, others: np.ndarray, share: float, X: np.ndarray) -> np.ndarray:
    def figures(x: np.ndarray, rest: np.ndarray) -> tuple[float, float]:
        reach = np.sort(np.linalg.norm(rest - x, axis=1))[min(3, len(own) - 1) - 1]
        away = np.sort(np.linalg.norm(others - x, axis=1))[min(3, len(others)) - 1]
        return reach, reach / (reach + away)

    real = np.array([figures(x, np.delete(own, i, axis=0)) for i, x in enumerate(own)])
    most = np.quantile(real, share, axis=0)
    return np.array([(np.array(figures(x, own)) <= most).all() for x in X])


@pytest.mark.parametrize("share", [0.5, 0.95, 1.0])
def test_the_gate_is_that_of_the_definition(share: float) -> None:
    X, y = cohort(24, 3)
    candidates = np.random.default_rng(1).uniform(-1, 6, (300, 3))
    passes = ClassGate(X[y == 1], X[y == 0], share)(candidates)
    np.testing.assert_array_equal(passes, by_loops(X[y == 1], X[y == 0], share, candidates))
    assert 0 < passes.mean() < 1


def test_a_stricter_gate_lets_fewer_pass_and_none_far_away() -> None:
    X, y = cohort(30, 4)
    candidates = np.random.default_rng(1).normal(2, 2, (500, 4))
    gates = [ClassGate(X[y == 0], X[y == 1], share)(candidates) for share in (0.3, 0.7, 1.0)]
    assert gates[0].sum() < gates[1].sum() < gates[2].sum()
    assert not (gates[0] & ~gates[1]).any()
    assert not ClassGate(X[y == 0], X[y == 1], 1.0)(np.full((1, 4), 50.0)).any()
    assert ClassGate(X[y == 0], X[:0], 1.0)(X[y == 0]).all()


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("d", [3, 17])
def test_sets_are_more_diverse_than_random_ones_of_the_same_gate_and_inside_it(d: int, seed: int) -> None:
    X, y = cohort(40, d, seed)
    made = {n: GeneticSearch(alpha=7, generations=n, gate=0.9, random_state=seed) for n in (0, 300)}
    rows = {n: search.fit_resample(X, y) for n, search in made.items()}
    for label in (0, 1):
        gate = ClassGate(X[y == label], X[y != label], 0.9)
        sets = {n: X_new[40:][y_new[40:] == label] for n, (X_new, y_new) in rows.items()}
        assert gate(sets[0]).all()
        assert gate(sets[300]).all()
        assert pdist(sets[300]).mean() > pdist(sets[0]).mean()
        assert pdist(sets[300], "cosine").mean() > 1.1 * pdist(sets[0], "cosine").mean()
        assert cdist(sets[300], X).min() > 0


def test_the_history_tells_of_every_class_and_generation() -> None:
    X, y = cohort(40, 5)
    search = GeneticSearch(alpha=3, generations=50, gate=0.5, random_state=0)
    search.fit_resample(X, np.where(y == 1, "PD", "control"))
    assert set(search.history_) == {"PD", "control"}
    for told in search.history_.values():
        assert {"best", "mean", "median", "sd", "diversity", "pair_distance", "inside"} == set(told)
        assert all(len(values) == 51 and np.isfinite(values).all() for values in told.values())
        assert (np.diff(told["best"]) <= 0).all()
        assert told["best"][-1] < told["best"][0]
        assert told["inside"][-1] > told["inside"][0]


def test_a_class_of_one_row_and_one_of_copies_give_copies() -> None:
    X = np.array([[1.0, 2.0], [4.0, 4.0], [4.0, 4.0], [4.0, 4.0]])
    X_new, _ = GeneticSearch(alpha=2, generations=5, random_state=0).fit_resample(X, [0, 1, 1, 1])
    np.testing.assert_allclose(X_new[4:], [[1.0, 2.0]] * 2 + [[4.0, 4.0]] * 6)
