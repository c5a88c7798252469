"""From examples to the coefficients of `core.faces.regression`."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from core.faces.formulas import displacements
from core.faces.geometry import FEATURES
from core.faces.regression import difference_inputs, pose_terms, read_regression, side_inputs, turned_by
from core.rng import generator
from core.types import ACTION_UNITS, MAX_INTENSITY, SIDED_ACTION_UNITS
from tools.fitting.examples import TURNED, Examples

SETTINGS: dict[str, Any] = {
    "random_state": 0,
    "hidden": 48,
    "alpha": 3.0,
    "learning_rate_init": 2e-3,
    "batch_size": 256,
    "epochs": 25,
    "copies": 2,
    "gain_sd": 0.3,
    "noise_sd": 0.2,
    "ridge": 0.01,
    "formula_scale": [0.5, 1.5],
    "margin_percentile": 95,
    "margin_leaves": 0.5,
}
"""gain_sd, noise_sd: each copy of an example has its inputs multiplied by exp(N(0, gain_sd²)), one factor an input and
person, and N(0, noise_sd²) added, in standard deviations of the input: real faces are not the rendered ones, and this
keeps the network from leaning on what is small and exact in these."""

FORMULA_FIRST, EVEN, NETWORK_FIRST = 0.2, 0.4, 0.7
"""Shares that the network can have in a unit."""

SHARES = {
    "AU12": FORMULA_FIRST, "AU25": FORMULA_FIRST,
    "AU06": FORMULA_FIRST, "AU10": FORMULA_FIRST,
    "AU05": EVEN, "AU07": EVEN,
}  # fmt: skip
"""AU12 and AU25: on rendered truth the formula is as good as the network, and the simpler goes first. AU06, AU10 (cheek
and upper lip), AU05 and AU07 (lids): flesh and skin that the rendered model moves but does not bulge or fold as people
do, so that it is a poorer teacher. All others: the network, which is far better on rendered truth."""

_SIDED = [ACTION_UNITS.index(unit) for unit in SIDED_ACTION_UNITS]


def fit(cast: list[Examples]) -> dict[str, Any]:
    """The coefficients, rounded, ready for JSON."""
    found: dict[str, Any] = _network(cast)
    found["difference"] = _ridge(
        np.concatenate([difference_inputs(p.features, p.neutral) for p in cast]),
        np.concatenate([p.left - p.right for p in cast]),
    )
    found["formula_pose"] = _formula_pose(cast)
    found["formula_scale"] = _formula_scale(cast, found["formula_pose"])
    found["share"] = np.array([SHARES.get(unit, NETWORK_FIRST) for unit in ACTION_UNITS])
    found["margin"] = np.zeros(len(ACTION_UNITS))
    found["margin"] = _margin(cast, found)
    return {name: _rounded(values) for name, values in found.items()}


def document(coefficients: dict[str, Any]) -> dict[str, Any]:
    return {"features": list(FEATURES), "action_units": list(ACTION_UNITS), "coefficients": coefficients}


def _network(cast: list[Examples]) -> dict[str, Any]:
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPRegressor

    rng = generator(SETTINGS["random_state"], "network")
    asked = [(side_inputs(p.features, p.neutral, side), _truth(p, side)) for side in "RL" for p in cast]
    scale = np.concatenate([inputs for inputs, _ in asked]).std(axis=0)
    rows, truths = [], []
    for _ in range(SETTINGS["copies"]):
        for inputs, truth in asked:
            gain = np.exp(rng.normal(0, SETTINGS["gain_sd"], len(scale)))
            rows.append(inputs / scale * gain + rng.normal(0, SETTINGS["noise_sd"], inputs.shape))
            truths.append(truth)
    network = MLPRegressor(
        hidden_layer_sizes=(SETTINGS["hidden"],),
        alpha=SETTINGS["alpha"],
        learning_rate_init=SETTINGS["learning_rate_init"],
        batch_size=SETTINGS["batch_size"],
        max_iter=SETTINGS["epochs"],
        random_state=SETTINGS["random_state"],
    )
    with warnings.catch_warnings():
        # The number of epochs is set, and stopping early is part of the regularisation.
        warnings.simplefilter("ignore", ConvergenceWarning)
        network.fit(np.concatenate(rows), np.concatenate(truths) / 2)
    (hidden, output), (hidden_bias, output_bias) = network.coefs_, network.intercepts_
    return {
        "scale": scale,
        "hidden_weights": hidden,
        "hidden_bias": hidden_bias,
        "output_weights": output * 2,
        "output_bias": output_bias * 2,
    }


def _truth(person: Examples, side: str) -> np.ndarray:
    """(n, 17) what one side truly shows."""
    truth = person.intensity.astype(np.float64)
    truth[:, _SIDED] = person.right if side == "R" else person.left
    return truth


def _ridge(inputs: np.ndarray, truth: np.ndarray) -> np.ndarray:
    scale = inputs.std(axis=0)
    scaled = inputs / scale
    penalty = SETTINGS["ridge"] * len(scaled) * np.eye(scaled.shape[1])
    return np.linalg.solve(scaled.T @ scaled + penalty, scaled.T @ truth) / scale[:, None]


def _formula_pose(cast: list[Examples]) -> np.ndarray:
    """(6, 17) by which the formulas answer to the pose terms of a still face, least squares with a light ridge."""
    terms, answers = [], []
    for person in cast:
        still = person.kind <= TURNED
        for side, formula in zip("RL", displacements(person.features, person.neutral), strict=True):
            terms.append(pose_terms(person.features, person.neutral, side)[still])
            answers.append(formula[still])
    x, y = np.concatenate(terms), np.concatenate(answers)
    return np.linalg.solve(x.T @ x + 0.02 * np.eye(x.shape[1]), x.T @ y)


def _formula_scale(cast: list[Examples], formula_pose: np.ndarray) -> np.ndarray:
    """(17,) factor that brings the formulas closest to the truth in least squares, within bounds."""
    shared, own = np.zeros(len(ACTION_UNITS)), np.zeros(len(ACTION_UNITS))
    for person in cast:
        signed = 0.0
        for side, formula in zip("RL", displacements(person.features, person.neutral), strict=True):
            signed = signed + (formula - pose_terms(person.features, person.neutral, side) @ formula_pose) / 2
        shown = np.clip(signed, 0, MAX_INTENSITY)
        shared += (shown * person.intensity).sum(axis=0)
        own += (shown**2).sum(axis=0)
    return np.clip(shared / own, *SETTINGS["formula_scale"])


def _margin(cast: list[Examples], found: dict[str, Any]) -> np.ndarray:
    """(17,) intensity per radian of turning, so that of still faces that turn by 20°, 19 of 20 stay below 0.5."""
    from core.faces.action_units import mixed

    regression = read_regression(document(found))
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
