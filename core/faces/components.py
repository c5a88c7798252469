"""The patterns in which a face moves and its skin changes, as found in rendered faces by principal components.

Each pattern is its own mirror image (even) or the opposite of it (odd), so that a face in the mirror has the same even
components, and odd ones of the other sign. They are linear, so that their change since rest needs no landmarks of rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import models
from core.faces.skin import LOOKS, N_PLACES

if TYPE_CHECKING:
    import numpy as np

FILE = Path(models.__file__).with_name("action_units.npz")

N_SHAPE = (50, 30)
"""How many even and odd components the places of the landmarks have."""

N_LOOK = (60, 50)
"""How many even and odd components each look of the skin has."""


def _names(what: str, n_even: int, n_odd: int) -> tuple[str, ...]:
    return (*(f"{what}_even_{k:02}" for k in range(n_even)), *(f"{what}_odd_{k:02}" for k in range(n_odd)))


SHAPE_COMPONENTS = _names("shape", *N_SHAPE)
SKIN_COMPONENTS = tuple(name for look in LOOKS for name in _names(look, *N_LOOK))


@dataclass(frozen=True)
class Components:
    """shape: (80, 468 · 3) patterns of aligned landmarks. looks: (110, 468) for each of `LOOKS`. Even ones first."""

    shape: np.ndarray
    looks: tuple[np.ndarray, ...]

    def of_shape(self, aligned: np.ndarray) -> np.ndarray:
        """(n, len(SHAPE_COMPONENTS)) of aligned landmarks (n, 468 or more, 3), in outer-eye distances."""
        return aligned[:, :N_PLACES].reshape(len(aligned), -1) @ self.shape.T

    def of_skin(self, looks: np.ndarray) -> np.ndarray:
        """(n, len(SKIN_COMPONENTS)) of what `skin.look_at` gave, (n, len(LOOKS) · 468)."""
        import numpy as np

        each = np.split(looks, len(LOOKS), axis=1)
        return np.concatenate([look @ patterns.T for look, patterns in zip(each, self.looks, strict=True)], axis=1)


@cache
def fitted() -> Components:
    """The components that come with the product."""
    import numpy as np

    with np.load(FILE, allow_pickle=False) as stored:
        looks = tuple(stored[look].astype(np.float32) for look in LOOKS)
        return Components(stored["shape"].astype(np.float64), looks)
