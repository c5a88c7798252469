"""K-means of many nodes in one go, each seeded on its own.

At threshold 0 a cohort of 10⁵ rows needs some 42,000 K-means runs, most of them on a handful of points, so all nodes of
one level of the tree are iterated together. Every figure of a node is computed from its own points in their own order
(elementwise arithmetic and `bincount`), so a node's result is the same, bit for bit, alone or among others.
"""

from __future__ import annotations

import numpy as np

from core.latent.draws import positions_within, substream, uniforms

MAX_ITERATIONS = 100
SETTLED = 1_000
"""A node has settled when at most one point in this many changed its cluster: none at all in a smaller node."""
LARGE = 2_000
"""Above this many points a node is first clustered on a sample, whose centres then start the iteration over all."""
SMALL = 256
"""Up to this many points a node takes the best of several seedings; larger ones hardly depend on theirs."""
_RESTARTS = 4
_THOROUGH_RESTARTS = 10


def divide(columns: np.ndarray, sizes: np.ndarray, seeds: np.ndarray, k: int, thorough: bool = False) -> np.ndarray:
    """K-means labels (m,) of s nodes, each into at most k clusters counted from 0.

    columns: (d, m) features of the points, node after node. sizes: (s,) points per node. seeds: (s,) one per node.
    Nodes of up to 256 points take the best of 4 seedings, larger ones the first; with `thorough` all take the best of
    10. Nodes of more than 2,000 points start from the centres of a sample.
    """
    labels = np.empty(columns.shape[1], np.int64)
    large = sizes > LARGE
    starts = np.cumsum(sizes) - sizes
    for node in np.flatnonzero(large):
        span = slice(starts[node], starts[node] + sizes[node])
        labels[span] = _large_node(columns[:, span], int(seeds[node]), k, _THOROUGH_RESTARTS if thorough else 1)
    for fits, restarts in ((sizes <= SMALL, _RESTARTS), ((sizes > SMALL) & ~large, 1)):
        if fits.any():
            chosen = np.repeat(fits, sizes)
            ks = np.full(int(fits.sum()), k)
            n_restarts = _THOROUGH_RESTARTS if thorough else restarts
            labels[chosen], _ = cluster_nodes(columns[:, chosen], sizes[fits], seeds[fits], ks, n_restarts)
    return labels


def cluster_nodes(
    columns: np.ndarray, sizes: np.ndarray, seeds: np.ndarray, n_clusters: np.ndarray, n_restarts: int
) -> tuple[np.ndarray, np.ndarray]:
    """K-means (k-means++ seeding, Lloyd's iteration) of s nodes at once, the best of `n_restarts` for each.

    columns: (d, m) features of the points, node after node. sizes: (s,) points per node. seeds: (s,) one per node.
    n_clusters: (s,) k of each node; a node with fewer distinct points gets as many clusters as it has distinct points.
    Returns labels (m,) counting from 0 within each node (some of the k may be empty) and inertia (s,).
    """
    tiled_sizes = np.tile(sizes, n_restarts)
    tiled_seeds = substream(seeds, np.arange(n_restarts)[:, None]).ravel()
    tiled = np.tile(columns, n_restarts) if n_restarts > 1 else columns
    centres = _seeded_centres(tiled, tiled_sizes, tiled_seeds, np.tile(n_clusters, n_restarts))
    labels, inertia, _ = _iterated(tiled, tiled_sizes, centres)
    inertia = inertia.reshape(n_restarts, len(sizes))
    best = inertia.argmin(axis=0)
    chosen = labels.reshape(n_restarts, columns.shape[1])[np.repeat(best, sizes), np.arange(columns.shape[1])]
    return chosen, inertia[best, np.arange(len(sizes))]


def _large_node(columns: np.ndarray, seed: int, n_clusters: int, n_restarts: int) -> np.ndarray:
    """Labels (m,) of one node: the best run on a sample of `LARGE` points gives the centres to start from."""
    seeds = np.array([seed], np.uint64)
    sample = sampled_positions(columns.shape[1], LARGE, seed)
    few = columns[:, sample]
    labels, _ = cluster_nodes(few, np.array([len(sample)]), seeds, np.array([n_clusters]), n_restarts)
    counts = np.bincount(labels, minlength=n_clusters)
    sums = np.stack([np.bincount(labels, column, n_clusters) for column in few])
    centres = np.where(counts > 0, sums / np.maximum(counts, 1), np.inf)
    return _iterated(columns, np.array([columns.shape[1]]), centres.T[:, :, None])[0]


