"""How tests watch real workers: wait for a state, find their processes, end them."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from core.workspace import jobs
from core.workspace.jobs import ACTIVE, Job
from core.workspace.store import Workspace


def until(holds: Callable[[], object], within_s: float) -> float:
    """Wait until `holds()`; how long that took. Fails the test after `within_s`."""
    start = time.monotonic()
    while not holds():
        assert time.monotonic() - start < within_s, f"not within {within_s} s"
        time.sleep(0.02)
    return time.monotonic() - start


def ended(ws: Workspace, job: Job, within_s: float = 20.0) -> Job:
    """The job once it is neither queued nor running."""
    until(lambda: jobs.get(ws, job.id).state not in ACTIVE, within_s)
    return jobs.get(ws, job.id)


def reached(ws: Workspace, job: Job, done: float, within_s: float = 10.0) -> None:
    """Wait until the job reports that it has done so much."""
    until(lambda: jobs.get(ws, job.id).done >= done, within_s)


def worker_pids(ws: Workspace) -> list[int]:
    return [row["pid"] for row in ws.read("SELECT pid FROM workers WHERE pid IS NOT NULL")]


def children(pid: int) -> list[int]:
    """Processes that `pid` has started, in whichever thread, and that still run."""
    found: list[int] = []
    for thread in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(FileNotFoundError, ProcessLookupError):  # a thread may end meanwhile
            found += map(int, thread.read_text().split())
    return found


def runs(pid: int) -> bool:
    """Whether the process is there and is more than an entry that waits for its parent."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def kill_workers(ws: Workspace) -> None:
    """`kill -9` every worker of the workspace."""
    for pid in worker_pids(ws):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def end_workers(ws: Workspace) -> None:
    """Kill the workers that a test has left; their children end by themselves."""
    with ws.transaction() as t:
        t.execute("UPDATE jobs SET state = 'cancelled' WHERE state = 'queued'")
    kill_workers(ws)


def measuring(pid: int) -> list[int]:
    """Processes of a pool that `pid` has started, without the one in which Python keeps its books of them."""
    spawned = [child for child in children(pid) if runs(child)]
    return [child for child in spawned if b"--multiprocessing-fork" in Path(f"/proc/{child}/cmdline").read_bytes()]


def job_processes(ws: Workspace) -> list[int]:
    """The processes that do the jobs of the workspace now."""
    return [child for worker in worker_pids(ws) if runs(worker) for child in children(worker)]
