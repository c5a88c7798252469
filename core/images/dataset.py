"""Images with class labels, as every part of the image space takes them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True, eq=False)
class ImageSet:
    """n images of one size, each of one class.

    images: (n, h, w, c) uint8, c 1 (grey) or 3 (RGB). labels: (n,) int, index into classes. people: (n,) str, codes,
    "" where it is not known whom an image shows. hashes: (n,) str, `pixel_hash` of each image as it was decoded, before
    any scaling: what an image comes from, at whatever size it is here.
    """

    name: str
    images: np.ndarray
    labels: np.ndarray
    classes: tuple[str, ...]
    people: np.ndarray
    hashes: np.ndarray

    def __post_init__(self) -> None:
        if self.images.ndim != 4 or self.images.dtype != np.uint8 or self.images.shape[3] not in (1, 3):
            raise ValueError(f"images must be (n, h, w, 1 or 3) uint8, not {self.images.shape} {self.images.dtype}")
        if not len(self.images) == len(self.labels) == len(self.people) == len(self.hashes):
            raise ValueError("images, labels, people and hashes must be of one length")

    def __len__(self) -> int:
        return len(self.images)

    @property
    def n_per_class(self) -> dict[str, int]:
        """How many images each class has, in the order of the classes."""
        return dict(zip(self.classes, np.bincount(self.labels, minlength=len(self.classes)).tolist(), strict=True))

    def at(self, chosen: np.ndarray) -> ImageSet:
        """The images that `chosen`, numbers or a mask of (n,), picks; the classes stay."""
        return replace(
            self,
            images=self.images[chosen],
            labels=self.labels[chosen],
            people=self.people[chosen],
            hashes=self.hashes[chosen],
        )


def pixel_hash(pixels: np.ndarray) -> str:
    """SHA-256 of an image (h, w, 1 or 3) uint8 and its size; a grey image and the same one in RGB have the same."""
    height, width = pixels.shape[:2]
    rgb = np.ascontiguousarray(np.broadcast_to(pixels, (height, width, 3)))
    return hashlib.sha256(f"{height}x{width}:".encode() + rgb.tobytes()).hexdigest()


def tensor(images: np.ndarray) -> np.ndarray:
    """(n, c, h, w) float32 in [0, 1] of images (n, h, w, c) uint8, as networks take them."""
    return np.ascontiguousarray(images.transpose(0, 3, 1, 2), dtype=np.float32) / np.float32(255)


def pixels(x: np.ndarray) -> np.ndarray:
    """(n, h, w, c) uint8 of x (n, c, h, w) in [0, 1]; undoes `tensor`. What lies outside is cut off."""
    return np.ascontiguousarray(np.rint(np.clip(x, 0, 1) * 255).astype(np.uint8).transpose(0, 2, 3, 1))


def resized(image_set: ImageSet, size: int, channels: int) -> ImageSet:
    """The same images, `size` x `size` pixels with 1 or 3 channels.

    The longer side is brought to `size`, and the edge pixels continue over what is then missing (`letterboxed`). Grey
    is luma, 0.299 R + 0.587 G + 0.114 B. Images that are so already stay as they are, to the last bit.
    """
    if size < 1 or channels not in (1, 3):
        raise ValueError(f"size must be positive and channels 1 or 3, not {size} and {channels}")
    images = _with_channels(image_set.images, channels)
    if images.shape[1:3] != (size, size):
        fitted = np.empty((len(images), size, size, channels), np.uint8)
        for number, image in enumerate(images):
            fitted[number] = letterboxed(scaled(image, size), size, size)
        images = fitted
    return replace(image_set, images=images)


def scaled(image: np.ndarray, longer_side: int) -> np.ndarray:
    """An image (h, w, c) uint8 whose longer side has that many pixels, in its proportions.

    Made smaller, a pixel is the mean of the area it comes from, so that nothing fine turns into false patterns; made
    larger, it is bilinear, so that no value lies beyond the ones there were.
    """
    import cv2

    height, width = image.shape[:2]
    factor = longer_side / max(height, width)
    if factor == 1:
        return image
    to = max(1, round(width * factor)), max(1, round(height * factor))
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    return cv2.resize(image, to, interpolation=how).reshape(to[1], to[0], image.shape[2])


def letterboxed(image: np.ndarray, height: int, width: int) -> np.ndarray:
    """An image (h, w, c) in the middle of a larger one; the edge pixels continue.

    Bars of one colour would be the first thing a generator learns, and would tell classes of other proportions apart.
    """
    more_rows, more_columns = height - image.shape[0], width - image.shape[1]
    top, left = more_rows // 2, more_columns // 2
    return np.pad(image, ((top, more_rows - top), (left, more_columns - left), (0, 0)), mode="edge")


def digits() -> ImageSet:
    """The handwritten digits of scikit-learn: 1,797 grey images of 8 x 8, ten classes, nobody known."""
    from sklearn.datasets import load_digits

    loaded = load_digits()
    images = np.rint(loaded.images * (255 / 16)).astype(np.uint8)[..., None]
    return ImageSet(
        name="Handwritten digits",
        images=images,
        labels=loaded.target.astype(int),
        classes=tuple("0123456789"),
        people=np.full(len(images), ""),
        hashes=np.array([pixel_hash(image) for image in images]),
    )


def _with_channels(images: np.ndarray, channels: int) -> np.ndarray:
    if images.shape[3] == channels:
        return images
    if channels == 3:
        return np.repeat(images, 3, axis=3)
    # Thousandths as whole numbers: 0.299 + 0.587 + 0.114 as floats would leave a white of 254.99….
    luma = images.astype(np.uint32) @ np.array([299, 587, 114], np.uint32)
    return ((luma + 500) // 1000).astype(np.uint8)[..., None]
