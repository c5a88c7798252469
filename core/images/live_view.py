"""What a training or a search has to show: read from its folder, while it runs or later, without torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.images.class_generators import SAMPLES
from core.images.dataset import pixels
from core.images.evolved_set import SETS, SHOWN
from core.images.gan_history import GanHistory
from core.images.sheets import sheet


@dataclass(frozen=True, eq=False)
class TrainingView:
    """history: lists by name, see `core.images.gan_history`. sheet: (H, W, 3) uint8 of the same latents at `step`."""

    history: Mapping[str, list[float]]
    sheet: np.ndarray
    step: int


def of_training(folder: Path | None) -> TrainingView | None:
    """Of one class's training in `folder`; None before its first look."""
    path = folder and folder / SAMPLES
    if folder is None or path is None or not path.is_file():
        return None
    with np.load(path, allow_pickle=False) as kept:
        images, step = kept["images"], int(kept["step"])
    history = {name: array.tolist() for name, array in GanHistory.read(folder).arrays().items()}
    return TrainingView(history, sheet(pixels(images)), step)


@dataclass(frozen=True, eq=False)
class SearchView:
    """history: lists by name, see `core.images.evolution.Evolved`. sheets: (H, W, 3) uint8 by set."""

    history: Mapping[str, list[float]]
    sheets: Mapping[str, np.ndarray]


def of_search(folder: Path) -> SearchView | None:
    """Of a running search; None before its first generation."""
    path = folder / SHOWN
    if not path.is_file():
        return None
    with np.load(path, allow_pickle=False) as kept:
        sheets = {"first": sheet(pixels(kept["first"])), "evolved": sheet(pixels(kept["best"]))}
        names = [name for name in kept.files if name.startswith("history.")]
        history = {name.removeprefix("history."): kept[name].tolist() for name in names}
    return SearchView(history, sheets)


def sets_of(folder: Path) -> dict[str, np.ndarray]:
    """The arrays of a finished search, see `core.images.evolved_set`: `evolved.images`, `first.latents`, …"""
    with np.load(folder / SETS, allow_pickle=False) as kept:
        return {name: kept[name] for name in kept.files}
