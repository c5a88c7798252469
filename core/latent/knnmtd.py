"""k-nearest-neighbour mega-trend diffusion, in the two versions that its authors published.

J. Sivakumar, K. Ramamurthy, M. Radhakrishnan and D. Won: Synthetic sampling from small datasets, Knowledge-Based
Systems 236, 2022, 107687; the program of the first author changed to joint neighbours in 2025.
"""

from __future__ import annotations

from numbers import Integral

import numpy as np
from sklearn.utils._param_validation import Interval, StrOptions

from core.latent.row_sampler import RowSampler
from core.latent.synthesis import Bounds
from core.settings import NEIGHBOURS

_LOG_LEAST = np.log(1e-20)
_CANDIDATES_PER_ROW = 10
_KEPT = 3
_N_EPOCHS, _POOL = 10, 200
_BISECTIONS = 60
_ROWS_AT_ONCE = 512


class KNNMTD(RowSampler):
    """Mega-trend diffusion around the nearest neighbours of each row of a class.

    The domain of a feature about k neighbours with smallest and largest values m, M, middle u = (m + M) / 2, variance
    s² (n − 1), and N_L and N_U of them below and above u is [L, U] with

        L = min(m, u − N_L / (N_L + N_U) · √(−2 s² / N_L · ln 10⁻²⁰)),
        U = max(M, u + N_U / (N_L + N_U) · √(−2 s² / N_U · ln 10⁻²⁰)),

    and, where all are equal, uniform between m / 5 and 5 M. A value x drawn evenly from it is plausible with the chance
    of its membership, (x − L) / (u − L) below u and (U − x) / (U − u) above: it is triangular.

    neighbours: `univariate` (2022): each feature by itself, its k nearest values, the row's own among them; of ten
    times as many plausible values as rows are asked for in all, the three nearest to the row's become three surrogate
    rows, among which the rows are drawn. `multivariate` (2025): the k nearest other rows; of 200 points of the box that
    they span, those whose product of memberships is beyond chance are plausible, the nearest becomes the surrogate, and
    where none is, the row itself: a copy; ten times over. k: of fewer rows, all.

    The nearest of many draws are found from the distribution of the order statistics, without the draws; the result is
    distributed alike. The rest: see `EnlargingSampler`.
    """

    _parameter_constraints: dict = {  # noqa: RUF012 (scikit-learn reads it from the class)
        **RowSampler._parameter_constraints,
        "k": [Interval(Integral, 1, None, closed="left")],
        "neighbours": [StrOptions(set(NEIGHBOURS))],
    }

    def __init__(
        self,
        alpha: float = 1.0,
        k: int = 3,
        neighbours: str = "univariate",
        bounds: Bounds | None = (0.0, 5.0),
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        super().__init__()
        self.alpha = alpha
        self.k = k
        self.neighbours = neighbours
        self.bounds = bounds
        self.random_state = random_state

    def _make(self, X: np.ndarray, n_made: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        if self.neighbours == "multivariate":
            return _jointly(X, self.k, n_made, rng)
        return _feature_by_feature(X, self.k, n_made, _CANDIDATES_PER_ROW * self.n_asked_, rng)


def domain(neighbours: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """L, u and U (...) of neighbours (..., k); where all k are equal, m / 5 and 5 M in order, and u nan."""
    low, high = neighbours.min(axis=-1), neighbours.max(axis=-1)
    middle = (low + high) / 2
    below = (neighbours < middle[..., None]).sum(axis=-1)
    above = (neighbours > middle[..., None]).sum(axis=-1)
    flat = high == low
    variance = neighbours.var(axis=-1, ddof=1) if neighbours.shape[-1] > 1 else np.zeros(low.shape)
    with np.errstate(divide="ignore", invalid="ignore"):
        reach = [count / (below + above) * np.sqrt(-2 * variance / count * _LOG_LEAST) for count in (below, above)]
    ends = np.sort(np.stack([low / 5, high * 5]), axis=0)
    lower = np.where(flat, ends[0], np.minimum(low, middle - reach[0]))
    upper = np.where(flat, ends[1], np.maximum(high, middle + reach[1]))
    return lower, np.where(flat, np.nan, middle), upper


def _feature_by_feature(
    X: np.ndarray, k: int, n_made: int, n_candidates: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    n = len(X)
    surrogates = np.empty((_KEPT, *X.shape))
    for column, values in enumerate(X.T):
        lower, middle, upper = domain(_nearest_values(values, min(k, n)))
        surrogates[:, :, column] = _nearest_draws(values, lower, middle, upper, n_candidates, rng)
    pool = rng.permutation(_KEPT * n)[:n_made] if n_made <= _KEPT * n else rng.integers(0, _KEPT * n, n_made)
    return surrogates.reshape(-1, X.shape[1])[pool], pool % n


def _nearest_values(values: np.ndarray, k: int) -> np.ndarray:
    """(n, k) the k nearest of the values (n,) to each of them, itself among them: neighbours in sorted order."""
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    windows = np.lib.stride_tricks.sliding_window_view(ordered, k)
    here = np.arange(len(values))[:, None]
    starts = np.clip(here - np.arange(k)[::-1], 0, len(windows) - 1)
    reach = np.maximum(ordered[here] - windows[starts, 0], windows[starts, -1] - ordered[here])
    nearest = np.empty((len(values), k))
    nearest[order] = windows[np.take_along_axis(starts, reach.argmin(axis=1)[:, None], axis=1)[:, 0]]
    return nearest


def _nearest_draws(
    values: np.ndarray,
    lower: np.ndarray,
    middle: np.ndarray,
    upper: np.ndarray,
    n_draws: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """(3, n) the three nearest to each value (n,) of n_draws draws from its domain, the nearest first.

    The share of the domain that is nearer than the j-th nearest is the j-th smallest of n_draws even numbers; from it
    follows the distance, by bisection, and from the densities on both sides the side.
    """
    n_kept = min(_KEPT, n_draws)
    left_over = np.log(rng.random((n_kept, len(values)))) / (n_draws - np.arange(n_kept))[:, None]
    share = -np.expm1(np.cumsum(left_over, axis=0))
    near = np.zeros_like(share)
    far = np.broadcast_to(np.maximum(values - lower, upper - values), share.shape).copy()
    for _ in range(_BISECTIONS):
        half = (near + far) / 2
        within = _distribution(values + half, lower, middle, upper) - _distribution(values - half, lower, middle, upper)
        beyond = within > share
        far, near = np.where(beyond, half, far), np.where(beyond, near, half)
    distance = (near + far) / 2
    sides = [_density(values + sign * distance, lower, middle, upper) for sign in (1, -1)]
    total = np.maximum(sides[0] + sides[1], np.finfo(float).tiny)
    drawn = values + np.where(rng.random(distance.shape) * total < sides[0], distance, -distance)
    return np.concatenate([drawn, np.repeat(drawn[-1:], _KEPT - n_kept, axis=0)])


def _distribution(x: np.ndarray, lower: np.ndarray, middle: np.ndarray, upper: np.ndarray) -> np.ndarray:
    """Triangular, or even where `middle` is nan."""
    x = np.clip(x, lower, upper)
    width = np.where(upper > lower, upper - lower, 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        rising = (x - lower) ** 2 / (width * (middle - lower))
        falling = 1 - (upper - x) ** 2 / (width * (upper - middle))
    even = (x - lower) / width
    return np.where(np.isnan(middle), even, np.where(x <= middle, rising, falling))


def _density(x: np.ndarray, lower: np.ndarray, middle: np.ndarray, upper: np.ndarray) -> np.ndarray:
    """Of `_distribution`, up to a factor that is the same for both sides."""
    with np.errstate(divide="ignore", invalid="ignore"):
        rising, falling = (x - lower) / (middle - lower), (upper - x) / (upper - middle)
    member = np.where(np.isnan(middle), 1.0, np.where(x <= middle, rising, falling))
    return np.where((x >= lower) & (x <= upper), member, 0.0)


def _jointly(X: np.ndarray, k: int, n_made: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    from sklearn.neighbors import NearestNeighbors

    n = len(X)
    if n == 1:
        return np.repeat(X, n_made, axis=0), np.zeros(n_made, int)
    found = NearestNeighbors(n_neighbors=min(k, n - 1)).fit(X).kneighbors(return_distance=False)
    lower, middle, upper = domain(np.swapaxes(X[found], 1, 2))
    made, source = [], []
    for epoch in range(_N_EPOCHS):
        surrogates = np.concatenate(
            [
                _plausible(X[part], lower[part], middle[part], upper[part], rng)
                for part in (slice(start, start + _ROWS_AT_ONCE) for start in range(0, n, _ROWS_AT_ONCE))
            ]
        )
        drawn = rng.integers(0, n, n_made // _N_EPOCHS + (epoch < n_made % _N_EPOCHS))
        made.append(surrogates[drawn])
        source.append(drawn)
    return np.concatenate(made), np.concatenate(source)


def _plausible(
    X: np.ndarray, lower: np.ndarray, middle: np.ndarray, upper: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """(n, d) the plausible point nearest to each row of X (n, d); the row itself where none of its pool is."""
    box = (lower[:, None], middle[:, None], upper[:, None])
    pool = box[0] + (box[2] - box[0]) * rng.random((len(X), _POOL, X.shape[1]))
    accepted = _density(pool, *box).prod(axis=2) > rng.random((len(X), _POOL))
    distance = np.where(accepted, ((pool - X[:, None]) ** 2).sum(axis=2), np.inf)
    nearest = distance.argmin(axis=1)
    best = pool[np.arange(len(X)), nearest]
    return np.where(accepted.any(axis=1)[:, None], best, X)
