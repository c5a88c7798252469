"""The six metrics of the augmentation study (Fernandes, Correia and Machado 2020, Table 4), by scikit-learn."""

from __future__ import annotations

import numpy as np
from sklearn import metrics

from core.images.published_study import COLUMNS

METRICS = tuple(COLUMNS)
"""accuracy, precision, recall, f1, auroc, average_precision"""


def class_metrics(labels: np.ndarray, probabilities: np.ndarray) -> dict[str, float]:
    """The `METRICS` of labels (n,), 0 to k - 1, and probabilities (n, k), each 0 to 1; the likeliest class is said.

    All but accuracy are macro means: of each class against the rest, every class counted alike. Precision of a class
    that was never said is 0. Probabilities need not sum to 1. Raises `ValueError` where a class has no image, since its
    AUROC is then not defined.
    """
    n_classes = probabilities.shape[1]
    if missing := sorted(set(range(n_classes)) - set(labels.tolist())):
        raise ValueError(f"no image of class {missing[0]} is judged")
    said = probabilities.argmax(axis=1)
    is_class = np.eye(n_classes, dtype=int)[labels]
    precision, recall, f1, _ = metrics.precision_recall_fscore_support(
        labels, said, labels=np.arange(n_classes), average="macro", zero_division=0
    )
    found = (
        metrics.accuracy_score(labels, said), precision, recall, f1,
        metrics.roc_auc_score(is_class, probabilities, average="macro"),
        metrics.average_precision_score(is_class, probabilities, average="macro"),
    )  # fmt: skip
    return {name: float(value) for name, value in zip(METRICS, found, strict=True)}
