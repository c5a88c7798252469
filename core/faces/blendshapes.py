"""mediapipe's 52 blendshapes: their names, and what they add to the action units measured from distances."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.types import ACTION_UNITS, MAX_INTENSITY, SIDED_ACTION_UNITS

if TYPE_CHECKING:
    import numpy as np

_SIDED = (
    "browDown", "browOuterUp", "cheekSquint", "eyeBlink", "eyeLookDown", "eyeLookIn", "eyeLookOut", "eyeLookUp",
    "eyeSquint", "eyeWide", "mouthDimple", "mouthFrown", "mouthLowerDown", "mouthPress", "mouthSmile", "mouthStretch",
    "mouthUpperUp", "noseSneer",
)  # fmt: skip
_CENTRE = (
    "_neutral", "browInnerUp", "cheekPuff", "jawForward", "jawLeft", "jawOpen", "jawRight", "mouthClose",
    "mouthFunnel", "mouthLeft", "mouthPucker", "mouthRight", "mouthRollLower", "mouthRollUpper", "mouthShrugLower",
    "mouthShrugUpper",
)  # fmt: skip
BLENDSHAPES = tuple(sorted([*_CENTRE, *(f"{name}{side}" for name in _SIDED for side in ("Left", "Right"))]))
"""Names in the order of mediapipe's output, which is that of the alphabet. Left and right are the person's own."""

SHAPE_OF = {
    "AU01": "browInnerUp",
    "AU02": "browOuterUp",
    "AU04": "browDown",
    "AU05": "eyeWide",
    "AU07": "eyeSquint",
    "AU10": "mouthUpperUp",
    "AU12": "mouthSmile",
    "AU15": "mouthFrown",
    "AU20": "mouthStretch",
    "AU23": "mouthPress",
    "AU26": "jawOpen",
    "AU45": "eyeBlink",
}
"""The blendshape that draws the same movement as an action unit. The model leaves `cheekSquint` (AU06) and `noseSneer`
(AU09) at zero in every face, so these two units are measured from distances alone."""

WEIGHT = 0.5
"""Share of the blendshape in the intensity of a unit that has one: half, for want of a reason to trust either more."""


def blend(
    intensity: np.ndarray, left: np.ndarray, right: np.ndarray, scores: np.ndarray, neutral: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Intensities (n, 17), left and right (n, 14) of the distances, averaged with those of the blendshapes.

    scores: (n, 52) blendshapes, 0 to 1. neutral: (52,) the person's own at rest, which the model does not put at zero.
    A blendshape's intensity is 5 (s - s0) / (1 - s0): 0 at rest, 5 at the model's full activation. One without sides
    moves both sides of a unit by the same amount, so that their difference stays that of the distances. 0 to 5,
    clipped; NaN where a frame has no face. The inputs are left as they are.
    """
    import numpy as np

    rise = np.clip((scores - neutral) / np.maximum(1.0 - neutral, 0.5), 0.0, 1.0) * MAX_INTENSITY
    column = dict(zip(BLENDSHAPES, rise.T, strict=True))
    intensity, left, right = intensity.copy(), left.copy(), right.copy()
    for unit, shape in SHAPE_OF.items():
        both = intensity[:, ACTION_UNITS.index(unit)]
        sides = (column[f"{shape}Left"], column[f"{shape}Right"]) if shape in _SIDED else (column[shape],) * 2
        shift = WEIGHT * (sum(sides) / 2 - both)
        if unit in SIDED_ACTION_UNITS:
            for values, side in zip((left, right), sides, strict=True):
                own = values[:, SIDED_ACTION_UNITS.index(unit)]
                own += WEIGHT * (side - own) if shape in _SIDED else shift
        both += shift
    for values in (intensity, left, right):
        np.clip(values, 0.0, MAX_INTENSITY, out=values)
    return intensity, left, right
