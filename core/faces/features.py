"""Everything that a frame's action units are computed from, in order, and what a mirror does to it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from core.faces.components import SHAPE_COMPONENTS, SKIN_COMPONENTS
from core.faces.geometry import DISTANCES, POSE
from core.faces.texture import TEXTURES

if TYPE_CHECKING:
    import numpy as np

FEATURES = (*DISTANCES, *POSE, *SHAPE_COMPONENTS, *TEXTURES, *SKIN_COMPONENTS)


def mirrored(features: np.ndarray) -> np.ndarray:
    """Features (..., d) of the same faces seen in a mirror: sides exchanged, yaw, roll and odd components reversed."""
    order, sign = _mirror()
    return features[..., order] * sign


@cache
def _mirror() -> tuple[np.ndarray, np.ndarray]:
    import numpy as np

    order = [FEATURES.index(_partner(name)) for name in FEATURES]
    turned = [name in ("yaw", "roll") or "_odd_" in name for name in FEATURES]
    return np.array(order), np.where(turned, -1, 1).astype(np.float32)


def _partner(name: str) -> str:
    return name[:-1] + {"R": "L", "L": "R"}[name[-1]] if name.endswith(("_R", "_L")) else name
