"""From examples to the coefficients of `core.faces.regression`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from core.faces.action_units import mixed
from core.faces.features import FEATURES, mirrored
from core.faces.formulas import displacements
from core.faces.regression import pose_terms, read_regression, turned_by
from core.types import ACTION_UNITS, MAX_INTENSITY, SIDED_ACTION_UNITS
from tools.fitting import network
from tools.fitting.examples import TURNED, Examples

SETTINGS: dict[str, Any] = {
    **network.SETTINGS,
    "formula_scale": [0.5, 1.5],
    "margin_percentile": 95,
    "margin_leaves": 0.5,
}

FORMULA_FIRST, EVEN, NETWORK_FIRST = 0.1, 0.45, 0.6
"""Shares that the network can have in a unit."""

SHARES = {
    "AU06": FORMULA_FIRST, "AU10": FORMULA_FIRST, "AU12": FORMULA_FIRST,
    "AU02": NETWORK_FIRST, "AU05": NETWORK_FIRST, "AU17": NETWORK_FIRST, "AU20": NETWORK_FIRST, "AU25": NETWORK_FIRST,
}  # fmt: skip
"""AU06 and AU10 (cheek and upper lip): flesh that the rendered model moves but does not bulge as people do, so that it
is a poorer teacher; AU12: the formula is as good. AU02, AU17, AU20: the formulas know little of them. AU05 and AU25:
formulas of few distances, which change with the size and the turn of a face that keeps still."""

_SIDED = [ACTION_UNITS.index(unit) for unit in SIDED_ACTION_UNITS]


def fit(cast: list[Examples]) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """The coefficients, rounded, ready for JSON; and the network."""
    layers = network.train(cast)
    found: dict[str, Any] = {"formula_pose": _formula_pose(cast)}
    found["formula_scale"] = _formula_scale(cast, found["formula_pose"])
    found["share"] = np.array([SHARES.get(unit, EVEN) for unit in ACTION_UNITS])
    found["margin"] = np.zeros(len(ACTION_UNITS))
    found["margin"] = _margin(cast, found, layers)
    return {name: _rounded(values) for name, values in found.items()}, layers


def document(coefficients: dict[str, Any]) -> dict[str, Any]:
    return {"features": list(FEATURES), "action_units": list(ACTION_UNITS), "coefficients": coefficients}


def _by_hand(person: Examples) -> list[tuple[np.ndarray, np.ndarray]]:
    """Of the right and the left side: what the formulas say, and the pose terms."""
    seen = (person.features, person.neutral), (mirrored(person.features), mirrored(person.neutral))
    formulas = displacements(person.features, person.neutral)
    return [(formula, pose_terms(*side)) for formula, side in zip(formulas, seen, strict=True)]


def _formula_pose(cast: list[Examples]) -> np.ndarray:
    """(6, 17) by which the formulas answer to the pose terms of a still face, least squares with a light ridge."""
    terms, answers = [], []
    for person in cast:
        still = person.kind <= TURNED
        for formula, turned in _by_hand(person):
            terms.append(turned[still])
            answers.append(formula[still])
    x, y = np.concatenate(terms), np.concatenate(answers)
    return np.linalg.solve(x.T @ x + 0.02 * np.eye(x.shape[1]), x.T @ y)


def _formula_scale(cast: list[Examples], formula_pose: np.ndarray) -> np.ndarray:
    """(17,) factor that brings the formulas closest to the truth in least squares, within bounds."""
    shared, own = np.zeros(len(ACTION_UNITS)), np.zeros(len(ACTION_UNITS))
    for person in cast:
        sides = [formula - turned @ formula_pose for formula, turned in _by_hand(person)]
        shown = np.clip(np.mean(sides, axis=0), 0, MAX_INTENSITY)
        shared += (shown * person.intensity).sum(axis=0)
        own += (shown**2).sum(axis=0)
    return np.clip(shared / own, *SETTINGS["formula_scale"])


def _margin(cast: list[Examples], found: dict[str, Any], layers: dict[str, np.ndarray]) -> np.ndarray:
    """(17,) intensity per radian of turning, so that of still faces that turn by 20°, 19 of 20 stay below 0.5."""
    regression = read_regression(document(found), layers)
    leaked, turned = [], []
    for person in cast:
        still = person.kind == TURNED
        leaked.append(mixed(regression, person.features, person.neutral)[0][still])
        turned.append(turned_by(person.features, person.neutral)[still])
    rate = np.concatenate(leaked) / np.maximum(np.concatenate(turned), 0.05)[:, None]
    left = SETTINGS["margin_leaves"] / np.radians(20)
    return np.maximum(np.percentile(rate, SETTINGS["margin_percentile"], axis=0) - left, 0.0)


def _rounded(values: np.ndarray) -> Any:
    """Six significant digits: more than the fit is worth, few enough to read."""
    if values.ndim == 0:
        return float(f"{values:.6g}")
    return [_rounded(value) for value in values]


def rates(
    cast: list[Examples], measure: Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray, np.ndarray]]
) -> dict[str, np.ndarray]:
    """How `measure` (features, neutral -> intensity, left, right) does on people: by unit, over all their frames.

    r (17,): Pearson correlation with the truth; mae (17,): mean absolute error, 0 to 5. side_r (14,): correlation of
    left minus right with the truth, over all frames; side_r_shown (14,): over those that show the unit (above 0.5).
    """
    measured = [measure(p.features, p.neutral) for p in cast]
    own, left, right = (np.concatenate([m[k] for m in measured]).astype(np.float64) for k in range(3))
    true = np.concatenate([p.intensity for p in cast])
    side, true_side = left - right, np.concatenate([p.left - p.right for p in cast])
    shown = true[:, _SIDED] > 0.5
    return {
        "r": np.array([np.corrcoef(own[:, k], true[:, k])[0, 1] for k in range(own.shape[1])]),
        "mae": np.abs(own - true).mean(axis=0),
        "side_r": np.array([np.corrcoef(side[:, k], true_side[:, k])[0, 1] for k in range(side.shape[1])]),
        "side_r_shown": np.array([np.corrcoef(side[m, k], true_side[m, k])[0, 1] for k, m in enumerate(shown.T)]),
    }
