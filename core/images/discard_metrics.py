"""What the discard study measures: on test images of every class, and as the paper does (Chen et al. 2023, 3.3)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn import metrics

from core.images.published_discards import BETA, METRICS, PAPER_METRICS


def f_beta(precision: float, recall: float, beta: float = BETA) -> float:
    """(1 + beta²) / (1 / precision + beta² / recall), the paper's eq (8), as (1 + beta²) P R / (beta² P + R).

    These are equal wherever the first is defined. Where precision or recall is 0, so is F. beta² weights the recall.
    """
    below = beta**2 * precision + recall
    return (1 + beta**2) * precision * recall / below if below else 0.0


def discard_metrics(labels: np.ndarray, said: np.ndarray, discarded: Sequence[int], n_classes: int) -> dict[str, float]:
    """The `METRICS` of labels and said (n,), 0 to n_classes - 1.

    precision, recall and f15: of the classes that lost images, their mean where these are several. macro_…: mean of all
    classes. Precision of a class that was never said is 0. Raises `ValueError` where a class has no image.
    """
    if missing := sorted(set(range(n_classes)) - set(labels.tolist())):
        raise ValueError(f"no image of class {missing[0]} is judged")
    precision, recall, _, _ = metrics.precision_recall_fscore_support(
        labels, said, labels=np.arange(n_classes), zero_division=0
    )
    by_class = np.column_stack([precision, recall, [f_beta(p, r) for p, r in zip(precision, recall, strict=True)]])
    found = (float((labels == said).mean()), *by_class[list(discarded)].mean(axis=0), *by_class.mean(axis=0))
    return {name: float(value) for name, value in zip(METRICS, found, strict=True)}


def paper_metrics(labels: np.ndarray, said: np.ndarray, discarded: Sequence[int]) -> dict[str, float] | None:
    """The `PAPER_METRICS` of labels and said (n,) of the data that a model was trained on.

    Positive are the images of the classes that lost none, whichever of these is said. None where every class lost
    images, and so none is positive.
    """
    is_positive, said_positive = ~np.isin(labels, discarded), ~np.isin(said, discarded)
    if not is_positive.any():
        return None
    right = int((is_positive & said_positive).sum())
    precision = right / int(said_positive.sum()) if said_positive.any() else 0.0
    recall = right / int(is_positive.sum())
    return dict(zip(PAPER_METRICS, (precision, recall, f_beta(precision, recall)), strict=True))
