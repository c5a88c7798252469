"""Where an evolution of images stands, kept from time to time in one file that is whole or not there.

npz without objects, with what it was made from as JSON inside.
"""

from __future__ import annotations

import json
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.files import atomic_path
from core.genetic import Search

NAME = "evolution.npz"

EVERY_S = 3.0
SHARE = 0.05
"""Of the time, at most, goes into checkpoints: those of large images take long to write."""


@dataclass(frozen=True, eq=False)
class Standing:
    """A search, what was computed of its population (p, q, latent), and what is told of its best sets.

    images: (p · q, c, s, s), sure: (p · q,), as decoded and classified. They are kept, not made again, because a
    network may give other last bits in another batch, and a search that goes on would then be another one.
    first_latents: (q, latent), first_images: (q, c, s, s), the best of the first generation. pair_distance:
    (generations + 1,), of the best of each.
    """

    search: Search
    images: np.ndarray
    sure: np.ndarray
    first_latents: np.ndarray
    first_images: np.ndarray
    pair_distance: np.ndarray


_OWN = ("images", "sure", "first_latents", "first_images", "pair_distance")


class Checkpoint:
    """The file of one folder; without a folder nothing is kept.

    made_from: whatever a search depends on, as JSON. One that was made from something else is not taken over.
    """

    def __init__(self, folder: Path | None, made_from: dict[str, Any]) -> None:
        self._path = None if folder is None else folder / NAME
        self._made_from = json.dumps(made_from, sort_keys=True)
        self._due_s = time.monotonic() + EVERY_S

    def load(self) -> Standing | None:
        """What the folder holds; None where that is nothing, damaged, or made from something else."""
        if self._path is None:
            return None
        try:
            with np.load(self._path, allow_pickle=False) as kept:
                if kept["made_from"].tobytes().decode() != self._made_from:
                    return None
                arrays = {name: kept[name] for name in kept.files}
            own = {name: arrays[name] for name in _OWN}
            return Standing(Search.restored(arrays), **own)
        except (FileNotFoundError, zipfile.BadZipFile, ValueError, EOFError, KeyError):
            return None

    def offer(self, standing: Standing) -> None:
        """Keep it if it is time to."""
        if time.monotonic() >= self._due_s:
            self.keep(standing)

    def keep(self, standing: Standing) -> None:
        """Replace the file. Raises `UserError` on a full disk, which leaves the one that was there."""
        if self._path is None:
            return
        began_s = time.monotonic()
        arrays = {
            **standing.search.arrays(),
            **{name: getattr(standing, name) for name in _OWN},
            "made_from": np.frombuffer(self._made_from.encode(), np.uint8),
        }
        with atomic_path(self._path) as part:
            np.savez(part, **arrays)
        now_s = time.monotonic()
        self._due_s = now_s + max(EVERY_S, (now_s - began_s) / SHARE)
