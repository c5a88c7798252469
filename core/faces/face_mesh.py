"""Landmarks by mediapipe's attention face mesh, behind one protocol that other backends can meet."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import numpy as np

N_LANDMARKS = 478
CHECK_EVERY = 30
"""The face detector looks for a second face, and gives the confidence, at every 30th frame."""

_BYTES_PER_LANDMARK = 17


@dataclass(frozen=True)
class Landmarks:
    """The faces of one image, the largest first.

    faces: (k, 478, 3) float32 in pixels (x right, y down, z towards the camera negative, in the scale of x).
    confidence: of the face detector at its latest look, 0 to 1; 0 where no face was found.
    """

    faces: np.ndarray
    confidence: float

    @property
    def n_faces(self) -> int:
        return len(self.faces)

    @property
    def points(self) -> np.ndarray | None:
        """(478, 3) of the largest face, or None."""
        return self.faces[0] if len(self.faces) else None


class MeshBackend(Protocol):
    """Anything that finds the 478 landmarks of the faces in an image."""

    name: str

    def detect(self, image_rgb: np.ndarray) -> Landmarks:
        """Faces of the next image of a clip, (height, width, 3) uint8 RGB."""

    def close(self) -> None:
        """Free the models."""


def face_size(points: np.ndarray) -> float:
    """Diagonal of the box around the landmarks (478, 3) in the image plane, in pixels."""
    low, high = points[:, :2].min(axis=0), points[:, :2].max(axis=0)
    return float(((high - low) ** 2).sum() ** 0.5)


class FaceMesh:
    """mediapipe FaceMesh with refined lids, lips and irises, tracking from frame to frame unless `static`.

    Following two faces makes mediapipe run its face detector at every frame as long as it sees only one, which costs
    half as much again. So one face is followed, the detector looks at every `CHECK_EVERY`-th frame, and only when it
    has seen a second face are two followed from then on.
    """

    name = "hypomimia-lab"

    def __init__(self, static: bool = False) -> None:
        self._solutions = _mediapipe_solutions()
        self._static = static
        self._detector = _started(
            self._solutions.face_detection.FaceDetection, model_selection=0, min_detection_confidence=0.5
        )
        self._mesh = self._make_mesh(2 if static else 1)
        self._follows_two = static
        self._has_found = False
        self._n_seen = 0
        self._score = 0.0

    def detect(self, image_rgb: np.ndarray) -> Landmarks:
        """Faces of the next image, (height, width, 3) uint8 RGB."""
        if self._static or self._n_seen % CHECK_EVERY == 0:
            self._look(image_rgb)
        self._n_seen += 1
        if self._has_found:
            found = self._mesh.process(image_rgb).multi_face_landmarks or []
        else:
            with _quiet():
                found = self._mesh.process(image_rgb).multi_face_landmarks or []
            self._has_found = bool(found)
        faces = landmarks_px(found, image_rgb.shape[1], image_rgb.shape[0])
        if len(faces) > 1 and face_size(faces[1]) > face_size(faces[0]):
            faces = faces[::-1]
        return Landmarks(faces, self._score if len(faces) else 0.0)

    def close(self) -> None:
        self._mesh.close()
        self._detector.close()

    def __enter__(self) -> FaceMesh:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _make_mesh(self, n_faces: int) -> Any:
        return _started(
            self._solutions.face_mesh.FaceMesh,
            static_image_mode=self._static,
            max_num_faces=n_faces,
            refine_landmarks=True,
        )

    def _look(self, image_rgb: np.ndarray) -> None:
        detections = self._detector.process(image_rgb).detections or []
        # A face that the mesh still follows though the detector misses it (turned far) has the mesh's own least score.
        self._score = max((float(d.score[0]) for d in detections), default=0.5)
        if len(detections) > 1 and not self._follows_two:
            self._follows_two = True
            self._mesh.close()
            self._mesh = self._make_mesh(2)
            self._has_found = False


def landmarks_px(found: Any, width: int, height: int) -> np.ndarray:
    """mediapipe's landmark lists as (k, 478, 3) float32 pixels.

    Walking 478 message objects costs as much as a fifth of the mesh itself, so their wire format is read as an array:
    with x, y and z all set, a landmark is 17 bytes (a tag and a length, then three times a tag and a float).
    """
    import numpy as np

    faces = np.empty((len(found), N_LANDMARKS, 3), np.float32)
    for face, message in zip(faces, found, strict=True):
        wire = np.frombuffer(message.SerializeToString(), np.uint8)
        records = wire.reshape(-1, _BYTES_PER_LANDMARK) if wire.size == N_LANDMARKS * _BYTES_PER_LANDMARK else None
        if records is not None and (records[:, [0, 1, 2, 7, 12]] == (10, 15, 13, 21, 29)).all():
            for axis, start in enumerate((3, 8, 13)):
                face[:, axis] = np.ascontiguousarray(records[:, start : start + 4]).view("<f4")[:, 0]
        else:
            face[:] = [(point.x, point.y, point.z) for point in message.landmark]
    return faces * np.array([width, height, width], np.float32)


def _mediapipe_solutions() -> Any:
    os.environ.setdefault("GLOG_minloglevel", "3")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import mediapipe

    return mediapipe.solutions


def _started(solution: Any, **options: Any) -> Any:
    """A mediapipe solution whose models are loaded: they load in threads of its own, awaited at the first image."""
    import numpy as np

    with _quiet():
        started = solution(**options)
        started.process(np.zeros((64, 64, 3), np.uint8))
    return started


@contextmanager
def _quiet() -> Iterator[None]:
    """Send file descriptor 2 nowhere for a moment.

    When they start, models write remarks (delegates, unused feedback tensors) straight to it, which no log level turns
    off. Faults are raised as exceptions and not affected.
    """
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
