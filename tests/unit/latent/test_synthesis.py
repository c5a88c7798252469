"""Equations 6 to 8 of AGCL against arithmetic done by hand, and what every spread keeps."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.latent.cluster_tree import ClusterTree
from core.latent.synthesis import standard_deviations, synthesise
from core.settings import SPREADS

X = np.array([[0.0, 0.0], [0.0, 2.0], [3.0, 1.0], [30.0, 40.0], [60.0, 10.0], [60.0, 11.0]])
Y = np.array(["PD", "PD", "PD", "control", "control", "control"])
"""Three far groups: three PD around (1, 1), a lone control, and two controls."""


def by_first_member(tree: ClusterTree, spread: str) -> dict[int, np.ndarray]:
    cut = tree.cut(1.0)
    found = standard_deviations(tree, cut.pure_nodes, spread)
    return {int(c.members.min()): row for c, row in zip(cut.clusters, found, strict=True)}


@pytest.fixture(scope="module")
def tree() -> ClusterTree:
    fitted = ClusterTree(3, random_state=0).fit(X, Y)
    assert sorted(c.members.tolist() for c in fitted.cut(1.0).clusters) == [[0, 1, 2], [3], [4, 5]]
    return fitted


def test_paper_radius_by_hand(tree: ClusterTree) -> None:
    # Group of three: centre (1, 1); distances |(-1,-1)| = |(-1,1)| = √2 = 1.41421 and |(2,0)| = 2.
    # Eq 6: r = 2 + 0.1 · (2 − 1.41421) = 2.05858, on both axes.
    # Two controls: centre (60, 10.5), distances 0.5 and 0.5: r = 0.5 + 0.1 · 0 = 0.5.
    # Lone control: parent is the whole data. Feature 1: mean 25.5, squared deviations 650.25, 650.25, 506.25, 20.25,
    # 1190.25, 1190.25: mean 701.25, sd 26.4811. Feature 2: mean 64/6 = 10.6667, mean of squares (0+4+1+1600+100+121)/6
    # = 304.3333, minus 113.7778 = 190.5556, sd 13.8042. r = 0.01 · (26.4811 + 13.8042) / 2 = 0.201427.
    found = by_first_member(tree, "paper")
    assert found[0] == pytest.approx([2.058579, 2.058579], abs=1e-6)
    assert found[4] == pytest.approx([0.5, 0.5])
    assert found[3] == pytest.approx([0.201427, 0.201427], abs=1e-6)


def test_scaled_radius_is_the_papers_over_the_root_of_d(tree: ClusterTree) -> None:
    paper, scaled = by_first_member(tree, "paper"), by_first_member(tree, "scaled")
    for first in paper:
        assert scaled[first] == pytest.approx(paper[first] / np.sqrt(2))


def test_hierarchical_variance_by_hand(tree: ClusterTree) -> None:
    # PD: n = n_class = 3, d = 2: h² = 3^(−2/6) = 0.693361. The leaf is the whole class: variances (0,0,3): mean 1,
    # (1 + 1 + 4)/3 = 2; (0,2,1): mean 1, 2/3. Variance = (3 v + 5 · 0.693361 v) / 8 = v · 0.808351:
    # 1.616701 and 0.538900; sd 1.271496 and 0.734098.
    # Lone control: v_leaf = 0; class variances: (30,60,60): mean 50, (400+100+100)/3 = 200; (40,10,11): mean 61/3,
    # mean of squares 1821/3 = 607 − 413.4444 = 193.5556. Variance 5 · 0.693361 · v / 6 = 0.577801 v: 115.5602 and
    # 111.8366; sd 10.74989 and 10.57528.
    found = by_first_member(tree, "hierarchical")
    assert found[0] == pytest.approx([1.271496, 0.734098], abs=1e-5)
    assert found[3] == pytest.approx([10.74989, 10.57528], abs=1e-4)


def test_rows_are_normal_around_their_centre_with_that_spread(tree: ClusterTree) -> None:
    from scipy import stats

    made = synthesise(tree, tree.cut(1.0), 2_000, "paper", None, random_state=4)
    rows = made.X[made.y == "PD"]
    assert len(rows) == 6_000
    for column in rows.T:
        assert stats.kstest(column, "norm", (1.0, 2.058579)).pvalue > 0.001
    # r on every axis: the mean squared distance from the centre is d · r², not r²
    assert ((rows - 1) ** 2).sum(axis=1).mean() == pytest.approx(2 * 2.058579**2, rel=0.05)


def test_counts_are_alpha_times_the_cluster_rounded(tree: ClusterTree) -> None:
    # Eq 8 with alpha 1.5: round(4.5) = 4 and round(1.5) = 2 (halves to the even number), round(3.0) = 3.
    made = synthesise(tree, tree.cut(1.0), 1.5)
    sizes = {cluster.path: len(cluster.members) for cluster in tree.cut(1.0).clusters}
    assert {sizes[path]: (made.source == path).sum() for path in sizes} == {3: 4, 1: 2, 2: 3}
    assert (made.y == "PD").sum() == 4


def noisy(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, n)
    y[:2] = 0, 1
    return np.clip(rng.normal(1, 1, (n, 4)) + 0.5 * y[:, None], 0, 5), y


@settings(max_examples=40, deadline=None)
@given(
    st.integers(6, 60),
    st.integers(0, 999),
    st.floats(0, 12),
    st.sampled_from(SPREADS),
    st.sampled_from([0.0, 0.5, 0.7, 1.0]),
)
def test_counts_bounds_labels_and_sources(n: int, seed: int, alpha: float, spread: str, threshold: float) -> None:
    rows, y = noisy(n, seed)
    fitted = ClusterTree(4, random_state=seed).fit(rows, y)
    cut = fitted.cut(threshold)
    made = synthesise(fitted, cut, alpha, spread, (0.0, 5.0), seed)
    pure = {cluster.path: cluster for cluster in cut.clusters if cluster.pure}
    assert {path: (made.source == path).sum() for path in pure} == {
        p: round(alpha * len(pure[p].members)) for p in pure
    }
    assert set(made.source.tolist()) <= set(pure)
    assert np.isfinite(made.X).all()
    assert ((made.X >= 0) & (made.X <= 5)).all()
    for path, cluster in pure.items():
        assert (made.y[made.source == path] == y[cluster.members[0]]).all()


def test_a_larger_alpha_only_appends(tree: ClusterTree) -> None:
    few, many = (synthesise(tree, tree.cut(0.0), alpha, "hierarchical", None, 3) for alpha in (2, 5))
    for path in set(few.source.tolist()):
        rows = few.X[few.source == path]
        assert np.array_equal(rows, many.X[many.source == path][: len(rows)])


def test_bounds_clip_and_nothing_else(tree: ClusterTree) -> None:
    free = synthesise(tree, tree.cut(1.0), 50, "paper", None, 1)
    kept = synthesise(tree, tree.cut(1.0), 50, "paper", (np.array([0.0, 1.0]), np.array([5.0, 40.0])), 1)
    assert (free.X < 0).any()
    assert np.array_equal(kept.X, np.clip(free.X, [0.0, 1.0], [5.0, 40.0]))


def test_no_pure_cluster_gives_no_rows() -> None:
    fitted = ClusterTree(2).fit(np.zeros((4, 3)), np.array([0, 1, 0, 1]))
    for spread in SPREADS:
        made = synthesise(fitted, fitted.cut(0.0), 7, spread)
        assert made.X.shape == (0, 3)
        assert len(made.y) == len(made.source) == 0


def test_unknown_spread_and_negative_alpha_are_refused(tree: ClusterTree) -> None:
    with pytest.raises(ValueError, match="spread must be one of"):
        synthesise(tree, tree.cut(1.0), 7, "wide")
    with pytest.raises(ValueError, match="alpha must not be negative"):
        synthesise(tree, tree.cut(1.0), -1)
