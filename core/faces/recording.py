"""What is kept of a clip while its frames stream by: two kilobytes a frame, never the landmarks."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING

import numpy as np

from core.faces import components
from core.faces.features import FEATURES
from core.faces.geometry import measure_shape
from core.faces.skin import LOOKS, N_PLACES, look_at
from core.faces.texture import TEXTURES, measure_texture
from core.faces.upright import upright

if TYPE_CHECKING:
    from core.faces.face_mesh import Landmarks
    from core.faces.mesh_file import MeshFile, MeshTrack

N_LANDMARKS = 478
CHUNK_FRAMES = 128
"""Frames whose shapes are computed at once: one matrix product instead of 128 small ones."""

QUALITY_EVERY = 15
_PATCH_PX = 128
_NOSE_TIP = 1
_N_POSE_AND_SIZE = 4
_N_SEEN = len(TEXTURES) + len(LOOKS) * N_PLACES
"""How many numbers `appearance` gives."""


class Rows:
    """A table of numbers that grows block by block: what is there is never copied to grow. NaN where not set."""

    def __init__(self, n_columns: int, dtype: type = np.float32) -> None:
        self._n_columns, self._dtype = n_columns, dtype
        self._blocks: list[np.ndarray] = []

    def put(self, rows: np.ndarray, values: np.ndarray) -> None:
        """Set `values` (k, n_columns) at the increasing row numbers `rows` (k,)."""
        while rows[-1] >= len(self._blocks) * CHUNK_FRAMES:
            self._blocks.append(np.full((CHUNK_FRAMES, self._n_columns), np.nan, self._dtype))
        number, place = np.divmod(rows, CHUNK_FRAMES)
        for block in np.unique(number):
            here = number == block
            self._blocks[block][place[here]] = values[here]

    def first(self, n: int) -> np.ndarray:
        """The first `n` rows, (n, n_columns)."""
        values: np.ndarray = np.full((n, self._n_columns), np.nan, self._dtype)
        for start, block in zip(range(0, n, CHUNK_FRAMES), self._blocks, strict=False):
            values[start : start + CHUNK_FRAMES] = block[: n - start]
        return values


class FaceTrack:
    """One face followed through a clip. presence: the sum of its sizes, in pixels, over the frames computed so far.

    mesh: where its landmarks go for drawing, if anywhere.
    """

    def __init__(self, mesh: MeshTrack | None = None) -> None:
        self.mesh = mesh
        self.presence = 0.0
        self.centre = np.zeros(2)
        self._shapes: Rows | None = None
        self._waiting = np.empty((CHUNK_FRAMES, N_LANDMARKS, 3), np.float32)
        self._looks = np.empty((CHUNK_FRAMES, 0), np.float32)
        self._frames = np.empty(CHUNK_FRAMES, np.int64)
        self._n_waiting = 0

    def add(self, frame: int, points: np.ndarray, looks: np.ndarray, size_px: tuple[int, int]) -> None:
        """Landmarks (478, 3) in pixels of an image of this width and height, and what does not come from them: the
        `appearance`, and the blendshapes where the mesh gives any."""
        if self._shapes is None:
            self._shapes = Rows(len(FEATURES) + len(looks) - _N_SEEN + _N_POSE_AND_SIZE)
            self._looks = np.empty((CHUNK_FRAMES, len(looks)), np.float32)
        if self.mesh:
            self.mesh.put(frame, points[:, :2] / size_px)
        self.centre = points[_NOSE_TIP, :2]
        self._waiting[self._n_waiting] = points
        self._looks[self._n_waiting] = looks
        self._frames[self._n_waiting] = frame
        self._n_waiting += 1
        if self._n_waiting == CHUNK_FRAMES:
            self.flush()

    def shapes(self, n_frames: int) -> np.ndarray:
        """(n_frames, d + 4): features, pose in degrees, outer-eye distance in pixels; NaN where it was not found."""
        self.flush()
        assert self._shapes is not None
        return self._shapes.first(n_frames)

    def flush(self) -> None:
        """Compute the shapes of the frames that wait for it."""
        if self._n_waiting:
            assert self._shapes is not None
            faces = self._waiting[: self._n_waiting]
            self.presence += float(np.linalg.norm(np.ptp(faces[:, :, :2], axis=1), axis=1).sum())
            shape = measure_shape(faces)
            texture, skin, blendshapes = np.split(self._looks[: self._n_waiting], (len(TEXTURES), _N_SEEN), axis=1)
            looks = (texture, components.fitted().of_skin(skin), blendshapes)
            values = np.concatenate([shape.features, *looks, shape.pose_deg, shape.inter_eye_px[:, None]], axis=1)
            self._shapes.put(self._frames[: self._n_waiting], values)
            self._n_waiting = 0


class Recording:
    """Collects frame after frame; afterwards gives the arrays of the face that was largest for longest.

    A second face that is seen beside the first is followed apart from it, so that the two are not mixed into one curve.
    Faces that are never in one frame together are taken for the same person. mesh_file: where the landmarks of the face
    kept are to go, with `keep_mesh`.
    """

    def __init__(self, mesh_file: MeshFile | None = None) -> None:
        self.n_frames = 0
        self._n_blendshapes = 0
        self._mesh_file = mesh_file
        self._frames = Rows(3, np.float64)
        self._patches = Rows(2)
        self._n_patches = 0
        self._tracks: list[FaceTrack] = []

    def add(self, timestamp_s: float, landmarks: Landmarks, image_bgr: np.ndarray) -> None:
        row = np.array([self.n_frames])
        self._frames.put(row, np.array([[timestamp_s, landmarks.confidence, landmarks.n_faces]]))
        if landmarks.blendshapes is not None:
            self._n_blendshapes = landmarks.blendshapes.shape[1]
        if landmarks.points is not None:
            looks = np.array([appearance(image_bgr, face) for face in landmarks.faces])
            if landmarks.blendshapes is not None:
                looks = np.concatenate([looks, landmarks.blendshapes], axis=1)
            height, width = image_bgr.shape[:2]
            self._follow(landmarks.faces, looks, (width, height))
            if self.n_frames % QUALITY_EVERY == 0:
                patch = np.array([blur_and_exposure(image_bgr, landmarks.points)])
                self._patches.put(np.array([self._n_patches]), patch)
                self._n_patches += 1
        self.n_frames += 1

    def _follow(self, faces: np.ndarray, looks: np.ndarray, size_px: tuple[int, int]) -> None:
        while len(self._tracks) < len(faces):
            # A newcomer starts where no followed face is: at the face farthest from those already followed.
            track = FaceTrack(self._mesh_file.follow() if self._mesh_file else None)
            track.centre = max(
                (face[_NOSE_TIP, :2] for face in faces),
                key=lambda centre: min((float(np.linalg.norm(centre - t.centre)) for t in self._tracks), default=0.0),
            )
            self._tracks.append(track)
        if len(self._tracks) == 1:
            self._tracks[0].add(self.n_frames, faces[0], looks[0], size_px)
            return
        gaps = np.array(
            [[np.linalg.norm(face[_NOSE_TIP, :2] - track.centre) for track in self._tracks] for face in faces]
        )
        orders = permutations(range(len(self._tracks)), len(faces))
        nearest = min(orders, key=lambda order: sum(gaps[number, followed] for number, followed in enumerate(order)))
        for face, look, followed in zip(faces, looks, nearest, strict=True):
            self._tracks[followed].add(self.n_frames, face, look, size_px)

    def frames(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(n,) timestamps in seconds, (n,) confidence of the detector, 0 where the face kept was not found, (n,) number
        of faces seen."""
        columns = self._frames.first(self.n_frames)
        found = np.isfinite(self.shapes()[2])
        return columns[:, 0], np.where(found, columns[:, 1], 0.0).astype(np.float32), columns[:, 2].astype(np.int16)

    def shapes(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Of the face kept: features (n, d), pose (n, 3) in degrees, outer-eye distance (n,) in pixels."""
        if not self._tracks:
            n_columns = len(FEATURES) + self._n_blendshapes + _N_POSE_AND_SIZE
            nothing = np.full((self.n_frames, n_columns), np.nan, np.float32)
            return nothing[:, :-4], nothing[:, -4:-1], nothing[:, -1]
        kept = self._kept().shapes(self.n_frames)
        return kept[:, :-4], kept[:, -4:-1], kept[:, -1]

    def keep_mesh(self) -> None:
        """Let the mesh file, if there is one, be that of the face kept; there is none of a clip without a face."""
        if self._mesh_file and self._tracks:
            mesh = self._kept().mesh
            assert mesh is not None
            self._mesh_file.keep(mesh, self.n_frames)

    def _kept(self) -> FaceTrack:
        for track in self._tracks:
            track.flush()
        return max(self._tracks, key=lambda track: track.presence)

    def patches(self) -> tuple[np.ndarray, np.ndarray]:
        """Blur and exposure of the face at every `QUALITY_EVERY`-th frame, as `blur_and_exposure` gives them."""
        values = self._patches.first(self._n_patches)
        return values[:, 0], values[:, 1]


def appearance(image_bgr: np.ndarray, points: np.ndarray) -> np.ndarray:
    """The textures and the looks of the skin, one after the other, of the face with landmarks (478, 3) in an image.

    Zero where its eyes and nose lie outside the image.
    """
    face = upright(image_bgr, points)
    if face is None:
        return np.zeros(_N_SEEN, np.float32)
    return np.concatenate([measure_texture(face.picture), look_at(face)])


def blur_and_exposure(image_bgr: np.ndarray, points: np.ndarray) -> tuple[float, float]:
    """Variance of the Laplacian, and mean grey level, of the box around the landmarks at a fixed size of 128 pixels.

    The fixed size makes blur comparable between clips of different resolution. (0, 0) when the face is outside.
    """
    import cv2

    height, width = image_bgr.shape[:2]
    left, top = np.clip(points[:, :2].min(axis=0).astype(int), 0, (width, height))
    right, bottom = np.clip(np.ceil(points[:, :2].max(axis=0)).astype(int), 0, (width, height))
    if right - left < 2 or bottom - top < 2:
        return 0.0, 0.0
    face = cv2.cvtColor(image_bgr[top:bottom, left:right], cv2.COLOR_BGR2GRAY)
    grey = cv2.resize(face, (_PATCH_PX, _PATCH_PX), interpolation=cv2.INTER_AREA)
    return float(cv2.Laplacian(grey, cv2.CV_32F).var()), float(grey.mean())
