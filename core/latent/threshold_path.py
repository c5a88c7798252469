"""What every threshold makes of a cluster tree at once: where on the slider a cluster is, and what is covered."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.latent.cluster_tree import ClusterTree

BELOW_ONE = float(np.nextafter(1.0, 0.0))


@dataclass(frozen=True, eq=False)
class ThresholdPath:
    """Between two neighbouring thresholds no cut differs, so these are all cuts there are.

    thresholds: (m,) ascending, from 0 to 1: the ends of the slider and the distinct SC values. n_clusters, n_pure: (m,)
    clusters in which rows end, and the pure ones of them. coverage: class -> (m,) share of its rows in pure clusters.
    """

    thresholds: np.ndarray
    n_clusters: np.ndarray
    n_pure: np.ndarray
    coverage: dict


def end_spans(tree: ClusterTree) -> np.ndarray:
    """(N, 2): rows end in the cluster of a row of the node table at the thresholds t with low < t <= high.

    Follows from the rule: `text` reaches a node where every mixed cluster above it has SC >= t and stops there where
    its own has not, and splits nothing at 1; `pseudocode` reaches it where every SC above is < t. low >= high where
    rows never end, as in the whole data. Of a tree that was grown to a threshold only, as far as it goes.
    """
    table = tree.nodes_
    divided = table.divided & ~np.isnan(table.sc)
    if tree.rule == "text":
        low = np.where(divided, np.minimum(table.sc, BELOW_ONE), -np.inf)
        high = np.where(table.depth > 1, np.minimum(table.lowest, BELOW_ONE), np.inf)
    else:
        low, high = table.highest.copy(), np.where(divided, table.sc, np.inf)
    low[0], high[0] = np.inf, -np.inf
    return np.column_stack([low, high])


def threshold_path(tree: ClusterTree) -> ThresholdPath:
    """All cuts of a whole tree, counted without making any."""
    table = tree.nodes_
    thresholds = np.unique(np.concatenate([[0.0, 1.0], tree.thresholds_]))
    low, high = end_spans(tree).T
    first = np.searchsorted(thresholds, low, side="right")
    last = np.maximum(np.searchsorted(thresholds, high, side="right"), first)

    def over_path(amount: np.ndarray) -> np.ndarray:
        steps = np.zeros(len(thresholds) + 1)
        np.add.at(steps, first, amount)
        np.subtract.at(steps, last, amount)
        return steps.cumsum()[:-1]

    held = table.counts * table.pure[:, None] / table.counts[0]
    return ThresholdPath(
        thresholds,
        over_path(np.ones(len(low))).round().astype(int),
        over_path(table.pure.astype(float)).round().astype(int),
        {label: over_path(share) for label, share in zip(tree.classes_.tolist(), held.T, strict=True)},
    )
