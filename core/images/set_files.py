"""Sets of synthetic images as files, so that a study that goes on meets the same ones bit for bit."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from core.files import atomic_path


class SetFiles:
    """The sets of one study in a folder: npz files without objects, each whole or not there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, name: str, images: np.ndarray) -> dict[str, Any]:
        """Write a set (m, c, s, s) float32; what it is found by, as JSON: file, sha256 (of the pixels) and n.

        Raises `UserError` on a full disk.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{name}.npz"
        with atomic_path(path) as part:
            np.savez_compressed(part, images=images)
        return {"file": path.name, "sha256": _hash(images), "n": len(images)}

    def load(self, kept: Mapping[str, Any]) -> np.ndarray | None:
        """The images of a set by what `keep` gave; None where the file is gone, damaged or another."""
        try:
            with np.load(self._folder / Path(kept["file"]).name, allow_pickle=False) as file:
                images: np.ndarray = file["images"]
        except (OSError, zipfile.BadZipFile, zlib.error, ValueError, EOFError, KeyError):
            return None
        return images if _hash(images) == kept["sha256"] else None


def _hash(images: np.ndarray) -> str:
    return sha256(f"{images.shape} {images.dtype} ".encode() + images.tobytes()).hexdigest()
