"""Intensities of the 17 action units from what a face did since rest.

Two sources are mixed, each in the share that `models/action_units.json` gives it for a unit: formulas set by hand
(`core.faces.formulas`) and a small network fitted on rendered faces whose true activations are known
(`core.faces.regression`). `models/action_units.md` says how far the result can be trusted, unit by unit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.faces.blendshapes import blend
from core.faces.formulas import displacements
from core.faces.geometry import FEATURES
from core.faces.regression import Regression, difference_inputs, fitted, pose_terms, side_inputs, turned_by
from core.types import ACTION_UNITS, MAX_INTENSITY, SIDED_ACTION_UNITS

if TYPE_CHECKING:
    import numpy as np

_SIDED = [ACTION_UNITS.index(unit) for unit in SIDED_ACTION_UNITS]


def intensities(features: np.ndarray, neutral: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Intensity (n, 17), left (n, 14) and right (n, 14) of features (n, d) against the person's neutral (d,).

    0 to 5, clipped; NaN where a frame has no face. The intensity of a sided unit is the mean of both sides, as long as
    neither is clipped. Where the 52 blendshapes follow the features, `blend` adds what they tell.
    """
    if features.shape[1] > len(FEATURES):
        own, further = slice(len(FEATURES)), slice(len(FEATURES), None)
        measured = intensities(features[:, own], neutral[own])
        return blend(*measured, features[:, further], neutral[further], turned_by(features, neutral))
    return mixed(fitted(), features, neutral)


def mixed(
    regression: Regression, features: np.ndarray, neutral: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """`intensities` with these coefficients."""
    import numpy as np

    signed = np.zeros((len(features), len(ACTION_UNITS)))
    for side, formula in zip("RL", displacements(features, neutral), strict=True):
        asked = regression.answer(side_inputs(features, neutral, side))
        turning = pose_terms(features, neutral, side) @ regression.formula_pose
        by_hand = (formula - turning) * regression.formula_scale
        signed += (regression.share * asked + (1 - regression.share) * by_hand) / 2
    signed -= regression.margin * turned_by(features, neutral)[:, None]
    both = np.clip(signed, 0.0, MAX_INTENSITY)
    # Neither side goes below 0, so that a unit which is not shown has no side either.
    most = 2 * both[:, _SIDED]
    difference = np.clip(difference_inputs(features, neutral) @ regression.difference, -most, most)
    left, right = (np.clip(both[:, _SIDED] + sign * difference / 2, 0.0, MAX_INTENSITY) for sign in (1, -1))
    return both.astype(np.float32), left.astype(np.float32), right.astype(np.float32)
