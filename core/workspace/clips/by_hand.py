"""Neutral and peak set by hand, and taken back.

A corrected neutral gives new curves, in a file of their own, and those from before stay until it is taken back, so
that an undo gives back exactly what was there. A corrected peak changes the row alone. Each is one transaction.
"""

from __future__ import annotations

import sqlite3

from core.errors import UserError
from core.workspace import file_journal
from core.workspace.clips import history, measurements
from core.workspace.clips.history import NEUTRAL_FRAMES, PEAK, Correction
from core.workspace.clips.records import Clip, clip_of, row_here
from core.workspace.store import Workspace


def correct_neutral(ws: Workspace, clip_id: str, first: int, last: int) -> Clip:
    """Measure every intensity of a clip from its face in the frames first to last (from 0, inclusive) instead.

    It holds without the neutral clip of the person from then on. Raises `UserError` for frames that are not there, show
    no face or cannot serve, and where the measurement is missing or of another version of the program.
    """
    from core.faces.measurement import correct

    path = measurements.new_curves(ws, clip_id)
    with file_journal.adding(ws, path), ws.transaction() as t:
        row = row_here(ws, clip_id)
        corrected = correct(measurements.read_row(ws, row), row["emotion"], (first, last))
        before = {column: row[column] for column in history.BEFORE}
        step = Correction(NEUTRAL_FRAMES, first, last, before=before)
        measurements.write_curves(ws, t, clip_id, path, corrected, neutral_clip=None)
        kept = _keep(ws, t, clip_id, [*history.of(row), step])
    return kept


def correct_peak(ws: Workspace, clip_id: str, frame: int) -> Clip:
    """Let `frame` (from 0) be the peak of a clip for as long as it has the emotion that it has now.

    Raises `UserError` for a frame that is not there or shows no face, and where the measurement is missing.
    """
    from core.faces.measurement import correct

    with ws.transaction() as t:
        row = row_here(ws, clip_id)
        correct(measurements.read_row(ws, row), row["emotion"], peak_frame=frame)
        return _keep(ws, t, clip_id, [*history.of(row), Correction(PEAK, frame, frame, row["emotion"])])


def undo_correction(ws: Workspace, clip_id: str) -> Clip:
    """Take back the last correction that counts. Raises `UserError` where there is none."""
    with ws.transaction() as t:
        row = row_here(ws, clip_id)
        steps = history.of(row)
        last = next((number for number in reversed(range(len(steps))) if steps[number].counts(row["emotion"])), None)
        if last is None:
            raise UserError(
                f"Nothing was corrected in {row['name']}.", "There is no step to take back.", "Go on without."
            )
        step = steps.pop(last)
        if step.before is not None:
            file_journal.to_delete(t, ws, [ws.measurements_dir / row["curves"]])
            columns = ", ".join(f"{column} = ?" for column in history.BEFORE)
            values = (*(step.before[column] for column in history.BEFORE), clip_id)
            t.execute(f"UPDATE clips SET {columns} WHERE id = ?", values)
        kept = _keep(ws, t, clip_id, steps)
    file_journal.clear(ws)
    return kept


def corrections(ws: Workspace, clip_id: str) -> tuple[Correction, ...]:
    """What counts in a clip by now, the newest last."""
    row = row_here(ws, clip_id)
    return tuple(step for step in history.of(row) if step.counts(row["emotion"]))


def _keep(ws: Workspace, t: sqlite3.Connection, clip_id: str, steps: list[Correction]) -> Clip:
    t.execute("UPDATE clips SET corrections = ? WHERE id = ?", (history.to_json(steps), clip_id))
    measurements.find_peak_again(ws, t, clip_id)
    return clip_of(ws, row_here(ws, clip_id))
