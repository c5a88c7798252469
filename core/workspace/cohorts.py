"""Cohorts: a name that points to an immutable AU table, with every earlier table kept for undo."""

from __future__ import annotations

import io
import re
import secrets
import sqlite3
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.errors import UserError
from core.files import atomic_write
from core.people import check_spellings
from core.types import TABLE_KEYS
from core.workspace.files import sha256_of
from core.workspace.store import Workspace

if TYPE_CHECKING:
    import pandas as pd

DEMO_ID = "demo-rendered"
DEMO_NAME = "Simulated demo cohort"
_IN_USE = "cohort_in_use"


@dataclass(frozen=True)
class Cohort:
    """A named AU table. simulated: whether any row is. table_hash: SHA-256 of its Parquet file. version: rises with
    every change. undoable: whether there is an earlier table to go back to."""

    id: str
    name: str
    simulated: bool
    table_hash: str
    n_people: int
    n_rows: int
    version: int
    undoable: bool


def list_cohorts(ws: Workspace) -> list[Cohort]:
    """All cohorts, the oldest first."""
    return [_cohort(row) for row in ws.read(f"{_SELECT} WHERE c.removed IS NULL ORDER BY c.created")]


def get_cohort(ws: Workspace, cohort_id: str) -> Cohort:
    """One cohort; raises `UserError` where there is none."""
    rows = ws.read(f"{_SELECT} WHERE c.removed IS NULL AND c.id = ?", (cohort_id,))
    if not rows:
        raise UserError("This cohort is not here any more.", "It was removed.", "Choose another one in the sidebar.")
    return _cohort(rows[0])


def create(ws: Workspace, name: str, frame: pd.DataFrame) -> Cohort:
    """A new cohort from an AU table."""
    if not name.strip():
        raise UserError("The cohort has no name.", "It could not be told from others.", "Give it a name.")
    return _create(ws, secrets.token_hex(8), name.strip(), frame)


def load_demo(ws: Workspace) -> Cohort:
    """The simulated demo cohort; made at the first call, brought back as it was if it was removed."""
    if not ws.read("SELECT 1 FROM cohorts WHERE id = ?", (DEMO_ID,)):
        from core.workspace.demo import demo_table

        return _create(ws, DEMO_ID, DEMO_NAME, demo_table())
    with ws.transaction() as t:
        t.execute("UPDATE cohorts SET removed = NULL WHERE id = ?", (DEMO_ID,))
    return get_cohort(ws, DEMO_ID)


def open_demo(ws: Workspace) -> Cohort:
    """The simulated demo cohort, with the rendered clips of four of its people among the clips of the workspace.

    Clips that are here already stay as they are; new ones still have to be measured.
    """
    from core.workspace import clips, intake
    from core.workspace.demo import demo_clips

    for demo in demo_clips():
        clip = intake.receive_clip(ws, demo.path.name, demo.path.read_bytes(), simulated=True)
        if not clip.group and clip.subject == demo.subject:
            clips.relabel(ws, clip.id, clip.subject, clip.emotion, demo.group, clip.version)
    return load_demo(ws)


def read_table(ws: Workspace, table_hash: str) -> pd.DataFrame:
    """The AU table of that hash, checked against it; raises `UserError` where it is missing or damaged."""
    import pandas as pd

    path = ws.tables_dir / f"{table_hash}.parquet"
    damaged = UserError(
        "An AU table of this workspace is missing or damaged.",
        "Its file was changed or removed outside the program.",
        "Undo the last change of the cohort, or import the table again.",
    )
    if not re.fullmatch("[0-9a-f]{64}", table_hash) or not path.is_file():
        raise damaged
    content = path.read_bytes()
    if sha256_of(content) != table_hash:
        raise damaged
    return pd.read_parquet(io.BytesIO(content))


def add_rows(ws: Workspace, cohort: Cohort, rows: pd.DataFrame) -> Cohort:
    """Add rows to a cohort; a row of the same subject and emotion is replaced.

    The old table stays for `undo`. Raises `UserError` where the cohort was changed elsewhere since `cohort` was read,
    and for rows without a subject or an emotion.
    """
    import pandas as pd

    if rows.empty:
        raise UserError("There are no rows to add.", "No chosen clip gave a usable row.", "Measure usable clips first.")
    if (rows["subject"] == "").any() or (rows["emotion"] == "").any():
        raise UserError(
            "Some rows have no subject or no emotion.",
            "A row stands for one person in one emotion.",
            "Fill in the label table first.",
        )
    old = read_table(ws, cohort.table_hash)
    keys = ["subject", "emotion"]
    kept = old[~pd.MultiIndex.from_frame(old[keys]).isin(pd.MultiIndex.from_frame(rows[keys]))]
    return replace_table(ws, cohort, pd.concat([kept, rows], ignore_index=True))


