"""Clips as a stream of frames: video files, folders of numbered images, and single stills.

What a file is, is told by its first bytes and not by its name. How many frames it has, is told by reading them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import UserError
from core.faces.stills import (
    check_size,
    checked_kind,
    content_kind,
    image_size,
    images_of,
    load_image,
    too_long,
    undecodable,
)
from core.settings import Limits

if TYPE_CHECKING:
    import numpy as np

FOLDER_FPS = 25.0
"""Rate at which the images of a folder are taken to follow each other: they carry no time of their own."""

_LIMITS = Limits()
_N_TIMED_FRAMES = 25
_LEADS_S = (0.25, 5.0)
"""How long before a wanted frame decoding begins: a search that goes by time may land late at an uneven rate."""

_SAME_S = 1e-6


@dataclass(frozen=True)
class ClipInfo:
    """What a clip says about itself. n_frames_claimed: by its header, 0 when it does not say; not to be relied on.

    width, height: pixels as shown, after rotation. fps: nominal frame rate in Hz. duration_s: claimed, 0 when unknown.
    """

    width: int
    height: int
    fps: float
    n_frames_claimed: int
    duration_s: float


@dataclass(frozen=True)
class Frame:
    """One picture. index: from 0. timestamp_s: seconds since the first frame. image: (height, width, 3) uint8, BGR."""

    index: int
    timestamp_s: float
    image: np.ndarray


def is_still(path: Path | str) -> bool:
    """Whether `path` is one image, and so has no time in it."""
    path = Path(path)
    return path.is_file() and content_kind(path) == "image"


def probe(path: Path | str, limits: Limits = _LIMITS) -> ClipInfo:
    """Size, rate and claimed length of the clip at `path`, having decoded its first frame.

    Raises `UserError` when it is missing, empty, not a clip, cannot be decoded, or is beyond `limits`.
    """
    path = Path(path)
    if path.is_dir() or (checked_kind(path) == "image"):
        images = images_of(path)
        width, height = image_size(images[0], limits)
        n = len(images)
        return ClipInfo(width, height, FOLDER_FPS, n, n / FOLDER_FPS if n > 1 else 0.0)
    return _probe_video(path, limits)


def read_frames(path: Path | str, limits: Limits = _LIMITS) -> Iterator[Frame]:
    """The frames of the clip at `path`, one at a time, for as long as they can really be decoded.

    Rotation stored in the file is applied. Timestamps are the file's own, so a variable frame rate is kept;
    where they are missing or do not increase, the nominal rate fills in. Raises `UserError` like `probe`, and
    when the clip turns out longer than `limits` allow, whatever its header claims.
    """
    path = Path(path)
    info = probe(path, limits)
    if path.is_dir() or content_kind(path) == "image":
        yield from _read_images(images_of(path), limits)
        return
    with _opened(path) as capture:
        if capture.grab():
            yield from _decoded(capture, path, info, limits, _Place(0, 0.0, _position_s(capture)))


def read_from(
    path: Path | str, index: int, timestamp_s: float | None = None, limits: Limits = _LIMITS
) -> Iterator[Frame]:
    """The frames of `read_frames` from number `index` on; none where the clip has fewer.

    timestamp_s: of frame `index`, as `read_frames` gave it. By it a video is entered at the key frame before, which
    takes no longer late in a clip than early, and the frame is known by its exact time. Without it, and in containers
    that cannot be searched, every frame before is decoded too. Raises `UserError` like `read_frames`.
    """
    path = Path(path)
    if path.is_dir() or checked_kind(path) == "image":
        yield from _read_images(images_of(path), limits, index)
        return
    if timestamp_s is not None:
        info = probe(path, limits)
        with _opened(path) as capture:
            first_s = _enter(capture, timestamp_s)
            if first_s is not None:
                yield from _decoded(capture, path, info, limits, _Place(index, timestamp_s, first_s))
                return
    yield from (frame for frame in read_frames(path, limits) if frame.index >= index)


def read_frame(path: Path | str, index: int, timestamp_s: float | None = None, limits: Limits = _LIMITS) -> Frame:
    """Frame `index` as `read_frames` numbers it; arguments and errors like `read_from`.

    Raises `UserError` too where the clip has no such frame.
    """
    for frame in read_from(path, index, timestamp_s, limits):
        return frame
    raise UserError(
        f"{Path(path).name} has no frame {index + 1}.",
        "It ends before that, or cannot be decoded so far.",
        "Choose an earlier frame, or measure the clip again.",
    )


class _opened:
    """A `cv2.VideoCapture` that is always released."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> Any:
        os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
        import cv2

        cv2.setLogLevel(0)
        # Decoding in several threads costs a fifth more processor time, and the mesh takes far longer anyway.
        self._capture = cv2.VideoCapture(str(self._path), cv2.CAP_FFMPEG, [cv2.CAP_PROP_N_THREADS, 1])
        if not self._capture.isOpened():
            raise undecodable(self._path)
        self._capture.set(cv2.CAP_PROP_ORIENTATION_AUTO, 1)
        return self._capture

    def __exit__(self, *exception: object) -> None:
        self._capture.release()


