"""What intensities mean by what measured them: which action units a backend gives, and on which scale.

Intensities of different backends are not comparable across people: they were trained on other faces, some give
strengths and some probabilities. A table that holds several is said to mix them, wherever it is used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.types import ACTION_UNITS, MAX_INTENSITY

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Scale:
    """What one backend writes. units: which of `ACTION_UNITS` it gives. maximum: of its scale, which begins at 0."""

    title: str
    units: tuple[str, ...]
    maximum: float = MAX_INTENSITY

    @property
    def words(self) -> str:
        """The range, for a reader."""
        return f"0 to {self.maximum:g}"

    @property
    def missing(self) -> tuple[str, ...]:
        """The action units that this backend does not give."""
        return tuple(unit for unit in ACTION_UNITS if unit not in self.units)


OURS = Scale("Hypomimia Lab", ACTION_UNITS)
SCALES = {
    "openface": Scale("OpenFace", ACTION_UNITS),
    "openface3": Scale("OpenFace 3.0", ("AU01", "AU02", "AU04", "AU06", "AU09", "AU12", "AU25", "AU26"), 1.0),
    "py-feat": Scale("py-feat", tuple(unit for unit in ACTION_UNITS if unit != "AU45"), 1.0),
    "libreface": Scale(
        "LibreFace",
        ("AU01", "AU02", "AU04", "AU05", "AU06", "AU09", "AU12", "AU15", "AU17", "AU20", "AU25", "AU26"),
    ),
    "ufnet": Scale("UFNet", ("AU01", "AU06", "AU12", "AU14", "AU25", "AU26", "AU45")),
}
"""By the name in the column `backend`; every other name has our own scale: all 17, 0 to 5."""


def scale_of(backend: str) -> Scale:
    """The scale of a name in the column `backend`."""
    return SCALES.get(backend, OURS)


_LIMITS = {
    "onset_s": (0.0, np.inf), "onset_speed": (0.0, np.inf), "hold_s": (0.0, np.inf), "hold_stability": (-np.inf, 1.0),
    "asymmetry": (-1.0, 1.0), "blinks_per_min": (0.0, np.inf),
}  # fmt: skip
"""The least and the greatest value of the dynamics that are no intensities."""


def limits_of(features: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """(low (d,), high (d,)): between which values each feature of a real row can lie; 0 to 5 for an intensity."""
    low, high = np.array([_LIMITS.get(feature, (0.0, MAX_INTENSITY)) for feature in features], float).reshape(-1, 2).T
    return low, high


def backends_of(*tables: pd.DataFrame) -> tuple[str, ...]:
    """The names in the column `backend` of some AU tables, sorted."""
    return tuple(sorted({str(backend) for table in tables for backend in table["backend"]}))


def mixture(*tables: pd.DataFrame) -> str:
    """One sentence where the AU tables together mix backends, which says whether their scales differ too; else empty.

    >>> import pandas as pd
    >>> mixture(pd.DataFrame({"backend": ["openface", "py-feat"]}))
    'Intensities come from different backends (openface 0 to 5, py-feat 0 to 1) and are not comparable'
    """
    backends = backends_of(*tables)
    if len(backends) < 2:
        return ""
    differ = len({scale_of(backend).words for backend in backends}) > 1
    names = ", ".join(f"{backend} {scale_of(backend).words}" if differ else backend for backend in backends)
    return f"Intensities come from different backends ({names}) and are not comparable"
