"""Every measure against numbers worked by hand, or against its equation written out."""

from __future__ import annotations

import numpy as np
import pytest

from core.images.metrics import (
    kid,
    ncc,
    near_copy_share,
    nearest_originals,
    pair_distance,
    precision_recall_density_coverage,
)


def test_kid_of_two_pairs_by_hand() -> None:
    """k(x, y) = (xy + 1)³ of single features: a = {0, 1} gives 1, b = {1, 2} gives 27, across 1, 1, 8 and 27."""
    a, b = np.array([[0.0], [1.0]]), np.array([[1.0], [2.0]])
    assert kid(a, b) == pytest.approx(1 + 27 - 2 * (1 + 1 + 8 + 27) / 4)


def test_kid_is_its_equation() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(7, 5)), rng.normal(0.5, 1, (9, 5))

    def kernel(x: np.ndarray, y: np.ndarray) -> float:
        return float((x @ y / 5 + 1) ** 3)

    within = [np.mean([kernel(s[i], s[j]) for i in range(len(s)) for j in range(len(s)) if i != j]) for s in (a, b)]
    across = np.mean([kernel(x, y) for x in a for y in b])
    assert kid(a, b) == pytest.approx(sum(within) - 2 * across)
    assert kid(a, b) == pytest.approx(kid(b, a))


def test_kid_is_0_in_the_mean_for_one_source() -> None:
    rng = np.random.default_rng(1)
    values = [kid(rng.normal(size=(40, 16)), rng.normal(size=(60, 16))) for _ in range(200)]
    assert np.mean(values) == pytest.approx(0, abs=3 * np.std(values) / np.sqrt(200))
    assert np.mean([kid(rng.normal(size=(40, 16)), rng.normal(1, 1, (60, 16))) for _ in range(20)]) > 1


def test_precision_recall_density_and_coverage_by_hand() -> None:
    """Real 0, 1, 2, 10 with k = 1 have radii 1, 1, 1, 8; fake 1.5, 1.6, 20 have radii 0.1, 0.1, 18.4.

    1.5 is in the balls of 1 and 2, 1.6 in these; and both are 8.5 and 8.4 from 10, outside its ball; 20 is in none.
    No real one is in the balls of 1.5 and 1.6; 10 and 2 are in that of 20, which begins at 1.6.
    """
    real, fake = (np.array(rows)[:, None] for rows in ([0.0, 1, 2, 10], [1.5, 1.6, 20]))
    found = precision_recall_density_coverage(real, fake, 1)
    assert found is not None
    assert (found.precision, found.recall) == (pytest.approx(2 / 3), 0.5)
    assert (found.density, found.coverage) == (pytest.approx(4 / 3), 0.5)


def test_copies_are_precise_and_cover_everything_and_what_is_far_away_does_neither() -> None:
    real = np.random.default_rng(0).normal(size=(30, 4))
    copies = precision_recall_density_coverage(real, real)
    assert copies is not None
    assert (copies.precision, copies.recall, copies.coverage) == (1, 1, 1)
    assert copies.density == pytest.approx(4 / 3)  # of itself and, in the mean, of three others
    away = precision_recall_density_coverage(real, real + 100)
    assert away is not None
    assert (away.precision, away.recall, away.density, away.coverage) == (0, 0, 0, 0)
    collapsed = precision_recall_density_coverage(real, np.repeat(real[:1], 30, axis=0))
    assert collapsed is not None
    assert (collapsed.precision, collapsed.recall) == (1, pytest.approx(1 / 30))


def test_ncc_by_hand() -> None:
    a, b = np.array([[3.0, 4.0], [0.0, 0.0]]), np.array([[4.0, 3.0], [6.0, 8.0], [0.0, 1.0]])
    np.testing.assert_allclose(ncc(a, b), [[24 / 25, 1, 4 / 5], [0, 0, 0]])
    images = np.random.default_rng(0).random((3, 1, 4, 4))
    np.testing.assert_allclose(np.diag(ncc(images, images)), 1)


def test_pair_distance_by_hand() -> None:
    images = np.array([[0.0, 0], [3, 4], [0, 4]]).reshape(3, 1, 1, 2)
    assert pair_distance(images) == pytest.approx((5 + 4 + 3) / 3)


def test_the_nearest_original_and_near_copies_by_hand() -> None:
    """Originals at 0, 2, 6 are 2, 2 and 4 from their nearest: usual 2, so an image nearer than 1 is a near-copy."""
    originals = np.array([[0.0, 1], [2, 1], [6, 1]])
    images = np.array([[0.5, 1.0], [4.5, 1.0], [3.5, 1.0], [6.0, 1.9]])
    nearest = nearest_originals(images, originals)
    assert nearest.index.tolist() == [0, 2, 1, 2]
    np.testing.assert_allclose(nearest.distance, [0.5, 1.5, 1.5, 0.9])
    assert nearest.ncc[3] == pytest.approx((36 + 1.9) / np.sqrt((36 + 1.9**2) * 37))
    assert near_copy_share(images, originals) == 0.5
    assert near_copy_share(originals, originals) == 1


def test_what_is_too_little_is_none_and_never_nan() -> None:
    one, none, some = np.ones((1, 3)), np.ones((0, 3)), np.eye(3)
    for few in (none, one):
        assert kid(few, some) is None
        assert pair_distance(few) is None
        assert near_copy_share(some, few) is None
        assert precision_recall_density_coverage(few, some, 1) is None
        assert precision_recall_density_coverage(some, few, 1) is None
    assert near_copy_share(none, some) is None
    assert kid(some, some) is not None
    assert precision_recall_density_coverage(some, some, 3) is None


def test_sets_that_are_all_alike_give_numbers() -> None:
    same = np.ones((6, 4))
    found = precision_recall_density_coverage(same, same)
    assert found is not None
    assert (found.precision, found.recall, found.density, found.coverage) == (1, 1, 2, 1)  # 6 of 6 balls / 3
    assert kid(same, same) == pytest.approx(0)
    assert pair_distance(same) == 0
    assert near_copy_share(same, same) == 1
