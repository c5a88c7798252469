"""A small upright picture of the face, and where its landmarks lie in it.

The face is brought to 64 x 96 grey pixels by the affine map that puts the outer eye corners and the base of the nose
where an average face has them, so that a place is the same skin at every size and turn of the head.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

WIDTH_PX, HEIGHT_PX = 64, 96
_EYES_AND_NOSE = (33, 263, 2)
_PLACES_PX = ((12.8, 24.32), (51.2, 24.32), (32.0, 44.8))
_EYE_DISTANCE_PX = 38.4


@dataclass(frozen=True)
class UprightFace:
    """picture: (96, 64) uint8 grey. places: (478, 2) float32, column and row of each landmark in it."""

    picture: np.ndarray
    places: np.ndarray


def upright(image_bgr: np.ndarray, points: np.ndarray) -> UprightFace | None:
    """The face with landmarks (478, 3) in an image (height, width, 3) uint8 BGR.

    None where its eyes and nose lie outside the image.
    """
    import cv2
    import numpy as np

    height, width = image_bgr.shape[:2]
    corners = points[list(_EYES_AND_NOSE), :2].tolist()
    x, y = zip(*corners, strict=True)
    across = math.hypot(x[1] - x[0], y[1] - y[0])
    # Averaging whole blocks before the map keeps fine noise of a large face from passing for furrows.
    block = max(1, int(across / _EYE_DISTANCE_PX))
    left, right = (min(max(int(edge), 0), width) for edge in (min(x) - 0.6 * across, max(x) + 0.6 * across))
    top, bottom = (min(max(int(edge), 0), height) for edge in (min(y) - 0.8 * across, max(y) + 1.1 * across))
    columns, rows = (right - left) // block, (bottom - top) // block
    if columns < 2 or rows < 2:
        return None
    # Grey first, and whole blocks only: a third of the time.
    grey = cv2.cvtColor(image_bgr[top : top + rows * block, left : left + columns * block], cv2.COLOR_BGR2GRAY)
    if block > 1:
        grey = cv2.resize(grey, (columns, rows), interpolation=cv2.INTER_AREA)
    in_block = ((points[:, :2] - (left, top) + 0.5) / block - 0.5).astype(np.float32)
    to_picture = cv2.getAffineTransform(in_block[list(_EYES_AND_NOSE)], np.array(_PLACES_PX, np.float32))
    picture = cv2.warpAffine(
        grey, to_picture, (WIDTH_PX, HEIGHT_PX), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return UprightFace(picture, (in_block @ to_picture[:, :2].T + to_picture[:, 2]).astype(np.float32))
