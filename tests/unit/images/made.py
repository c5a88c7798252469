"""Class folders of small real images, made on the fly."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from PIL import Image


def noise(seed: int, mode: str = "RGB", size: tuple[int, int] = (12, 10)) -> Image.Image:
    """An image of (width, height) that differs from that of every other seed."""
    shape = (size[1], size[0], 3) if mode == "RGB" else (size[1], size[0])
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, shape, np.uint8))


def encoded(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def class_folders(root: Path, n: int = 8, classes: tuple[str, ...] = ("Normal", "Tapered"), mode: str = "RGB") -> Path:
    """`root` with n images of noise in each class, all different: seeds 0 to n - 1 in the first class, and so on."""
    for number, label in enumerate(classes):
        (root / label).mkdir(parents=True)
        for i in range(n):
            (root / label / f"{i}.png").write_bytes(encoded(noise(number * n + i, mode)))
    return root
