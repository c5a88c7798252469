"""Two coordinates for looking at the AU space: PCA at once, UMAP when there is time."""

from __future__ import annotations

import warnings
from contextlib import suppress

import numpy as np

NEIGHBOURS = 15
_ROWS_AT_ONCE = 2_000


def pca(X: np.ndarray, X_new: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray | None]:
    """The first two principal components of X (n, d): Z (n, 2), and X_new (m, d) on the same axes: (m, 2) or None.

    Signs are fixed by making the largest loading of each component positive. A missing second axis (d or n of 1) is 0.
    """
    X = np.asarray(X, float)
    mean = X.mean(axis=0)
    axes = np.linalg.svd(X - mean, full_matrices=False)[2][:2]
    largest = np.abs(axes).argmax(axis=1)
    axes = axes * np.where(axes[np.arange(len(axes)), largest] < 0, -1.0, 1.0)[:, None]
    axes = np.vstack([axes, np.zeros((2 - len(axes), X.shape[1]))])
    return (X - mean) @ axes.T, None if X_new is None else (np.asarray(X_new, float) - mean) @ axes.T


def fit_umap(X: np.ndarray, random_state: int = 0) -> np.ndarray:
    """UMAP coordinates (n, 2) of X (n, d) with min(15, n − 1) neighbours; the same seed gives the same map.

    Below 5 points there is no neighbourhood to embed and the principal components are returned. Importing umap takes
    seconds, and compiling it ten more the first time on a machine, so call this in a worker.
    """
    n = len(X)
    if n < 5:
        return pca(X)[0]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import umap

        _keep_compiled()
        mapper = umap.UMAP(
            n_neighbors=min(NEIGHBOURS, n - 1),
            init="spectral" if n > NEIGHBOURS else "random",
            random_state=random_state,
            n_jobs=1,
        )
        return np.asarray(mapper.fit_transform(np.asarray(X, float)), float)


def _keep_compiled() -> None:
    """Let numba keep what it compiles of UMAP beside its other caches: else every process takes ten seconds over it."""
    from umap.umap_ import compute_membership_strengths, smooth_knn_dist
    from umap.utils import fast_knn_indices

    with suppress(RuntimeError):  # there is no folder that may be written
        for function in (fast_knn_indices, smooth_knn_dist, compute_membership_strengths):
            function.enable_caching()


def place(X: np.ndarray, Z: np.ndarray, X_new: np.ndarray) -> np.ndarray:
    """Coordinates (m, 2) of new rows X_new (m, d) on the map Z (n, 2) of the rows X (n, d), instantly.

    UMAP's own starting point for new rows (McInnes et al. 2018): the mean of the coordinates of the k = min(15, n)
    nearest rows, weighted by membership exp(−distance / σ), σ such that the k memberships add up to log2 k. A row equal
    to one of X takes its place.
    """
    X, Z, X_new = np.asarray(X, float), np.asarray(Z, float), np.asarray(X_new, float)
    parts = [_placed(X, Z, X_new[start : start + _ROWS_AT_ONCE]) for start in range(0, len(X_new), _ROWS_AT_ONCE)]
    return np.concatenate(parts) if parts else np.zeros((0, 2))


def _placed(X: np.ndarray, Z: np.ndarray, X_new: np.ndarray) -> np.ndarray:
    from scipy.spatial.distance import cdist

    k = min(NEIGHBOURS, len(X))
    distance = cdist(X_new, X)
    nearest = np.argpartition(distance, k - 1, axis=1)[:, :k]
    distance = np.take_along_axis(distance, nearest, axis=1)
    weights = _memberships(distance)
    equal = distance == 0
    weights = np.where(equal.any(axis=1, keepdims=True), equal, weights)
    return np.einsum("mk,mkc->mc", weights / weights.sum(axis=1, keepdims=True), Z[nearest])


def _memberships(distance: np.ndarray) -> np.ndarray:
    """exp(−distance / σ) per row (m, k), σ found by bisection on its logarithm."""
    target = np.log2(max(distance.shape[1], 2))
    scale = np.maximum(distance.mean(axis=1, keepdims=True), np.finfo(float).tiny)
    low, high = np.full_like(scale, -20.0), np.full_like(scale, 20.0)
    # beyond the nearest point's share nothing changes, and it keeps a far row from having no weight at all
    beyond = distance - distance.min(axis=1, keepdims=True)
    for _ in range(50):
        middle = (low + high) / 2
        total = np.exp(-distance / (scale * np.exp(middle))).sum(axis=1, keepdims=True)
        low, high = np.where(total < target, middle, low), np.where(total < target, high, middle)
    return np.exp(-beyond / (scale * np.exp(middle)))
