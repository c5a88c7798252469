"""Seconds until a job shows life, stops when cancelled, and is seen as interrupted, against the limits of 2, 2 and 5 s.

Real worker processes on a workspace of their own; the work is the extraction's own way of reporting and looking.
"""

from __future__ import annotations

import os
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from core.types import Progress, check_cancelled
from core.workspace import jobs
from core.workspace.store import Workspace

LIMITS_S = {"first progress": 2.0, "cancelled": 2.0, "interrupted": 5.0}
N_ROUNDS = 5


def steady_work(ws: Workspace, settings: dict[str, Any], progress: Progress, run_dir: Path) -> dict[str, Any]:
    """A minute of small steps."""
    for step in range(600):
        check_cancelled(progress)
        progress.report(step + 1, 600, "Working")
        time.sleep(0.1)
    return {}


def seconds_until(holds: Callable[[], bool]) -> float:
    start = time.perf_counter()
    while not holds():
        if time.perf_counter() - start > 60:
            raise TimeoutError("a job did not get there within 60 s")
        time.sleep(0.02)
    return time.perf_counter() - start


def one_round() -> dict[str, float]:
    """Each on a workspace of its own, where no worker waits yet: the slowest start there is."""
    from benchmarks.job_latency import steady_work  # under a name that a worker can import

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        return latencies(Workspace.open(Path(home)), steady_work)


def latencies(ws: Workspace, work: Callable[..., dict[str, Any]]) -> dict[str, float]:
    job = jobs.submit(ws, "extract", {"end": "cancel"}, task=work)
    shown = seconds_until(lambda: jobs.get(ws, job.id).done > 0)
    jobs.cancel(ws, job.id)
    cancelled = seconds_until(lambda: jobs.get(ws, job.id).state == "cancelled")
    job = jobs.submit(ws, "extract", {"end": "kill"}, task=work)
    seconds_until(lambda: jobs.get(ws, job.id).done > 0)
    for row in ws.read("SELECT pid FROM workers WHERE pid IS NOT NULL"):
        os.kill(row["pid"], signal.SIGKILL)
    interrupted = seconds_until(lambda: jobs.get(ws, job.id).state == "interrupted")
    return {"first progress": shown, "cancelled": cancelled, "interrupted": interrupted}


def main() -> int:
    rounds = [one_round() for _ in range(N_ROUNDS)]
    missed = 0
    for what, limit_s in LIMITS_S.items():
        median_s = statistics.median(found[what] for found in rounds)
        missed += median_s > limit_s
        print(f"job {what}: {median_s:.2f} s (median of {N_ROUNDS}): ratio to the limit {median_s / limit_s:.2f}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
