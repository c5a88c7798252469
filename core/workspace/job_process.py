"""The child process that does one job: `python -m core.workspace.job_process HOME JOB WORKER`.

It ends by itself when its worker is gone, gives way to the pages (nice), and leaves every job in a final state.
"""

from __future__ import annotations

import importlib
import json
import math
import os
import secrets
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.errors import Cancelled, UserError
from core.files import atomic_write
from core.time_left import Clock
from core.workspace.jobs import CANCELLED, FAILED, INTERRUPTED
from core.workspace.provenance import versions
from core.workspace.staff import WORKER_GONE
from core.workspace.store import Workspace
from core.workspace.worker import OUT_OF_MEMORY, end

WRITE_S = 0.25
LOOK_S = 0.2
NICENESS = 10


class JobProgress:
    """The `Progress` of a job: kept in its row, four times a second at most, with each new message in its log."""

    def __init__(self, ws: Workspace, job_id: str, worker: str) -> None:
        self._ws, self._job_id, self._worker = ws, job_id, worker
        self._lock = threading.Lock()
        self._latest: tuple[float, float, str] = (0.0, 0.0, "")
        self._lines: list[tuple[str, float, str]] = []
        self._written = self._looked = 0.0
        self._stop = False
        self._clock = Clock()

    def report(self, done: float, total: float, message: str = "") -> None:
        """Keep where the work stands."""
        with self._lock:
            if message and message != self._latest[2]:
                self._lines.append((self._job_id, time.time(), message))
            self._latest = (float(done), float(total), message or self._latest[2])
            self._clock.hear(done, total)
            if time.monotonic() - self._written >= WRITE_S:
                self._write()

    def flush(self) -> None:
        """Write what the throttle has held back."""
        with self._lock:
            self._write()

    def cancelled(self) -> bool:
        """Whether the job was asked to stop, or is not this process's any more."""
        with self._lock:
            if not self._stop and time.monotonic() - self._looked >= LOOK_S:
                self._looked = time.monotonic()
                rows = self._ws.read(
                    "SELECT 1 FROM jobs WHERE id = ? AND worker = ? AND state = 'running' AND cancel_asked IS NULL",
                    (self._job_id, self._worker),
                )
                self._stop = not rows
            return self._stop

    def _write(self) -> None:
        done, total, message = self._latest
        clock = self._clock.start or (None, None)
        with self._ws.transaction() as t:
            t.execute(
                "UPDATE jobs SET done = ?, total = ?, message = IIF(cancel_asked IS NULL, ?, message), "
                "progress_from = COALESCE(progress_from, ?), progress_since = COALESCE(progress_since, ?) "
                "WHERE id = ? AND worker = ? AND state = 'running'",
                (done, total, message, *clock, self._job_id, self._worker),
            )
            t.executemany("INSERT INTO job_log (job_id, at, line) VALUES (?, ?, ?)", self._lines)
        self._lines.clear()
        self._written = time.monotonic()


def main(home: Path, job_id: str, worker: str) -> None:
    """Do the job and close it: done, failed, cancelled or interrupted."""
    ws = Workspace.open(home)
    threading.Thread(target=_end_with_worker, args=(ws, job_id, worker), daemon=True).start()
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    job = ws.read("SELECT task, kind, settings, inputs FROM jobs WHERE id = ?", (job_id,))[0]
    progress = JobProgress(ws, job_id, worker)
    run_dir = ws.runs_dir / job_id
    try:
        result = plain(_function(job["task"])(ws, json.loads(job["settings"]), progress, run_dir))
        progress.flush()
        record = {key: json.loads(job[key]) for key in ("settings", "inputs")}
        record = {"kind": job["kind"], **record, "versions": versions(), "result": result}
        atomic_write(run_dir / "run.json", json.dumps(record, indent=1).encode())
        _succeed(ws, job_id, worker, record)
    except Cancelled:
        end(ws, worker, job_id, CANCELLED)
    except UserError as error:
        end(ws, worker, job_id, FAILED, (error.what, error.why, error.remedy))
    except MemoryError:
        end(ws, worker, job_id, INTERRUPTED, OUT_OF_MEMORY)
    except Exception:
        end(ws, worker, job_id, FAILED, _noted(ws))


def plain(value: Any) -> Any:
    """`value` as JSON can hold it: arrays as lists, numbers of numpy as Python's, NaN and infinity as None."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _function(entry: str) -> Callable[..., dict[str, Any]]:
    module, name = entry.split(":")
    function: Callable[..., dict[str, Any]] = getattr(importlib.import_module(module), name)
    return function


def _succeed(ws: Workspace, job_id: str, worker: str, record: dict[str, Any]) -> None:
    with ws.transaction() as t:
        t.execute(
            "UPDATE jobs SET state = 'done', finished = ?, done = total, message = 'Done', result = ?, versions = ? "
            "WHERE id = ? AND worker = ? AND state = 'running'",
            (time.time(), json.dumps(record["result"]), json.dumps(record["versions"]), job_id, worker),
        )


def _noted(ws: Workspace) -> tuple[str, str, str]:
    """Write the traceback to the log folder under a new id; the words for the page."""
    error_id = secrets.token_hex(4)
    atomic_write(ws.logs_dir / f"{error_id}.txt", traceback.format_exc().encode())
    return (
        "The work stopped on a fault of the program.",
        f"It is noted under {error_id} in the folder logs of the workspace.",
        "Press Retry; if it stops again at the same place, report that file.",
    )


def _end_with_worker(ws: Workspace, job_id: str, worker: str) -> None:
    while os.read(sys.stdin.fileno(), 1):
        pass
    end(ws, worker, job_id, INTERRUPTED, WORKER_GONE)
    if os.name == "posix":
        os.killpg(0, signal.SIGKILL)  # with all that this process has started
    os._exit(1)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
