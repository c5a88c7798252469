"""Processes that are really killed: nothing finished is lost, nothing runs twice, and everyone is told."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from core.workspace import jobs, staff
from core.workspace.jobs import Job
from core.workspace.store import Workspace
from tests.unit.workspace import job_kinds
from tests.watching import children, ended, reached, runs, until, worker_pids


def counting(ws: Workspace, n: int = 400) -> Job:
    return jobs.submit(ws, "count", {"n": n, "step_s": 0.05}, task=job_kinds.count)


def test_a_killed_child_is_an_interrupted_job_that_can_go_on(ws: Workspace) -> None:
    job = counting(ws, n=60)
    reached(ws, job, 5)
    os.kill(children(worker_pids(ws)[0])[0], signal.SIGKILL)
    assert until(lambda: jobs.get(ws, job.id).state == "interrupted", 5) < 5
    assert "memory" in jobs.get(ws, job.id).error
    jobs.retry(ws, job.id)
    done = ended(ws, job)
    assert done.result is not None
    assert done.result["first"] >= 5


def test_a_killed_worker_takes_its_child_along_and_the_job_is_interrupted(ws: Workspace) -> None:
    job = counting(ws)
    reached(ws, job, 3)
    (worker,) = worker_pids(ws)
    (child,) = children(worker)
    os.kill(worker, signal.SIGKILL)
    assert until(lambda: jobs.get(ws, job.id).state == "interrupted", 5) < 5
    until(lambda: not runs(child), 2)
    assert "Retry" in jobs.get(ws, job.id).error


@pytest.mark.parametrize("look", ["get", "recent", "active"])
def test_when_worker_and_child_are_killed_together_whoever_looks_sees_it_within_five_seconds(
    ws: Workspace, look: str
) -> None:
    job = counting(ws)
    reached(ws, job, 3)
    (worker,) = worker_pids(ws)
    (child,) = children(worker)
    os.kill(child, signal.SIGSTOP)  # so that it cannot tell on its way out
    os.kill(worker, signal.SIGKILL)
    os.kill(child, signal.SIGKILL)
    states = {
        "get": lambda: jobs.get(ws, job.id).state,
        "recent": lambda: jobs.recent(ws)[0].state,
        "active": lambda: "running" if jobs.active(ws) else "interrupted",
    }
    took = until(lambda: states[look]() == "interrupted", 5.5)
    assert 2.5 < took < 5.0


def test_a_worker_that_was_frozen_does_not_disturb_the_retry(ws: Workspace) -> None:
    job = counting(ws, n=100)
    reached(ws, job, 3)
    (frozen,) = worker_pids(ws)
    (child,) = children(frozen)
    os.kill(frozen, signal.SIGSTOP)
    os.kill(child, signal.SIGSTOP)
    until(lambda: jobs.get(ws, job.id).state == "interrupted", 6)
    jobs.retry(ws, job.id)
    until(lambda: jobs.get(ws, job.id).state == "running", 5)
    os.kill(frozen, signal.SIGCONT)
    os.kill(child, signal.SIGCONT)
    until(lambda: not runs(child), 3)
    done = ended(ws, job)
    assert (done.state, done.attempt) == ("done", 2)
    os.kill(frozen, signal.SIGKILL)


def test_a_killed_server_does_not_stop_the_job(ws: Workspace) -> None:
    code = (
        "import os, signal, sys; from pathlib import Path; from core.workspace import jobs;"
        "from core.workspace.store import Workspace; from tests.unit.workspace import job_kinds;"
        "jobs.submit(Workspace.open(Path(sys.argv[1])), 'count', {'n': 40, 'step_s': .05}, task=job_kinds.count);"
        "os.killpg(0, signal.SIGKILL)"
    )
    server = subprocess.run(
        [sys.executable, "-c", code, str(ws.home)], cwd=staff.ROOT, start_new_session=True, check=False
    )
    assert server.returncode == -signal.SIGKILL
    # Read past the functions of `jobs`, which would start a worker if the first had gone with the server.
    until(lambda: ws.read("SELECT state FROM jobs")[0][0] == "done", 10)
    assert ws.read("SELECT attempt FROM jobs")[0][0] == 1


def test_concurrent_claimers_take_each_job_once(ws: Workspace, tmp_path: Path) -> None:
    now = time.time()
    with ws.transaction() as t:
        t.executemany(
            "INSERT INTO jobs (id, key, kind, task, title, settings, inputs, state, queued) "
            "VALUES (?, ?, 'count', '', '', '{}', '{}', 'queued', ?)",
            [(f"job{i:03}", f"key{i}", now + i) for i in range(120)],
        )
    code = (
        "import sys; from pathlib import Path; from core.workspace.worker import claim;"
        "from core.workspace.store import Workspace; ws = Workspace.open(Path(sys.argv[1]));"
        "print(*iter(lambda: claim(ws, sys.argv[2]), None))"
    )
    claimers = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(ws.home), f"w{i}"], cwd=staff.ROOT, stdout=subprocess.PIPE, text=True
        )
        for i in range(6)
    ]
    taken = [claimer.communicate(timeout=60)[0].split() for claimer in claimers]
    counts = Counter(job_id for ids in taken for job_id in ids)
    assert counts == Counter({f"job{i:03}": 1 for i in range(120)})
    assert sum(bool(ids) for ids in taken) > 1  # they did compete
    for i, ids in enumerate(taken):
        assert {row[0] for row in ws.read("SELECT id FROM jobs WHERE worker = ?", (f"w{i}",))} == set(ids)


def test_a_process_killed_in_the_middle_of_writing_leaves_the_old_file(ws: Workspace) -> None:
    path = ws.tables_dir / "table.parquet"
    path.write_bytes(b"old")
    code = (
        "import os, signal, sys; from pathlib import Path; from core.workspace.files import atomic_path\n"
        "with atomic_path(Path(sys.argv[1])) as part:\n"
        "    part.write_bytes(b'half')\n"
        "    os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", code, str(path)], cwd=staff.ROOT, check=False)
    assert path.read_bytes() == b"old"
    assert [p.read_bytes() for p in ws.tables_dir.glob(".table.*.part.parquet")] == [b"half"]
