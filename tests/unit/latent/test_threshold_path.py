"""The path over all thresholds against the cuts themselves."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.latent.cluster_tree import ClusterTree
from core.latent.threshold_path import end_spans, threshold_path


def grown(seed: int, rule: str, n: int = 60) -> ClusterTree:
    rng = np.random.default_rng(seed)
    X, y = rng.normal(size=(n, 3)), rng.integers(0, 3, n)
    X[n // 2 :] = np.round(X[n // 2 :])  # points that coincide, and clusters whose classes have no spread: SC of 1
    y[:3] = (0, 1, 2)
    return ClusterTree(n_clusters=4, rule=rule, random_state=seed).fit(X, y)


@pytest.mark.parametrize("rule", ["text", "pseudocode"])
@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 2**31))
def test_spans_and_path_say_what_each_cut_says(rule: str, seed: int) -> None:
    tree = grown(seed, rule)
    path = threshold_path(tree)
    low, high = end_spans(tree).T
    for i, threshold in enumerate(path.thresholds):
        cut = tree.cut(threshold)
        ends = np.sort(cut.nodes[~cut.split])
        np.testing.assert_array_equal(np.flatnonzero((low < threshold) & (threshold <= high)), ends)
        assert path.n_clusters[i] == len(ends)
        assert path.n_pure[i] == len(cut.pure_nodes)
        assert {label: path.coverage[label][i] for label in path.coverage} == pytest.approx(cut.coverage)


@pytest.mark.parametrize("rule", ["text", "pseudocode"])
def test_between_two_thresholds_nothing_changes(rule: str) -> None:
    tree = grown(3, rule)
    path = threshold_path(tree)
    between = (path.thresholds[:-1] + path.thresholds[1:]) / 2
    for threshold, above in zip(between, path.thresholds[1:], strict=True):
        if above < 1:  # the text splits nothing at 1 itself
            np.testing.assert_array_equal(tree.cut(threshold).labels, tree.cut(above).labels)


def test_at_one_the_text_splits_nothing_even_where_sc_is_one() -> None:
    X, y = np.array([[0.0], [0.0], [1.0], [1.0], [9.0], [9.1]]), np.array([0, 0, 1, 1, 0, 0])
    tree = ClusterTree(n_clusters=2).fit(X, y)
    path = threshold_path(tree)
    assert path.thresholds.tolist() == [0.0, 1.0]
    assert path.n_clusters.tolist() == [3, 2]
    assert path.coverage[1].tolist() == [1.0, 0.0]
