"""The tree, its cuts, and the recursion that a cut must equal."""

from __future__ import annotations

import doctest
import importlib
from itertools import pairwise

import numpy as np
import pytest
from scipy.spatial.distance import cdist, pdist

from core.latent.cluster_tree import ClusterTree
from core.latent.elbow import inertia_curve, knee
from core.latent.kmeans import divide
from core.latent.separation import EXACT
from core.rng import derived_seed
from core.settings import RULES
from tests.unit.latent.printed_equations import by_loops

Leaves = dict[str, tuple[list[int], str]]


def recursion(X: np.ndarray, y: np.ndarray, k: int, threshold: float, rule: str, seed: int) -> Leaves:
    """AGCL's clustering run directly at one threshold, as the paper tells it: path -> (members, fate).

    The paper knows no order of the rows; K-means needs one, which is that of their values.
    """
    leaves: Leaves = {}

    def parts(members: list[int], path: str) -> list[list[int]]:
        n_parts = len(set(y.tolist())) if path else k
        seeds = np.array([derived_seed(seed, path)], np.uint64)
        columns = np.ascontiguousarray(X[members].T)
        labels = divide(columns, np.array([len(members)]), seeds, n_parts, thorough=not path)
        return [[m for m, own in zip(members, labels, strict=True) if own == label] for label in sorted(set(labels))]

    def visit(members: list[int], path: str) -> None:
        if len(set(y[members].tolist())) == 1:
            leaves[path] = (members, "pure")
            return
        sc = by_loops(X[members], y[members])[2]
        wanted = (sc >= threshold and threshold < 1) if rule == "text" else sc < threshold
        below = parts(members, path) if wanted else []
        if len(below) < 2:
            leaves[path] = (members, "discarded")
            return
        for number, part in enumerate(below):
            visit(part, f"{path}.{number}")

    rows = sorted(range(len(X)), key=lambda row: (*X[row], y[row]))
    for number, part in enumerate(parts(rows, "")):
        visit(part, str(number))
    return {path: (sorted(members), fate) for path, (members, fate) in leaves.items()}


def a_case(seed: int) -> tuple[np.ndarray, np.ndarray, int, float]:
    """A small cohort, k and a threshold: two or three classes, some points equal, thresholds at the ends included."""
    rng = np.random.default_rng(seed)
    n, d, n_classes = int(rng.integers(4, 90)), int(rng.integers(1, 6)), int(rng.integers(2, 4))
    X = rng.normal(size=(n, d))
    if seed % 4 == 0:
        X = X.round(0)
    y = rng.integers(0, n_classes, n)
    y[:n_classes] = np.arange(n_classes)
    X[y == 1] += rng.uniform(0, 2)
    threshold = {0: 0.0, 1: 1.0}.get(seed % 10, float(rng.uniform(0.3, 0.95)))
    return X, y, int(rng.integers(2, 7)), threshold


@pytest.mark.parametrize("rule", RULES)
def test_a_cut_equals_the_recursion_run_at_that_threshold_in_200_cases(rule: str) -> None:
    for seed in range(200):
        X, y, k, threshold = a_case(seed)
        tree = ClusterTree(k, rule, random_state=seed).fit(X, y)
        cut = tree.cut(threshold)
        expected = recursion(X, y, k, threshold, rule, seed)
        found = {c.path: (sorted(c.members.tolist()), c.fate) for c in cut.clusters if c.fate != "split"}
        assert found == expected, f"case {seed} at threshold {threshold}"
        grown_for_it = ClusterTree(k, rule, random_state=seed).fit(X, y, threshold).cut(threshold)
        assert np.array_equal(grown_for_it.labels, cut.labels), f"case {seed} grown only to {threshold}"


def overlapping(n: int = 120, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, n)
    return rng.normal(size=(n, 3)) + 0.7 * y[:, None], y


def test_labels_members_counts_and_coverage_agree() -> None:
    X, y = overlapping()
    cut = ClusterTree(random_state=1).fit(X, y).cut(0.6)
    ends = [cluster for cluster in cut.clusters if cluster.fate != "split"]
    assert sorted(np.concatenate([cluster.members for cluster in ends]).tolist()) == list(range(len(X)))
    for index, cluster in enumerate(cut.clusters):
        inside = y[cluster.members]
        assert cluster.counts == {0: int((inside == 0).sum()), 1: int((inside == 1).sum())}
        assert cluster.centre == pytest.approx(X[cluster.members].mean(axis=0))
        assert cluster.pure == (len(set(inside.tolist())) == 1)
        assert (cluster.sc is None) == cluster.pure
        if cluster.sc is not None:
            assert cluster.sc == pytest.approx(by_loops(X[cluster.members], inside)[2])
        assert (cut.labels[cluster.members] == index).all() == (cluster.fate != "split")
    covered = np.concatenate([cluster.members for cluster in ends if cluster.pure])
    assert cut.coverage == {label: pytest.approx((y[covered] == label).sum() / (y == label).sum()) for label in (0, 1)}


