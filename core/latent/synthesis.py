"""Synthetic points around the pure clusters of a cut (AGCL, section III.C, equations 6 to 8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from core.latent.cluster_tree import ClusterTree
from core.latent.cut import Cut
from core.latent.draws import normals
from core.rng import derived_seed
from core.settings import SPREADS

Bounds = tuple[float | np.ndarray, float | np.ndarray]

PRIOR_POINTS = 5
"""n0 of the hierarchical spread: a leaf of this many points weighs its own variance and its class's alike."""


@dataclass(frozen=True, eq=False)
class Synthetic:
    """Synthetic rows: X (q, d), y (q,) labels, source (q,) path of the pure cluster each was drawn from.

    history: of each class that was searched for, the curves of `GeneticSearch.history_`. n_filled: of each class, how
    many rows another method had to make up. units: of an S3VAE that was trained, the active latent units, and all.
    remark: what to say of them, "" for nothing.
    """

    X: np.ndarray
    y: np.ndarray
    source: np.ndarray
    history: Mapping[Any, Mapping[str, np.ndarray]] = field(default_factory=dict)
    n_filled: Mapping[Any, int] = field(default_factory=dict)
    units: tuple[int, int] = (0, 0)
    remark: str = ""


def synthesise(
    tree: ClusterTree,
    cut: Cut,
    alpha: float,
    spread: str = "paper",
    bounds: Bounds | None = (0.0, 5.0),
    random_state: int = 0,
) -> Synthetic:
    """round(alpha · n_j) rows from N(centre_j, diag(sd_j²)) for each pure cluster j of n_j points (equations 7 and 8).

    spread: how wide, see `standard_deviations`. bounds: values outside are set to the nearest bound, as OpenFace's own
    scale ends at 0 and 5 (rows are not drawn again, so that counts stay exact and the pile of zeros that real
    intensities have is kept); each a number or one per feature (d,), on the scale of X; None for no bounds.
    Each cluster has its own stream: a larger alpha appends rows to those of a smaller one and changes none.
    Raises ValueError for an unknown spread or a negative alpha.
    """
    if alpha < 0:
        raise ValueError(f"alpha must not be negative, it is {alpha}")
    table, nodes = tree.nodes_, cut.pure_nodes
    quota = np.rint(alpha * table.size[nodes]).astype(int)
    seeds = np.array([derived_seed(random_state, path, "points") for path in table.path[nodes]], np.uint64)
    deviation = standard_deviations(tree, nodes, spread)
    X = normals(seeds, quota, len(tree.columns_))
    X *= np.repeat(deviation, quota, axis=0)
    X += np.repeat(table.centre[nodes], quota, axis=0)
    if bounds is not None:
        np.clip(X, *bounds, out=X)
    labels = tree.classes_[table.counts[nodes].argmax(axis=1)]
    return Synthetic(X, np.repeat(labels, quota), np.repeat(table.path[nodes], quota))


def standard_deviations(tree: ClusterTree, nodes: np.ndarray, spread: str) -> np.ndarray:
    """Standard deviation per axis (p, d) around the pure clusters in rows `nodes` (p,) of the tree's node table.

    `paper` (eq 6): the radius r = max D + 0.1 · (max D − min D) on every axis, D the distances of the members to their
    centre; for a single point 0.01 · the mean over the features of their standard deviation in the parent cluster
    (population). r on every axis makes the expected distance from the centre √d times the radius.
    `scaled`: r / √d, which takes that inflation out.
    `hierarchical` (ours): the leaf's own variance per axis shrunk towards its class's, narrowed by Scott's rule:
    (n · v_leaf + n0 · h² · v_class) / (n + n0), h² = n_class^(−2 / (d + 4)), n0 = 5, population variances.
    """
    if spread not in SPREADS:
        raise ValueError(f"spread must be one of {SPREADS}, not {spread!r}")
    if spread == "hierarchical":
        return _hierarchical(tree, nodes)
    d = len(tree.columns_)
    radius = _radii(tree, nodes) / (np.sqrt(d) if spread == "scaled" else 1.0)
    return np.repeat(radius[:, None], d, axis=1)


def _radii(tree: ClusterTree, nodes: np.ndarray) -> np.ndarray:
    table = tree.nodes_
    if len(nodes) == 0:
        return np.zeros(0)
    sizes = table.size[nodes]
    columns = tree.columns_[:, tree.members(nodes)]
    centres = np.repeat(table.centre[nodes], sizes, axis=0).T
    distance = np.sqrt(((columns - centres) ** 2).sum(axis=0))
    starts = np.cumsum(sizes) - sizes
    nearest, farthest = np.minimum.reduceat(distance, starts), np.maximum.reduceat(distance, starts)
    single = 0.01 * np.sqrt(table.variance[table.parent[nodes]]).mean(axis=1)
    return np.where(sizes == 1, single, farthest + 0.1 * (farthest - nearest))


def _hierarchical(tree: ClusterTree, nodes: np.ndarray) -> np.ndarray:
    table, d = tree.nodes_, len(tree.columns_)
    n_class = table.counts[0]
    columns, codes = tree.columns_[:, tree.order_], tree.codes_[tree.order_]
    class_variance = np.stack([columns[:, codes == code].var(axis=1) for code in range(len(n_class))])
    prior = class_variance * (n_class ** (-2 / (d + 4)))[:, None]
    code = table.counts[nodes].argmax(axis=1)
    n = table.size[nodes][:, None]
    return np.sqrt((n * table.variance[nodes] + PRIOR_POINTS * prior[code]) / (n + PRIOR_POINTS))
