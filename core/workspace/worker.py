"""The worker: a process of its own that takes jobs one by one and watches over the child process that does each.

`python -m core.workspace.worker HOME WORKER` takes jobs until none has come for a while. It imports nothing heavy, so
that it starts at once, and does no work itself, so that it can always show a heartbeat and kill a child that hangs.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from core.errors import UserError
from core.workspace.jobs import CANCELLED, FAILED, INTERRUPTED
from core.workspace.staff import HEARTBEAT_S, ROOT, STALE_S, max_workers
from core.workspace.store import Workspace

IDLE_S = 30.0
POLL_S = 0.1
FORCE_AFTER_S = 10.0

OUT_OF_MEMORY = (
    "The work was ended by the system, most likely because memory ran out.",
    "What was finished before is kept.",
    "Close other programs or choose fewer or shorter clips, then press Retry: it goes on from what was finished.",
)


class Worker:
    """One worker of a workspace, known to it by `name`."""

    def __init__(self, ws: Workspace, name: str) -> None:
        self.ws = ws
        self.name = name
        self._last_beat = 0.0

    def run(self) -> None:
        """Take jobs until none has come for `IDLE_S`; at once done where there are enough workers without this one."""
        if not self._join():
            return
        last_job = time.monotonic()
        while True:
            if job_id := claim(self.ws, self.name):
                self._supervise(job_id)
                last_job = time.monotonic()
            elif time.monotonic() - last_job > IDLE_S and self._leave():
                return
            else:
                self._beat("")
                time.sleep(POLL_S)

    def _join(self) -> bool:
        now = time.time()
        with self.ws.transaction() as t:
            others = t.execute(
                "SELECT COUNT(*) FROM workers WHERE id <> ? AND heartbeat >= ?", (self.name, now - STALE_S)
            ).fetchone()[0]
            if others >= max_workers():
                t.execute("DELETE FROM workers WHERE id = ?", (self.name,))
                return False
            t.execute("INSERT OR REPLACE INTO workers VALUES (?, ?, ?)", (self.name, os.getpid(), now))
        return True

    def _leave(self) -> bool:
        """Sign off, unless a job came at the last moment: whoever submits one sees this worker alive or not at all."""
        with self.ws.transaction() as t:
            if t.execute("SELECT 1 FROM jobs WHERE state = 'queued'").fetchone():
                return False
            t.execute("DELETE FROM workers WHERE id = ?", (self.name,))
        return True

    def _beat(self, job_id: str) -> bool:
        """Show that this worker and its job live; False once the job was taken from it."""
        if time.monotonic() - self._last_beat < HEARTBEAT_S:
            return True
        self._last_beat = time.monotonic()
        now = time.time()
        with suppress(UserError):  # a full disk may have room again at the next beat
            with self.ws.transaction() as t:
                t.execute("INSERT OR REPLACE INTO workers VALUES (?, ?, ?)", (self.name, os.getpid(), now))
                beaten = t.execute(
                    "UPDATE jobs SET heartbeat = ? WHERE id = ? AND worker = ? AND state = 'running'",
                    (now, job_id, self.name),
                ).rowcount
            return bool(beaten) or not job_id
        return True

    def _supervise(self, job_id: str) -> None:
        run_dir = self.ws.runs_dir / job_id
        run_dir.mkdir(exist_ok=True)
        with (run_dir / "stderr.txt").open("ab") as stderr:
            child = subprocess.Popen(
                [sys.executable, "-m", "core.workspace.job_process", str(self.ws.home), job_id, self.name],
                cwd=ROOT,
                stdin=subprocess.PIPE,  # never written to: its end tells the child that this process is gone
                stdout=subprocess.DEVNULL,
                stderr=stderr,
                start_new_session=True,
            )
        while child.poll() is None:
            time.sleep(POLL_S)
            if self._must_stop(job_id) or not (self._beat(job_id) or child.poll() is not None):
                _kill(child)
                end(self.ws, self.name, job_id, CANCELLED)
        assert child.stdin is not None
        child.stdin.close()
        if child.returncode == -signal.SIGKILL:
            end(self.ws, self.name, job_id, INTERRUPTED, OUT_OF_MEMORY)
        else:  # changes nothing where the child has closed its job itself
            end(self.ws, self.name, job_id, FAILED, _crashed(child.returncode, run_dir))

    def _must_stop(self, job_id: str) -> bool:
        asked = self.ws.read("SELECT cancel_asked FROM jobs WHERE id = ?", (job_id,))
        return bool(asked) and asked[0][0] is not None and time.time() - asked[0][0] > FORCE_AFTER_S


def claim(ws: Workspace, worker: str) -> str | None:
    """Take the job that has waited longest; its id, or None. Two claimers never get the same one."""
    if not ws.read("SELECT 1 FROM jobs WHERE state = 'queued' LIMIT 1"):
        return None
    now = time.time()
    with ws.transaction() as t:
        row = t.execute(
            "UPDATE jobs SET state = 'running', worker = ?, started = ?, heartbeat = ?, attempt = attempt + 1, "
            "message = 'Starting', progress_from = NULL, progress_since = NULL "
            "WHERE id = (SELECT id FROM jobs WHERE state = 'queued' ORDER BY queued LIMIT 1) RETURNING id",
            (worker, now, now),
        ).fetchone()
    return str(row["id"]) if row else None


def end(ws: Workspace, worker: str, job_id: str, state: str, words: tuple[str, str, str] | None = None) -> None:
    """Close a job without a result, with the words for what ended it; only where it still runs under this worker."""
    with ws.transaction() as t:
        t.execute(
            "UPDATE jobs SET state = ?, finished = ?, error = ? WHERE id = ? AND worker = ? AND state = 'running'",
            (state, time.time(), json.dumps(words) if words else None, job_id, worker),
        )


def _kill(child: subprocess.Popen[bytes]) -> None:
    """Kill the child with all that it has started."""
    with suppress(ProcessLookupError):
        if os.name == "posix":
            os.killpg(child.pid, signal.SIGKILL)
        else:
            child.kill()
    child.wait()


def _crashed(code: int, run_dir: Path) -> tuple[str, str, str]:
    return (
        "The work stopped on a fault of the program.",
        f"Its process ended with code {code}; what it said last is in {run_dir.name}/stderr.txt in the folder runs.",
        "Press Retry; if it stops again at the same place, report that file.",
    )


if __name__ == "__main__":
    Worker(Workspace.open(Path(sys.argv[1])), sys.argv[2]).run()
