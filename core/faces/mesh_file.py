"""The landmarks of a clip on disk, for drawing: written frame by frame, read back without loading them."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

import numpy as np

N_LANDMARKS = 478
_DTYPE = np.dtype("<f4")


class MeshTrack:
    """The landmarks of one followed face in a file of its own, NaN in the frames in which it was not seen."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: BinaryIO = path.open("wb")
        self._n_frames = 0
        self._head(0)

    def put(self, frame: int, points: np.ndarray) -> None:
        """Add (478, 2) fractions of the width and height of the image, of a frame after all that were added."""
        self._skip_to(frame)
        self._file.write(np.ascontiguousarray(points, _DTYPE).data)
        self._n_frames += 1

    def finish(self, n_frames: int) -> None:
        """Let the file be an npy array of (n_frames, 478, 2)."""
        self._skip_to(n_frames)
        self._file.seek(0)
        self._head(n_frames)
        self.close()

    def close(self) -> None:
        self._file.close()

    def _skip_to(self, frame: int) -> None:
        for _ in range(frame - self._n_frames):
            self._file.write(np.full((N_LANDMARKS, 2), np.nan, _DTYPE).data)
        self._n_frames = frame

    def _head(self, n_frames: int) -> None:
        """The head of an npy file; numpy leaves room in it for a number of rows that grows."""
        shape = (n_frames, N_LANDMARKS, 2)
        np.lib.format.write_array_header_1_0(self._file, {"descr": _DTYPE.str, "fortran_order": False, "shape": shape})


class MeshFile:
    """A block in which followed faces are written beside `path`; only the one that is kept remains, as `path`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._tracks: list[MeshTrack] = []

    def follow(self) -> MeshTrack:
        """The file of one more face."""
        track = MeshTrack(self._path.with_name(f"{self._path.name}.{len(self._tracks)}"))
        self._tracks.append(track)
        return track

    def keep(self, track: MeshTrack, n_frames: int) -> None:
        """Let `path` be the file of this face, over all frames of the clip."""
        track.finish(n_frames)
        track.path.replace(self._path)

    def __enter__(self) -> MeshFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for track in self._tracks:
            track.close()
            with suppress(OSError):
                track.path.unlink(missing_ok=True)


def load(path: Path) -> np.ndarray:
    """(n, 478, 2) fractions of the width and height of the image, memory-mapped; NaN where the face was not seen."""
    mesh: np.ndarray = np.load(path, mmap_mode="r", allow_pickle=False)
    return mesh
