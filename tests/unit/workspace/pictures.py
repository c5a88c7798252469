"""Small real media, made on the fly."""

from __future__ import annotations

import io
from pathlib import Path

import cv2
import numpy as np
from PIL import Image


def film(path: Path, n_frames: int = 12, fps: float = 25.0, size: tuple[int, int] = (64, 48), seed: int = 0) -> bytes:
    """A film of noise as Motion JPEG; the ending of `path` chooses the container (avi or mkv)."""
    rng = np.random.default_rng(seed)
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), fps, size)
    assert writer.isOpened()
    for _ in range(n_frames):
        writer.write(rng.integers(0, 255, (size[1], size[0], 3), np.uint8))
    writer.release()
    return path.read_bytes()


def beginning(clip: Path, to: Path, n_frames: int = 40) -> Path:
    """The first frames of a real clip, written anew: what a face shows in them takes a fifth of the time to measure."""
    film = cv2.VideoCapture(str(clip))
    writer = None
    for _ in range(n_frames):
        read, frame = film.read()
        if not read:
            break
        if writer is None:
            size = (frame.shape[1], frame.shape[0])
            writer = cv2.VideoWriter(str(to), cv2.VideoWriter_fourcc(*"mp4v"), film.get(cv2.CAP_PROP_FPS), size)
        writer.write(frame)
    assert writer is not None
    writer.release()
    return to


def still(kind: str, mode: str = "RGB", size: tuple[int, int] = (40, 30), **options: object) -> bytes:
    """An image in a Pillow format and mode; only its upper left is bright."""
    image = Image.new(mode, size)
    image.paste(Image.new(mode, (size[0] // 2, size[1] // 2), 200 if len(image.getbands()) == 1 else None), (0, 0))
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def animation(n_frames: int = 12, ms: int = 40) -> bytes:
    """An animated GIF whose every frame differs from the one before."""
    frames = [Image.new("L", (40, 30), 10 + 15 * i) for i in range(n_frames)]
    buffer = io.BytesIO()
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:], duration=ms)
    return buffer.getvalue()
