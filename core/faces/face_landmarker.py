"""mediapipe's FaceLandmarker task: 478 landmarks and 52 blendshapes, where its model file has been put.

The file is never needed and never fetched by the program itself: `python3 lab.py setup --face-landmarker` fetches it on
request. It is checked, byte for byte, before it is used.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import UserError
from core.faces.face_mesh import TrackingMesh

if TYPE_CHECKING:
    from core.faces.mediapipe_graph import LandmarkerGraph

SIZE_BYTES = 3_758_596
SHA256 = "64184e229b263107bc2b804c6625db1341ff2bb731874b0bcc2fe6544e0bc9ff"
GET_IT = "Run python3 lab.py setup --face-landmarker, which fetches the official file and checks it."


def model_path() -> Path:
    """Where the model file is looked for: `LAB_FACE_LANDMARKER`, else `models/face_landmarker.task`."""
    chosen = os.environ.get("LAB_FACE_LANDMARKER")
    return Path(chosen) if chosen else Path(__file__).resolve().parents[2] / "models" / "face_landmarker.task"


def load_model() -> bytes:
    """The official model file; `UserError` where it is missing, cannot be read, is cut short or was altered."""
    path = model_path()
    if not path.is_file():
        raise UserError("The FaceLandmarker model is not here.", f"There is no file {path}.", GET_IT)
    try:
        size = path.stat().st_size
        content = path.read_bytes() if size == SIZE_BYTES else b""
    except OSError as error:
        why = f"{path}: {error.strerror}."
        raise UserError("The FaceLandmarker model cannot be read.", why, "Make it readable, or remove it.") from error
    if size != SIZE_BYTES:
        how = "is cut short" if size < SIZE_BYTES else "is another file"
        why = f"{path} has {size:,} bytes, the official one {SIZE_BYTES:,}."
        raise UserError(f"The FaceLandmarker model {how}.", why, GET_IT)
    if hashlib.sha256(content).hexdigest() != SHA256:
        raise UserError(
            "The FaceLandmarker model was altered.", f"The SHA-256 of {path} is not that of the official file.", GET_IT
        )
    return content


class FaceLandmarker(TrackingMesh):
    """The FaceLandmarker task, followed and looked after like FaceMesh. Raises like `load_model` when made."""

    name = "face landmarker"

    def __init__(self, static: bool = False) -> None:
        self._model = load_model()
        super().__init__(static)

    def _open(self, n_faces: int, static: bool) -> LandmarkerGraph:
        from core.faces.mediapipe_graph import LandmarkerGraph

        return LandmarkerGraph(self._model, n_faces, static)
