"""The coefficients that come with the product, and what the card says of them."""

from __future__ import annotations

import json

import numpy as np
import pytest

from core.faces.features import FEATURES
from core.faces.regression import FILE, NETWORK_FILE, fitted, read_regression, side_inputs, turned_by
from core.faces.reliability import reliability
from core.types import ACTION_UNITS, SIDED_ACTION_UNITS


def test_the_coefficients_are_for_the_features_as_they_are() -> None:
    found = fitted()
    rest = np.zeros(len(FEATURES))
    n_inputs = side_inputs(rest[None], rest).shape[1]
    assert found.scale.shape == (n_inputs,)
    assert found.hidden[0].shape[0] == n_inputs
    assert found.output.shape == (len(found.hidden[1]), len(ACTION_UNITS))
    assert ((found.share > 0) & (found.share < 1)).all()
    assert (found.margin >= 0).all()


def test_coefficients_for_other_features_are_refused() -> None:
    stored = json.loads(FILE.read_text("utf-8"))
    stored["features"][0], stored["features"][1] = stored["features"][1], stored["features"][0]
    with np.load(NETWORK_FILE, allow_pickle=False) as network, pytest.raises(ValueError, match="other features"):
        read_regression(stored, dict(network))


def test_the_network_answers_nothing_at_rest() -> None:
    rest = np.random.default_rng(0).normal(size=len(FEATURES)).astype(np.float32)
    for side in fitted().answer(np.stack([rest, rest]), rest):
        np.testing.assert_allclose(side, 0.0, atol=1e-6)


def test_a_head_that_is_turned_by_3_and_4_degrees_is_turned_by_5() -> None:
    rest = np.zeros(len(FEATURES))
    face = rest.copy()
    face[[FEATURES.index("pitch"), FEATURES.index("yaw"), FEATURES.index("roll")]] = np.radians([3, -4, 20])
    assert turned_by(face[None], rest)[0] == pytest.approx(np.radians(5))


def test_every_unit_has_a_reliability_and_the_card_shows_it() -> None:
    card = FILE.with_suffix(".md").read_text("utf-8")
    assert list(reliability()) == list(ACTION_UNITS)
    for unit, known in reliability().items():
        assert known.level in ("high", "medium", "low")
        assert (known.side_r is not None) == (unit in SIDED_ACTION_UNITS)
        assert f"| {unit} | {known.level} |" in card
        assert f"| {known.r:.2f} | {known.mae:.2f} |" in card
    assert reliability()["AU12"].level == "high"
