"""Small exact functions to evolve images with, and a program that does so until it is killed."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np

from core.images.settings import EvolutionSettings

SIZE, LATENT = 4, 6
SETTINGS = EvolutionSettings(population=8, generations=30, mutation=0.05, n_images=5, latent=LATENT)
_WEIGHTS = np.random.default_rng(100).normal(size=(LATENT, SIZE * SIZE)).astype(np.float32)


class Decoder:
    """A fixed random linear map and a sigmoid, row by row the same bits in every batch. sizes: of its batches."""

    def __init__(self, factor: float = 1.0, pause_s: float = 0.0) -> None:
        self.sizes: list[int] = []
        self._weights, self._pause_s = np.float32(factor) * _WEIGHTS, pause_s

    def __call__(self, z: np.ndarray) -> np.ndarray:
        assert z.dtype == np.float32
        time.sleep(self._pause_s)
        self.sizes.append(len(z))
        return (1 / (1 + np.exp(-(z[:, :, None] * self._weights).sum(axis=1)))).reshape(-1, 1, SIZE, SIZE)


def brightness(images: np.ndarray) -> np.ndarray:
    """Stands for the probability of the class."""
    return images.mean(axis=(1, 2, 3), dtype=float)


def originals(seed: int = 7) -> np.ndarray:
    return Decoder()(np.random.default_rng(seed).standard_normal((9, LATENT), np.float32))


if __name__ == "__main__":
    from core.images import evolution_checkpoint
    from core.images.evolution import evolve_images

    evolution_checkpoint.EVERY_S = 0.05
    evolve_images(Decoder(pause_s=0.05), originals(), brightness, SETTINGS, 3, folder=Path(sys.argv[1]))
