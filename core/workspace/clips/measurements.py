"""What was measured in clips: kept and read.

The curves are a file under a name of their own for every measurement, and the row that names it is changed in one
transaction: a reader, or a crash, finds the old measurement or the new one.
"""

from __future__ import annotations

import json
import secrets
import shutil
import sqlite3
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import UserError
from core.files import atomic_path, atomic_write
from core.types import Measurement
from core.workspace import file_journal, measurement_file
from core.workspace.clips import history
from core.workspace.clips.history import Correction
from core.workspace.clips.records import Clip, clip_of, row_here
from core.workspace.store import Workspace

if TYPE_CHECKING:
    import numpy as np


def save_measurement(
    ws: Workspace,
    clip_id: str,
    measurement: Measurement,
    neutral_clip: str | None = None,
    mesh_file: Path | None = None,
) -> Clip:
    """Keep what was measured in a clip; of a clip without a usable face only the verdict and its reason.

    neutral_clip: the id of the neutral clip that served as reference, None where none did. mesh_file: the landmarks for
    drawing, where they were kept; the file is moved away. Where the clip's emotion is not the one it was measured for,
    the peak is found again for the clip's. Corrections by hand are made again in what was measured now, the last of
    each, where their frames still show a face. Raises `UserError`, and keeps nothing, where the clip was removed
    meanwhile.
    """
    usable = measurement.quality.usable and measurement.peak_frame is not None
    path, corrected, mesh = new_curves(ws, clip_id), new_curves(ws, clip_id), _new(ws, clip_id, "npy")
    with file_journal.adding(ws, path), file_journal.adding(ws, corrected), file_journal.adding(ws, mesh):
        has_mesh = usable and mesh_file is not None and mesh_file.is_file()
        if has_mesh:
            with atomic_path(mesh) as part:
                shutil.move(str(mesh_file), part)
        with ws.transaction() as t:
            old = row_here(ws, clip_id)
            _forget(ws, t, old)
            t.execute(
                "UPDATE clips SET measured = ?, note = ?, n_frames = ? WHERE id = ?",
                (
                    time.time(),
                    _note(clip_of(ws, old), measurement.quality.frames_read),
                    measurement.quality.frames_read,
                    clip_id,
                ),
            )
            write_curves(ws, t, clip_id, path if usable else None, measurement, neutral_clip)
            if usable:
                _correct_again(ws, t, clip_id, history.of(old), corrected)
                find_peak_again(ws, t, clip_id)
            # A mesh is a face: where the video was deleted while it was measured, it goes as well.
            if has_mesh and old["file"]:
                t.execute("UPDATE clips SET mesh = ? WHERE id = ?", (mesh.name, clip_id))
            elif has_mesh:
                file_journal.to_delete(t, ws, [mesh])
            for added in (path, corrected, *([] if has_mesh and not old["file"] else [mesh])):
                file_journal.entered(t, ws, added)
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
    """The measurement of a usable clip, as corrected by hand; raises `UserError` where there is none."""
    row = row_here(ws, clip_id)
    try:
        return read_row(ws, row)
    except UserError:
        if row_here(ws, clip_id)["curves"] != row["curves"]:  # measured anew between row and file
            return load_measurement(ws, clip_id)
        raise


def load_mesh(ws: Workspace, clip_id: str) -> np.ndarray | None:
    """(n, 478, 2) landmarks of the face measured in a clip, as `core.faces.mesh_file.load` gives them.

    None where none were kept: in measurements of before they were, and once the video was deleted.
    """
    from core.faces import mesh_file

    name = row_here(ws, clip_id)["mesh"]
    try:
        return mesh_file.load(ws.measurements_dir / name) if name else None
    except FileNotFoundError:
        return None


def read_row(ws: Workspace, row: sqlite3.Row) -> Measurement:
    """The measurement in a row of `CLIPS_HERE`; raises `UserError` where it has none that holds, or lost its curves."""
    if row["holds"] and row["curves"]:
        with suppress(FileNotFoundError):
            return _read(ws, row)
    raise _without_curves(clip_of(ws, row))


