"""The face of one frame as a square picture: upright, always of one scale and in one place."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

_EYES_AND_NOSE = (33, 263, 2)
"""Outer eye corners and the base of the nose, which expressions move little: an open mouth stays an open mouth."""

_PLACES = ((0.283, 0.35), (0.717, 0.35), (0.5, 0.582))
"""Where an average face has them, in sides of the square: it reaches from the hair to below a wide open mouth."""

_MAX_SIDE_PX = 2048


def face_crop(image_bgr: np.ndarray, points: np.ndarray, size_px: int) -> np.ndarray | None:
    """(size_px, size_px, 3) uint8 RGB of the face with landmarks (478, 2 or more) in pixels of an image (h, w, 3) BGR.

    Turned, scaled and moved by the similarity transform that fits eyes and nose best in the least-squares sense
    (Umeyama 1991, in two dimensions), never sheared or stretched. Beyond the edge of the image, its edge continues.
    None where the landmarks are missing, or eyes or nose lie outside the image.
    """
    import cv2
    import numpy as np

    height, width = image_bgr.shape[:2]
    here = points[list(_EYES_AND_NOSE), :2].astype(np.float64)
    if not (np.isfinite(here).all() and (here >= 0).all() and (here < (width, height)).all()):
        return None
    # A point is a complex number here, and turning and scaling it one multiplication.
    face, place = here @ (1, 1j), np.array(_PLACES) @ (1, 1j)
    away, target = face - face.mean(), place - place.mean()
    spread = (np.abs(away) ** 2).sum()
    if spread == 0:
        return None
    # Mapped at the scale of the image first, and then made smaller by areas, so that fine detail makes no patterns.
    turn = (away.conj() * target).sum() / spread
    side_px = max(size_px, min(round(1 / abs(turn)), _MAX_SIDE_PX))
    turn *= side_px
    # The centre of the first pixel lies at 0, half a pixel from the edge of the square.
    shift = place.mean() * side_px - (0.5 + 0.5j) - turn * face.mean()
    to_crop = np.array([[turn.real, -turn.imag, shift.real], [turn.imag, turn.real, shift.imag]])
    crop = cv2.warpAffine(
        image_bgr, to_crop, (side_px, side_px), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    if side_px > size_px:
        crop = cv2.resize(crop, (size_px, size_px), interpolation=cv2.INTER_AREA)
    return cv2.cvtColor(crop, cv2.COLOR_BGR2RGB)
