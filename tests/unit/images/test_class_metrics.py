"""The six metrics against numbers worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from core.images.class_metrics import METRICS, class_metrics

LABELS = np.array([0, 0, 1, 1, 2, 2])
P = np.array(
    [
        [0.9, 0.2, 0.1],  # said 0, right
        [0.3, 0.6, 0.2],  # said 1, wrong
        [0.2, 0.8, 0.1],  # said 1, right
        [0.1, 0.7, 0.3],  # said 1, right
        [0.4, 0.1, 0.8],  # said 2, right
        [0.5, 0.3, 0.4],  # said 0, wrong
    ]
)


def test_six_metrics_by_hand() -> None:
    found = class_metrics(LABELS, P)
    assert list(found) == list(METRICS)
    assert found["accuracy"] == pytest.approx(4 / 6)
    # Class 0: said for images 0 and 5, one right. Class 1: said for three, two right. Class 2: said for one, right.
    assert found["precision"] == pytest.approx((1 / 2 + 2 / 3 + 1) / 3)
    assert found["recall"] == pytest.approx((1 / 2 + 2 / 2 + 1 / 2) / 3)
    assert found["f1"] == pytest.approx((1 / 2 + 4 / 5 + 2 / 3) / 3)
    # Pairs of an image of the class and another one, in the right order, of 8 each. Class 0: 0.9 above all four, 0.3
    # above 0.2 and 0.1; class 1: 0.8 and 0.7 above all; class 2: 0.8 and 0.4 above all.
    assert found["auroc"] == pytest.approx((6 / 8 + 1 + 1) / 3)
    # Class 0 in order 0.9*, 0.5, 0.4, 0.3*: precision 1 and 2/4 where it is met; the other two classes come first.
    assert found["average_precision"] == pytest.approx(((1 + 2 / 4) / 2 + 1 + 1) / 3)


def test_probabilities_of_one_class_against_the_rest_need_not_sum_to_one() -> None:
    tripled = class_metrics(LABELS, P / 3)
    assert tripled == pytest.approx(class_metrics(LABELS, P))


def test_two_classes_and_a_class_never_said() -> None:
    found = class_metrics(np.array([0, 0, 1, 1]), np.array([[0.9, 0.1], [0.8, 0.2], [0.7, 0.6], [0.6, 0.5]]))
    assert found["accuracy"] == found["recall"] == 0.5
    assert found["precision"] == 0.25
    assert found["auroc"] == found["average_precision"] == 1.0


def test_a_class_without_images_cannot_be_judged() -> None:
    with pytest.raises(ValueError, match="no image of class 1"):
        class_metrics(np.array([0, 2]), np.full((2, 3), 0.5))
