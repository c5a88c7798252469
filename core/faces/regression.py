"""The regression from features to action units that was fitted on rendered faces: its inputs, and what was fitted.

`models/action_units.npz` holds the network, `models/action_units.json` the other coefficients with the settings they
were fitted with; `models/action_units.md` says how good they are. `tools/fit_action_units.py` makes all three.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import models
from core.faces.components import FILE as NETWORK_FILE
from core.faces.features import FEATURES, mirrored
from core.faces.geometry import DISTANCES, POSE
from core.types import ACTION_UNITS

if TYPE_CHECKING:
    import numpy as np

FILE = Path(models.__file__).with_name("action_units.json")
NETWORK = ("scale", "hidden_weights", "hidden_bias", "output_weights")
N_POSE_TERMS = 6
_POSE = slice(len(DISTANCES), len(DISTANCES) + len(POSE))


@dataclass(frozen=True)
class Regression:
    """What was fitted, for the 17 action units unless it says otherwise.

    scale: (k,) each of the `side_inputs` is divided by its own. hidden: (k, h) and (h,), output: (h, 17) of a network
    with one hidden layer of rectified linear units, whose answer at rest is taken off. share: (17,) of the network in
    the intensity, the rest is that of the formulas. formula_pose: (6, 17) what turning alone adds to the formulas;
    formula_scale: (17,) their factor. margin: (17,) intensity per radian that the head is turned away from rest which
    may be due to turning alone.
    """

    scale: np.ndarray
    hidden: tuple[np.ndarray, np.ndarray]
    output: np.ndarray
    share: np.ndarray
    formula_pose: np.ndarray
    formula_scale: np.ndarray
    margin: np.ndarray

    def answer(self, features: np.ndarray, neutral: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(n, 17) signed intensities of the person's right and of the left side; 0 where `features` are `neutral`.

        One network serves both: it is asked about the face, and about the face in a mirror.
        """
        right = self._answer(side_inputs(features, neutral))
        return right, self._answer(side_inputs(mirrored(features), mirrored(neutral)))

    def _answer(self, inputs: np.ndarray) -> np.ndarray:
        import numpy as np

        weights, bias = self.hidden
        active = np.maximum((inputs / self.scale) @ weights + bias, 0.0)
        return (active - np.maximum(bias, 0.0)) @ self.output


def read_regression(stored: dict[str, Any], network: dict[str, np.ndarray]) -> Regression:
    """The regression in a document like `models/action_units.json` and arrays like those of `models/action_units.npz`.

    Raises `ValueError` where it is for other features or action units.
    """
    import numpy as np

    if stored["features"] != list(FEATURES) or stored["action_units"] != list(ACTION_UNITS):
        raise ValueError("The coefficients were fitted to other features: run tools/fit_action_units.py again.")
    numbers = {name: np.array(values) for name, values in stored["coefficients"].items()}
    return Regression(
        scale=network["scale"],
        hidden=(network["hidden_weights"], network["hidden_bias"]),
        output=network["output_weights"],
        share=numbers["share"],
        formula_pose=numbers["formula_pose"],
        formula_scale=numbers["formula_scale"],
        margin=numbers["margin"],
    )


@cache
def fitted() -> Regression:
    """The regression that comes with the product."""
    import numpy as np

    with np.load(NETWORK_FILE, allow_pickle=False) as stored:
        network = {name: stored[name] for name in NETWORK}
    return read_regression(json.loads(FILE.read_text("utf-8")), network)


def pose_terms(features: np.ndarray, neutral: np.ndarray) -> np.ndarray:
    """(n, 6) pitch, its square, yaw, its square, their product and roll, less those at rest, in radians."""
    import numpy as np

    def terms(pose: np.ndarray) -> np.ndarray:
        pitch, yaw, roll = pose.T
        return np.stack([pitch, pitch**2, yaw, yaw**2, pitch * yaw, roll], axis=1)

    return terms(features[:, _POSE]) - terms(neutral[None, _POSE])


def side_inputs(features: np.ndarray, neutral: np.ndarray) -> np.ndarray:
    """(n, k) what the network is asked with for the person's right side: all changes since rest, of the pose its terms.

    For the left side, the same of the features in a mirror.
    """
    import numpy as np

    moved = features - neutral
    before, after = moved[:, : _POSE.start], moved[:, _POSE.stop :]
    return np.concatenate([before, pose_terms(features, neutral), after], axis=1).astype(np.float64)


def turned_by(features: np.ndarray, neutral: np.ndarray) -> np.ndarray:
    """(n,) radians by which pitch and yaw together differ from those at rest."""
    import numpy as np

    pitch, yaw, _ = (features[:, _POSE] - neutral[_POSE]).T
    return np.hypot(pitch, yaw).astype(np.float64)
