"""The workspace: one folder, one SQLite database, everything that is kept."""

from __future__ import annotations

import json
import os
import sqlite3
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from core.errors import UserError
from core.files import disk_full, read_only, told
from core.workspace import file_journal, files, schema

DATABASE = "lab.sqlite"


class Workspace:
    """What is kept of a user, in one folder that only its owner can read.

    clips_dir, measurements_dir, tables_dir, image_sets_dir, runs_dir, models_dir: files, named by ids; logs_dir: what
    went wrong, for bug reports.
    May be used from many threads and many processes at once.
    """

    def __init__(self, home: Path) -> None:
        self.home = home
        self.database = home / DATABASE
        self.clips_dir = home / "clips"
        self.measurements_dir = home / "measurements"
        self.tables_dir = home / "tables"
        self.image_sets_dir = home / "image_sets"
        self.runs_dir = home / "runs"
        self.models_dir = home / "models"
        self.logs_dir = home / "logs"
        self.is_new = False
        self._local = threading.local()

    @property
    def named_by_rows(self) -> tuple[Path, ...]:
        """Folders whose files mean nothing without the database."""
        return self.clips_dir, self.measurements_dir, self.tables_dir, self.image_sets_dir

    @classmethod
    def open(cls, home: Path | None = None) -> Workspace:
        """Open the workspace in `home` (default: `LAB_HOME`, else a per-user data folder), and make it if need be.

        `is_new` then tells whether it was made now. Where the database is damaged, or missing beside the files that it
        named, a new one is begun: `notice` says so. Raises `UserError` where the folder cannot be written to or a newer
        program wrote the database.
        """
        ws = cls((home or default_home()).expanduser().absolute())
        _prepare(ws)
        with _told(), _alone(ws.home / "lab.lock"):
            notice = _set_aside_if_lost(ws)
            ws.is_new = not ws.database.exists() and notice is None
            schema.migrate(ws.database)
            if notice:
                ws.remember("notice", notice)
            file_journal.clear(ws)
        for folder in (*ws.named_by_rows, ws.models_dir):
            files.sweep(folder)
        return ws

    def read(self, sql: str, args: Sequence[Any] = ()) -> list[sqlite3.Row]:
        """All rows of a query."""
        with _told():
            return self._connection().execute(sql, args).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """A block whose changes are all made or none; other writers wait."""
        with _told():
            connection = self._connection()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):  # a full disk has already rolled it back
                    connection.execute("ROLLBACK")
                raise

    def preference(self, key: str, default: Any = None) -> Any:
        """What was remembered under `key`, else `default`."""
        rows = self.read("SELECT value FROM preferences WHERE key = ?", (key,))
        return json.loads(rows[0]["value"]) if rows else default

    def remember(self, key: str, value: Any) -> None:
        """Keep a JSON value under `key`."""
        with self.transaction() as t:
            t.execute(
                "INSERT INTO preferences VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                (key, json.dumps(value)),
            )

    def notice(self) -> UserError | None:
        """What the user must be told about this workspace itself, until `dismiss_notice`."""
        words = self.preference("notice")
        return UserError(*words) if words else None

    def dismiss_notice(self) -> None:
        self.remember("notice", None)

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = schema.connect(self.database)
        return connection


def default_home() -> Path:
    """`LAB_HOME`, else the folder where this system keeps the data of programs."""
    if chosen := os.environ.get("LAB_HOME"):
        return Path(chosen)
    if os.name == "nt":
        base = Path(os.environ.get("LOCALAPPDATA", "~/AppData/Local"))
    elif sys.platform == "darwin":
        base = Path("~/Library/Application Support")
    else:
        base = Path(os.environ.get("XDG_DATA_HOME") or "~/.local/share")
    return base / "hypomimia-lab"


def _prepare(ws: Workspace) -> None:
    try:
        ws.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(PermissionError):  # a mounted share may keep its own rights
            ws.home.chmod(0o700)
        for folder in (*ws.named_by_rows, ws.runs_dir, ws.models_dir, ws.logs_dir):
            folder.mkdir(mode=0o700, exist_ok=True)
        probe = ws.home / f".write-test-{os.getpid()}-{threading.get_ident()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        with told():
            if isinstance(error, FileExistsError | NotADirectoryError | FileNotFoundError):
                raise read_only(ws.home) from error
            raise


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """One process at a time; an empty SQLite file serves as a lock that a killed process lets go by itself."""
    with closing(sqlite3.connect(lock, timeout=30.0, isolation_level=None)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        yield


def _set_aside_if_lost(ws: Workspace) -> tuple[str, str, str] | None:
    """What to tell the user where the database is damaged or missing; what is left of it is put aside."""
    missing = not ws.database.exists()
    empty = missing or ws.database.stat().st_size == 0
    lost = empty and any(any(folder.iterdir()) for folder in ws.named_by_rows)
    if not lost and not schema.is_torn(ws.database):
        return None
    aside = ws.home / f"damaged-{time.strftime('%Y%m%d-%H%M%S')}-{DATABASE}"
    for ending in ("", "-wal", "-shm"):
        part = ws.home / f"{DATABASE}{ending}"
        if part.exists():
            part.replace(ws.home / f"{aside.name}{ending}")
    return (
        f"The database of this workspace {'is missing' if missing else 'was damaged'}.",
        f"{'An' if missing else f'It was set aside as {aside.name}, and an'} empty one was begun; "
        "no clip or table file was removed.",
        "Restore lab.sqlite from your last copy of the folder, or upload the clips again.",
    )


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        words = str(error)
        if "full" in words:
            raise disk_full() from error
        if "readonly" in words or "unable to open" in words:
            raise read_only(DATABASE) from error
        if "malformed" in words or "not a database" in words:
            raise UserError(
                "The database of this workspace is damaged.",
                "It was changed or cut off outside the program.",
                "Restart the program: it sets the damaged file aside and says what is kept.",
            ) from error
        raise
