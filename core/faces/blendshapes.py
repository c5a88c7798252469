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

REACH = {
    "AU01": ("browInnerUp", 3.1),
    "AU02": ("browOuterUp", 3.5),
    "AU04": ("browDown", 1.1),
    "AU05": ("eyeWide", 1.8),
    "AU10": ("mouthUpperUp", 9.6),
    "AU12": ("mouthSmile", 8.1),
    "AU15": ("mouthFrown", 3.5),
    "AU17": ("mouthShrugLower", 4.4),
    "AU20": ("mouthStretch", 3.7),
    "AU23": ("mouthPress", 2.0),
    "AU26": ("jawOpen", 6.8),
}
"""The blendshape that draws the movement of an action unit, and how far its log-odds rise in a maximal one: the median
over eight rendered people of the rise over the true activation, where that is above a half.

Left out are the units that no blendshape follows on these people (AU06, 07, 09 and 14, r at most .3; the model leaves
cheekSquint and noseSneer near zero in every face) and those that an opening measures directly (AU25 and AU45)."""

WEIGHT = 1 / 3
"""Share of the blendshape in the intensity of a unit that has one: one voice beside the formulas and the network."""

TURNED_RAD = 0.35
"""20 degrees from rest, blendshapes count no more: they change with the view of a face that keeps still."""

_FLOOR = 1e-3
"""Scores below it are noise, and their log-odds would be nothing else."""


def blend(
    intensity: np.ndarray,
    left: np.ndarray,
    right: np.ndarray,
    scores: np.ndarray,
    neutral: np.ndarray,
    turned_rad: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Intensities (n, 17), left and right (n, 14) of the distances, averaged with those of the blendshapes.

    scores: (n, 52) blendshapes, 0 to 1. neutral: (52,) the person's own at rest, which the model does not put at zero.
    turned_rad: (n,) how far the head is turned from its pose at rest; the blendshapes' share falls with it, from
    `WEIGHT` in a straight line to nothing at `TURNED_RAD`.

    The intensity of a blendshape s is 5 (l(s) - l(s0)) / reach, clipped to 0 to 5, with l the log-odds: the scores end
    in a sigmoid; widened eyes score .03 on a rendered face and .4 on a filmed one, but rise by 2 before it on either.
    Both sides of a unit move by the same amount: the difference between them stays that of the distances, which follows
    the true one better (mean r .54 against .44 over the units with a sided shape, on eight rendered people). NaN where
    a frame has no face; where it has no scores, the distances alone count. The inputs are left as they are.
    """
    import numpy as np

    told_at = np.isfinite(scores).all(axis=1) & np.isfinite(neutral).all()
    share = np.where(told_at, WEIGHT, 0.0)
    if turned_rad is not None:
        share = share * np.clip(1.0 - turned_rad / TURNED_RAD, 0.0, 1.0)
    rise = dict(zip(BLENDSHAPES, np.nan_to_num(_log_odds(scores) - _log_odds(neutral)).T, strict=True))
    intensity, left, right = intensity.copy(), left.copy(), right.copy()
    for unit, (shape, reach) in REACH.items():
        names = (f"{shape}Left", f"{shape}Right") if shape in _SIDED else (shape,)
        told = sum(np.clip(rise[name] / reach, 0.0, 1.0) for name in names) * MAX_INTENSITY / len(names)
        both = intensity[:, ACTION_UNITS.index(unit)]
        shift = share * (told - both)
        both += shift
        if unit in SIDED_ACTION_UNITS:
            for side in (left, right):
                side[:, SIDED_ACTION_UNITS.index(unit)] += shift
    for values in (intensity, left, right):
        np.clip(values, 0.0, MAX_INTENSITY, out=values)
    return intensity, left, right


def _log_odds(scores: np.ndarray) -> np.ndarray:
    import numpy as np

    scores = scores.astype(np.float64)
    return np.log((scores + _FLOOR) / (1.0 - scores + _FLOOR))