def sampled_positions(n_points: int, n_sampled: int, seed: int) -> np.ndarray:
    """`n_sampled` of the positions 0 … n_points−1 without replacement, ascending, seeded; all when there are fewer."""
    if n_points <= n_sampled:
        return np.arange(n_points)
    lots = uniforms(substream(np.full(1, seed, np.uint64), 0), np.arange(n_points))
    return np.sort(np.argpartition(lots, n_sampled)[:n_sampled])


def _squared_distance(columns: np.ndarray, centres: np.ndarray, segment: np.ndarray) -> np.ndarray:
    """(m,) squared distance of each point to its node's centre; centres (d, s), segment (m,) node of each point."""
    total = np.zeros(columns.shape[1])
    for column, centre in zip(columns, centres, strict=True):
        difference = column - (centre[segment] if len(centre) > 1 else centre)
        difference *= difference
        total += difference
    return total


def _seeded_centres(columns: np.ndarray, sizes: np.ndarray, seeds: np.ndarray, n_clusters: np.ndarray) -> np.ndarray:
    """Starting centres (k, d, s): k-means++, infinite where a node has fewer distinct points or a smaller k.

    A point is drawn with probability proportional to its squared distance D² from the nearest centre so far as the
    smallest of independent exponential variables of rate D², which needs no running sum across nodes.
    """
    segment = np.repeat(np.arange(len(sizes)), sizes)
    positions = positions_within(sizes)
    starts = np.cumsum(sizes) - sizes
    centres = np.full((int(n_clusters.max()), len(columns), len(sizes)), np.inf)
    first = np.minimum((uniforms(substream(seeds, 0), np.zeros(len(sizes))) * sizes).astype(int), sizes - 1)
    centres[0] = columns[:, starts + first]
    numbers = np.arange(1, len(centres))[:, None]
    exponential = -np.log(uniforms(substream(seeds, numbers)[:, segment], positions))
    nearest = np.full(len(segment), np.inf)
    for number in range(1, len(centres)):
        latest = centres[number - 1]
        nearest = np.minimum(nearest, _squared_distance(columns, latest, segment))
        with np.errstate(divide="ignore"):
            waiting = exponential[number - 1] / nearest
        soonest = np.minimum.reduceat(waiting, starts)
        arrived = np.flatnonzero(waiting == soonest[segment])[::-1]
        chosen = np.zeros(len(sizes), int)
        chosen[segment[arrived]] = arrived
        drawn = np.isfinite(soonest) & (number < n_clusters)
        centres[number][:, drawn] = columns[:, chosen[drawn]]
    return centres


def _iterated(columns: np.ndarray, sizes: np.ndarray, centres: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Lloyd's iteration of every node until it has settled: labels (m,), inertia (s,), centres (k, d, s).

    Settled nodes leave the arrays at once, so that what else is being iterated has no say in when a node stops.
    """
    k = len(centres)
    labels = np.zeros(columns.shape[1], np.int64)
    inertia = np.zeros(len(sizes))
    final = centres.copy()
    active, place = np.arange(len(sizes)), np.arange(columns.shape[1])
    segment = np.repeat(active, sizes)
    before = np.full(columns.shape[1], -1)
    for step in range(MAX_ITERATIONS):
        now, distance = _assigned(columns, centres, segment)
        moving = np.bincount(segment, now != before, len(active)) > sizes // SETTLED
        last = step == MAX_ITERATIONS - 1 or not moving.any()
        if last or not moving.all():
            labels[place], final[:, :, active] = now, centres
            inertia[active] = np.bincount(segment, distance, len(active))
            if last:
                break
            keep = moving[segment]
            active, sizes, centres = active[moving], sizes[moving], centres[:, :, moving]
            columns, place, now = columns[:, keep], place[keep], now[keep]
            segment = np.repeat(np.arange(len(active)), sizes)
        centres = _means(columns, segment * k + now, centres)
        before = now
    return labels, inertia, final


def _assigned(columns: np.ndarray, centres: np.ndarray, segment: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The nearest centre of each point (the first of equals) and the squared distance to it, both (m,)."""
    distance = _squared_distance(columns, centres[0], segment)
    labels = np.zeros(len(segment), np.int64)
    for number in range(1, len(centres)):
        other = _squared_distance(columns, centres[number], segment)
        labels[other < distance] = number
        np.minimum(distance, other, out=distance)
    return labels, distance


def _means(columns: np.ndarray, cell: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Means (k, d, s) of the points of each cell (node · k + label); one that lost its points keeps its centre."""
    k, d, s = centres.shape
    counts = np.bincount(cell, minlength=s * k)
    sums = np.stack([np.bincount(cell, column, s * k) for column in columns])
    with np.errstate(invalid="ignore"):
        means = sums / np.maximum(counts, 1)
    return np.where(counts > 0, means, centres.transpose(1, 2, 0).reshape(d, s * k)).reshape(d, s, k).transpose(2, 0, 1)
