"""Intensities of the 17 action units from what a face did since rest.

Two sources are mixed, each in the share that `models/action_units.json` gives it for a unit: formulas set by hand
(`core.faces.formulas`) and a small network fitted on rendered faces whose true activations are known
(`core.faces.regression`), which also tells the sides apart. `models/action_units.md` says how far the result can be
trusted, unit by unit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.faces.blendshapes import blend
from core.faces.features import FEATURES, mirrored
from core.faces.formulas import displacements
from core.faces.regression import Regression, fitted, pose_terms, turned_by
from core.types import ACTION_UNITS, MAX_INTENSITY, SIDED_ACTION_UNITS

if TYPE_CHECKING:
    import numpy as np

_SIDED = [ACTION_UNITS.index(unit) for unit in SIDED_ACTION_UNITS]
_FRAMES_AT_ONCE = 512


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
    """`intensities` with these coefficients, some frames at a time, so that a long clip takes no more memory."""
    import numpy as np

    starts = range(0, max(len(features), 1), _FRAMES_AT_ONCE)
    parts = [_mixed(regression, features[start : start + _FRAMES_AT_ONCE], neutral) for start in starts]
    both, left, right = (np.concatenate(each) for each in zip(*parts, strict=True))
    return both, left, right


def _mixed(
    regression: Regression, features: np.ndarray, neutral: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    import numpy as np

    sides = regression.answer(features, neutral)
    facing = ((features, neutral), (mirrored(features), mirrored(neutral)))
    by_hand = [
        formula - pose_terms(*seen) @ regression.formula_pose
        for formula, seen in zip(displacements(features, neutral), facing, strict=True)
    ]
    signed = regression.share * sum(sides) / 2 + (1 - regression.share) * regression.formula_scale * sum(by_hand) / 2
    signed -= regression.margin * turned_by(features, neutral)[:, None]
    both = np.clip(signed, 0.0, MAX_INTENSITY)
    # Neither side goes below 0, so that a unit which is not shown has no side either.
    most = 2 * both[:, _SIDED]
    right, left = sides
    difference = np.clip((left - right)[:, _SIDED], -most, most)
    left, right = (np.clip(both[:, _SIDED] + sign * difference / 2, 0.0, MAX_INTENSITY) for sign in (1, -1))
    return both.astype(np.float32), left.astype(np.float32), right.astype(np.float32)
