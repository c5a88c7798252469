"""A random forest that is fitted and asked once, without what scikit-learn spends around its trees.

With few rows `RandomForestClassifier` takes most of its time to copy parameters, to hand trees to threads and to make
generators of random numbers. These are the same trees of the same seeds: the same probabilities to the last bit.
"""

from __future__ import annotations

import numpy as np
from sklearn import config_context
from sklearn.ensemble import RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier


def forest_share(forest: RandomForestClassifier, X: np.ndarray, y: np.ndarray, X_new: np.ndarray) -> np.ndarray:
    """Probability of class 1 for X_new (n_new, d): (n_new,), by the unfitted forest once it is fitted to X (n, d).

    y: (n,) 0 or 1. Of the forest's parameters n_estimators, max_depth and an integer random_state are heeded; all
    others must be as scikit-learn sets them.
    """
    known, new = (np.ascontiguousarray(each, np.float32) for each in (X, X_new))
    labels, n = y[:, None], len(y)
    total = np.zeros(len(new))
    seeds, random = np.random.RandomState(forest.random_state), np.random.RandomState(0)
    with config_context(skip_parameter_validation=True, assume_finite=True):
        for _ in range(forest.n_estimators):
            seed = seeds.randint(np.iinfo(np.int32).max)
            random.seed(seed)  # a tenth of the time of making another one
            drawn = np.bincount(random.randint(0, n, n), minlength=n).astype(float)
            random.seed(seed)
            tree = DecisionTreeClassifier(max_depth=forest.max_depth, max_features="sqrt", random_state=random)
            tree.fit(known, labels, sample_weight=drawn, check_input=False)
            total += tree.predict_proba(new, check_input=False)[:, 1]
    return total / forest.n_estimators
