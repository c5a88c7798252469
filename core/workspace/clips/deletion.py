"""Clips and videos that go: off the lists first, then for good, and with them the image sets of faces cut from them."""

from __future__ import annotations

import time
from collections.abc import Sequence

from core.errors import UserError
from core.workspace import file_journal, image_sets
from core.workspace.clips import history
from core.workspace.clips.records import clip_of, row_here
from core.workspace.store import Workspace


def remove_clips(ws: Workspace, ids: Sequence[str]) -> None:
    """Take clips off every list; `restore_clips` brings them back, `erase_removed` makes it final."""
    with ws.transaction() as t:
        t.executemany("UPDATE clips SET removed = ? WHERE id = ?", [(time.time(), clip_id) for clip_id in ids])


def restore_clips(ws: Workspace, ids: Sequence[str]) -> None:
    """Undo `remove_clips`."""
    with ws.transaction() as t:
        t.executemany("UPDATE clips SET removed = NULL WHERE id = ?", [(clip_id,) for clip_id in ids])


def erase_removed(ws: Workspace) -> int:
    """Delete removed clips for good, with their videos, measurements and the sets of their faces; how many clips."""
    with ws.transaction() as t:
        rows = t.execute("DELETE FROM clips WHERE removed IS NOT NULL RETURNING *").fetchall()
        file_journal.to_delete(t, ws, [ws.measurements_dir / name for row in rows for name in history.files_of(row)])
        file_journal.to_delete(t, ws, [ws.clips_dir / row["file"] for row in rows if row["file"]])
        image_sets.delete_made_from(t, ws, [row["id"] for row in rows])
    file_journal.clear(ws)
    return len(rows)


def delete_video(ws: Workspace, ids: Sequence[str]) -> None:
    """Delete the videos of measured clips, and their landmarks and sets of face crops, which are faces too.

    Labels and action units stay.
    Raises `UserError` for an unmeasured clip.
    """
    with ws.transaction() as t:
        rows = [row_here(ws, clip_id) for clip_id in ids]
        chosen = [clip_of(ws, row) for row in rows]
        if unmeasured := [clip.name for clip in chosen if not clip.measured]:
            raise UserError(
                f"{', '.join(unmeasured)} cannot be deleted yet.",
                "Without its video a clip that was not measured can never be.",
                "Measure it first, or remove the clip altogether.",
            )
        t.executemany("UPDATE clips SET file = '', mesh = NULL WHERE id = ?", [(clip.id,) for clip in chosen])
        file_journal.to_delete(t, ws, [clip.path for clip in chosen if clip.path])
        file_journal.to_delete(t, ws, [ws.measurements_dir / row["mesh"] for row in rows if row["mesh"]])
        image_sets.delete_made_from(t, ws, ids)
    file_journal.clear(ws)
