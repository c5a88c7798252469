"""What the skin looks like at each landmark: how light it is, and how much it changes across and up.

Flesh that bulges catches the light, lids and lips uncover what is behind them, and brows and folds move over the skin:
all this changes the picture at a landmark, also where the mesh, which knows average faces, leaves the landmark where
it was. The logarithm of the grey makes the strength of the light an additive constant, which the differences lose.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from core.faces.upright import UprightFace

N_PLACES = 468
"""The landmarks of the face itself; the ten of the irises follow the gaze."""

LOOKS = ("shade", "across", "up")
"""shade: log grey relative to its surroundings. across, up: log of the mean gradient of the log grey nearby."""

_DARKEST = 4.0
_SURROUNDINGS_PX = 25
_SHADE_PX, _GRADIENT_PX = 1.0, 2.0
_LEAST_GRADIENT = 0.01


def look_at(face: UprightFace) -> np.ndarray:
    """(len(LOOKS) · 468,) float32, look after look, at the landmarks of an upright face."""
    import cv2
    import numpy as np

    log_grey = cv2.LUT(face.picture, _log_of_grey())
    shade = cv2.GaussianBlur(log_grey, (0, 0), _SHADE_PX) - cv2.blur(log_grey, (_SURROUNDINGS_PX, _SURROUNDINGS_PX))
    gradients = [np.abs(cv2.Sobel(log_grey, cv2.CV_32F, dx, dy, scale=1 / 8)) for dx, dy in ((1, 0), (0, 1))]
    nearby = cv2.GaussianBlur(cv2.merge(gradients), (0, 0), _GRADIENT_PX)
    columns, rows = face.places[:N_PLACES].T
    seen = cv2.remap(
        cv2.merge([shade, nearby]),
        np.ascontiguousarray(columns),
        np.ascontiguousarray(rows),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )[:, 0]
    seen[:, 1:] = np.log(seen[:, 1:] + _LEAST_GRADIENT)
    return np.ascontiguousarray(seen.T).ravel()


@cache
def _log_of_grey() -> np.ndarray:
    import numpy as np

    return np.log(np.arange(256, dtype=np.float32) + np.float32(_DARKEST))