def replace_table(ws: Workspace, cohort: Cohort, frame: pd.DataFrame) -> Cohort:
    """Make `frame` the table of a cohort; the old one stays for `undo`.

    Raises `UserError` where the cohort was changed elsewhere since `cohort` was read, and for a code in two spellings.
    """
    table = _store_table(ws, frame, cohort.name)
    with ws.transaction() as t:
        position = _move(t, cohort, "position + 1")
        t.execute("DELETE FROM cohort_tables WHERE cohort_id = ? AND position >= ?", (cohort.id, position))
        t.execute(_INSERT_TABLE, (cohort.id, position, *table, time.time()))
    return get_cohort(ws, cohort.id)


def undo(ws: Workspace, cohort: Cohort) -> Cohort:
    """Take the last change of a cohort back."""
    if not cohort.undoable:
        raise UserError("There is nothing to undo.", f"{cohort.name} is as it was created.", "Carry on.")
    with ws.transaction() as t:
        _move(t, cohort, "position - 1")
    return get_cohort(ws, cohort.id)


def remove(ws: Workspace, cohort: Cohort) -> None:
    """Take a cohort off every list."""
    with ws.transaction() as t:
        t.execute("UPDATE cohorts SET removed = ? WHERE id = ?", (time.time(), cohort.id))


def in_use(ws: Workspace) -> Cohort | None:
    """The cohort that every page works on."""
    rows = ws.read(f"{_SELECT} WHERE c.removed IS NULL AND c.id = ?", (ws.preference(_IN_USE, ""),))
    return _cohort(rows[0]) if rows else None


def use(ws: Workspace, cohort_id: str) -> None:
    """Make a cohort the one that every page works on."""
    ws.remember(_IN_USE, get_cohort(ws, cohort_id).id)


_SELECT = (
    "SELECT c.id, c.name, c.position, c.version, t.table_hash, t.simulated, t.n_people, t.n_rows FROM cohorts c "
    "JOIN cohort_tables t ON t.cohort_id = c.id AND t.position = c.position"
)
_INSERT_TABLE = (
    "INSERT INTO cohort_tables (cohort_id, position, table_hash, simulated, n_people, n_rows, at) "
    "VALUES (?, ?, ?, ?, ?, ?, ?)"
)


def _create(ws: Workspace, cohort_id: str, name: str, frame: pd.DataFrame) -> Cohort:
    missing = [column for column in TABLE_KEYS if column not in frame]
    if missing or frame.empty:
        raise UserError(
            "This table cannot become a cohort.",
            f"It lacks {', '.join(missing)}." if missing else "It has no rows.",
            "Import a table with subject, emotion and AU columns.",
        )
    table = _store_table(ws, frame, name)
    with ws.transaction() as t:
        new = t.execute(
            "INSERT INTO cohorts (id, name, created) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING",
            (cohort_id, name, time.time()),
        ).rowcount
        if new:  # another tab may have loaded the demo a moment ago
            t.execute(_INSERT_TABLE, (cohort_id, 0, *table, time.time()))
    return get_cohort(ws, cohort_id)


def _store_table(ws: Workspace, frame: pd.DataFrame, name: str) -> tuple[str, bool, int, int]:
    """Write the table of the cohort `name` under its hash; hash, simulated, people, rows.

    Raises `UserError` where one person stands in it under two spellings of a code.
    """
    check_spellings(frame["subject"], name)
    buffer = io.BytesIO()
    frame.to_parquet(buffer, index=False)
    table_hash = sha256_of(buffer.getvalue())
    atomic_write(ws.tables_dir / f"{table_hash}.parquet", buffer.getvalue())
    return table_hash, bool(frame["simulated"].any()), int(frame["subject"].nunique()), len(frame)


def _move(t: sqlite3.Connection, cohort: Cohort, position: str) -> int:
    """Move the pointer of a cohort that was read at `cohort.version`; where it points now."""
    moved = t.execute(
        f"UPDATE cohorts SET position = {position}, version = version + 1 "
        "WHERE id = ? AND version = ? AND removed IS NULL RETURNING position",
        (cohort.id, cohort.version),
    ).fetchone()
    if moved is None:
        raise UserError(
            f"{cohort.name} was changed elsewhere meanwhile.",
            "Saving yours would overwrite that change.",
            "Look at the table as it is now and do it again if need be.",
        )
    return int(moved["position"])


def _cohort(row: sqlite3.Row) -> Cohort:
    return Cohort(
        id=row["id"],
        name=row["name"],
        simulated=bool(row["simulated"]),
        table_hash=row["table_hash"],
        n_people=row["n_people"],
        n_rows=row["n_rows"],
        version=row["version"],
        undoable=row["position"] > 0,
    )
