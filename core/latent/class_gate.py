"""Whether a point lies inside its class, judged as the class's own rows are by one another."""

from __future__ import annotations

import numpy as np

_NEIGHBOURS = 3


class ClassGate:
    """Lets points pass that lie as close to their class, and as far from the others, as real rows of the class do.

    Two figures of a point: r, the distance to its k-th nearest row of the class, k = 3 or as many as there are others;
    and r / (r + s), s the same for the rows of all other classes, so that ½ is the middle between them. A point passes
    where neither exceeds the quantile `share` of the real rows' own, each of which is judged without itself. Classes
    that overlap thus have gates that overlap: nothing is asked of a synthetic row that real ones do not do.

    own: (n, d), n at least 2. others: (m, d), maybe none.
    """

    def __init__(self, own: np.ndarray, others: np.ndarray, share: float) -> None:
        from scipy.spatial import cKDTree

        self._own = cKDTree(own)
        self._others = cKDTree(others) if len(others) else None
        self._k = min(_NEIGHBOURS, len(own) - 1)
        # of itself and its k nearest, the k-th nearest comes last
        reach = self._own.query(own, [self._k + 1])[0][:, 0]
        self._reach = np.quantile(reach, share)
        self._nearness = np.quantile(self._towards_own(own, reach), share)

    def __call__(self, X: np.ndarray) -> np.ndarray:
        """(m,) whether each row of X (m, d) passes."""
        reach = self._own.query(X, [self._k])[0][:, 0]
        return (reach <= self._reach) & (self._towards_own(X, reach) <= self._nearness)

    def _towards_own(self, X: np.ndarray, reach: np.ndarray) -> np.ndarray:
        if self._others is None:
            return np.zeros(len(X))
        away = self._others.query(X, [min(_NEIGHBOURS, self._others.n)])[0][:, 0]
        both = reach + away
        return np.divide(reach, both, out=np.full(len(X), 0.5), where=both > 0)
