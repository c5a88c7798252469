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

from core.types import ACTION_UNITS
from core.workspace import clips, jobs, staff
from core.workspace.clips.history import files_of
from core.workspace.jobs import Job
from core.workspace.store import Workspace
from tests.unit.workspace import job_kinds
from tests.unit.workspace.pictures import film
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
        "import sys, time; from pathlib import Path; from core.workspace.worker import claim\n"
        "from core.workspace.store import Workspace; ws = Workspace.open(Path(sys.argv[1]))\n"
        "gate = Path(sys.argv[3]); (gate / sys.argv[2]).touch()\n"
        "while not (gate / 'open').exists(): time.sleep(0.001)\n"
        # Whoever has a job is busy with it, if only for a moment, and others get their turn.
        "while (job := claim(ws, sys.argv[2])): print(job); time.sleep(0.002)"
    )
    gate = tmp_path / "gate"
    gate.mkdir()
    command = [sys.executable, "-c", code, str(ws.home)]
    claimers = [
        subprocess.Popen([*command, f"w{i}", str(gate)], cwd=staff.ROOT, stdout=subprocess.PIPE, text=True)
        for i in range(6)
    ]
    until(lambda: len(list(gate.iterdir())) == len(claimers), 30)
    (gate / "open").touch()
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
        "import os, signal, sys; from pathlib import Path; from core.files import atomic_path\n"
        "with atomic_path(Path(sys.argv[1])) as part:\n"
        "    part.write_bytes(b'half')\n"
        "    os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", code, str(path)], cwd=staff.ROOT, check=False)
    assert path.read_bytes() == b"old"
    assert [p.read_bytes() for p in ws.tables_dir.glob(".table.*.part.parquet")] == [b"half"]


KILLED = """
import os, signal, sys
from pathlib import Path
from core.workspace import clips, file_journal, intake, storage
from core.workspace.store import Workspace
from tests.unit.workspace.test_clips import measured
ws = Workspace.open(Path(sys.argv[1]))
die = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
clip = intake.receive_clip(ws, "P01_anger.avi", Path(sys.argv[2]).read_bytes())
clips.save_measurement(ws, clip.id, measured())
"""
"""A clip with a measurement of 4.0 in AU04 at its peak; a test says what the process is killed in the middle of."""


def killed_in(ws: Workspace, tmp_path: Path, what: str) -> Workspace:
    """The workspace as it is opened after the process was killed in the middle of `what`."""
    film(tmp_path / "made.avi")
    film(tmp_path / "other.avi", seed=1)
    ran = subprocess.run(
        [sys.executable, "-c", KILLED + what, str(ws.home), str(tmp_path / "made.avi"), str(tmp_path / "other.avi")],
        cwd=staff.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == -signal.SIGKILL, ran.stderr
    return Workspace.open(ws.home)


def named(ws: Workspace) -> list[str]:
    """Files in the folders of clips and measurements, which are all that the database names."""
    rows = ws.read("SELECT file, curves, mesh, corrections FROM clips")
    names = sorted(name for row in rows for name in (row["file"], *files_of(row)) if name)
    assert sorted(path.name for folder in (ws.clips_dir, ws.measurements_dir) for path in folder.iterdir()) == names
    return names


@pytest.mark.parametrize(
    ("what", "left"),
    [
        ("clips.remove_clips(ws, [clip.id]); file_journal.clear = die; clips.erase_removed(ws)", 0),
        ("file_journal.clear = die; clips.delete_video(ws, [clip.id])", 1),
        ("file_journal.clear = die; storage.erase_everything(ws)", 0),
        ("file_journal.clear = die; clips.save_measurement(ws, clip.id, measured())", 2),
        ("clips.correct_neutral(ws, clip.id, 4, 6); file_journal.clear = die; clips.undo_correction(ws, clip.id)", 2),
    ],
)
def test_what_was_deleted_is_gone_even_if_the_process_was_killed_before_its_files_were(
    ws: Workspace, tmp_path: Path, what: str, left: int
) -> None:
    assert len(named(killed_in(ws, tmp_path, what))) == left


@pytest.mark.parametrize(
    "what",
    [
        "intake._enter = die; intake.receive_clip(ws, 'P02_fear.avi', Path(sys.argv[3]).read_bytes())",
        "file_journal.entered = die; clips.save_measurement(ws, clip.id, measured())",
        "file_journal.entered = die; clips.correct_neutral(ws, clip.id, 4, 6)",
    ],
)
def test_a_file_that_was_never_entered_is_deleted_once_it_cannot_be_on_its_way_any_more(
    ws: Workspace, tmp_path: Path, what: str
) -> None:
    again = killed_in(ws, tmp_path, what)
    files = [path for folder in (ws.clips_dir, ws.measurements_dir) for path in folder.iterdir()]
    assert len(files) == 3  # another process may be writing it
    with again.transaction() as t:
        t.execute("UPDATE file_journal SET at = at - 3601")
    assert len(named(Workspace.open(ws.home))) == 2


def test_curves_and_peak_are_of_the_same_measurement_even_if_the_process_was_killed_between(
    ws: Workspace, tmp_path: Path
) -> None:
    what = (
        "from dataclasses import replace; m = measured()\n"
        "units = replace(m.action_units, intensity=m.action_units.intensity * 0 + 1)\n"
        "clips.measurements.find_peak_again = die; clips.save_measurement(ws, clip.id, replace(m, action_units=units))"
    )
    again = killed_in(ws, tmp_path, what)
    (clip,) = clips.list_clips(again)
    measurement = clips.load_measurement(again, clip.id)
    at_peak = measurement.action_units.intensity[measurement.peak_frame][ACTION_UNITS.index("AU04")]
    assert at_peak == clips.rows_of(again, [clip.id]).loc[0, "AU04"] == 4.0


def test_a_killed_relabelling_leaves_the_old_label_with_the_old_peak(ws: Workspace, tmp_path: Path) -> None:
    what = "clips.labels.clip_of = die; clips.relabel(ws, clip.id, 'P01', 'happiness', '', 1)"
    (clip,) = clips.list_clips(killed_in(ws, tmp_path, what))
    assert (clip.emotion, clip.peak_frame, clip.version) == ("anger", 3, 1)
