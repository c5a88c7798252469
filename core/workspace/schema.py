"""The tables of `lab.sqlite` and how an older database becomes a newer one."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from core.errors import UserError

STEPS: tuple[tuple[str, ...], ...] = (
    (
        "CREATE TABLE preferences (key TEXT PRIMARY KEY, value TEXT NOT NULL)",
        """CREATE TABLE clips (
            id TEXT PRIMARY KEY, sha256 TEXT NOT NULL UNIQUE, name TEXT NOT NULL, note TEXT NOT NULL DEFAULT '',
            subject TEXT NOT NULL DEFAULT '', emotion TEXT NOT NULL DEFAULT '', "group" TEXT NOT NULL DEFAULT '',
            file TEXT NOT NULL, bytes INTEGER NOT NULL, info TEXT NOT NULL, added REAL NOT NULL, removed REAL,
            version INTEGER NOT NULL DEFAULT 1,
            measured REAL, verdict TEXT NOT NULL DEFAULT '', reason TEXT NOT NULL DEFAULT '',
            peak_frame INTEGER, n_frames INTEGER, measurement TEXT, peak_row TEXT)""",
        """CREATE TABLE cohorts (
            id TEXT PRIMARY KEY, name TEXT NOT NULL, position INTEGER NOT NULL DEFAULT 0,
            version INTEGER NOT NULL DEFAULT 1, created REAL NOT NULL, removed REAL)""",
        """CREATE TABLE cohort_tables (
            cohort_id TEXT NOT NULL REFERENCES cohorts(id), position INTEGER NOT NULL, table_hash TEXT NOT NULL,
            simulated INTEGER NOT NULL, n_people INTEGER NOT NULL, n_rows INTEGER NOT NULL, at REAL NOT NULL,
            PRIMARY KEY (cohort_id, position))""",
        """CREATE TABLE jobs (
            id TEXT PRIMARY KEY, key TEXT NOT NULL, kind TEXT NOT NULL, task TEXT NOT NULL, title TEXT NOT NULL,
            settings TEXT NOT NULL, inputs TEXT NOT NULL, versions TEXT NOT NULL DEFAULT '{}',
            owner TEXT NOT NULL DEFAULT 'local', state TEXT NOT NULL, attempt INTEGER NOT NULL DEFAULT 0,
            done REAL NOT NULL DEFAULT 0, total REAL NOT NULL DEFAULT 0, message TEXT NOT NULL DEFAULT '',
            queued REAL NOT NULL, started REAL, finished REAL, heartbeat REAL, worker TEXT, cancel_asked REAL,
            progress_from REAL, progress_since REAL, result TEXT, error TEXT)""",
        "CREATE UNIQUE INDEX one_active_job ON jobs (key) WHERE state IN ('queued', 'running')",
        "CREATE INDEX jobs_by_state ON jobs (state, queued)",
        "CREATE TABLE job_log (id INTEGER PRIMARY KEY, job_id TEXT NOT NULL, at REAL NOT NULL, line TEXT NOT NULL)",
        "CREATE INDEX log_by_job ON job_log (job_id, id)",
        "CREATE TABLE workers (id TEXT PRIMARY KEY, pid INTEGER, heartbeat REAL NOT NULL)",
    ),
    (
        "CREATE TABLE file_journal (file TEXT PRIMARY KEY, at REAL NOT NULL)",
        "ALTER TABLE clips ADD COLUMN curves TEXT",
        "UPDATE clips SET curves = id || '.npz' WHERE peak_row IS NOT NULL",
        "ALTER TABLE clips ADD COLUMN neutral_clip TEXT",
        # Which neutral clip served was not kept before: the one that would serve now, and without one the measurement
        # does not hold, because the id of no clip is empty.
        """UPDATE clips SET neutral_clip = COALESCE(
            (SELECT n.id FROM clips n WHERE n.subject = clips.subject AND n.emotion = 'neutral' AND n.removed IS NULL
             ORDER BY n.name, n.id LIMIT 1), '')
            WHERE peak_row IS NOT NULL AND json_extract(measurement, '$.neutral') IS NULL""",
    ),
    (
        "ALTER TABLE clips ADD COLUMN simulated INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE clips ADD COLUMN corrections TEXT NOT NULL DEFAULT '[]'",
        "ALTER TABLE clips ADD COLUMN mesh TEXT",
    ),
    (
        """CREATE TABLE image_sets (
            id TEXT PRIMARY KEY, name TEXT NOT NULL, source TEXT NOT NULL, simulated INTEGER NOT NULL,
            file TEXT NOT NULL, description TEXT NOT NULL, clips TEXT NOT NULL, added REAL NOT NULL)""",
    ),
)
"""Step i takes a database from version i to i + 1. Steps are only ever appended."""


def connect(path: Path) -> sqlite3.Connection:
    """A connection without implicit transactions that waits up to 10 s for another writer."""
    connection = sqlite3.connect(path, timeout=10.0, isolation_level=None)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def migrate(path: Path, steps: Sequence[Sequence[str]] = STEPS) -> None:
    """Bring the database at `path` to version `len(steps)` in one transaction, after a copy of the old one.

    Raises `UserError` where a newer program wrote it. When a step fails, the database stays as it was.
    """
    with closing(connect(path)) as connection:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > len(steps):
            raise UserError(
                "This workspace was last used by a newer version of the program.",
                f"Its database has format {version}, and this version knows formats up to {len(steps)}.",
                "Start the newer version, or set LAB_HOME to another folder.",
            )
        if version == len(steps):
            return
        connection.execute("PRAGMA journal_mode = WAL")
        if version:
            copy = path.with_name(f"{path.stem}.format{version}.sqlite")
            with closing(sqlite3.connect(copy)) as target:
                connection.backup(target)
        connection.execute("BEGIN IMMEDIATE")
        try:
            for step in steps[version:]:
                for statement in step:
                    connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {len(steps)}")
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise


def is_torn(path: Path) -> bool:
    """Whether the file at `path` is not, or no longer, a whole SQLite database."""
    if not path.exists() or path.stat().st_size == 0:
        return False
    try:
        with closing(sqlite3.connect(path, timeout=10.0)) as connection:
            return bool(connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok")
    except sqlite3.OperationalError:
        raise  # locked, or not to be opened: says nothing about the content
    except sqlite3.DatabaseError:
        return True
