"""Long work as rows of one table: submitted by any page, done by worker processes, seen by everyone."""

from __future__ import annotations

import hashlib
import json
import secrets
import sqlite3
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, is_dataclass
from pathlib import Path
from typing import Any

from core import time_left
from core.errors import UserError
from core.workspace import tasks
from core.workspace.staff import look_after
from core.workspace.store import Workspace

QUEUED, RUNNING, DONE = "queued", "running", "done"
FAILED, CANCELLED, INTERRUPTED = "failed", "cancelled", "interrupted"
ACTIVE = (QUEUED, RUNNING)


@dataclass(frozen=True)
class Job:
    """One piece of long work as it stood when it was read. Times are seconds since 1970, None where not reached.

    kind: what is done; settings: with what. done of total steps. result: what the task gave back, once done.
    error: what, why and remedy in one text, empty without one. inputs, versions: hashes of what went in, and the
    programs that made the result. run_dir: the folder of its bigger results. attempt: 1, and one more for every retry.
    """

    id: str
    kind: str
    title: str
    settings: dict[str, Any]
    state: str
    done: float
    total: float
    message: str
    queued: float
    started: float | None
    finished: float | None
    heartbeat: float | None
    result: dict[str, Any] | None
    error: str
    inputs: dict[str, str]
    versions: dict[str, str]
    attempt: int
    run_dir: Path
    progress_from: float | None
    progress_since: float | None


def submit(
    ws: Workspace,
    kind: str,
    settings: Mapping[str, Any],
    title: str = "",
    task: Callable[..., dict[str, Any]] | None = None,
) -> Job:
    """Queue a job and see to it that a worker runs; while the same one is queued or running, that one is given back.

    settings: anything JSON can hold, dataclasses included. task: a module-level function to run instead of the one
    that `tasks.TASKS` has for `kind`; the worker imports it by its name.
    """
    function = task or tasks.TASKS[kind]
    plain, inputs, key = _identity(ws, kind, settings)
    with ws.transaction() as t:
        row = _same_active(t, key)
        job_id = row["id"] if row else secrets.token_hex(8)
        if row is None:
            t.execute(
                "INSERT INTO jobs (id, key, kind, task, title, settings, inputs, state, queued) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, 'queued', ?)",
                (
                    job_id,
                    key,
                    kind,
                    f"{function.__module__}:{function.__qualname__}",
                    title,
                    json.dumps(plain),
                    json.dumps(inputs),
                    time.time(),
                ),
            )
    return get(ws, job_id)


def get(ws: Workspace, job_id: str) -> Job:
    """One job as it stands; raises `UserError` where there is none."""
    look_after(ws)
    rows = ws.read("SELECT * FROM jobs WHERE id = ?", (job_id,))
    if not rows:
        raise UserError("This run is not here.", "It was deleted, or it never was.", "Look at the page Runs.")
    return _job(ws, rows[0])


def recent(ws: Workspace, limit: int = 50) -> list[Job]:
    """The latest jobs, newest first."""
    look_after(ws)
    return [_job(ws, row) for row in ws.read("SELECT * FROM jobs ORDER BY queued DESC LIMIT ?", (limit,))]


def active(ws: Workspace) -> list[Job]:
    """Jobs that run or wait, in the order in which they are worked on."""
    look_after(ws)
    rows = ws.read("SELECT * FROM jobs WHERE state IN ('queued', 'running') ORDER BY state = 'queued', queued")
    return [_job(ws, row) for row in rows]


def latest_done(ws: Workspace, kind: str, settings: Mapping[str, Any]) -> Job | None:
    """The newest finished job of this kind, with these settings, on the inputs as they are now."""
    key = _identity(ws, kind, settings)[2]
    rows = ws.read("SELECT * FROM jobs WHERE key = ? AND state = 'done' ORDER BY finished DESC LIMIT 1", (key,))
    return _job(ws, rows[0]) if rows else None


