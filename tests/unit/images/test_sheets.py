"""A sheet shows every image in its place, and nothing else."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from core.images.sheets import GAP_PX, LEAST_PX, sheet


@given(st.integers(1, 20), st.sampled_from([(8, 8), (30, 16), (64, 64)]), st.sampled_from([1, 3]), st.integers(1, 9))
@effort(deadline=None, max_examples=40)
def test_every_image_is_in_its_place(n: int, side: tuple[int, int], channels: int, n_columns: int) -> None:
    images = np.random.default_rng(n).integers(0, 255, (n, *side, channels), dtype=np.uint8)
    drawn = sheet(images, n_columns)
    factor = max(1, -(-LEAST_PX // max(side)))
    height, width, columns = side[0] * factor, side[1] * factor, min(n_columns, n)
    rows = -(-n // columns)
    assert drawn.shape == (rows * (height + GAP_PX) - GAP_PX, columns * (width + GAP_PX) - GAP_PX, 3)
    for i, image in enumerate(images):
        top, left = (i // columns) * (height + GAP_PX), (i % columns) * (width + GAP_PX)
        seen = drawn[top : top + height : factor, left : left + width : factor]
        assert np.array_equal(seen, np.broadcast_to(image, (*side, 3)))
    covered = n * height * width
    assert (drawn == 255).all(axis=2).sum() >= drawn.shape[0] * drawn.shape[1] - covered
