"""How the 478 landmarks of a face are joined for drawing, and where on the face each action unit acts."""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

_CONNECTIONS = "python/solutions/face_mesh_connections.py"

PLACES: dict[str, tuple[int, ...]] = {
    "AU01": (107, 336), "AU02": (70, 300), "AU04": (55, 285), "AU05": (159, 386), "AU06": (117, 346),
    "AU07": (145, 374), "AU09": (198, 420), "AU10": (165, 391), "AU12": (61, 291), "AU14": (216, 436),
    "AU15": (210, 430), "AU17": (199,), "AU20": (212, 432), "AU23": (84, 314), "AU25": (13,), "AU26": (152,),
    "AU45": (160, 387),
}  # fmt: skip
"""Landmark at which a unit is marked: on the person's right and left side, or one on the midline."""

IRISES = ((468, 469), (473, 474))
"""Centre and a point on the edge of the right and the left iris."""


@cache
def mesh() -> np.ndarray:
    """(n, 2) pairs of landmarks: every edge of mediapipe's triangles once."""
    return _edges("FACEMESH_TESSELATION")


@cache
def contours() -> np.ndarray:
    """(n, 2) pairs of landmarks that draw lids, brows, nose, lips and the oval of the face."""
    import numpy as np

    return np.concatenate([_edges("FACEMESH_CONTOURS"), _edges("FACEMESH_NOSE")])


@cache
def _edges(name: str) -> np.ndarray:
    import numpy as np

    # Importing the package takes seconds and loads its models; this file of it is constants alone.
    package = importlib.util.find_spec("mediapipe")
    assert package is not None
    assert package.origin is not None
    spec = importlib.util.spec_from_file_location("face_mesh_connections", Path(package.origin).parent / _CONNECTIONS)
    assert spec is not None
    assert spec.loader is not None
    constants = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(constants)
    return np.array(sorted({tuple(sorted(edge)) for edge in getattr(constants, name)}), np.int32)
