"""Aligned landmarks, head pose, and the signed distances on a face that its muscles change.

Axes after alignment: x towards the person's left, y up, z towards the camera; unit = distance of the outer eye corners.
"Left" is always the person's left, which is the right half of an image that is not mirrored.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from core.faces import components

if TYPE_CHECKING:
    import numpy as np

# fmt: off
LEFT_OF = dict(zip(*[iter((
    33, 263, 133, 362, 127, 356, 162, 389,  # eye corners, temples
    55, 285, 107, 336, 66, 296, 65, 295, 52, 282, 105, 334, 63, 293, 70, 300, 46, 276,  # brow
    159, 386, 158, 385, 160, 387, 145, 374, 153, 380, 144, 373,  # lids
    117, 346, 118, 347, 50, 280, 101, 330, 205, 425,  # cheek
    129, 358, 64, 294, 98, 327,  # nasal wing
    61, 291, 78, 308, 37, 267, 39, 269, 40, 270, 82, 312, 87, 317, 84, 314,  # lips
    80, 310, 81, 311, 88, 318, 178, 402, 91, 321, 181, 405,  # lips, their outer thirds
    148, 377,  # chin
))] * 2, strict=True))
# fmt: on
"""Landmark of the person's left side for each of the right side; the others used here lie on the midline."""

OUTER_EYE_DISTANCE_MM = 90.0
"""Turns the unit of the features into millimetres of an adult face."""

# Points that expressions move little, with average proportions of an adult face: right side, then midline.
STABLE_RIGHT = {33: (-0.50, 0.0, 0.0), 133: (-0.19, -0.04, 0.06), 127: (-0.77, 0.0, -0.55), 162: (-0.76, 0.16, -0.42)}
STABLE_MIDLINE = {168: (0.0, 0.04, 0.26), 6: (0.0, -0.06, 0.29), 197: (0.0, -0.15, 0.33), 10: (0.0, 0.62, 0.25)}

_X, _Y, _Z = 0, 1, 2
_EYE_CORNERS = (33, 133)

# name: (axis, points whose mean is taken, points whose mean is subtracted); given for the right side.
_SIDED_DISTANCES: dict[str, tuple[int, tuple[int, ...], tuple[int, ...]]] = {
    "inner_brow_height": (_Y, (55, 107, 66), _EYE_CORNERS),
    "outer_brow_height": (_Y, (70, 63, 105, 46), _EYE_CORNERS),
    "inner_brow_width": (_X, (55, 107), ()),
    "inner_brow_depth": (_Z, (55, 107, 66), ()),
    "lid_aperture": (_Y, (159, 158, 160), (145, 153, 144)),
    "lower_lid_height": (_Y, (145, 153, 144), _EYE_CORNERS),
    "cheek_height": (_Y, (117, 118, 50, 101), _EYE_CORNERS),
    "cheek_width": (_X, (50, 205), ()),
    "cheek_depth": (_Z, (117, 118, 50, 101), ()),
    "nasal_wing_height": (_Y, (129, 64, 98), (6, 197)),
    "nasal_wing_width": (_X, (129, 64), ()),
    "mouth_corner_height": (_Y, (61, 78), ()),
    "mouth_corner_width": (_X, (61, 78), ()),
    "mouth_corner_depth": (_Z, (61, 78), ()),
    "upper_lip_height": (_Y, (37, 39, 40), ()),
    "lower_lip_height": (_Y, (84, 181, 91), ()),
    "side_lip_gap": (_Y, (81, 80), (178, 88)),
}
_CENTRE_DISTANCES: dict[str, tuple[int, tuple[int, ...], tuple[int, ...]]] = {
    "nose_base_height": (_Y, (2, 98, 327), ()),
    "glabella_height": (_Y, (8, 9), ()),
    "lip_gap": (_Y, (13, 82, 312), (14, 87, 317)),
    "upper_lip_thickness": (_Y, (0, 37, 267), (13, 82, 312)),
    "lower_lip_thickness": (_Y, (14, 87, 317), (17, 84, 314)),
    "lip_middle_height": (_Y, (0, 37, 267, 17, 84, 314), ()),
    "lips_depth": (_Z, (0, 37, 267, 17, 84, 314), ()),
    "chin_boss_height": (_Y, (199, 200, 18), ()),
    "chin_boss_depth": (_Z, (199, 200), ()),
    "chin_height": (_Y, (152, 148, 377), ()),
}

SIDED_FEATURES = tuple(_SIDED_DISTANCES)
CENTRE_FEATURES = tuple(_CENTRE_DISTANCES)
DISTANCES = (
    *(f"{name}_R" for name in SIDED_FEATURES),
    *(f"{name}_L" for name in SIDED_FEATURES),
    *CENTRE_FEATURES,
)
"""In outer-eye distances; widths are positive away from the midline on both sides."""

