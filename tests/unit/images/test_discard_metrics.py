"""F1.5 is the paper's eq (8) and scikit-learn's; precision and recall are worked by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import fbeta_score

from core.images.discard_metrics import discard_metrics, f_beta, paper_metrics
from core.images.published_discards import METRICS

SHARES = st.floats(1e-6, 1.0)


@given(SHARES, SHARES, st.floats(0.1, 10.0))
def test_f_beta_is_the_papers_equation_8(precision: float, recall: float, beta: float) -> None:
    eq_8 = (1 + beta**2) / (1 / precision + beta**2 / recall)
    assert f_beta(precision, recall, beta) == pytest.approx(eq_8, rel=1e-12)


@given(SHARES, SHARES)
def test_f_beta_lies_between_precision_and_recall(precision: float, recall: float) -> None:
    low, high = sorted((precision, recall))
    assert low * (1 - 1e-12) <= f_beta(precision, recall) <= high * (1 + 1e-12)


@pytest.mark.parametrize(
    ("precision", "recall", "found"),
    [(0.0, 0.0, 0.0), (0.0, 0.5, 0.0), (0.5, 0.0, 0.0), (1.0, 1.0, 1.0), (0.5, 1.0, 3.25 * 0.5 / 2.125)],
)
def test_zero_cases_and_one_by_hand(precision: float, recall: float, found: float) -> None:
    assert f_beta(precision, recall) == pytest.approx(found)


LABELS = np.array([0, 0, 0, 1, 1, 2, 2, 2])
SAID = np.array([0, 0, 1, 1, 0, 2, 2, 1])


def test_metrics_by_hand() -> None:
    found = discard_metrics(LABELS, SAID, [1], 3)
    assert tuple(found) == METRICS
    assert found["accuracy"] == 5 / 8
    # Class 1 is said for three images, one of them rightly; it has two.
    assert (found["precision"], found["recall"]) == (pytest.approx(1 / 3), 1 / 2)
    assert found["f15"] == pytest.approx(3.25 * (1 / 3) * (1 / 2) / (2.25 / 3 + 1 / 2))
    assert found["macro_precision"] == pytest.approx((2 / 3 + 1 / 3 + 1) / 3)
    assert found["macro_recall"] == pytest.approx((2 / 3 + 1 / 2 + 2 / 3) / 3)


def test_where_every_class_lost_images_theirs_is_the_macro_mean() -> None:
    found = discard_metrics(LABELS, SAID, [0, 1, 2], 3)
    for name in ("precision", "recall", "f15"):
        assert found[name] == found[f"macro_{name}"]


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), max_size=30))
def test_f15_is_that_of_scikit_learn(pairs: list[tuple[int, int]]) -> None:
    labels, said = np.array([(0, 0), (1, 0), (2, 1), *pairs]).T
    found = discard_metrics(labels, said, [1], 3)
    theirs = fbeta_score(labels, said, beta=1.5, average=None, labels=[0, 1, 2], zero_division=0)
    assert found["f15"] == pytest.approx(theirs[1])
    assert found["macro_f15"] == pytest.approx(theirs.mean())


def test_a_class_never_said_and_a_class_without_images() -> None:
    found = discard_metrics(np.array([0, 1]), np.array([0, 0]), [1], 2)
    assert (found["precision"], found["recall"], found["f15"]) == (0, 0, 0)
    with pytest.raises(ValueError, match="no image of class 1"):
        discard_metrics(np.array([0, 0]), np.array([0, 0]), [1], 2)


def test_the_papers_positive_are_the_classes_that_lost_nothing() -> None:
    found = paper_metrics(LABELS, SAID, [1])
    assert found is not None
    # Six images are of classes 0 and 2: four of them are said to be of 0 or 2, and one image of class 1 is.
    assert (found["precision"], found["recall"]) == (4 / 5, pytest.approx(4 / 6))
    assert found["f15"] == pytest.approx(3.25 * 0.8 * (2 / 3) / (2.25 * 0.8 + 2 / 3))
    mixed_up = paper_metrics(np.array([0, 2, 1]), np.array([2, 0, 1]), [1])
    assert mixed_up == {"precision": 1, "recall": 1, "f15": 1}  # positive is positive, whichever class is said


def test_no_positive_class_and_none_said() -> None:
    assert paper_metrics(LABELS, SAID, [0, 1, 2]) is None
    assert paper_metrics(np.array([0, 1]), np.array([1, 1]), [1]) == {"precision": 0, "recall": 0, "f15": 0}
