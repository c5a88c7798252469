"""A clip as the database keeps it.

A measurement against a neutral clip holds for as long as that clip is here as a neutral clip of the same person. This
is looked up whenever a clip is read: no order of changes can leave a measurement against another person's face, and
what was undone brings the measurement back.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from core.errors import UserError
from core.workspace.store import Workspace

NEUTRAL = "neutral"

CLIPS_HERE = f"""(
    SELECT c.*, c.measured IS NOT NULL AND (c.neutral_clip IS NULL OR EXISTS (
        SELECT 1 FROM clips n
        WHERE n.id = c.neutral_clip AND n.removed IS NULL AND n.subject = c.subject AND n.emotion = '{NEUTRAL}'
    )) AS holds, coalesce(json_extract(c.measurement, '$.backend'), '') AS backend
    FROM clips c WHERE c.removed IS NULL)"""
"""Every clip that was not removed, to select from; holds: whether it was measured and the measurement still holds;
backend: what measured it, empty where nothing was found to measure."""


@dataclass(frozen=True)
class Clip:
    """One clip or still. path: None once the video was deleted. info: width, height, fps, duration_s, container, …

    note: what is worth knowing about the file itself. measured: whether it has a measurement that holds; verdict,
    reason, peak_frame, n_frames are of it, but reason also tells why a measurement does not hold any more. version:
    rises with every change of the labels. simulated: whether no camera ever saw the person. backend: what measured it.
    """

    id: str
    sha256: str
    name: str
    subject: str
    emotion: str
    group: str
    path: Path | None
    bytes: int
    info: dict[str, Any]
    note: str
    measured: bool
    verdict: str
    reason: str
    peak_frame: int | None
    n_frames: int | None
    version: int
    simulated: bool = False
    backend: str = ""


def list_clips(ws: Workspace) -> list[Clip]:
    """Every clip that was not removed, by subject, emotion and name."""
    return [clip_of(ws, row) for row in ws.read(f"SELECT * FROM {CLIPS_HERE} ORDER BY subject, emotion, name")]


def get_clip(ws: Workspace, clip_id: str) -> Clip:
    """One clip; raises `UserError` where there is none."""
    return clip_of(ws, row_here(ws, clip_id))


def neutral_clip_of(ws: Workspace, subject: str) -> Clip | None:
    """The clip that shows a person's face at rest, the first by name of those that have their video."""
    rows = ws.read(
        f"SELECT * FROM {CLIPS_HERE} WHERE emotion = ? AND subject = ? AND subject <> '' AND file <> '' "
        "ORDER BY name, id LIMIT 1",
        (NEUTRAL, subject),
    )
    return clip_of(ws, rows[0]) if rows else None


def row_here(ws: Workspace, clip_id: str) -> sqlite3.Row:
    """The row of a clip in `CLIPS_HERE`, within the transaction of this thread if there is one.

    Raises `UserError` where there is none.
    """
    rows = ws.read(f"SELECT * FROM {CLIPS_HERE} WHERE id = ?", (clip_id,))
    if not rows:
        raise UserError("This clip is not here any more.", "It was removed.", "Choose another clip on the page Clips.")
    return rows[0]


def clip_of(ws: Workspace, row: sqlite3.Row) -> Clip:
    """The clip in a row of `CLIPS_HERE`."""
    values = {field.name: row[field.name] for field in fields(Clip) if field.name != "path"}
    values["info"] = json.loads(row["info"])
    values["measured"], values["simulated"] = bool(row["holds"]), bool(row["simulated"])
    if row["measured"] is not None and not row["holds"]:
        values |= {"verdict": "", "reason": _outdated(row), "peak_frame": None, "n_frames": None}
    return Clip(path=ws.clips_dir / row["file"] if row["file"] else None, **values)


def _outdated(row: sqlite3.Row) -> str:
    remedy = "Measure it again." if row["file"] else "Undo that change, or bring the deleted video in again."
    return f"The neutral clip that it was measured against is no longer here as one of this person. {remedy}"
