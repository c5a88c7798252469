"""What the training of a VAE has to show: read from its folder, while it runs or later, without torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.images.dataset import pixels
from core.images.sheets import sheet
from core.images.vae_history import VaeHistory
from core.images.vae_training import CODES, LOOK


@dataclass(frozen=True, eq=False)
class VaeView:
    """history: lists by name, see `core.images.vae_history`. sheets: (H, W, 3) uint8 by what they show, at `step`."""

    history: Mapping[str, list[float]]
    sheets: Mapping[str, np.ndarray]
    step: int


def of_vae(folder: Path) -> VaeView | None:
    """Of a training in `folder`; None before its first look."""
    path = folder / LOOK
    if not path.is_file():
        return None
    with np.load(path, allow_pickle=False) as kept:
        sheets = {name: sheet(pixels(kept[name]), 4) for name in ("originals", "reconstructed", "drawn")}
        step = int(kept["step"])
    history = {name: array.tolist() for name, array in VaeHistory.read(folder).arrays().items()}
    return VaeView(history, sheets, step)


def codes_of(folder: Path) -> tuple[np.ndarray, np.ndarray] | None:
    """Means (n, latent) and labels (n,) of a finished training; None with a network of each image, which share no
    space."""
    path = folder / CODES
    if not path.is_file():
        return None
    with np.load(path, allow_pickle=False) as kept:
        return kept["means"], kept["labels"]
