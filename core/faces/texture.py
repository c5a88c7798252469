"""Folds and furrows that landmarks do not see, from a small upright picture of the face.

The face is brought to 64 x 64 grey pixels by the affine map that puts the outer eye corners and the base of the nose
where an average face has them, so that a patch is the same skin at every size and turn of the head.
"""

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

SIZE_PX = 64
_EYES_AND_NOSE = (33, 263, 2)
_PLACES = ((0.20, 0.38), (0.80, 0.38), (0.50, 0.70))
_EYE_DISTANCE_PX = 0.6 * SIZE_PX

# First and last row, first and last column.
_GLABELLA = (slice(10, 22), slice(27, 37))
_NOSE_AND_CHEEKS = (slice(26, 40), slice(19, 45))
_FOLD_RIGHT = (slice(38, 52), slice(13, 23))
_FOLD_LEFT = (slice(38, 52), slice(41, 51))

_LEAST_GRADIENT = 0.003
"""Of the patch's grey: what noise alone gives; keeps the logarithm calm on flat skin."""


def measure_texture(image_bgr: np.ndarray, points: np.ndarray) -> np.ndarray:
    """(len(TEXTURES),) of the face with landmarks (478, 3) in an image (height, width, 3) uint8 BGR.

    Zero where the face lies outside the image.
    """
    import numpy as np

    face = upright(image_bgr, points)
    if face is None:
        return np.zeros(len(TEXTURES), np.float32)
    glabella = face[_GLABELLA]
    values = [_log_gradient(face[patch], axis=0) for patch in (_FOLD_RIGHT, _FOLD_LEFT)]
    values.append(_log_gradient(glabella, axis=1))
    values.append(math.log(_brightness(face[_NOSE_AND_CHEEKS]) / _brightness(glabella)))
    return np.array(values, np.float32)


def upright(image_bgr: np.ndarray, points: np.ndarray) -> np.ndarray | None:
    """(64, 64) uint8 grey picture of the face, or None where its eyes and nose lie outside the image."""
    import cv2
    import numpy as np

    height, width = image_bgr.shape[:2]
    corners = points[list(_EYES_AND_NOSE), :2].tolist()
    x, y = zip(*corners, strict=True)
    across = math.hypot(x[1] - x[0], y[1] - y[0])
    # Averaging whole blocks before the map keeps fine noise of a large face from passing for furrows.
    block = max(1, int(across / _EYE_DISTANCE_PX))
    left, right = (min(max(int(edge), 0), width) for edge in (min(x) - 0.6 * across, max(x) + 0.6 * across))
    top, bottom = (min(max(int(edge), 0), height) for edge in (min(y) - 0.6 * across, max(y) + 0.6 * across))
    columns, rows = (right - left) // block, (bottom - top) // block
    if columns < 2 or rows < 2:
        return None
    # Grey first, and whole blocks only: a third of the time.
    grey = cv2.cvtColor(image_bgr[top : top + rows * block, left : left + columns * block], cv2.COLOR_BGR2GRAY)
    if block > 1:
        grey = cv2.resize(grey, (columns, rows), interpolation=cv2.INTER_AREA)
    at = [((px - left + 0.5) / block - 0.5, (py - top + 0.5) / block - 0.5) for px, py in corners]
    to = [(SIZE_PX * px, SIZE_PX * py) for px, py in _PLACES]
    return cv2.warpAffine(
        grey,
        cv2.getAffineTransform(np.array(at, np.float32), np.array(to, np.float32)),
        (SIZE_PX, SIZE_PX),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )


def _log_gradient(patch: np.ndarray, axis: int) -> float:
    import cv2

    steps = (patch[1:], patch[:-1]) if axis == 0 else (patch[:, 1:], patch[:, :-1])
    gradient = cv2.norm(*steps, cv2.NORM_L1) / steps[0].size
    return math.log(gradient / _brightness(patch) + _LEAST_GRADIENT)


def _brightness(patch: np.ndarray) -> float:
    """Mean grey level, 1 to 256, so that black divides nothing by 0."""
    import cv2

    return float(cv2.mean(patch)[0]) + 1.0
