"""Many clips in one job, measured by several processes that are killed, stopped and started again."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from core.parallel import SCHEDULER
from core.types import Quiet
from core.workspace import clips, extraction, intake, jobs, tasks
from core.workspace.clips import Clip
from core.workspace.files import sha256_of
from core.workspace.jobs import ACTIVE, Job
from core.workspace.store import Workspace
from tests.dask_cluster import dask_cluster, free_port
from tests.unit.workspace.pictures import beginning, film
from tests.watching import ended, job_processes, measuring, runs, until, worker_pids

FILMS = {
    "P01_neutral.mp4": "single_face", "P01_fear.mp4": "driving_d20", "P02_anger.mp4": "driving_d11",
    "P03_neutral.mp4": "no_face", "P03_disgust.mp4": "driving_d12",
}  # fmt: skip
"""Two people with a neutral clip, of whom one shows no face in it, and one without."""


Measured = tuple[Workspace, dict[str, Any]]


@pytest.fixture(scope="module")
def alone(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Measured:
    """A workspace whose clips were measured in this process, one after another, and what the task gave back."""
    return measured(tmp_path_factory.mktemp("alone") / "home", shared_data, 0)


def measured(home: Path, data: Path, n_processes: int | None) -> Measured:
    ws = Workspace.open(home)
    taken = [
        intake.receive_clip(ws, name, beginning(data / "clips" / f"{file}.mp4", home.parent / name).read_bytes())
        for name, file in FILMS.items()
    ]
    ws.remember(extraction.PROCESSES, n_processes)
    run_dir = home / "runs" / "a"
    run_dir.mkdir()
    return ws, tasks.extract(ws, {"clip_ids": [clip.id for clip in taken]}, Quiet(), run_dir)


def stored(ws: Workspace) -> dict[str, tuple[Any, ...]]:
    """Everything that was kept of each clip, by its name, without ids, file names and times."""
    names = {row["id"]: row["name"] for row in ws.read("SELECT id, name FROM clips")}
    columns = "name, verdict, reason, peak_frame, n_frames, measurement, peak_row, neutral_clip, curves, mesh"
    kept = {}
    for row in ws.read(f"SELECT {columns} FROM clips WHERE measured IS NOT NULL"):
        curves, mesh = (
            sha256_of((ws.measurements_dir / row[kind]).read_bytes()) if row[kind] else None
            for kind in ("curves", "mesh")
        )
        kept[row["name"]] = (*tuple(row)[1:7], names.get(row["neutral_clip"]), curves, mesh)
    return kept


def test_two_processes_store_the_same_bytes_as_one_after_another(
    tmp_path: Path, shared_data: Path, alone: Measured
) -> None:
    ws, result = measured(tmp_path / "two", shared_data, 2)
    assert stored(ws) == stored(alone[0])
    verdicts = list(result["verdicts"].values())
    assert verdicts == list(alone[1]["verdicts"].values())
    assert verdicts[3] == "not usable"
    assert (result["measured"], result["unusable"]) == (4, 1)
    assert stored(ws)["P01_fear.mp4"][6] == "P01_neutral.mp4"
    fear = next(clip for clip in clips.list_clips(ws) if clip.name == "P01_fear.mp4")
    assert clips.load_mesh(ws, fear.id) is not None
    assert stored(ws)["P03_disgust.mp4"][6] is None
    assert not list((tmp_path / "two" / "runs" / "a").glob("meshes"))


def test_a_cluster_stores_the_same_bytes(
    tmp_path: Path, shared_data: Path, alone: Measured, monkeypatch: pytest.MonkeyPatch
) -> None:
    with dask_cluster() as cluster:
        monkeypatch.setenv(SCHEDULER, cluster.address)
        ws, result = measured(tmp_path / "cluster", shared_data, None)
    assert stored(ws) == stored(alone[0])
    assert list(result["verdicts"].values()) == list(alone[1]["verdicts"].values())


def test_a_cluster_that_is_not_there_fails_the_job_with_a_reason_and_costs_nothing(
    ws: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (clip,) = noise(ws, tmp_path, 1)
    monkeypatch.setenv(SCHEDULER, f"tcp://127.0.0.1:{free_port()}")
    job = ended(ws, jobs.submit(ws, "extract", {"clip_ids": [clip.id]}), 20)
    assert job.state == "failed"
    assert "No Dask scheduler answers there" in job.error
    assert not clips.get_clip(ws, clip.id).measured


def noise(ws: Workspace, folder: Path, n: int, n_frames: int = 4) -> list[Clip]:
    """Clips of noise, each of other noise."""
    return [
        intake.receive_clip(ws, f"P{i:03}_anger.avi", film(folder / f"{i}.avi", n_frames, seed=i)) for i in range(n)
    ]


def times_measured(ws: Workspace) -> dict[str, float]:
    return {row["id"]: row["measured"] for row in ws.read("SELECT id, measured FROM clips WHERE measured IS NOT NULL")}


def started(ws: Workspace, chosen: list[Clip], n_processes: int = 2) -> Job:
    """A job that measures these clips, once its processes are at work and the first clips are stored."""
    ws.remember(extraction.PROCESSES, n_processes)
    job = jobs.submit(ws, "extract", {"clip_ids": [clip.id for clip in chosen]})
    until(lambda: len(times_measured(ws)) >= 2, 60)
    return job


def test_hundreds_of_clips_are_one_job_and_a_killed_process_costs_none_of_them(ws: Workspace, tmp_path: Path) -> None:
    chosen = noise(ws, tmp_path, 200)
    job = started(ws, chosen)
    (process,) = job_processes(ws)
    before = measuring(process)
    assert len(before) == 2
    os.kill(before[0], signal.SIGKILL)
    seen: dict[str, float] = {}
    while jobs.get(ws, job.id).state in ACTIVE:
        for clip_id, at in times_measured(ws).items():
            assert seen.setdefault(clip_id, at) == at  # nothing is measured twice
        time.sleep(0.1)
    job = jobs.get(ws, job.id)
    assert job.state == "done", job.error
    assert job.attempt == 1
    assert job.result is not None
    assert list(job.result["verdicts"]) == [clip.id for clip in chosen]
    assert job.result["unusable"] == 200  # no face in noise
    assert all("No face was found" in clip.reason for clip in clips.list_clips(ws))
    until(lambda: not any(runs(pid) for pid in before), 3)


def test_a_clip_that_kills_its_process_every_time_is_told_and_the_others_are_measured(
    ws: Workspace, tmp_path: Path
) -> None:
    chosen = [*noise(ws, tmp_path, 5), intake.receive_clip(ws, "P900_fear.avi", film(tmp_path / "l.avi", 2000))]
    ws.remember(extraction.PROCESSES, 1)
    job = jobs.submit(ws, "extract", {"clip_ids": [clip.id for clip in chosen]})
    killed: set[int] = set()
    while jobs.get(ws, job.id).state in ACTIVE:
        if "P900" in jobs.get(ws, job.id).message:
            for pid in {pid for process in job_processes(ws) for pid in measuring(process)} - killed:
                os.kill(pid, signal.SIGKILL)
                killed.add(pid)
        time.sleep(0.02)
    job = jobs.get(ws, job.id)
    assert job.state == "done", job.error
    assert len(killed) == 2
    by_name = {clip.name: clip for clip in clips.list_clips(ws)}
    assert all(clip.measured for clip in by_name.values())
    assert "ended without a word" in by_name["P900_fear.avi"].reason
    assert "No face was found" in by_name["P004_anger.avi"].reason


def test_a_cancelled_batch_ends_its_processes_and_goes_on_where_it_was(ws: Workspace, tmp_path: Path) -> None:
    chosen = noise(ws, tmp_path, 12, n_frames=40)
    job = started(ws, chosen)
    pids = measuring(job_processes(ws)[0])
    jobs.cancel(ws, job.id)
    assert until(lambda: jobs.get(ws, job.id).state == "cancelled", 2.0) < 2.0
    until(lambda: not any(runs(pid) for pid in pids), 1)
    kept = times_measured(ws)
    assert 2 <= len(kept) < 12
    done = ended(ws, jobs.retry(ws, job.id), 60)
    assert (done.state, done.result and done.result["unusable"]) == ("done", 12)
    assert {clip_id: at for clip_id, at in times_measured(ws).items() if clip_id in kept} == kept


@pytest.mark.parametrize("whom", ["worker", "job process"])
def test_nothing_goes_on_without_the_one_who_is_to_store_it(ws: Workspace, tmp_path: Path, whom: str) -> None:
    chosen = noise(ws, tmp_path, 12, n_frames=40)
    job = started(ws, chosen)
    (process,) = job_processes(ws)
    pids = measuring(process)
    os.kill(worker_pids(ws)[0] if whom == "worker" else process, signal.SIGKILL)
    until(lambda: not any(runs(pid) for pid in [process, *pids]), 3)
    until(lambda: jobs.get(ws, job.id).state == "interrupted", 6)
    kept = times_measured(ws)
    done = ended(ws, jobs.retry(ws, job.id), 60)
    assert (done.state, done.result and done.result["unusable"]) == ("done", 12)
    later = times_measured(ws)
    in_flight = {max(kept, key=kept.__getitem__)}  # it may have been stored and not yet ticked off
    assert {clip_id for clip_id, at in kept.items() if later[clip_id] != at} <= in_flight
