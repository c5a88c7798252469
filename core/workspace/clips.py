"""Clips that were taken in: labels, measurements, and the rows they give to an AU table."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import UserError
from core.faces.labels import emotion_of
from core.types import GROUPS, Measurement
from core.workspace import measurement_file
from core.workspace.files import atomic_write
from core.workspace.store import Workspace

if TYPE_CHECKING:
    import pandas as pd

NEUTRAL = "neutral"


@dataclass(frozen=True)
class Clip:
    """One clip or still. path: None once the video was deleted. info: width, height, fps, duration_s, container, …

    note: what is worth knowing about the file itself. verdict, reason, peak_frame, n_frames: of the measurement, where
    `measured`. version: rises with every change of the labels.
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


def list_clips(ws: Workspace) -> list[Clip]:
    """Every clip that was not removed, by subject, emotion and name."""
    rows = ws.read("SELECT * FROM clips WHERE removed IS NULL ORDER BY subject, emotion, name")
    return [_clip(ws, row) for row in rows]


def get_clip(ws: Workspace, clip_id: str) -> Clip:
    """One clip; raises `UserError` where there is none."""
    rows = ws.read("SELECT * FROM clips WHERE id = ? AND removed IS NULL", (clip_id,))
    if not rows:
        raise UserError("This clip is not here any more.", "It was removed.", "Choose another clip on the page Clips.")
    return _clip(ws, rows[0])


def relabel(ws: Workspace, clip_id: str, subject: str, emotion: str, group: str, version: int) -> Clip:
    """Change the labels of a clip that was read at `version`.

    The peak of a measured clip follows its new emotion. A measurement against the neutral clip of the former person
    is dropped, so that the clip is measured anew. Raises `UserError` where the clip was changed elsewhere
    meanwhile, or would have to be measured anew and its video was deleted.
    """
    if group not in (*GROUPS, ""):
        raise UserError(
            f"The group {group!r} is not known.", "Groups are PD, control or empty.", "Choose one of these."
        )
    subject, emotion = subject.strip(), emotion_of(emotion.strip())
    old = get_clip(ws, clip_id)
    void = old.measured and subject != old.subject and _against_neutral_clip(ws, old)
    if void and old.path is None:
        raise UserError(
            f"{old.name} cannot be given to {subject or 'nobody'}.",
            f"It was measured against the face of {old.subject} at rest, and its video was deleted.",
            "Keep the label, or upload the video again.",
        )
    with ws.transaction() as t:
        changed = t.execute(
            'UPDATE clips SET subject = ?, emotion = ?, "group" = ?, version = version + 1 '
            "WHERE id = ? AND version = ? AND removed IS NULL",
            (subject, emotion, group, clip_id, version),
        ).rowcount
        if not changed:
            raise UserError(
                f"The labels of {old.name} were changed elsewhere meanwhile.",
                "Saving yours would overwrite that change.",
                "Look at the labels as they are now and change them again if need be.",
            )
        if void:
            t.execute(f"UPDATE clips SET {_NOT_MEASURED} WHERE id = ?", (clip_id,))
    if not void and emotion != old.emotion and old.peak_frame is not None:
        save_measurement(ws, clip_id, load_measurement(ws, clip_id))
    return get_clip(ws, clip_id)


def remove_clips(ws: Workspace, ids: Sequence[str]) -> None:
    """Take clips off every list; `restore_clips` brings them back, `erase_removed` makes it final."""
    with ws.transaction() as t:
        t.executemany("UPDATE clips SET removed = ? WHERE id = ?", [(time.time(), clip_id) for clip_id in ids])


def restore_clips(ws: Workspace, ids: Sequence[str]) -> None:
    """Undo `remove_clips`."""
    with ws.transaction() as t:
        t.executemany("UPDATE clips SET removed = NULL WHERE id = ?", [(clip_id,) for clip_id in ids])


def erase_removed(ws: Workspace) -> int:
    """Delete removed clips for good, with their videos and measurements; how many there were."""
    with ws.transaction() as t:
        rows = t.execute("DELETE FROM clips WHERE removed IS NOT NULL RETURNING id, file").fetchall()
    for row in rows:
        _unlink(ws.measurements_dir / f"{row['id']}.npz")
        if row["file"]:
            _unlink(ws.clips_dir / row["file"])
    return len(rows)


def delete_video(ws: Workspace, ids: Sequence[str]) -> None:
    """Delete the videos of measured clips; labels and action units stay. Raises `UserError` for an unmeasured clip."""
    chosen = [get_clip(ws, clip_id) for clip_id in ids]
    if unmeasured := [clip.name for clip in chosen if not clip.measured]:
        raise UserError(
            f"{', '.join(unmeasured)} cannot be deleted yet.",
            "Without its video a clip that was not measured can never be.",
            "Measure it first, or remove the clip altogether.",
        )
    with ws.transaction() as t:
        t.executemany("UPDATE clips SET file = '' WHERE id = ?", [(clip.id,) for clip in chosen])
    for clip in chosen:
        if clip.path:
            _unlink(clip.path)


