"""What classifiers say of made rows: can one tell them from people, and can one learn from them about people?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.rng import generator

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

N_FOLDS = 5


def told_apart_auroc(made: np.ndarray, real: np.ndarray, people: np.ndarray, random_state: int = 0) -> float | None:
    """Classifier two-sample test: AUROC of telling made rows (q, d) from real rows (n, d) of `people` (n,).

    Logistic regression on the features and their squares, which sees means and variances; five folds, the mean of the
    folds' AUROC; .5 where nothing tells them apart (Lopez-Paz and Oquab 2017). The rows of one person lie in one
    fold. The real rows must be of people that nothing was made from: then neither side of a fold knows the other.
    Give as many made rows as real ones.

    None with fewer than two made rows or real people.
    """
    n_folds = min(N_FOLDS, len(made), len(np.unique(people)))
    if n_folds < 2:
        return None
    from sklearn.metrics import roc_auc_score

    X = np.concatenate([_with_squares(real), _with_squares(made)])
    is_made = np.repeat([False, True], [len(real), len(made)])
    fold = np.concatenate(
        [
            _folds(people, n_folds, generator(random_state, "real")),
            _folds(np.arange(len(made)), n_folds, generator(random_state, "made")),
        ]
    )
    found = []
    for number in range(n_folds):
        test = fold == number
        scores = _model().fit(X[~test], is_made[~test]).decision_function(X[test])
        found.append(roc_auc_score(is_made[test], scores))
    return float(np.mean(found))


def learned(
    made: np.ndarray, y_made: np.ndarray, n_people: int, unseen: np.ndarray, y_unseen: np.ndarray
) -> tuple[float | None, float | None]:
    """Train on made rows (q, d), test on real rows (n, d) of others than they were made from: AUROC, balanced accuracy.

    Logistic regression. Made rows weigh together as much as the `n_people` rows they stand for, since more rows would
    also mean less regularisation: copies in equal number teach exactly what their originals do. (None, None) unless
    there are rows of both groups on both sides.
    """
    if min(len(np.unique(y_made)), len(np.unique(y_unseen))) < 2:
        return None, None
    from sklearn.metrics import balanced_accuracy_score, roc_auc_score

    weight = np.full(len(made), n_people / len(made))
    scores = _model().fit(made, y_made, logisticregression__sample_weight=weight).decision_function(unseen)
    return float(roc_auc_score(y_unseen, scores)), float(balanced_accuracy_score(y_unseen, scores > 0))


def _model() -> Pipeline:
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), LogisticRegression(max_iter=500))


def _with_squares(X: np.ndarray) -> np.ndarray:
    return np.hstack([X, X**2])


def _folds(units: np.ndarray, n_folds: int, rng: np.random.Generator) -> np.ndarray:
    """A fold (n,) for each row, the same for all rows of a unit (n,); as many units in each fold, give or take one."""
    distinct, position = np.unique(units, return_inverse=True)
    return (rng.permutation(len(distinct)) % n_folds)[position]