def test_parents_come_first_and_children_make_up_their_parent() -> None:
    X, y = overlapping()
    clusters = {cluster.path: cluster for cluster in ClusterTree(random_state=1).fit(X, y).cut(0.0).clusters}
    seen: set[str] = {""}
    for path, cluster in clusters.items():
        assert cluster.parent in seen
        assert cluster.depth == path.count(".") + 1
        seen.add(path)
    for path, cluster in clusters.items():
        children = [child.members for child in clusters.values() if child.parent == path]
        assert (len(children) > 1) == (cluster.fate == "split")
        if children:
            assert set(np.concatenate(children).tolist()) == set(cluster.members.tolist())


def test_threshold_one_runs_k_means_once_and_zero_splits_until_pure() -> None:
    X, y = overlapping()
    tree = ClusterTree(5, random_state=2).fit(X, y)
    assert {cluster.depth for cluster in tree.cut(1.0).clusters} == {1}
    assert len(tree.cut(1.0).clusters) == 5
    assert {cluster.fate for cluster in tree.cut(0.0).clusters} == {"split", "pure"}
    assert tree.cut(0.0).coverage == {0: 1.0, 1: 1.0}


def test_nothing_changes_between_two_thresholds_of_the_grid_and_something_at_each() -> None:
    X, y = overlapping()
    tree = ClusterTree(5, random_state=2).fit(X, y)
    grid = tree.thresholds_
    assert np.array_equal(grid, np.unique(grid))
    assert set(grid) == {cluster.sc for cluster in tree.cut(0.0).clusters if cluster.sc is not None}
    for low, high in pairwise(grid):
        assert tree.cut((low + high) / 2).nodes.tolist() == tree.cut(high).nodes.tolist()
    coverage = [min(tree.cut(threshold).coverage.values()) for threshold in grid]
    assert coverage == sorted(coverage, reverse=True)
    top = max(cluster.sc for cluster in tree.cut(1.0).clusters if cluster.sc is not None)
    assert any(cluster.fate == "split" for cluster in tree.cut(top).clusters)
    assert not any(cluster.fate == "split" for cluster in tree.cut(np.nextafter(top, 1)).clusters)


@pytest.mark.parametrize(("rule", "shallow", "deep"), [("text", 0.7, 0.69), ("pseudocode", 0.7, 0.71)])
def test_a_tree_grown_for_one_threshold_refuses_what_it_did_not_grow(rule: str, shallow: float, deep: float) -> None:
    X, y = overlapping()
    tree, whole = (ClusterTree(5, rule, 2).fit(X, y, threshold) for threshold in (shallow, None))
    with pytest.raises(ValueError, match=r"grown only as far as threshold 0\.7"):
        tree.cut(deep)
    for threshold in (shallow, 2 * shallow - deep, 1.0 if rule == "text" else 0.0):
        assert np.array_equal(tree.cut(threshold).labels, whole.cut(threshold).labels)


def test_equal_points_with_different_labels_stay_together_and_mixed() -> None:
    X = np.array([[0.0, 0], [0, 0], [0, 0], [5, 5], [5, 5], [9, 0]])
    y = np.array([0, 1, 1, 0, 0, 1])
    cut = ClusterTree(3).fit(X, y).cut(0.0)
    fates = {tuple(sorted(cluster.members.tolist())): cluster.fate for cluster in cut.clusters}
    assert fates == {(0, 1, 2): "discarded", (3, 4): "pure", (5,): "pure"}
    assert cut.coverage == {0: pytest.approx(2 / 3), 1: pytest.approx(1 / 3)}
    nothing = ClusterTree().fit(np.ones((6, 2)), y).cut(0.0)
    assert [cluster.fate for cluster in nothing.clusters] == ["discarded"]
    assert nothing.coverage == {0: 0.0, 1: 0.0}


