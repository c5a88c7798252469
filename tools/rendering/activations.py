"""Action units as the face model shows them, and the intensities that are true of what is shown.

A side of an action unit is activated from 0 to 1; its true intensity is 5 times that, so that the FACS levels A to E
(trace, slight, marked, severe, maximal; Ekman, Friesen and Hager 2002) are the fifths of the scale: linear in the
activation, which moves every vertex of a shape in a straight line. Activation 1 is about the most that adults reach, in
millimetres on the mean person: brows 6 to 8, mouth corners 10, upper lip 6, chin 7, jaw 18.

Three units follow from what is seen rather than from one shape:

- AU25 is true by the gap between the lips, whatever parts them (its own shapes, the jaw, a raised upper lip): the
  opening beyond rest in the middle of the mouth, 12 mm being 5 and more staying 5.
- AU26 is the jaw's own activation; the little that the jaw gives way for AU25 does not count.
- AU45 closes the lid from wherever it is: a widened eye blinks to the same end.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from core.types import ACTION_UNITS, CENTRE_ACTION_UNITS, MAX_INTENSITY, SIDED_ACTION_UNITS
from tools.rendering.face_model import FaceModel

SHAPES: dict[str, dict[str, float]] = {
    "AU01": {"browInnerUp": 1.0},
    "AU02": {"browOuterUp": 0.85},
    "AU04": {"browDown": 1.0},
    "AU05": {"eyeWide": 1.0},
    "AU06": {"cheekSquint": 1.0},
    "AU07": {"eyeSquint": 0.9, "eyeBlink": 0.15},
    "AU09": {"noseSneer": 0.75},
    "AU10": {"mouthUpperUp": 0.8},
    "AU12": {"mouthSmile": 0.9},
    "AU14": {"mouthDimple": 0.8},
    "AU15": {"mouthFrown": 1.0},
    "AU20": {"mouthStretch": 0.9},
    "AU23": {"mouthPress": 0.5},
    "AU45": {"eyeBlink": 1.0},
}
"""Shapes of each sided unit, without their `_L` or `_R`, and their weight at activation 1."""

CENTRE_SHAPES: dict[str, dict[str, float]] = {
    "AU17": {"mouthShrugLower": 0.65, "mouthShrugUpper": 0.35},
    "AU23": {"mouthRollLower": 0.55, "mouthRollUpper": 0.55},
    "AU25": {
        "mouthLowerDown_L": 0.9,
        "mouthLowerDown_R": 0.9,
        "mouthUpperUp_L": 0.3,
        "mouthUpperUp_R": 0.3,
        "jawOpen": 0.06,
    },
    "AU26": {"jawOpen": 0.6},
}
"""Shapes that have no sides; AU23 rolls the lips in by the mean of its two sides."""

ACTIVATIONS = (*(f"{unit}_{side}" for unit in SIDED_ACTION_UNITS for side in "LR"), *CENTRE_ACTION_UNITS)
"""What can be activated by itself."""

PARTED_CM = 1.2
_UPPER_LIP, _LOWER_LIP = (61, 62, 63), (67, 66, 65)


def both(activations: Mapping[str, float]) -> dict[str, float]:
    """Activation of every one of `ACTIVATIONS`, where `AU12` stands for both of its sides and `AU12_L` for one.

    A side named by itself goes before its unit. Raises `ValueError` for a name that is none, or one beyond 0 to 1.
    """
    full = dict.fromkeys(ACTIVATIONS, 0.0)
    for name, value in sorted(activations.items(), key=lambda item: len(item[0])):
        sides = [name] if name in full else [f"{name}_L", f"{name}_R"]
        if not set(sides) <= set(full) or not 0 <= value <= 1:
            raise ValueError(f"{name} cannot be activated by {value}")
        full |= dict.fromkeys(sides, float(value))
    return full


def shape_weights(activations: Mapping[str, float]) -> dict[str, float]:
    """Weights of the face model's expression shapes for `activations` (names as in `both`)."""
    full = both(activations)
    weights: dict[str, float] = {}
    for side in "LR":
        closed = full[f"AU45_{side}"]
        for unit, shapes in SHAPES.items():
            activation = full[f"{unit}_{side}"]
            if unit == "AU05":
                activation *= 1 - closed
            for shape, weight in shapes.items():
                _raise(weights, f"{shape}_{side}", weight * activation)
        weights[f"eyeBlink_{side}"] = min(weights[f"eyeBlink_{side}"], 1.0)
    for unit, shapes in CENTRE_SHAPES.items():
        activation = full[unit] if unit in full else (full[f"{unit}_L"] + full[f"{unit}_R"]) / 2
        for shape, weight in shapes.items():
            _raise(weights, shape, weight * activation)
    return {shape: weight for shape, weight in weights.items() if weight}


def parted_cm(model: FaceModel, face: np.ndarray) -> float:
    """Gap between the lips of a face (n, 3) in the middle of its mouth; below 0 where they are pressed together."""
    upper, lower = face[model.landmarks[list(_UPPER_LIP)], 1], face[model.landmarks[list(_LOWER_LIP)], 1]
    return float((upper - lower).mean())


def truth(activations: Mapping[str, float], opened_cm: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Intensity (17,), left (14,) and right (14,), 0 to 5, of `activations` that open the lips by `opened_cm`.

    The intensity of a sided unit is the mean of its sides. opened_cm: `parted_cm` beyond the person's rest.
    """
    full = both(activations)
    left, right = (np.array([full[f"{unit}_{side}"] for unit in SIDED_ACTION_UNITS]) for side in "LR")
    mean = dict(zip(SIDED_ACTION_UNITS, (left + right) / 2, strict=True)) | {"AU17": full["AU17"], "AU26": full["AU26"]}
    mean["AU25"] = min(max(opened_cm / PARTED_CM, 0.0), 1.0)
    intensity = np.array([mean[unit] for unit in ACTION_UNITS])
    return MAX_INTENSITY * intensity, MAX_INTENSITY * left, MAX_INTENSITY * right


def _raise(weights: dict[str, float], shape: str, by: float) -> None:
    weights[shape] = weights.get(shape, 0.0) + by
