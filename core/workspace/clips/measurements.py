"""What was measured in clips: kept, read, and given as rows of an AU table.

The curves are a file under a name of their own for every measurement, and the row that names it is changed in one
transaction: a reader, or a crash, finds the old measurement or the new one.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from core.errors import UserError
from core.faces import expression
from core.types import ACTION_UNITS, TABLE_KEYS, Measurement
from core.workspace import file_journal, measurement_file
from core.workspace.clips.records import CLIPS_HERE, NEUTRAL, Clip, clip_of, row_here
from core.workspace.files import atomic_write
from core.workspace.store import Workspace

if TYPE_CHECKING:
    import pandas as pd


def save_measurement(ws: Workspace, clip_id: str, measurement: Measurement, neutral_clip: str | None = None) -> Clip:
    """Keep what was measured in a clip; of a clip without a usable face only the verdict and its reason.

    neutral_clip: the id of the neutral clip that served as reference, None where none did. Where the clip's emotion is
    not the one it was measured for, the peak is found again for the clip's. Raises `UserError`, and keeps nothing,
    where the clip was removed meanwhile.
    """
    usable = measurement.quality.usable and measurement.peak_frame is not None
    path = ws.measurements_dir / f"{clip_id}.{secrets.token_hex(4)}.npz"
    with file_journal.adding(ws, path):
        if usable:
            atomic_write(path, measurement_file.arrays_of(measurement))
        with ws.transaction() as t:
            old = row_here(ws, clip_id)
            _forget(ws, t, old)
            t.execute(
                "UPDATE clips SET measured = ?, note = ?, verdict = ?, reason = ?, n_frames = ?, measurement = ?, "
                "neutral_clip = ?, curves = ? WHERE id = ?",
                (
                    time.time(),
                    _note(clip_of(ws, old), measurement.quality.frames_read),
                    measurement.quality.verdict,
                    measurement.quality.reason,
                    measurement.quality.frames_read,
                    json.dumps(measurement_file.description_of(measurement), default=float),
                    neutral_clip,
                    path.name if usable else None,
                    clip_id,
                ),
            )
            _keep_peak(t, clip_id, measurement_file.for_emotion(measurement, old["emotion"]) if usable else None)
            file_journal.entered(t, ws, path)
            kept = clip_of(ws, row_here(ws, clip_id))
    file_journal.clear(ws)
    return kept


def save_unusable(ws: Workspace, clip_id: str, reason: str) -> Clip:
    """Keep that a clip could not be measured at all, and why.

    A measurement that holds stays, because the content of a clip never changes and only its file can be at fault; so
    does everything once the video was deleted. Raises `UserError` where the clip was removed meanwhile.
    """
    with ws.transaction() as t:
        old = row_here(ws, clip_id)
        if old["file"] and not (old["holds"] and old["curves"]):
            _forget(ws, t, old)
            t.execute(
                "UPDATE clips SET measured = ?, verdict = 'not usable', reason = ? WHERE id = ?",
                (time.time(), reason, clip_id),
            )
        kept = clip_of(ws, row_here(ws, clip_id))
    file_journal.clear(ws)
    return kept


def load_measurement(ws: Workspace, clip_id: str) -> Measurement:
    """The measurement of a usable clip; raises `UserError` where there is none."""
    row = row_here(ws, clip_id)
    try:
        if row["holds"] and row["curves"]:
            return _read(ws, row)
    except FileNotFoundError:
        if row_here(ws, clip_id)["curves"] != row["curves"]:  # measured anew between row and file
            return load_measurement(ws, clip_id)
    raise _without_curves(clip_of(ws, row))


def find_peak_again(ws: Workspace, t: sqlite3.Connection, clip_id: str) -> None:
    """In the transaction `t`, let the peak of a clip, if it has one, follow the emotion that it has by now."""
    row = row_here(ws, clip_id)
    if not row["curves"]:
        return
    try:
        measurement = _read(ws, row)
    except FileNotFoundError:
        raise _without_curves(clip_of(ws, row)) from None
    _keep_peak(t, clip_id, replace(measurement, peak_frame=expression.peak(measurement.strength)))


def rows_of(ws: Workspace, clip_ids: Sequence[str]) -> pd.DataFrame:
    """AU-table rows (`core.types.TABLE_KEYS` and `AU*`) of the usable clips among `clip_ids`, neutral clips left out.

    Of several clips of a person in one emotion one gives the row: without a warning before with one, then the newest.
    """
    import pandas as pd

    marks = ",".join("?" * len(clip_ids))
    found = ws.read(
        f"SELECT * FROM {CLIPS_HERE} WHERE id IN ({marks}) AND holds AND peak_row IS NOT NULL AND emotion <> ? "
        "ORDER BY verdict = 'usable' DESC, added DESC",
        (*clip_ids, NEUTRAL),
    )
    rows = [
        {
            "subject": row["subject"],
            "emotion": row["emotion"],
            "group": row["group"],
            "backend": json.loads(row["measurement"])["backend"],
            "simulated": bool(row["simulated"]),
            **json.loads(row["peak_row"]),
        }
        for row in found
    ]
    table = pd.DataFrame(rows, columns=None if rows else [*TABLE_KEYS, *ACTION_UNITS])
    table = table.drop_duplicates(["subject", "emotion"]) if rows else table
    return table.sort_values(["subject", "emotion"], ignore_index=True)


def _read(ws: Workspace, row: sqlite3.Row) -> Measurement:
    """The measurement in a row, for the emotion of the clip; raises `FileNotFoundError` where its curves are lost."""
    return measurement_file.read(
        ws.measurements_dir / row["curves"], json.loads(row["measurement"]), row["emotion"], row["peak_frame"]
    )


def _keep_peak(t: sqlite3.Connection, clip_id: str, measurement: Measurement | None) -> None:
    from core.faces.au_tables import peak_row

    peak = json.dumps(peak_row(measurement), default=float) if measurement else None
    t.execute(
        "UPDATE clips SET peak_frame = ?, peak_row = ? WHERE id = ?",
        (measurement.peak_frame if measurement else None, peak, clip_id),
    )


def _forget(ws: Workspace, t: sqlite3.Connection, row: sqlite3.Row) -> None:
    t.execute(
        "UPDATE clips SET measured = NULL, verdict = '', reason = '', peak_frame = NULL, n_frames = NULL, "
        "measurement = NULL, peak_row = NULL, neutral_clip = NULL, curves = NULL WHERE id = ?",
        (row["id"],),
    )
    if row["curves"]:
        file_journal.to_delete(t, ws, [ws.measurements_dir / row["curves"]])


def _without_curves(clip: Clip) -> UserError:
    return UserError(
        f"{clip.name} has no action units.",
        clip.reason or ("The file of its curves is missing." if clip.measured else "It was not measured yet."),
        "Choose a usable clip." if clip.measured else "Start the extraction on the page Clips.",
    )


def _note(clip: Clip, n_read: int) -> str:
    """The note of a clip, which says so where it was cut short; some containers only estimate their frames."""
    n_claimed = clip.info.get("n_frames_claimed", 0)
    cut = f"Cut short: {n_read} of {n_claimed} frames could be read and were used."
    return clip.note if n_read >= 0.9 * n_claimed or cut in clip.note else f"{clip.note} {cut}".lstrip()