def test_the_seed_alone_decides() -> None:
    X, y = overlapping()
    one, same, other = (ClusterTree(6, random_state=seed).fit(X, y).cut(0.0).labels for seed in (4, 4, 5))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_what_cannot_be_clustered_is_refused() -> None:
    X, y = overlapping()
    with pytest.raises(ValueError, match="at least two classes"):
        ClusterTree().fit(X, np.zeros(len(X)))
    with pytest.raises(ValueError, match="finite"):
        ClusterTree().fit(np.where(X > 2, np.nan, X), y)
    with pytest.raises(ValueError, match="one label for each"):
        ClusterTree().fit(X, y[1:])
    with pytest.raises(ValueError, match="rule must be one of"):
        ClusterTree(rule="either")


def test_a_cluster_too_large_for_all_pairs_is_judged_by_a_sample() -> None:
    X, y = overlapping(6_000)
    tree = ClusterTree(2, random_state=0).fit(X, y, threshold=1.0)
    for cluster in tree.cut(1.0).clusters:
        members = [X[cluster.members][y[cluster.members] == label] for label in (0, 1)]
        assert len(cluster.members) > EXACT
        csm = 2 * cdist(*members).mean() / sum(pdist(points).mean() for points in members)
        assert cluster.csm == pytest.approx(csm, rel=0.03)
        assert cluster.sc == pytest.approx(csm / (csm + cluster.entropy), rel=0.015)


def test_the_examples_in_the_docstrings() -> None:
    for module in ("core.latent.cluster_tree", "core.latent.agcl"):
        ran = doctest.testmod(importlib.import_module(module))
        assert ran.attempted > 0
        assert ran.failed == 0


def test_the_knee_by_hand() -> None:
    # k 2 … 6, inertia 100, 40, 30, 20, 20. Stretched: x 0, .25, .5, .75, 1; y 1, .25, .125, 0, 0; distance below the
    # line 1 − x − y: 0, .5, .375, .25, 0: the knee is k = 3.
    assert knee({2: 100.0, 3: 40.0, 4: 30.0, 5: 20.0, 6: 20.0}, n_classes=2) == 3
    # 100, 90, 20, 10, 0: 0, −.15, .3, .15, 0: k = 4.
    assert knee({2: 100.0, 3: 90.0, 4: 20.0, 5: 10.0, 6: 0.0}, n_classes=2) == 4
    assert knee({1: 0.0}, n_classes=2) == 1


def test_the_elbow_finds_five_separate_groups_and_falls_as_k_grows() -> None:
    rng = np.random.default_rng(0)
    centres = np.array([[0, 0], [20, 0], [0, 20], [20, 20], [10, 10]])
    for n in (60, 3_000):
        group = np.arange(n) % 5
        X, y = centres[group] + rng.normal(size=(n, 2)), (group > 2).astype(int)
        tree = ClusterTree(random_state=0).fit(X, y, threshold=1.0)
        assert tree.n_clusters_ == 5
        assert list(tree.inertias_) == list(range(2, 11))
        assert np.all(np.diff(list(tree.inertias_.values())) < 0)
        assert tree.inertias_[5] == pytest.approx(2 * n, rel=0.2)


def test_the_elbow_never_asks_for_more_clusters_than_distinct_points() -> None:
    X = np.array([[0.0], [0], [1], [1], [5], [5], [9]])
    curve = inertia_curve(np.ascontiguousarray(X.T), 2, 0)
    assert list(curve) == [2, 3, 4]
    assert curve[4] == 0
    assert knee(curve, 2) == 3
    assert knee(inertia_curve(np.zeros((1, 5)), 2, 0), 2) == 1


@pytest.mark.parametrize("n_classes", [2, 9, 10, 11, 30])
def test_the_elbow_is_above_the_classes_however_many_there_are(n_classes: int) -> None:
    X = np.random.default_rng(0).normal(size=(3 * n_classes, 2))
    tree = ClusterTree().fit(X, np.arange(len(X)) % n_classes)
    assert tree.n_clusters_ > n_classes
    assert list(tree.inertias_) == list(range(n_classes, min(n_classes + 8, len(X)) + 1))


@pytest.mark.parametrize("n", [30, 800])
def test_every_threshold_of_a_large_noisy_cohort_covers_what_it_says(n: int) -> None:
    X, y = overlapping(n, seed=3)
    tree = ClusterTree(random_state=0).fit(X, y)
    for threshold in np.linspace(0, 1, 21):
        cut = tree.cut(threshold)
        assert len(cut.labels) == n
        assert np.isin(cut.labels, [i for i, c in enumerate(cut.clusters) if c.fate != "split"]).all()
