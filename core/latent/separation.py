"""How well the classes stay apart inside a cluster: equations 1 to 5 of AGCL (Haghbin, Moradi, Hosseini)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from core.latent.kmeans import sampled_positions
from core.rng import derived_seed

EXACT = 2_000
"""Up to this many points all pairs of a cluster are averaged; above, those of `SAMPLED` points of each class."""
SAMPLED = 512
_ENUMERATED = 48
"""Up to this many points the pairs of many clusters are listed in one go, which is quicker than a call for each."""
_PAIRS_AT_ONCE = 1_000_000


class Separation(NamedTuple):
    """Equations 1 to 5 of one cluster.

    c_intra: eq 2, the sum over classes of the mean distance of two different points of the class, 0 for a single point.
    s_inter: eq 3, the sum over ordered pairs of different classes of the mean distance between them: with two classes,
    twice the mean. csm: eq 1, s_inter / c_intra, infinite where no class has any spread. entropy: eq 4, in bits.
    sc: eq 5, csm / entropy, normalised as s / (1 + s) to lie between 0 and 1; 1 where csm is infinite.
    A pure cluster has entropy 0 and no csm and sc (NaN).
    """

    c_intra: float
    s_inter: float
    csm: float
    entropy: float
    sc: float


def separation(X: np.ndarray, y: np.ndarray, random_state: int = 0) -> Separation:
    """Equations 1 to 5 of one cluster of points X (n, d) with labels y (n,).

    Exact up to 2,000 points; above, from 512 points of each class sampled by `random_state` (standard error 0.2
    to 0.4 % of SC). The order of the points does not matter up to rounding while it is exact.
    """
    X = np.asarray(X, float)
    codes = np.unique(np.asarray(y), return_inverse=True)[1]
    seeds = np.array([derived_seed(random_state)], np.uint64)
    table = separations(np.ascontiguousarray(X.T), codes, np.array([len(X)]), seeds)
    return Separation(*(float(values[0]) for values in table))


def separations(columns: np.ndarray, codes: np.ndarray, sizes: np.ndarray, seeds: np.ndarray) -> tuple[np.ndarray, ...]:
    """`Separation` of s clusters at once, as five arrays (s,).

    columns: (d, m) features, cluster after cluster. codes: (m,) class of each point as an integer from 0.
    sizes: (s,) points per cluster. seeds: (s,) for the sampling of clusters of more than 2,000 points.
    """
    n_classes = int(codes.max()) + 1
    segment = np.repeat(np.arange(len(sizes)), sizes)
    counts = np.bincount(segment * n_classes + codes, minlength=len(sizes) * n_classes).reshape(-1, n_classes)
    starts = np.cumsum(sizes) - sizes
    means = np.zeros((len(sizes), n_classes, n_classes))
    small = np.flatnonzero(sizes <= _ENUMERATED)
    for batch in _batches(small, sizes):
        means[batch] = _listed_means(columns, codes, starts[batch], sizes[batch], counts[batch])
    for node in np.flatnonzero(sizes > _ENUMERATED):
        span = slice(starts[node], starts[node] + sizes[node])
        means[node] = _class_means(columns[:, span].T, codes[span], n_classes, int(seeds[node]))
    c_intra = np.einsum("sll->s", means)
    s_inter = means.sum(axis=(1, 2)) - c_intra
    return _criteria(c_intra, s_inter, counts)


def entropies(counts: np.ndarray) -> np.ndarray:
    """Equation 4 in bits, (s,), of class counts (s, classes)."""
    share = counts / counts.sum(axis=1, keepdims=True)
    return -np.sum(share * np.log2(np.where(counts > 0, share, 1.0)), axis=1) + 0.0


def _criteria(c_intra: np.ndarray, s_inter: np.ndarray, counts: np.ndarray) -> tuple[np.ndarray, ...]:
    entropy = entropies(counts)
    mixed = (counts > 0).sum(axis=1) > 1
    with np.errstate(divide="ignore", invalid="ignore"):
        csm = np.where(c_intra > 0, s_inter / c_intra, np.inf)
        ratio = csm / entropy
        sc = np.where(np.isinf(ratio), 1.0, ratio / (1 + ratio))
    return c_intra, s_inter, np.where(mixed, csm, np.nan), entropy, np.where(mixed, sc, np.nan)


def _batches(nodes: np.ndarray, sizes: np.ndarray) -> list[np.ndarray]:
    """`nodes` cut into runs of at most about `_PAIRS_AT_ONCE` pairs, which bounds the memory."""
    pairs = np.cumsum(sizes[nodes] * (sizes[nodes] - 1) // 2)
    if not len(nodes):
        return []
    return np.split(nodes, np.flatnonzero(np.diff(pairs // _PAIRS_AT_ONCE)) + 1)


def _listed_means(
    columns: np.ndarray, codes: np.ndarray, starts: np.ndarray, sizes: np.ndarray, counts: np.ndarray
) -> np.ndarray:
    """Mean distances (s, classes, classes) between classes of small clusters: a list of all pairs of each."""
    n_classes = counts.shape[1]
    point = np.concatenate([np.arange(lo, lo + size) for lo, size in zip(starts, sizes, strict=True)])
    segment = np.repeat(np.arange(len(sizes)), sizes)
    later = np.repeat(np.cumsum(sizes), sizes) - np.arange(len(point)) - 1
    first = np.repeat(np.arange(len(point)), later)
    ends = np.cumsum(later)
    second = first + 1 + np.arange(ends[-1]) - np.repeat(ends - later, later)
    squared = np.zeros(len(first))
    for column in columns[:, point]:
        difference = column[first] - column[second]
        difference *= difference
        squared += difference
    code = codes[point]
    one, other = code[first], code[second]
    cell = (segment[first] * n_classes + np.minimum(one, other)) * n_classes + np.maximum(one, other)
    sums = np.bincount(cell, np.sqrt(squared), len(sizes) * n_classes**2).reshape(-1, n_classes, n_classes)
    same = np.eye(n_classes, dtype=bool)
    pairs = counts[:, :, None] * counts[:, None, :]
    pairs = np.where(same, counts[:, :, None] * (counts[:, :, None] - 1) // 2, pairs)
    upper = sums / np.maximum(pairs, 1)
    return upper + np.where(same, 0, upper.transpose(0, 2, 1))


def _class_means(X: np.ndarray, codes: np.ndarray, n_classes: int, seed: int) -> np.ndarray:
    """Mean distances (classes, classes) between and inside the classes of one cluster."""
    from scipy.spatial.distance import cdist, pdist

    members = [np.ascontiguousarray(X[codes == number]) for number in range(n_classes)]
    if len(X) > EXACT:
        members = [
            points[sampled_positions(len(points), SAMPLED, derived_seed(seed, number))]
            for number, points in enumerate(members)
        ]
    means = np.zeros((n_classes, n_classes))
    for one, points in enumerate(members):
        if len(points) > 1:
            means[one, one] = pdist(points).mean()
        for other in range(one):
            if len(points) and len(members[other]):
                means[one, other] = means[other, one] = cdist(points, members[other]).mean()
    return means
