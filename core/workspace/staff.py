"""Whether workers live and are enough.

A worker shows that it lives by its heartbeat, never by its process id, which the system may have given to another
program by now. Whoever reads the job table calls `look_after`, so that no watchman has to run.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

from core.errors import UserError
from core.workspace.store import Workspace

HEARTBEAT_S = 0.5
STALE_S = 4.0
"""A heartbeat older than this means that the worker is gone; with one look a second that shows within 5 s."""

ROOT = Path(__file__).resolve().parents[2]

WORKER_GONE = (
    "The worker stopped before the work was finished.",
    "It was ended from outside, or the computer slept or was switched off.",
    "Press Retry: it goes on from what was finished.",
)


def max_workers() -> int:
    """One worker for every two cores, so that the pages stay live."""
    return max(1, (os.cpu_count() or 2) // 2)


def look_after(ws: Workspace) -> None:
    """Mark running jobs without a heartbeat as interrupted, and start a worker where jobs wait for one."""
    oldest = time.time() - STALE_S
    waiting, stale = ws.read(
        "SELECT COUNT(*) FILTER (WHERE state = 'queued'), COUNT(*) FILTER (WHERE state = 'running' AND heartbeat < ?) "
        "FROM jobs WHERE state IN ('queued', 'running')",
        (oldest,),
    )[0]
    with suppress(UserError):  # on a full disk the table can still be read
        if stale:
            _reap(ws, oldest)
        if waiting:
            _hire(ws, oldest)


def _reap(ws: Workspace, oldest: float) -> None:
    with ws.transaction() as t:
        t.execute(
            "UPDATE jobs SET state = 'interrupted', finished = heartbeat, error = ? "
            "WHERE state = 'running' AND heartbeat < ?",
            (json.dumps(WORKER_GONE), oldest),
        )


def _hire(ws: Workspace, oldest: float) -> None:
    """Start one worker if more jobs wait than workers are free, and not more than `max_workers` in all."""
    worker = secrets.token_hex(8)
    with ws.transaction() as t:
        t.execute("DELETE FROM workers WHERE heartbeat < ?", (oldest,))
        alive = t.execute("SELECT COUNT(*) FROM workers").fetchone()[0]
        waiting = t.execute("SELECT COUNT(*) FROM jobs WHERE state = 'queued'").fetchone()[0]
        busy = t.execute("SELECT COUNT(*) FROM jobs WHERE state = 'running'").fetchone()[0]
        if alive >= max_workers() or waiting <= alive - busy:
            return
        t.execute("INSERT INTO workers (id, heartbeat) VALUES (?, ?)", (worker, time.time()))
    process = subprocess.Popen(
        [sys.executable, "-m", "core.workspace.worker", str(ws.home), worker],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # survives the server and its terminal
    )
    # Waits for the end of the worker, which otherwise would stay in the process list as a zombie.
    threading.Thread(target=process.wait, daemon=True).start()
