"""AGCL as an imbalanced-learn sampler, so that it runs inside a Pipeline and never sees a test fold."""

from __future__ import annotations

import warnings
from numbers import Integral, Real
from typing import Any

import numpy as np
from imblearn.base import BaseSampler
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval, StrOptions

from core.latent.cluster_tree import ClusterTree
from core.latent.synthesis import Bounds, Synthetic, synthesise
from core.settings import RULES, SPREADS

__all__ = ["AGCL", "NoSyntheticRows", "Synthetic", "synthesise"]


class NoSyntheticRows(UserWarning):
    """A class, or the whole cohort, got no synthetic rows because no pure cluster holds any of it."""


class AGCL(BaseSampler):
    """Artificial data point generation in clustered latent space (Haghbin, Moradi, Hosseini).

    K-means divides the rows into clusters; mixed clusters are divided again as long as their separation criterion
    asks for it (equations 1 to 5, see `ClusterTree`); every pure cluster j of n_j rows then gives round(alpha · n_j)
    rows from a normal distribution around its centre (equations 6 to 8, see `synthesise`). Real rows come first and
    unchanged. Rows of mixed clusters get none, so a class may get nothing: `coverage_` says how much was covered, and
    `NoSyntheticRows` is warned of.

    alpha: synthetic rows per real row of a pure cluster, at least 0. threshold: 0 to 1. n_clusters: k of the first
    K-means; None takes the elbow. rule: `text` or `pseudocode`, see `ClusterTree`. spread: `paper`, `scaled` or
    `hierarchical`, see `core.latent.synthesis.standard_deviations`. bounds: synthetic values outside are set to the
    nearest bound (clipped, never drawn again, so counts stay exact); a (low, high) of numbers or of one per feature
    (d,), on the scale of X; None for no bounds, where rows were scaled earlier in the Pipeline. random_state: same
    seed, same bytes.

    After `fit_resample`: is_synthetic_ (n_new,) bool; source_ (n_new,) path of the cluster a synthetic row came
    from, "" for real rows; coverage_ dict class -> share of its rows in pure clusters; tree_, cut_;
    sampling_strategy_.

    >>> X = np.array([[0.0], [0.1], [4.0], [4.1]])
    >>> X_new, y_new = AGCL(alpha=2, n_clusters=2, random_state=0).fit_resample(X, ["PD", "PD", "control", "control"])
    >>> len(X_new), y_new.count("PD")
    (12, 6)
    """

    _sampling_type = "bypass"
    _parameter_constraints: dict = {  # noqa: RUF012 (scikit-learn reads it from the class)
        "alpha": [Interval(Real, 0, None, closed="left")],
        "threshold": [Interval(Real, 0, 1, closed="both")],
        "n_clusters": [Interval(Integral, 1, None, closed="left"), None],
        "rule": [StrOptions(set(RULES))],
        "spread": [StrOptions(set(SPREADS))],
        "bounds": [tuple, None],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        alpha: float = 7.0,
        threshold: float = 0.5,
        n_clusters: int | None = None,
        rule: str = "text",
        spread: str = "paper",
        bounds: Bounds | None = (0.0, 5.0),
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        super().__init__()
        self.alpha = alpha
        self.threshold = threshold
        self.n_clusters = n_clusters
        self.rule = rule
        self.spread = spread
        self.bounds = bounds
        self.random_state = random_state

    def _fit_resample(self, X: Any, y: np.ndarray) -> tuple[Any, np.ndarray]:
        dense = X if isinstance(X, np.ndarray) else X.toarray()
        seed = self.random_state
        if not isinstance(seed, Integral):
            seed = check_random_state(seed).randint(2**31)
        self.tree_ = ClusterTree(self.n_clusters, self.rule, int(seed)).fit(dense, y, self.threshold)
        self.cut_ = self.tree_.cut(self.threshold)
        self.coverage_ = self.cut_.coverage
        made = synthesise(self.tree_, self.cut_, self.alpha, self.spread, self.bounds, int(seed))
        self.is_synthetic_ = np.repeat([False, True], [len(y), len(made.y)])
        self.source_ = np.concatenate([np.full(len(y), "", object), made.source])
        self._warn_of_nothing(made)
        added = made.X.astype(dense.dtype) if dense.dtype.kind == "f" else made.X
        X_new = np.concatenate([dense, added])
        y_new = np.concatenate([y, made.y])
        return (X_new if isinstance(X, np.ndarray) else X.__class__(X_new)), y_new

    def _warn_of_nothing(self, made: Synthetic) -> None:
        if self.alpha == 0:
            return
        without = [label for label in self.coverage_ if not (made.y == label).any()]
        if not without:
            return
        names = ", ".join(str(label) for label in without)
        who = "no class" if len(without) == len(self.coverage_) else f"every class but {names}"
        warnings.warn(
            f"AGCL made synthetic rows for {who}: no cluster at threshold {self.threshold} holds "
            f"{'one class only' if who == 'no class' else names + ' alone'}, or alpha {self.alpha} rounds to no rows. "
            f"Another threshold or more clusters give it something to start from.",
            NoSyntheticRows,
            stacklevel=4,
        )
