"""Frames into a video file that browsers play, the same bytes every time."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import numpy as np

_TRACK_ID_SIZE = 8
_TRACK_IDS = (b"\x73\xc5\x88", b"\x63\xc5\x88")
"""Matroska's TrackUID and TagTrackUID with their length: eight random bytes follow, unless they are set."""


def write_webm(path: Path, frames: Iterable[np.ndarray], fps: float) -> None:
    """Write (height, width, 3) uint8 RGB `frames` as VP8 in WebM.

    The encoder is deterministic; the container names its track by a random number, which is set to one here. Raises
    `OSError` where this build of OpenCV cannot encode VP8.
    """
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
    import cv2

    cv2.setLogLevel(0)
    writer = None
    for frame in frames:
        if writer is None:
            size = frame.shape[1], frame.shape[0]
            writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*"VP80"), fps, size)
            if not writer.isOpened():
                raise OSError("this build of OpenCV cannot encode VP8")
        writer.write(np.ascontiguousarray(frame[:, :, ::-1]))
    if writer is None:
        raise ValueError("a film needs at least one frame")
    writer.release()
    content = bytearray(path.read_bytes())
    for name in _TRACK_IDS:
        # Both stand in the header, ahead of any picture.
        at = content.find(name, 0, 1024)
        if at >= 0:
            first = at + len(name)
            content[first : first + _TRACK_ID_SIZE] = (1).to_bytes(_TRACK_ID_SIZE, "big")
    path.write_bytes(content)
