"""Synthetic and held-out images by the same measures: copies are found out, the class itself is passed."""

from __future__ import annotations

import json
from dataclasses import asdict

import numpy as np
import pytest

from core.images.beside_real import ImageMetrics, beside_held_out
from core.images.features import Features
from core.images.metrics import kid, near_copy_share, pair_distance, precision_recall_density_coverage

pytestmark = pytest.mark.usefixtures("one_thread")
MEASURES = set(ImageMetrics.__dataclass_fields__) - {"n", "reasons"}


@pytest.fixture(scope="module")
def zeros(digits: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    return digits[0][digits[1] == 0]


@pytest.fixture(scope="module")
def features(one_thread: None, zeros: np.ndarray) -> Features:
    return Features.fit(zeros[:60], np.zeros(60, int), 0)


def test_the_numbers_are_those_of_the_measures(zeros: np.ndarray, features: Features) -> None:
    originals, held_out, synthetic = zeros[:60], zeros[60:75], zeros[75:115]
    found = beside_held_out(originals, held_out, synthetic, features)
    real, made = features.of(originals), features.of(synthetic)
    assert found.synthetic.kid == kid(real, made)
    assert found.synthetic.pair_distance == pair_distance(synthetic)
    assert found.held_out.near_copy_share == near_copy_share(held_out, originals)
    assert found.manifold_n == 15
    halves = [precision_recall_density_coverage(real, half) for half in (made[:15], made[15:30])]
    assert found.synthetic.recall == pytest.approx(np.mean([half.recall for half in halves if half is not None]))
    assert (found.synthetic.n, found.held_out.n) == (40, 15)
    assert not found.synthetic.reasons
    assert not found.held_out.reasons


def test_copies_look_perfect_but_for_being_copies(zeros: np.ndarray, features: Features) -> None:
    found = beside_held_out(zeros[:60], zeros[60:100], zeros[:40], features).synthetic
    assert found.precision == 1
    assert (found.near_copy_share, found.nearest_distance) == (1, 0)
    assert found.nearest_ncc == pytest.approx(1)


@pytest.mark.parametrize(
    ("n_originals", "n_held_out", "n_made"), [(60, 0, 20), (60, 1, 1), (3, 2, 2), (1, 1, 0), (0, 0, 0)]
)
def test_few_images_give_none_with_a_reason_and_never_nan(
    zeros: np.ndarray, features: Features, n_originals: int, n_held_out: int, n_made: int
) -> None:
    found = beside_held_out(zeros[:n_originals], zeros[60 : 60 + n_held_out], zeros[90 : 90 + n_made], features)
    for side in (found.synthetic, found.held_out):
        values = asdict(side)
        assert {name for name in MEASURES if values[name] is None} == set(side.reasons)
        json.dumps(values, allow_nan=False)
    if n_made == 20:
        assert not found.synthetic.reasons
        assert set(found.held_out.reasons) == MEASURES
        assert found.held_out.reasons["kid"] == "0 images beside 60 originals are too few"