POSE = ("pitch", "yaw", "roll")
"""In radians, with the signs of `Shape.pose_deg`: what turning does to the distances is learnt and taken away."""


@dataclass(frozen=True)
class Shape:
    """Measured shape of n faces. features: (n, d) distances, pose, and `SHAPE_COMPONENTS`. pose_deg: (n, 3) pitch
    (positive down), yaw (positive to the person's right), roll (positive to the person's left shoulder).
    inter_eye_px: (n,)."""

    features: np.ndarray
    pose_deg: np.ndarray
    inter_eye_px: np.ndarray


def measure_shape(points: np.ndarray) -> Shape:
    """Features and pose of n faces, from landmarks (n, 478, 3) in pixels without NaN."""
    import numpy as np

    aligned, pose_deg = align(points)
    moved = [distances(aligned), np.radians(pose_deg), components.fitted().of_shape(aligned)]
    eyes = points[:, 263] - points[:, 33]
    inter_eye_px = np.linalg.norm(eyes, axis=1).astype(np.float32)
    return Shape(np.concatenate(moved, axis=1).astype(np.float32), pose_deg, inter_eye_px)


def align(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Landmarks (n, 478, 3) in outer-eye distances on a face that looks at the camera, and its pose (n, 3) in degrees.

    Each face is brought to average proportions by the similarity transform (rotation, scale, translation) that fits the
    stable points best in the least-squares sense (Umeyama 1991, IEEE TPAMI 13(4), eqs 40 to 42), so that turning,
    moving or approaching the camera leaves the features as they are.
    """
    import numpy as np

    layout = _layout()
    faces = points.astype(np.float64) * (1.0, -1.0, -1.0)
    stable = faces[:, layout.stable]
    centre = stable.mean(axis=1, keepdims=True)
    stable = stable - centre
    reference_centre = layout.reference.mean(axis=0)
    u, s, vt = np.linalg.svd(np.einsum("npi,pj->nij", stable, layout.reference - reference_centre))
    handedness = np.sign(np.linalg.det(u @ vt))
    u[:, :, 2] *= handedness[:, None]
    s[:, 2] *= handedness
    rotation = u @ vt
    scale = s.sum(axis=1) / (stable**2).sum(axis=(1, 2))
    return (faces - centre) @ rotation * scale[:, None, None] + reference_centre, _pose_deg(rotation)


def distances(aligned: np.ndarray) -> np.ndarray:
    """(n, len(DISTANCES)) of aligned landmarks (n, 478, 3)."""
    layout = _layout()
    return aligned[:, layout.used].reshape(len(aligned), -1) @ layout.weights


def _pose_deg(rotation: np.ndarray) -> np.ndarray:
    """Angles of (n, 3, 3) rotations that take face axes (columns) to image axes, in the order and signs of OpenFace."""
    import numpy as np

    nose, left_ear = rotation[:, :, 2], rotation[:, :, 0]
    pitch = -np.arctan2(nose[:, 1], nose[:, 2])
    yaw = -np.arctan2(nose[:, 0], np.hypot(nose[:, 1], nose[:, 2]))
    roll = -np.arctan2(left_ear[:, 1], left_ear[:, 0])
    return np.degrees(np.stack([pitch, yaw, roll], axis=1)).astype(np.float32)


@dataclass(frozen=True)
class _Layout:
    """stable: (p,) landmark numbers, reference: (p, 3) their places. used: those of the distances, whose weights are
    (3 x used, distances)."""

    stable: np.ndarray
    reference: np.ndarray
    used: np.ndarray
    weights: np.ndarray


@cache
def _layout() -> _Layout:
    import numpy as np

    reference = dict(STABLE_RIGHT) | STABLE_MIDLINE
    reference |= {LEFT_OF[p]: (-x, y, z) for p, (x, y, z) in STABLE_RIGHT.items()}
    sided, centre = _SIDED_DISTANCES.values(), _CENTRE_DISTANCES.values()
    columns = [(axis, -1.0 if axis == _X else 1.0, plus, minus) for axis, plus, minus in sided]
    columns += [(axis, 1.0, _left(plus), _left(minus)) for axis, plus, minus in sided]
    columns += [(axis, 1.0, plus, minus) for axis, plus, minus in centre]
    used = list(dict.fromkeys(p for _, _, plus, minus in columns for p in (*plus, *minus)))
    weights = np.zeros((len(used), 3, len(columns)))
    for column, (axis, sign, plus, minus) in enumerate(columns):
        for p in plus:
            weights[used.index(p), axis, column] += sign / len(plus)
        for p in minus:
            weights[used.index(p), axis, column] -= sign / len(minus)
    places = np.array(list(reference.values()))
    return _Layout(np.array(list(reference)), places, np.array(used), weights.reshape(-1, len(columns)))


def _left(points: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(LEFT_OF.get(p, p) for p in points)
