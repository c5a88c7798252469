"""What the figures of made rows beside people show, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from core.latent.fidelity.likeness import likeness
from core.latent.synthesis import Synthetic
from core.types import CONTROL, PD, Samples


def rows(*pairs: tuple[float, float]) -> np.ndarray:
    return np.array(pairs, float)


def synthetic(X: np.ndarray, y: list[int]) -> Synthetic:
    return Synthetic(X, np.array(y), np.arange(len(y)))


# Over these six rows AU01 has the mean 2 and the standard deviation 2; AU12 is constant, and keeps its scale.
PEOPLE = Samples(
    rows((0, 1), (2, 1), (6, 1), (0, 1), (2, 1), (2, 1)),
    np.array([1, 1, 1, 0, 0, 0]),
    np.array(["a", "b", "c", "d", "e", "e"]),
    ("AU01", "AU12"),
)


def test_distances_limits_and_share_by_hand() -> None:
    found = likeness(synthetic(rows((1, 1), (4, 1), (6.5, 1), (0, 3)), [1, 1, 1, 0]), PEOPLE)
    assert found.distances[PD, False] == pytest.approx([1, 1, 2])
    assert found.distances[PD, True] == pytest.approx([0.5, 1, 0.25])
    # Both rows of e are one person: they are 1 from d, and not 0 from each other.
    assert found.distances[CONTROL, False] == pytest.approx([1, 1, 1])
    assert found.distances[CONTROL, True] == pytest.approx([2])
    assert found.near_limits == pytest.approx({PD: 0.5, CONTROL: 0.5})
    assert found.near_copy_share == 0.5


def test_correlations_by_hand() -> None:
    people = Samples(
        rows((0, 0), (1, 1), (2, 2), (0, 0), (4, 4)), np.array([1, 1, 1, 0, 0]), np.arange(5).astype(str), ("A", "B")
    )
    found = likeness(synthetic(rows((0, 2), (1, 1), (2, 0), (1, 1)), [1, 1, 1, 0]), people)
    assert found.correlation_differences[PD] == pytest.approx(np.array([[0, -2], [-2, 0]]))
    assert np.isnan(found.correlation_differences[CONTROL]).all()  # one row correlates with nothing


def test_a_group_without_rows_is_left_out_and_one_person_has_no_limit() -> None:
    nothing = likeness(synthetic(np.empty((0, 2)), []), PEOPLE)
    assert (nothing.distances, nothing.near_limits, nothing.near_copy_share) == ({}, {}, None)
    alone = Samples(PEOPLE.X[2:], PEOPLE.y[2:], PEOPLE.groups[2:], PEOPLE.features)
    found = likeness(synthetic(PEOPLE.X[2:3], [1]), alone)
    assert set(found.distances) == {(PD, True), (PD, False)}
    assert found.distances[PD, True] == pytest.approx([0])
    assert found.near_copy_share is None


def test_people_alike_in_everything_have_no_limit() -> None:
    twins = Samples(rows((1, 1), (1, 1)), np.array([1, 1]), np.array(["a", "b"]), ("AU01", "AU12"))
    found = likeness(synthetic(rows((1, 1)), [1]), twins)
    assert found.near_limits == {}
    assert found.near_copy_share is None
