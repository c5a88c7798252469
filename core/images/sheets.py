"""Many images on one sheet, for the eye."""

from __future__ import annotations

import math

import numpy as np

GAP_PX = 2
LEAST_PX = 48
"""Smaller images are enlarged by a whole factor, so that a pixel stays a square."""


def sheet(images: np.ndarray, n_columns: int = 8) -> np.ndarray:
    """(H, W, 3) uint8, white between them: images (n, h, w, c) uint8 row by row, `n_columns` beside each other.

    >>> sheet(np.zeros((3, 8, 8, 1), np.uint8), n_columns=2).shape
    (98, 98, 3)
    """
    n, height, width, _ = images.shape
    factor = max(1, math.ceil(LEAST_PX / max(height, width)))
    large = np.broadcast_to(images, (n, height, width, 3)).repeat(factor, axis=1).repeat(factor, axis=2)
    height, width, n_columns = height * factor, width * factor, min(n_columns, n)
    n_rows = math.ceil(n / n_columns)
    drawn = np.full((n_rows * (height + GAP_PX) - GAP_PX, n_columns * (width + GAP_PX) - GAP_PX, 3), 255, np.uint8)
    for i, image in enumerate(large):
        top, left = (i // n_columns) * (height + GAP_PX), (i % n_columns) * (width + GAP_PX)
        drawn[top : top + height, left : left + width] = image
    return drawn
