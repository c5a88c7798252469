"""Clips as the commands are given them: files, folders of files, folders of frames."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

CLIP_SUFFIXES = (".mp4", ".mov", ".avi", ".webm", ".mkv", ".gif")


def clip_paths(arguments: Sequence[Path]) -> Iterator[Path]:
    """Each clip named, and each clip below a folder that holds clips; a folder of frames is one clip itself."""
    for argument in arguments:
        inside = (
            sorted(p for p in argument.rglob("*") if p.suffix.lower() in CLIP_SUFFIXES) if argument.is_dir() else []
        )
        yield from inside or [argument]


def labelled(paths: Sequence[Path]) -> list[tuple[Path, str, str]]:
    """(path, subject, emotion) of each clip, looked at, so that a bad one is told at once and not after an hour."""
    from core.faces.labels import labels_from_path
    from core.faces.video import probe

    for path in paths:
        probe(path)
    return [(path, *labels_from_path(path)) for path in paths]


def content_hash(path: Path) -> str:
    """SHA-256 of a file, or of the names and contents of the files of a folder."""
    from core.workspace.files import sha256_of

    if not path.is_dir():
        return sha256_of(path)
    inside = [file for file in sorted(path.iterdir()) if file.is_file()]
    return sha256_of("".join(f"{file.name} {sha256_of(file)}\n" for file in inside).encode())
