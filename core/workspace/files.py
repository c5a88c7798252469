"""Files of the workspace: their fingerprints, and what killed processes left of them."""

from __future__ import annotations

import hashlib
import shutil
import time
from contextlib import suppress
from pathlib import Path

from core.files import PART, atomic_path, atomic_write, disk_full, read_only, told

__all__ = ["PART", "atomic_path", "atomic_write", "disk_full", "read_only", "sha256_of", "sweep", "told"]


def sha256_of(source: Path | bytes) -> str:
    """SHA-256 of a file or of bytes, as 64 hex digits; a file is read in pieces."""
    digest = hashlib.sha256()
    if isinstance(source, bytes):
        digest.update(source)
    else:
        with source.open("rb") as file:
            while piece := file.read(1 << 20):
                digest.update(piece)
    return digest.hexdigest()


def sweep(folder: Path, older_than_s: float = 3600.0) -> None:
    """Remove the unfinished files and folders that killed processes left in `folder`."""
    for part in folder.glob(f".*{PART}*"):
        with suppress(OSError):
            if time.time() - part.stat().st_mtime > older_than_s:
                shutil.rmtree(part) if part.is_dir() else part.unlink()
