"""How much a workspace holds, and how all of it is deleted."""

from __future__ import annotations

from pathlib import Path

from core.errors import UserError
from core.workspace import file_journal
from core.workspace.store import Workspace

_TABLES = ("job_log", "jobs", "cohort_tables", "cohorts", "clips", "image_sets", "preferences")


def sizes(ws: Workspace) -> dict[str, int]:
    """Bytes on disk by what they are."""
    return {
        "Clips": _bytes(ws.clips_dir),
        "Measurements": _bytes(ws.measurements_dir),
        "AU tables": _bytes(ws.tables_dir),
        "Image sets": _bytes(ws.image_sets_dir),
        "Runs": _bytes(ws.runs_dir),
        "Models": _bytes(ws.models_dir),
        "Database and logs": sum(p.stat().st_size for p in ws.home.glob("*") if p.is_file()) + _bytes(ws.logs_dir),
    }


def erase_everything(ws: Workspace) -> None:
    """Delete every clip, measurement, table, cohort, image set, run, model, preference and older database, for good.

    Raises `UserError` while a job runs: its worker would write into folders that are being emptied.
    """
    with ws.transaction() as t:
        if t.execute("SELECT 1 FROM jobs WHERE state IN ('queued', 'running')").fetchone():
            raise UserError(
                "A job is still running.",
                "It would go on writing while its data is deleted.",
                "Cancel it on the page Runs, or wait until it is done.",
            )
        for table in _TABLES:
            t.execute(f"DELETE FROM {table}")
        for folder in (*ws.named_by_rows, ws.runs_dir, ws.models_dir, ws.logs_dir):
            file_journal.to_delete(t, ws, folder.iterdir())
        copies = [copy for copy in ws.home.glob("*.sqlite*") if not copy.name.startswith(ws.database.name)]
        file_journal.to_delete(t, ws, copies)
    file_journal.clear(ws)
    # Deleted rows stay readable in the file until it is rewritten, and in its write-ahead log until that is emptied.
    ws.read("VACUUM")
    ws.read("PRAGMA wal_checkpoint(TRUNCATE)")


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