@dataclass(frozen=True)
class _Place:
    """Where a capture stands. index, timestamp_s: of the frame it has grabbed. first_s: stamp of the clip's first."""

    index: int
    timestamp_s: float
    first_s: float


def _decoded(capture: Any, path: Path, info: ClipInfo, limits: Limits, at: _Place) -> Iterator[Frame]:
    """Frames from the one on that `capture` has grabbed."""
    index, timestamp = at.index, at.timestamp_s
    while True:
        decoded, image = capture.retrieve()
        if not decoded:
            return
        if timestamp > limits.max_duration_s:
            raise too_long(path, limits)
        yield Frame(index, timestamp, image)
        if not capture.grab():
            return
        index, previous = index + 1, timestamp
        timestamp = _position_s(capture) - at.first_s
        if not timestamp > previous:
            timestamp = previous + 1.0 / info.fps


def _enter(capture: Any, timestamp_s: float) -> float | None:
    """Grab the frame of that time; the stamp of the first frame, or None where no frame of that time is come upon."""
    import cv2

    if not capture.grab():
        return None
    first_s = _position_s(capture)
    for lead_s in _LEADS_S:
        capture.set(cv2.CAP_PROP_POS_MSEC, 1000.0 * max(0.0, first_s + timestamp_s - lead_s))
        while capture.grab():
            ahead_s = timestamp_s - (_position_s(capture) - first_s)
            if abs(ahead_s) < _SAME_S:
                return first_s
            if ahead_s < 0:
                break
    return None


def _position_s(capture: Any) -> float:
    import cv2

    return float(capture.get(cv2.CAP_PROP_POS_MSEC)) / 1000.0


def _probe_video(path: Path, limits: Limits) -> ClipInfo:
    import cv2

    with _opened(path) as capture:
        claimed_size = int(capture.get(cv2.CAP_PROP_FRAME_WIDTH)), int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT))
        check_size(path, *claimed_size, limits)
        decoded, image = capture.read()
        if not decoded:
            raise undecodable(path)
        fps = float(capture.get(cv2.CAP_PROP_FPS))
        n_claimed = max(0, int(capture.get(cv2.CAP_PROP_FRAME_COUNT)))
        if not limits.min_fps <= fps <= limits.max_fps:
            # Clips recorded by a browser state no rate, and the decoder reports the tick of their clock instead.
            fps = _rate_of_first_frames(capture) or fps
    if not limits.min_fps <= fps <= limits.max_fps:
        raise UserError(
            f"{path.name} has a frame rate that cannot be used.",
            f"It has {fps:.3g} frames a second; {limits.min_fps:.0f} to {limits.max_fps:.0f} can be read.",
            "Record or export it at 25 or 30 frames a second.",
        )
    duration = n_claimed / fps
    if duration > limits.max_duration_s:
        raise too_long(path, limits)
    return ClipInfo(image.shape[1], image.shape[0], fps, n_claimed, duration)


def _rate_of_first_frames(capture: Any) -> float:
    stamps = [_position_s(capture)]
    while len(stamps) < _N_TIMED_FRAMES and capture.grab():
        stamps.append(_position_s(capture))
    span = stamps[-1] - stamps[0]
    return (len(stamps) - 1) / span if span > 0 else 0.0


def _read_images(images: list[Path], limits: Limits, first: int = 0) -> Iterator[Frame]:
    for index, path in enumerate(images[first:], start=first):
        if index / FOLDER_FPS > limits.max_duration_s:
            raise too_long(path, limits)
        yield Frame(index, index / FOLDER_FPS, load_image(path, limits))
