"""Files that are whole or not there: temporary file, fsync, replace."""

from __future__ import annotations

import errno
import os
import secrets
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
