"""Files that are whole or not there: temporary file, fsync, replace."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from core.errors import UserError

PART = ".part"
"""Marks a file that is still being written; one that a killed process left is removed by `sweep` of the workspace."""

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_READ_ONLY = {errno.EROFS, errno.EACCES, errno.EPERM}


@contextmanager
def told() -> Iterator[None]:
    """Turn "disk full" and "read-only" of the system into a `UserError`; any other fault passes unchanged."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise disk_full() from error
        if error.errno in _READ_ONLY:
            raise read_only(error.filename or "the workspace folder") from error
        raise


def disk_full() -> UserError:
    return UserError(
        "The disk is full.",
        "Nothing more can be stored, and what was stored before is intact.",
        "Free some space on the disk of the workspace, then try again.",
    )


def read_only(place: object) -> UserError:
    return UserError(
        f"The workspace cannot be written to ({place}).",
        "It is read-only or belongs to another user.",
        "Give yourself write permission, or start with LAB_HOME set to a folder of your own.",
    )


@contextmanager
def atomic_path(path: Path) -> Iterator[Path]:
    """A path beside `path` to write to; it replaces `path` when the block ends well, and is removed when it does not.

    The ending of `path` is kept, because libraries choose the format by it. Raises `UserError` on a full disk.
    """
    part = path.with_name(f".{path.stem}.{secrets.token_hex(4)}{PART}{path.suffix}")
    try:
        with told():
            yield part
            with part.open("rb+") as file:
                os.fsync(file.fileno())
            part.replace(path)
            _sync_folder(path.parent)
    finally:
        with suppress(FileNotFoundError):
            part.unlink()


@contextmanager
def atomic_folder(path: Path) -> Iterator[Path]:
    """A new folder beside `path` to fill; it becomes `path` when the block ends well, and is removed when it does not.

    Files get into it by `written` or `atomic_write`, so that they are on the disk before. Raises `UserError` on a full
    disk, and where something is at `path` by then.
    """
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}{PART}")
    try:
        with told():
            part.mkdir(mode=0o700, parents=True)
            yield part
            check_free(path)
            os.replace(part, path)
            _sync_folder(path.parent)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def check_free(place: Path) -> None:
    """Raise `UserError` where something is in `place` already."""
    if place.exists():
        raise UserError(
            f"{place.name} is there already.",
            "What was kept is never changed.",
            "Name another place, or remove that one.",
        )


def written(path: Path, content: bytes) -> None:
    """Write a file of a folder that is still being filled, and see it onto the disk."""
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def atomic_write(path: Path, content: bytes) -> None:
    """Write `content` to `path`, whole or not at all: a reader sees the old file or the new one."""
    with atomic_path(path) as part:
        part.write_bytes(content)


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