def find_peak_again(ws: Workspace, t: sqlite3.Connection, clip_id: str) -> None:
    """In the transaction `t`, let the peak of a clip, if it has one, follow its emotion, curves and corrections."""
    from core.faces.au_tables import peak_row
    from core.faces.measurement import with_peak

    row = row_here(ws, clip_id)
    if not row["curves"]:
        return
    try:
        measurement = _read(ws, row)
    except FileNotFoundError:
        raise _without_curves(clip_of(ws, row)) from None
    by_hand = history.last_of(history.of(row), history.PEAK, row["emotion"])
    measurement = with_peak(measurement, row["emotion"], by_hand.first if by_hand else None)
    peak = json.dumps(peak_row(measurement), default=float)
    t.execute("UPDATE clips SET peak_frame = ?, peak_row = ? WHERE id = ?", (measurement.peak_frame, peak, clip_id))


def new_curves(ws: Workspace, clip_id: str) -> Path:
    """Where new curves of a clip can be written."""
    return _new(ws, clip_id, "npz")


def write_curves(
    ws: Workspace,
    t: sqlite3.Connection,
    clip_id: str,
    path: Path | None,
    measurement: Measurement,
    neutral_clip: str | None,
) -> None:
    """In the transaction `t`, let a clip have these curves, in the new file `path`; None: only the verdict."""
    if path:
        atomic_write(path, measurement_file.arrays_of(measurement))
        file_journal.entered(t, ws, path)
    description = json.dumps(measurement_file.description_of(measurement), default=float)
    t.execute(
        "UPDATE clips SET curves = ?, measurement = ?, neutral_clip = ?, verdict = ?, reason = ? WHERE id = ?",
        (
            path.name if path else None,
            description,
            neutral_clip,
            measurement.quality.verdict,
            measurement.quality.reason,
            clip_id,
        ),
    )


def _correct_again(ws: Workspace, t: sqlite3.Connection, clip_id: str, steps: list[Correction], path: Path) -> None:
    """In the transaction `t`, make the last of each of earlier corrections in the curves that a clip has by now."""
    from core.faces.measurement import correct

    row = row_here(ws, clip_id)
    made: list[Correction] = []
    neutral = history.last_of(steps, history.NEUTRAL_FRAMES, row["emotion"])
    for step in [step for step in steps if step.what == history.PEAK or step is neutral]:
        with suppress(UserError):
            if step.what == history.PEAK:
                correct(_read(ws, row), step.emotion, peak_frame=step.first)
            else:
                corrected = correct(_read(ws, row), row["emotion"], (step.first, step.last))
                step = replace(step, before={column: row[column] for column in history.BEFORE})
                write_curves(ws, t, clip_id, path, corrected, None)
            made.append(step)
    t.execute("UPDATE clips SET corrections = ? WHERE id = ?", (history.to_json(made), clip_id))


def _read(ws: Workspace, row: sqlite3.Row) -> Measurement:
    """The measurement in a row, for the emotion of the clip; raises `FileNotFoundError` where its curves are lost."""
    steps, emotion = history.of(row), row["emotion"]
    corrected = tuple(what for what in (history.NEUTRAL_FRAMES, history.PEAK) if history.last_of(steps, what, emotion))
    path, description = ws.measurements_dir / row["curves"], json.loads(row["measurement"])
    return measurement_file.read(path, description, emotion, row["peak_frame"], corrected)


def _forget(ws: Workspace, t: sqlite3.Connection, row: sqlite3.Row) -> None:
    t.execute(
        "UPDATE clips SET measured = NULL, verdict = '', reason = '', peak_frame = NULL, n_frames = NULL, "
        "measurement = NULL, peak_row = NULL, neutral_clip = NULL, curves = NULL, mesh = NULL, corrections = '[]' "
        "WHERE id = ?",
        (row["id"],),
    )
    file_journal.to_delete(t, ws, [ws.measurements_dir / name for name in history.files_of(row)])


def _new(ws: Workspace, clip_id: str, ending: str) -> Path:
    return ws.measurements_dir / f"{clip_id}.{secrets.token_hex(4)}.{ending}"


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
