"""Files on their way in or out, noted in the database, so that a killed process leaves none behind for good.

A new file is noted before it is written, and struck off in the transaction that enters it somewhere. A file to delete
is noted in the transaction that takes its entry away, and struck off once it is gone. What nobody noted is never
touched, so that the files of a lost or restored database are safe.
"""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import UserError

if TYPE_CHECKING:
    from core.workspace.store import Workspace

UNFINISHED_S = 3600.0
"""A new file that was not entered for so long belongs to a process that was killed."""
_AT_ONCE = 0.0


@contextmanager
def adding(ws: Workspace, path: Path) -> Iterator[None]:
    """A block that writes the new file `path` and enters it, with `entered` in the same transaction.

    The file is removed where the block fails, now or, if the process is killed, when the workspace is opened later.
    """
    with ws.transaction() as t:
        _note(t, ws, path, time.time())
    try:
        yield
    except BaseException:
        path.unlink(missing_ok=True)
        with suppress(UserError), ws.transaction() as t:
            entered(t, ws, path)
        raise


def entered(t: sqlite3.Connection, ws: Workspace, path: Path) -> None:
    """In the transaction `t`, the new file `path` gets an entry of its own."""
    t.execute("DELETE FROM file_journal WHERE file = ?", (_name(ws, path),))


def to_delete(t: sqlite3.Connection, ws: Workspace, paths: Iterable[Path]) -> None:
    """In the transaction `t`, these files or folders lose their entries; `clear` then deletes them."""
    for path in paths:
        _note(t, ws, path, _AT_ONCE)


def clear(ws: Workspace) -> None:
    """Delete what is to be deleted, and new files that were never entered; what cannot be deleted stays noted."""
    due = ws.read("SELECT file FROM file_journal WHERE at < ?", (time.time() - UNFINISHED_S,))
    gone = []
    for row in due:
        path = ws.home / row["file"]
        with suppress(OSError):  # some systems do not delete a file that is open
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
            gone.append((row["file"],))
    if gone:
        with ws.transaction() as t:
            t.executemany("DELETE FROM file_journal WHERE file = ?", gone)


def _note(t: sqlite3.Connection, ws: Workspace, path: Path, at: float) -> None:
    t.execute("INSERT OR REPLACE INTO file_journal VALUES (?, ?)", (_name(ws, path), at))


def _name(ws: Workspace, path: Path) -> str:
    return path.relative_to(ws.home).as_posix()
