"""The in-house K-means: as good as scikit-learn's, and the same alone as among other nodes."""

from __future__ import annotations

import numpy as np
import pytest

from core.latent.kmeans import LARGE, cluster_nodes, divide, sampled_positions


def inertia_of(X: np.ndarray, labels: np.ndarray) -> float:
    return sum(float(((X[labels == label] - X[labels == label].mean(axis=0)) ** 2).sum()) for label in set(labels))


def one_node(X: np.ndarray, k: int, seed: int = 1, restarts: int = 4) -> tuple[np.ndarray, float]:
    columns, size = np.ascontiguousarray(X.T), np.array([len(X)])
    labels, inertia = cluster_nodes(columns, size, np.array([seed], np.uint64), np.array([k]), restarts)
    return labels, float(inertia[0])


def test_two_obvious_groups_by_hand() -> None:
    # {0, 1, 2} around 1 and {10, 12} around 11: inertia 1 + 0 + 1 + 1 + 1 = 4.
    labels, inertia = one_node(np.array([[0.0], [10], [1], [12], [2]]), 2)
    assert len({labels[0], labels[2], labels[4]}) == 1
    assert labels[1] == labels[3] != labels[0]
    assert inertia == pytest.approx(4.0)


@pytest.mark.parametrize(("n", "k"), [(40, 2), (40, 6), (600, 5)])
def test_inertia_is_that_of_the_labels_and_close_to_scikit_learns_best(n: int, k: int) -> None:
    from sklearn.cluster import KMeans

    for seed in range(5):
        X = np.random.default_rng(seed).normal(size=(n, 3))
        labels, inertia = one_node(X, k, seed, restarts=10)
        assert inertia == pytest.approx(inertia_of(X, labels))
        assert inertia <= KMeans(k, n_init=10, random_state=seed).fit(X).inertia_ * 1.03


def test_a_large_node_started_from_a_sample_is_as_good() -> None:
    from sklearn.cluster import KMeans

    X = np.random.default_rng(0).normal(size=(2 * LARGE + 100, 4))
    labels = divide(np.ascontiguousarray(X.T), np.array([len(X)]), np.array([9], np.uint64), 5, thorough=True)
    assert inertia_of(X, labels) <= KMeans(5, n_init=3, random_state=0).fit(X).inertia_ * 1.02


def test_never_more_clusters_than_distinct_points() -> None:
    X = np.array([[1.0, 2.0]] * 5 + [[3.0, 3.0]] * 2)
    labels, inertia = one_node(X, 4)
    assert len(set(labels[:5])) == len(set(labels[5:])) == 1
    assert labels[0] != labels[5]
    assert inertia == 0
    assert len(set(one_node(X[:5], 2)[0])) == 1


def test_many_nodes_at_once_equal_each_alone_bit_for_bit() -> None:
    rng = np.random.default_rng(3)
    sizes = np.array([2, 3, 300, 40, 1, 257, 8, LARGE + 50, 1_500, 90])
    X, seeds = rng.normal(size=(sizes.sum(), 7)), rng.integers(0, 2**32, len(sizes)).astype(np.uint64)
    together = divide(np.ascontiguousarray(X.T), sizes, seeds, 3)
    nodes = zip(np.split(X, np.cumsum(sizes)[:-1]), seeds, strict=True)
    alone = [divide(np.ascontiguousarray(node.T), np.array([len(node)]), np.array([seed]), 3) for node, seed in nodes]
    assert np.array_equal(together, np.concatenate(alone))


def test_a_sample_is_without_replacement_ascending_and_even() -> None:
    drawn = sampled_positions(1_000, 100, 5)
    assert len(set(drawn.tolist())) == 100
    assert np.array_equal(drawn, np.sort(drawn))
    assert sampled_positions(10, 100, 5).tolist() == list(range(10))
    often = np.bincount(np.concatenate([sampled_positions(50, 10, seed) for seed in range(2_000)]), minlength=50)
    assert often.min() > 400 - 5 * np.sqrt(2_000 * 0.2 * 0.8)
    assert often.max() < 400 + 5 * np.sqrt(2_000 * 0.2 * 0.8)