def save_measurement(ws: Workspace, clip_id: str, measurement: Measurement) -> None:
    """Keep what was measured in a clip; of a clip without a usable face only the verdict and its reason.

    Where the clip's emotion is not the one it was measured for, the peak is found again for the clip's.
    """
    from core.faces.au_tables import peak_row

    clip = get_clip(ws, clip_id)
    measurement = measurement_file.for_emotion(measurement, clip.emotion)
    quality = measurement.quality
    usable = quality.usable and measurement.peak_frame is not None
    path = ws.measurements_dir / f"{clip_id}.npz"
    if usable:
        atomic_write(path, measurement_file.arrays_of(measurement))
    with ws.transaction() as t:
        t.execute(
            "UPDATE clips SET measured = ?, note = ?, verdict = ?, reason = ?, peak_frame = ?, n_frames = ?, "
            "measurement = ?, peak_row = ? WHERE id = ?",
            (
                time.time(),
                _note(clip, quality.frames_read),
                quality.verdict,
                quality.reason,
                measurement.peak_frame if usable else None,
                quality.frames_read,
                json.dumps(measurement_file.description_of(measurement), default=float),
                json.dumps(peak_row(measurement), default=float) if usable else None,
                clip_id,
            ),
        )
    if not usable:
        _unlink(path)


def save_unusable(ws: Workspace, clip_id: str, reason: str) -> None:
    """Keep that a clip could not be measured at all, and why."""
    with ws.transaction() as t:
        t.execute(f"UPDATE clips SET {_NOT_MEASURED} WHERE id = ?", (clip_id,))
        t.execute(
            "UPDATE clips SET measured = ?, verdict = 'not usable', reason = ? WHERE id = ?",
            (time.time(), reason, clip_id),
        )
    _unlink(ws.measurements_dir / f"{clip_id}.npz")


def load_measurement(ws: Workspace, clip_id: str) -> Measurement:
    """The measurement of a usable clip; raises `UserError` where there is none."""
    clip = get_clip(ws, clip_id)
    path = ws.measurements_dir / f"{clip_id}.npz"
    if not clip.measured or clip.peak_frame is None or not path.is_file():
        raise UserError(
            f"{clip.name} has no action units.",
            clip.reason or "It was not measured yet.",
            "Choose a usable clip." if clip.measured else "Start the extraction on the page Clips.",
        )
    description = json.loads(ws.read("SELECT measurement FROM clips WHERE id = ?", (clip_id,))[0][0])
    return measurement_file.read(path, description, clip.peak_frame)


def rows_of(ws: Workspace, clip_ids: Sequence[str]) -> pd.DataFrame:
    """AU-table rows (`core.types.TABLE_KEYS` and `AU*`) of the usable clips among `clip_ids`, neutral clips left out.

    Of several clips of a person in one emotion one gives the row: without a warning before with one, then the newest.
    """
    import pandas as pd

    from core.types import ACTION_UNITS, TABLE_KEYS

    marks = ",".join("?" * len(clip_ids))
    found = ws.read(
        f"SELECT * FROM clips WHERE id IN ({marks}) AND removed IS NULL AND peak_row IS NOT NULL AND emotion <> ? "
        "ORDER BY verdict = 'usable' DESC, added DESC",
        (*clip_ids, NEUTRAL),
    )
    rows = [
        {
            "subject": row["subject"],
            "emotion": row["emotion"],
            "group": row["group"],
            "backend": json.loads(row["measurement"])["backend"],
            "simulated": False,
            **json.loads(row["peak_row"]),
        }
        for row in found
    ]
    table = pd.DataFrame(rows, columns=None if rows else [*TABLE_KEYS, *ACTION_UNITS])
    table = table.drop_duplicates(["subject", "emotion"]) if rows else table
    return table.sort_values(["subject", "emotion"], ignore_index=True)


_NOT_MEASURED = (
    "measured = NULL, verdict = '', reason = '', "
    "peak_frame = NULL, n_frames = NULL, measurement = NULL, peak_row = NULL"
)


def _against_neutral_clip(ws: Workspace, clip: Clip) -> bool:
    about = ws.read("SELECT measurement FROM clips WHERE id = ?", (clip.id,))[0][0]
    return about is not None and json.loads(about)["neutral"] is None


def _note(clip: Clip, n_read: int) -> str:
    """The note of a clip, which says so where it was cut short; some containers only estimate their frames."""
    n_claimed = clip.info.get("n_frames_claimed", 0)
    cut = f"Cut short: {n_read} of {n_claimed} frames could be read and were used."
    return clip.note if n_read >= 0.9 * n_claimed or cut in clip.note else f"{clip.note} {cut}".lstrip()


def _clip(ws: Workspace, row: sqlite3.Row) -> Clip:
    values = {field.name: row[field.name] for field in fields(Clip) if field.name != "path"}
    values["info"] = json.loads(row["info"])
    values["measured"] = row["measured"] is not None
    return Clip(path=ws.clips_dir / row["file"] if row["file"] else None, **values)


def _unlink(path: Path) -> None:
    with suppress(FileNotFoundError):
        path.unlink()
