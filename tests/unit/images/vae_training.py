"""A training small enough for a test; run as a program, it trains into a folder with a pause after each look."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np

from core.images.settings import VaeSettings
from core.images.vae import Labelled

SHORT = VaeSettings(size=16, n_layers=3, latent=4, steps=20, check_every=5, patience=50)


def squares(n: int, seed: int = 0) -> Labelled:
    """Bright squares on noise; class 0 left, class 1 right."""
    rng = np.random.default_rng(seed)
    images = rng.random((n, 1, 16, 16), np.float32) / 4
    labels = np.arange(n) % 2
    for image, label in zip(images, labels, strict=True):
        top, left = rng.integers(1, 9), 1 + 8 * label
        image[0, top : top + 5, left : left + 5] += 0.7
    return Labelled(images, labels)


if __name__ == "__main__":
    import torch

    from core.images.vae import train

    torch.set_num_threads(1)
    train(squares(12), 2, SHORT, None, Path(sys.argv[1]), lambda step, vae: time.sleep(0.3))
