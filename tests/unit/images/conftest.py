"""Small images that need no files, and one thread for what is measured and must be the same each time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import torch


@pytest.fixture(scope="module")
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def digits() -> tuple[np.ndarray, np.ndarray]:
    """The first three digits of scikit-learn, 16 px, (n, 1, 16, 16) float32 in [0, 1], and which they are.

    In random order: in the file they are ordered by who wrote them.
    """
    from sklearn.datasets import load_digits

    data = load_digits()
    chosen = np.random.default_rng(0).permutation(np.flatnonzero(data.target < 3))
    images = np.kron(data.images[chosen] / 16, np.ones((1, 2, 2)))[:, None].astype(np.float32)
    return images, data.target[chosen]
