"""Stills and folders of stills, and what a file is by its first bytes."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import UserError
from core.settings import Limits

if TYPE_CHECKING:
    import numpy as np

_IMAGE_SUFFIXES = {".png", ".jpg", ".jpeg", ".bmp", ".webp", ".tif", ".tiff"}


def content_kind(path: Path) -> str:
    """`video`, `image`, or an empty string for anything else, told by the first bytes of the file."""
    with path.open("rb") as file:
        head = file.read(16)
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip") or head[:4] == b"\x1a\x45\xdf\xa3":
        return "video"
    if head[:4] == b"RIFF" and head[8:12] == b"AVI ":
        return "video"
    if head[:6] in (b"GIF87a", b"GIF89a"):
        return "video"
    if head[:8] == b"\x89PNG\r\n\x1a\n" or head[:3] == b"\xff\xd8\xff" or head[:2] == b"BM":
        return "image"
    if head[:4] in (b"II*\0", b"MM\0*") or (head[:4] == b"RIFF" and head[8:12] == b"WEBP"):
        return "image"
    return ""


def checked_kind(path: Path) -> str:
    """`video` or `image`; `UserError` for what is missing, empty or neither."""
    if not path.is_file():
        raise UserError(f"{path.name} is not there.", "No file or folder has this name.", "Check the path.")
    if path.stat().st_size == 0:
        raise UserError(f"{path.name} is empty.", "It holds no bytes at all.", "Export or copy the clip again.")
    kind = content_kind(path)
    if not kind:
        raise UserError(
            f"{path.name} is not a clip.",
            "Its content is neither a video nor an image, whatever its name says.",
            "Give an mp4, mov, avi, webm, mkv or gif video, or png or jpeg images.",
        )
    return kind


def undecodable(path: Path) -> UserError:
    """The error for a file of which nothing can be decoded."""
    return UserError(
        f"{path.name} cannot be played.",
        "Not one frame of it could be decoded; it may be cut short or damaged.",
        "Open it in a video player, or export it again as mp4.",
    )


def too_long(path: Path, limits: Limits) -> UserError:
    """The error for a clip beyond `limits`."""
    return UserError(
        f"{path.name} is too long.",
        f"It lasts more than {limits.max_duration_s:.0f} s.",
        "Cut it to the part that shows the expression.",
    )


def check_size(path: Path, width: int, height: int, limits: Limits) -> None:
    """Raise a `UserError` for frames beyond `limits`."""
    if width * height > limits.max_megapixels * 1e6:
        raise UserError(
            f"{path.name} is too large.",
            f"Its frames are {width} x {height} pixels; at most {limits.max_megapixels:.0f} megapixels can be read.",
            "Scale it down: a face 200 pixels wide is enough.",
        )


def images_of(path: Path) -> list[Path]:
    """The still itself, or the images of a folder in the order of their numbers; `UserError` when it has none."""
    if path.is_file():
        return [path]
    images = [p for p in path.iterdir() if p.suffix.lower() in _IMAGE_SUFFIXES and not p.name.startswith(".")]
    if not images:
        raise UserError(
            f"The folder {path.name} has no images.",
            "A folder is read as one clip made of its png or jpeg images.",
            "Put the numbered frames directly into it, or choose the video file.",
        )
    return sorted(images, key=_natural_order)


def _natural_order(path: Path) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", path.name) if part]


def image_size(path: Path, limits: Limits) -> tuple[int, int]:
    """Width and height by the header alone, so that an absurd image is refused before memory is taken for it."""
    from PIL import Image

    largest, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
    try:
        with Image.open(path) as image:
            width, height = image.size
    except (OSError, ValueError, SyntaxError) as error:
        raise undecodable(path) from error
    finally:
        Image.MAX_IMAGE_PIXELS = largest
    check_size(path, width, height, limits)
    return width, height


def load_image(path: Path, limits: Limits) -> np.ndarray:
    """(height, width, 3) uint8 BGR, turned as its EXIF data say; refused by its header where it is beyond `limits`."""
    os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", str(2**31))
    import cv2

    cv2.setLogLevel(0)
    checked_kind(path)
    image_size(path, limits)
    image = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if image is None:
        raise undecodable(path)
    return image
