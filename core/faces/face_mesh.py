"""Landmarks by mediapipe's attention face mesh, behind one protocol that other backends can meet."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from typing_extensions import Self

    from core.faces.mediapipe_graph import LandmarkerGraph, MeshGraph

CHECK_EVERY = 30
"""The face detector looks for a second face, and gives the confidence, at every 30th frame."""

LEAST_INSIDE = 0.97
"""Share of a face's landmarks that must lie in the picture: of one that leaves it, the mesh makes up the rest, and a
still face would seem to frown, sneer and chew (up to 5 of 5 where a fifth of it is outside)."""

_LEAST_SCORE = 0.5


@dataclass(frozen=True)
class Landmarks:
    """The faces of one image, the largest first.

    faces: (k, 478, 3) float32 in pixels (x right, y down, z towards the camera negative, in the scale of x).
    confidence: of the face detector at its latest look, 0 to 1; 0 where no face was found.
    blendshapes: (k, 52) float32, 0 to 1, in the order of `blendshapes.BLENDSHAPES`, or None where the backend has none.
    """

    faces: np.ndarray
    confidence: float
    blendshapes: np.ndarray | None = None

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

    def detect(self, image_rgb: np.ndarray, timestamp_s: float | None = None) -> Landmarks:
        """Faces of the next image of a clip, (height, width, 3) uint8 RGB.

        timestamp_s: when it was taken, seconds from the first image; None for 30 images a second.
        """

    def close(self) -> None:
        """Free the models."""


def face_size(points: np.ndarray) -> float:
    """Diagonal of the box around the landmarks (478, 3) in the image plane, in pixels."""
    low, high = points[:, :2].min(axis=0), points[:, :2].max(axis=0)
    return float(((high - low) ** 2).sum() ** 0.5)


def inside(faces: np.ndarray, image: np.ndarray) -> np.ndarray:
    """(k,) share of the landmarks of faces (k, 478, 3) that lie in an image (height, width, 3)."""
    height, width = image.shape[:2]
    places = faces[:, :, :2]
    return ((places >= 0) & (places < (width, height))).all(axis=2).mean(axis=1)


class TrackingMesh(ABC):
    """What meshes of mediapipe have in common: they follow a face from frame to frame unless `static`.

    Following two faces makes mediapipe run its face detector at every frame as long as it sees only one, which costs
    half as much again. So one face is followed, the detector looks at every `CHECK_EVERY`-th frame, and only when it
    has seen a second face are two followed from then on.
    """

    name: str

    def __init__(self, static: bool = False) -> None:
        from core.faces import mediapipe_graph

        self._quiet = mediapipe_graph.quiet
        self._static = static
        self._follows_two = static
        self._detector = mediapipe_graph.DetectorGraph()
        self._graph = self._open(2 if static else 1, static)
        self._has_found = False
        self._n_images = 0
        self._score = 0.0

    @abstractmethod
    def _open(self, n_faces: int, static: bool) -> MeshGraph | LandmarkerGraph:
        """A fresh graph for at most `n_faces`."""

    def detect(self, image_rgb: np.ndarray, timestamp_s: float | None = None) -> Landmarks:
        """Faces of the next image, as `MeshBackend.detect` says."""
        if self._static or self._n_images % CHECK_EVERY == 0:
            self._look(image_rgb)
        self._n_images += 1
        with nullcontext() if self._has_found else self._quiet():
            faces, blendshapes = self._graph.read(image_rgb, timestamp_s)
        self._has_found = self._has_found or len(faces) > 0
        kept = inside(faces, image_rgb) >= LEAST_INSIDE
        faces, blendshapes = faces[kept], None if blendshapes is None else blendshapes[kept]
        if len(faces) > 1 and face_size(faces[1]) > face_size(faces[0]):
            faces, blendshapes = faces[::-1], None if blendshapes is None else blendshapes[::-1]
        return Landmarks(faces, self._score if len(faces) else 0.0, blendshapes)

    def close(self) -> None:
        self._graph.close()
        self._detector.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _look(self, image_rgb: np.ndarray) -> None:
        scores = self._detector.scores(image_rgb)
        # The mesh may still follow a face that the detector misses (turned far); it passed the mesh's own threshold.
        self._score = max(scores, default=_LEAST_SCORE)
        if len(scores) > 1 and not self._follows_two:
            self._follows_two = True
            self._graph.close()
            self._graph = self._open(2, static=False)
            self._has_found = False


class FaceMesh(TrackingMesh):
    """mediapipe FaceMesh with refined lids, lips and irises; its models come with mediapipe."""

    name = "hypomimia-lab"

    def _open(self, n_faces: int, static: bool) -> MeshGraph:
        from core.faces.mediapipe_graph import MeshGraph

        return MeshGraph(n_faces, static)
