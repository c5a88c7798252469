"""One image file, judged by its content and brought to RGB pixels of its own size."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.errors import UserError
from core.file_kinds import HEAD_BYTES, STILLS, media_kind, other_kind
from core.settings import Limits

if TYPE_CHECKING:
    from PIL import Image

TURNED = "turned as the EXIF data say"
FROM_16_BIT = "brought from 16 bits to 8"
FROM_CMYK = "converted from CMYK"
ON_WHITE = "laid on white where they were transparent"
FIRST_PAGE = "read only up to the first page or frame"

_EXIF_ORIENTATION = 0x0112


@dataclass(frozen=True)
class Picture:
    """pixels: (h, w, 3) uint8 RGB. notes: what was done to it, among `TURNED`, `FROM_16_BIT`, …"""

    pixels: np.ndarray
    notes: tuple[str, ...] = ()


class NotUsable(Exception):
    """Why one image of many cannot be used, in a few words; the others can."""


def picture_of(content: bytes, name: str, limits: Limits) -> Picture:
    """The image in the content of a file that is called `name`.

    Raises `UserError` for an archive, which may hold images that would be missed, and, by its header alone and before
    memory is taken for its pixels, for an image beyond `limits`. Raises `NotUsable` for what is no image, or damaged.
    """
    check_bytes(len(content), name, limits)
    from PIL import Image

    image_format = STILLS.get(media_kind(content[:HEAD_BYTES]), "")
    if not image_format:
        raise _no_image(content, name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what matters of a damaged or large file is judged here
            with Image.open(io.BytesIO(content), formats=(image_format,)) as image:
                if image.width * image.height > limits.max_megapixels * 1e6:
                    raise _too_large(name, f"{image.width} x {image.height} pixels", limits)
                return _rgb(image)
    except Image.DecompressionBombError as error:
        raise _too_large(name, "far more", limits) from error
    except (UserError, NotUsable):
        raise
    except Exception as error:  # made to do harm, a file can make the decoder fail in any way
        raise NotUsable("damaged or cut short: it cannot be decoded to its end") from error


def check_bytes(size: int, name: str, limits: Limits) -> None:
    """Raise `UserError` for a file beyond `limits`, before it is read."""
    if size > limits.max_upload_mb * 1_000_000:
        raise UserError(
            f"{name} is too large.",
            f"Files of up to {limits.max_upload_mb} MB are taken.",
            "Export it at a smaller size, or take it out of the folder.",
        )


def _rgb(image: Image.Image) -> Picture:
    from PIL import Image, ImageOps

    image.load()
    notes = []
    if image.format in ("TIFF", "WEBP", "PNG") and getattr(image, "n_frames", 1) > 1:
        notes.append(FIRST_PAGE)
    if image.getexif().get(_EXIF_ORIENTATION, 1) != 1:
        image = ImageOps.exif_transpose(image)
        notes.append(TURNED)
    if image.mode.startswith("I;16"):
        grey = np.rint(np.asarray(image) / 257).astype(np.uint8)
        return Picture(np.repeat(grey[..., None], 3, axis=2), (*notes, FROM_16_BIT))
    if image.mode in ("I", "F"):
        raise NotUsable("its pixels are 32-bit numbers, of which nothing says which is white")
    if image.mode == "CMYK":
        notes.append(FROM_CMYK)
    if image.has_transparency_data:
        clear = image.convert("RGBA")
        if np.asarray(clear.getchannel("A")).min() < 255:
            notes.append(ON_WHITE)
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), clear)
    return Picture(np.array(image.convert("RGB")), tuple(notes))


def _no_image(content: bytes, name: str) -> Exception:
    if not content:
        return NotUsable("empty")
    what = "a film or animation" if media_kind(content[:HEAD_BYTES]) else other_kind(content[:HEAD_BYTES])
    if "archive" in what:
        return UserError(
            f"{name} is {what}.",
            "Images inside it would not be seen, whatever its name says.",
            "Unpack it into one folder a class, then remove it.",
        )
    return NotUsable(f"by its content {what or 'of an unknown kind'}")


def _too_large(name: str, size: str, limits: Limits) -> UserError:
    return UserError(
        f"{name} is too large.",
        f"By its header it has {size}; at most {limits.max_megapixels:.0f} megapixels are read.",
        "Scale it down, or take it out of the folder.",
    )
