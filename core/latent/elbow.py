"""How many clusters the data has: the elbow of the K-means inertia curve."""

from __future__ import annotations

import numpy as np

from core.latent.kmeans import cluster_nodes, sampled_positions
from core.rng import derived_seed

MOST_BEYOND_CLASSES = 8
"""The curve ends at this many clusters more than there are classes: at 10 for PD and control."""
SAMPLE = 500
"""The curve is measured on at most this many points, sampled by the seed."""
_RESTARTS = 3


def inertia_curve(columns: np.ndarray, n_classes: int, random_state: int) -> dict[int, float]:
    """K-means inertia for k = `n_classes` … `n_classes` + 8, or up to the number of distinct points if that is smaller.

    columns: (d, n) features. k = `n_classes` is only there so that n_classes + 1 can be an elbow. With more than 500
    points the inertia is that of 500 sampled ones, scaled up to n.
    """
    n = columns.shape[1]
    few = columns[:, sampled_positions(n, SAMPLE, derived_seed(random_state, "elbow"))]
    n_distinct = len(np.unique(few.T, axis=0))
    ks = np.arange(min(n_classes, n_distinct), min(n_classes + MOST_BEYOND_CLASSES, n_distinct) + 1)
    seeds = np.array([derived_seed(random_state, "elbow", k) for k in ks], np.uint64)
    sizes = np.full(len(ks), few.shape[1])
    _, inertia = cluster_nodes(np.tile(few, len(ks)), sizes, seeds, ks, _RESTARTS)
    return {int(k): float(value) * n / few.shape[1] for k, value in zip(ks, inertia, strict=True)}


def knee(inertias: dict[int, float], n_classes: int) -> int:
    """The k > `n_classes` at which the curve bends most: farthest below the straight line between its ends.

    Both axes are stretched to 0 … 1 first (Satopää et al. 2011, "Finding a kneedle in a haystack"). Where no k exceeds
    `n_classes`, because there are not that many distinct points, the largest k there is.
    """
    ks = np.array(sorted(inertias))
    if ks[-1] <= n_classes + 1:
        return int(ks[-1])
    values = np.array([inertias[k] for k in ks])
    drop = values[0] - values[-1]
    if drop <= 0:
        return n_classes + 1
    below_line = 1 - (ks - ks[0]) / (ks[-1] - ks[0]) - (values - values[-1]) / drop
    return int(ks[1:][below_line[1:].argmax()])
