"""Folds and furrows that landmarks do not see, in four patches of the upright face; the formulas ask for them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

SIDED_TEXTURES = ("nasolabial_fold",)
CENTRE_TEXTURES = ("glabella_furrows", "glabella_darkness")
TEXTURES = (*(f"{name}_R" for name in SIDED_TEXTURES), *(f"{name}_L" for name in SIDED_TEXTURES), *CENTRE_TEXTURES)
"""nasolabial_fold: log of the mean vertical gradient beside the nose and mouth. glabella_furrows: log of the mean
horizontal gradient between the brows. Both are relative to the patch's own grey, so that light does not enter.
glabella_darkness: minus the log of the patch's grey relative to the nose and cheeks below it: brows drawn together."""

# First and last row, first and last column.
_GLABELLA = (slice(10, 22), slice(27, 37))
_NOSE_AND_CHEEKS = (slice(26, 40), slice(19, 45))
_FOLD_RIGHT = (slice(38, 52), slice(13, 23))
_FOLD_LEFT = (slice(38, 52), slice(41, 51))

_LEAST_GRADIENT = 0.003
"""Of the patch's grey: what noise alone gives; keeps the logarithm calm on flat skin."""


def measure_texture(picture: np.ndarray) -> np.ndarray:
    """(len(TEXTURES),) of the picture (96, 64) of an `UprightFace`."""
    import numpy as np

    glabella = picture[_GLABELLA]
    values = [_log_gradient(picture[patch], axis=0) for patch in (_FOLD_RIGHT, _FOLD_LEFT)]
    values.append(_log_gradient(glabella, axis=1))
    values.append(math.log(_brightness(picture[_NOSE_AND_CHEEKS]) / _brightness(glabella)))
    return np.array(values, np.float32)


def _log_gradient(patch: np.ndarray, axis: int) -> float:
    import cv2

    steps = (patch[1:], patch[:-1]) if axis == 0 else (patch[:, 1:], patch[:, :-1])
    gradient = cv2.norm(*steps, cv2.NORM_L1) / steps[0].size
    return math.log(gradient / _brightness(patch) + _LEAST_GRADIENT)


def _brightness(patch: np.ndarray) -> float:
    """Mean grey level, 1 to 256, so that black divides nothing by 0."""
    import cv2

    return float(cv2.mean(patch)[0]) + 1.0