def cancel(ws: Workspace, job_id: str) -> Job:
    """Stop a job: a waiting one at once, a running one at its next safe point, by force 10 s later."""
    now = time.time()
    with ws.transaction() as t:
        t.execute(
            "UPDATE jobs SET state = 'cancelled', finished = ? WHERE id = ? AND state = 'queued'",
            (now, job_id),
        )
        t.execute(
            "UPDATE jobs SET cancel_asked = COALESCE(cancel_asked, ?), message = 'Stopping' "
            "WHERE id = ? AND state = 'running'",
            (now, job_id),
        )
    return get(ws, job_id)


def retry(ws: Workspace, job_id: str) -> Job:
    """Queue a failed, cancelled or interrupted job again; it goes on in its run folder from what it had finished.

    Where the same work is queued or running already, that job is given back.
    """
    old = get(ws, job_id)
    if old.state not in (FAILED, CANCELLED, INTERRUPTED):
        return old
    _, inputs, key = _identity(ws, old.kind, old.settings)
    with ws.transaction() as t:
        row = _same_active(t, key)
        if row is None:
            t.execute(
                "UPDATE jobs SET state = 'queued', queued = ?, key = ?, inputs = ?, started = NULL, finished = NULL, "
                "heartbeat = NULL, worker = NULL, cancel_asked = NULL, error = NULL, result = NULL, message = '' "
                "WHERE id = ? AND state IN ('failed', 'cancelled', 'interrupted')",
                (time.time(), key, json.dumps(inputs), job_id),
            )
    return get(ws, row["id"] if row else job_id)


def log(ws: Workspace, job_id: str, limit: int = 200) -> list[str]:
    """The last lines of a job's log, oldest first, each with its time of day."""
    rows = ws.read("SELECT at, line FROM job_log WHERE job_id = ? ORDER BY id DESC LIMIT ?", (job_id, limit))
    return [f"{time.strftime('%H:%M:%S', time.localtime(row['at']))}  {row['line']}" for row in reversed(rows)]


def seconds_left(job: Job) -> float | None:
    """Time left at the pace of this attempt so far; None until that can be told."""
    if job.state != RUNNING or job.progress_since is None or job.progress_from is None:
        return None
    gained, elapsed_s = job.done - job.progress_from, time.time() - job.progress_since
    return time_left.seconds_left(job.done, job.total, gained, elapsed_s)


def _identity(ws: Workspace, kind: str, settings: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str], str]:
    """Settings as plain JSON, hashes of the inputs, and the key that is the same for the same work."""
    plain = json.loads(json.dumps(dict(settings), default=_plain, allow_nan=False))
    inputs = tasks.input_hashes(ws, kind, plain)
    text = json.dumps([kind, plain, inputs], sort_keys=True)
    return plain, inputs, hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    raise TypeError(f"{value!r} cannot be a setting of a job")


def _same_active(t: sqlite3.Connection, key: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = t.execute(
        "SELECT id FROM jobs WHERE key = ? AND state IN ('queued', 'running')", (key,)
    ).fetchone()
    return row


def _job(ws: Workspace, row: sqlite3.Row) -> Job:
    return Job(
        id=row["id"],
        kind=row["kind"],
        title=row["title"],
        settings=json.loads(row["settings"]),
        state=row["state"],
        done=row["done"],
        total=row["total"],
        message=row["message"],
        queued=row["queued"],
        started=row["started"],
        finished=row["finished"],
        heartbeat=row["heartbeat"],
        result=json.loads(row["result"]) if row["result"] else None,
        error=" ".join(json.loads(row["error"])) if row["error"] else "",
        inputs=json.loads(row["inputs"]),
        versions=json.loads(row["versions"]),
        attempt=row["attempt"],
        run_dir=ws.runs_dir / row["id"],
        progress_from=row["progress_from"],
        progress_since=row["progress_since"],
    )
