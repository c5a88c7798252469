"""The regression from features to action units that was fitted on rendered faces: its inputs, and what was fitted.

`models/action_units.json` holds the coefficients with the settings they were fitted with; `models/action_units.md` says
how good they are. `tools/fit_action_units.py` makes both.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import models
from core.faces.geometry import DISTANCES, FEATURES, POSE, SIDED_FEATURES
from core.faces.texture import SIDED_TEXTURES
from core.types import ACTION_UNITS

if TYPE_CHECKING:
    import numpy as np

FILE = Path(models.__file__).with_name("action_units.json")
N_POSE_TERMS = 6
_N_SIDED, _N_POSE, _N_SKIN = len(SIDED_FEATURES), len(DISTANCES), len(DISTANCES) + len(POSE)


@dataclass(frozen=True)
class Regression:
    """What was fitted, for the 17 action units unless it says otherwise.

    scale: (k,) each of the `side_inputs` is divided by its own. hidden: (k, h) and (h,), output: (h, 17) and (17,) of a
    network with one hidden layer of rectified linear units, whose answer at rest is taken off. difference: (m, 14) from
    `difference_inputs` to left minus right. share: (17,) of the network in the intensity, the rest is that of the
    formulas. formula_pose: (6, 17) what turning alone adds to the formulas; formula_scale: (17,) their factor.
    margin: (17,) intensity per radian that the head is turned away from rest which may be due to turning alone.
    """

    scale: np.ndarray
    hidden: tuple[np.ndarray, np.ndarray]
    output: tuple[np.ndarray, np.ndarray]
    difference: np.ndarray
    share: np.ndarray
    formula_pose: np.ndarray
    formula_scale: np.ndarray
    margin: np.ndarray

    def answer(self, inputs: np.ndarray) -> np.ndarray:
        """(n, 17) intensities from `side_inputs` (n, k); 0 where these are 0."""
        import numpy as np

        weights, bias = self.hidden
        active = np.maximum((inputs / self.scale) @ weights + bias, 0.0)
        return (active - np.maximum(bias, 0.0)) @ self.output[0]


def read_regression(stored: dict[str, Any]) -> Regression:
    """The regression in a document like `models/action_units.json`. Raises `ValueError` where it is for others."""
    import numpy as np

    if stored["features"] != list(FEATURES) or stored["action_units"] != list(ACTION_UNITS):
        raise ValueError("The coefficients were fitted to other features: run tools/fit_action_units.py again.")
    numbers = {name: np.array(values) for name, values in stored["coefficients"].items()}
    return Regression(
        scale=numbers["scale"],
        hidden=(numbers["hidden_weights"], numbers["hidden_bias"]),
        output=(numbers["output_weights"], numbers["output_bias"]),
        difference=numbers["difference"],
        share=numbers["share"],
        formula_pose=numbers["formula_pose"],
        formula_scale=numbers["formula_scale"],
        margin=numbers["margin"],
    )


@cache
def fitted() -> Regression:
    """The regression that comes with the product."""
    return read_regression(json.loads(FILE.read_text("utf-8")))


def pose_terms(features: np.ndarray, neutral: np.ndarray, side: str) -> np.ndarray:
    """(n, 6) pitch, its square, yaw, its square, their product and roll, less those at rest, in radians.

    side: `R` or `L`; yaw and roll have the signs that a mirrored left side would see.
    """
    import numpy as np

    sign = 1.0 if side == "R" else -1.0

    def terms(pose: np.ndarray) -> np.ndarray:
        pitch, yaw, roll = pose[:, 0], sign * pose[:, 1], sign * pose[:, 2]
        return np.stack([pitch, pitch**2, yaw, yaw**2, pitch * yaw, roll], axis=1)

    return terms(features[:, _N_POSE:_N_SKIN]) - terms(neutral[None, _N_POSE:_N_SKIN])


def side_inputs(features: np.ndarray, neutral: np.ndarray, side: str) -> np.ndarray:
    """(n, k) what the network is asked with for one side of the face: changes since rest, the left side mirrored.

    In turn: distances of this side, of the middle, the pose, distances of the other side, textures of this side, of the
    other, of the middle. So one network serves both sides.
    """
    import numpy as np

    moved = features - neutral
    right, left, centre = np.split(moved[:, :_N_POSE], [_N_SIDED, 2 * _N_SIDED], axis=1)
    skin_right, skin_left, skin_centre = np.split(
        moved[:, _N_SKIN:], [len(SIDED_TEXTURES), 2 * len(SIDED_TEXTURES)], axis=1
    )
    own, other, skin_own, skin_other = right, left, skin_right, skin_left
    if side == "L":
        own, other, skin_own, skin_other = left, right, skin_left, skin_right
    pose = pose_terms(features, neutral, side)
    return np.concatenate([own, centre, pose, other, skin_own, skin_other, skin_centre], axis=1).astype(np.float64)


def difference_inputs(features: np.ndarray, neutral: np.ndarray) -> np.ndarray:
    """(n, m) what turns its sign when the face is mirrored: left minus right of each sided feature, yaw, roll, and
    pitch times yaw, as changes since rest."""
    import numpy as np

    moved = features - neutral
    distances = moved[:, _N_SIDED : 2 * _N_SIDED] - moved[:, :_N_SIDED]
    first, last = _N_SKIN, _N_SKIN + len(SIDED_TEXTURES)
    skin = moved[:, last : last + len(SIDED_TEXTURES)] - moved[:, first:last]
    turned = pose_terms(features, neutral, "R")[:, (2, 4, 5)]
    return np.concatenate([distances, turned, skin], axis=1).astype(np.float64)


def turned_by(features: np.ndarray, neutral: np.ndarray) -> np.ndarray:
    """(n,) radians by which pitch and yaw together differ from those at rest."""
    import numpy as np

    pitch, yaw = (features[:, _N_POSE + axis] - neutral[_N_POSE + axis] for axis in (0, 1))
    return np.hypot(pitch, yaw).astype(np.float64)
