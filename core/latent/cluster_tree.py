"""Recursive K-means as one tree that is grown once and cut at any threshold (AGCL, section III.A and B)."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from core.latent.cut import Cut
from core.latent.draws import positions_within
from core.latent.elbow import inertia_curve, knee
from core.latent.kmeans import divide
from core.latent.separation import EXACT, entropies, separations
from core.rng import derived_seed
from core.settings import RULES


@dataclass(frozen=True, eq=False)
class NodeTable:
    """The N nodes of a tree as columns; row 0 is the whole data.

    parent: (N,) row. depth: (N,). low, high: (N,) the node's members are `order_[low:high]`. counts: (N, classes).
    csm, entropy, sc: (N,) NaN for csm and sc where pure. centre, variance: (N, d) mean and population variance.
    lowest, highest: (N,) lowest and highest SC of the mixed clusters on the way down to the node. path: (N,) strings.
    divided: (N,) whether its children were grown.
    """

    parent: np.ndarray
    depth: np.ndarray
    low: np.ndarray
    high: np.ndarray
    counts: np.ndarray
    csm: np.ndarray
    entropy: np.ndarray
    sc: np.ndarray
    centre: np.ndarray
    variance: np.ndarray
    lowest: np.ndarray
    highest: np.ndarray
    path: np.ndarray
    divided: np.ndarray

    @property
    def size(self) -> np.ndarray:
        return self.high - self.low

    @property
    def pure(self) -> np.ndarray:
        return (self.counts > 0).sum(axis=1) == 1


class ClusterTree:
    """Recursive K-means: the root into k clusters, every mixed cluster below into as many as there are classes.

    n_clusters: k of the root; None takes the elbow, above the number of classes. rule: which mixed clusters a threshold
    splits, since the paper contradicts itself. `text` (section III.B: threshold 1 runs K-means once, 0 splits until
    pure) splits where SC >= threshold, and none at 1; `pseudocode` (Algorithm 1) splits where SC < threshold.
    random_state: each node's K-means is seeded by it and the node's path, so a cut of the tree equals the recursion
    run directly at that threshold. The order of the rows changes nothing.

    A cluster is not split when its points coincide (no K-means separates them), however mixed it is.
    Distances are those of X as given: scale before (in the same Pipeline), or the widest AU rules them.

    After `fit`: classes_, n_clusters_, inertias_ (dict k -> inertia, empty where k was given), thresholds_ (the
    distinct SC values, ascending: between two of them no cut differs), nodes_ (a `NodeTable`), order_ (n,).

    >>> X = np.array([[0.0], [0.1], [4.0], [4.2], [9.0], [9.1]])
    >>> tree = ClusterTree(n_clusters=3).fit(X, ["PD", "PD", "PD", "control", "control", "control"])
    >>> tree.cut(1.0).coverage
    {'PD': 0.6666666666666666, 'control': 0.6666666666666666}
    >>> tree.cut(0.0).coverage
    {'PD': 1.0, 'control': 1.0}
    """

    def __init__(self, n_clusters: int | None = None, rule: str = "text", random_state: int = 0) -> None:
        if rule not in RULES:
            raise ValueError(f"rule must be one of {RULES}, not {rule!r}")
        self.n_clusters = n_clusters
        self.rule = rule
        self.random_state = random_state

    def fit(self, X: np.ndarray, y: np.ndarray, threshold: float | None = None) -> ClusterTree:
        """Grow the tree of X (n, d) with labels y (n,): whole, or only what `cut(threshold)` needs.

        Raises ValueError where X is not a finite (n, d) array, y does not fit it, or only one class is present.
        """
        X = np.asarray(X, float)
        if X.ndim != 2 or X.size == 0 or not np.isfinite(X).all():
            raise ValueError("X must be a two-dimensional array of finite numbers, at least one row and one column")
        self.classes_, self.codes_ = np.unique(np.asarray(y), return_inverse=True)
        if self.codes_.shape != (len(X),):
            raise ValueError(f"y must have one label for each of the {len(X)} rows of X")
        if len(self.classes_) < 2:
            raise ValueError("a cluster tree needs at least two classes: one class has nothing to be separated from")
        self.columns_ = np.ascontiguousarray(X.T)
        self.grown_ = threshold
        # From here on rows come in an order that their values set, so that theirs in the table has no say.
        self.order_ = np.lexsort((self.codes_, *self.columns_[::-1]))
        self.inertias_: dict[int, float] = {}
        if self.n_clusters is None:
            self.inertias_ = inertia_curve(self.columns_[:, self.order_], len(self.classes_), self.random_state)
            self.n_clusters_ = knee(self.inertias_, len(self.classes_))
        else:
            self.n_clusters_ = min(self.n_clusters, len(X))
        self._grow(self._splits(threshold))
        self.thresholds_ = np.unique(self.nodes_.sc[1:][~self.nodes_.pure[1:]])
        return self

    def cut(self, threshold: float) -> Cut:
        """The clusters at `threshold`, 0 to 1, without running K-means again.

        Raises ValueError where the tree was grown for another threshold and stops short of this one.
        """
        table = self.nodes_
        least, most = self._splits(threshold)
        if least < self._splits(self.grown_)[0] or most > self._splits(self.grown_)[1]:
            raise ValueError(f"the tree was grown only as far as threshold {self.grown_} needs; fit it again")
        reached = (table.lowest >= least) & (table.highest < most)
        reached[0] = False
        nodes = np.flatnonzero(reached)
        split = table.divided[nodes] & (table.sc[nodes] >= least) & (table.sc[nodes] < most)
        ends = np.flatnonzero(~split)
        ends = ends[np.argsort(table.low[nodes[ends]])]
        labels = np.empty(len(self.order_), np.int64)
        labels[self.order_] = np.repeat(ends, table.size[nodes[ends]])
        covered = table.counts[nodes[table.pure[nodes]]].sum(axis=0) / table.counts[0]
        coverage = dict(zip(self.classes_.tolist(), covered.tolist(), strict=True))
        return Cut(self, threshold, nodes, split, labels, coverage)

    def members(self, nodes: np.ndarray) -> np.ndarray:
        """Row indices of the members of rows `nodes` of the node table, node after node."""
        return self._members(self.nodes_.low[nodes], self.nodes_.size[nodes])

    def _splits(self, threshold: float | None) -> tuple[float, float]:
        """(least, most): mixed clusters with least <= SC < most are split at `threshold`; None splits all."""
        if threshold is None:
            return -np.inf, np.inf
        if self.rule == "pseudocode":
            return -np.inf, threshold
        return (threshold if threshold < 1 else np.inf), np.inf

    def _grow(self, splits: tuple[float, float]) -> None:
        least, most = splits
        nothing = np.array([0])
        level = self._described(nothing, nothing, nothing, np.array([len(self.codes_)]), np.array([""], object))
        level.lowest[:], level.highest[:] = np.inf, -np.inf
        levels, n_nodes = [level], 1
        frontier, first = nothing, 0
        while len(frontier):
            labels = self._labels(level, frontier)
            below = self._children(level, frontier, first, labels)
            levels.append(below)
            level, first = below, n_nodes
            n_nodes += len(below.low)
            with np.errstate(invalid="ignore"):
                frontier = np.flatnonzero(~below.pure & (below.sc >= least) & (below.sc < most))
        self.nodes_ = NodeTable(
            *(np.concatenate([getattr(part, f.name) for part in levels]) for f in fields(NodeTable))
        )

    def _labels(self, level: NodeTable, frontier: np.ndarray) -> np.ndarray:
        """K-means labels of the members of the `frontier` rows of a level, node after node."""
        is_root = level.depth[0] == 0
        k = self.n_clusters_ if is_root else len(self.classes_)
        sizes = level.size[frontier]
        seeds = np.array([derived_seed(self.random_state, path) for path in level.path[frontier]], np.uint64)
        columns = self.columns_[:, self._members(level.low[frontier], sizes)]
        return divide(columns, sizes, seeds, k, thorough=is_root)

    def _members(self, low: np.ndarray, sizes: np.ndarray) -> np.ndarray:
        """Row indices of the members of nodes, node after node."""
        return self.order_[np.repeat(low, sizes) + positions_within(sizes)]

    def _children(self, level: NodeTable, frontier: np.ndarray, first: int, labels: np.ndarray) -> NodeTable:
        """The next level: the clusters into which `labels` divides the `frontier` rows of a level.

        `first` is the row of the level's first node in the whole table. A node that K-means leaves whole gets none.
        """
        low, sizes = level.low[frontier], level.size[frontier]
        k = int(labels.max()) + 1
        cell = np.repeat(np.arange(len(frontier)), sizes) * k + labels
        counts = np.bincount(cell, minlength=len(frontier) * k).reshape(-1, k)
        places = np.repeat(low, sizes) + positions_within(sizes)
        self.order_[places] = self.order_[places][np.argsort(cell, kind="stable")]
        filled = counts > 0
        divided = (filled.sum(axis=1) > 1) | (level.depth[0] == 0)
        level.divided[frontier] = divided
        parent, label = np.nonzero(filled & divided[:, None])
        number = (filled.cumsum(axis=1) - 1)[parent, label]
        child_low = low[parent] + (counts.cumsum(axis=1) - counts)[parent, label]
        child_high = child_low + counts[parent, label]
        above = frontier[parent]
        paths = [f"{path}.{n}" if path else str(n) for path, n in zip(level.path[above], number, strict=True)]
        below = self._described(first + above, level.depth[above] + 1, child_low, child_high, np.array(paths, object))
        below.lowest[:] = np.minimum(level.lowest[above], level.sc[above] if first else np.inf)
        below.highest[:] = np.maximum(level.highest[above], level.sc[above] if first else -np.inf)
        return below

    def _described(
        self, parent: np.ndarray, depth: np.ndarray, low: np.ndarray, high: np.ndarray, path: np.ndarray
    ) -> NodeTable:
        """A level's rows with everything that follows from their members."""
        sizes = high - low
        members = self._members(low, sizes)
        codes, columns = self.codes_[members], self.columns_[:, members]
        n_classes, n = len(self.classes_), len(sizes)
        segment = np.repeat(np.arange(n), sizes)
        counts = np.bincount(segment * n_classes + codes, minlength=n * n_classes).reshape(n, n_classes)
        centre = np.stack([np.bincount(segment, column, n) for column in columns]) / sizes
        variance = np.stack(
            [
                np.bincount(segment, (column - mean[segment]) ** 2, n)
                for column, mean in zip(columns, centre, strict=True)
            ]
        )
        csm, sc = np.full(n, np.nan), np.full(n, np.nan)
        mixed = (counts > 0).sum(axis=1) > 1
        if mixed.any() and depth[0] > 0:
            seeds = [
                derived_seed(self.random_state, name, "pairs") if size > EXACT else 0
                for name, size in zip(path[mixed], sizes[mixed], strict=True)
            ]
            inside = mixed[segment]
            _, _, csm[mixed], _, sc[mixed] = separations(
                columns[:, inside], codes[inside], sizes[mixed], np.array(seeds, np.uint64)
            )
        return NodeTable(
            parent, depth, low, high, counts, csm, entropies(counts), sc, centre.T, variance.T / sizes[:, None],
            np.empty(n), np.empty(n), path, np.zeros(n, bool),
        )  # fmt: skip
