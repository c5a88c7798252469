"""Jobs in real worker processes: seen at once, done once, stopped when asked, taken up again where they were."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, replace

import pytest

from core.errors import UserError
from core.workspace import jobs, staff, worker
from core.workspace.jobs import Job
from core.workspace.store import Workspace
from core.workspace.worker import Worker
from tests.unit.workspace import job_kinds
from tests.watching import children, ended, reached, until, worker_pids


def counting(ws: Workspace, n: int = 500, step_s: float = 0.05) -> Job:
    return jobs.submit(ws, "count", {"n": n, "step_s": step_s}, "Count", job_kinds.count)


def test_progress_shows_within_two_seconds_and_in_any_other_tab(ws: Workspace) -> None:
    job = counting(ws)
    other_tab = Workspace.open(ws.home)
    until(lambda: jobs.get(other_tab, job.id).done > 0, 2.0)
    seen = jobs.active(other_tab)[0]
    assert (seen.id, seen.state, seen.total, seen.title) == (job.id, "running", 500, "Count")
    assert seen.message.startswith("step")


def test_a_done_job_keeps_result_settings_inputs_and_versions(ws: Workspace) -> None:
    job = ended(ws, jobs.submit(ws, "numbers", {"table": "ab12", "seed": 3}, task=job_kinds.numbers))
    assert (job.state, job.error, job.attempt) == ("done", "", 1)
    assert job.result == {"mean": 0.5, "none": None, "row": [0, 1, 2], "pair": [1, 2]}
    assert job.settings == {"table": "ab12", "seed": 3}
    assert job.inputs == {"table": "ab12"}
    assert job.versions["numpy"] == "1.26.4"
    assert job.versions["hypomimia-lab"]
    record = json.loads((job.run_dir / "run.json").read_text())
    assert record == {
        "kind": "numbers",
        "settings": job.settings,
        "inputs": job.inputs,
        "versions": job.versions,
        "result": job.result,
    }


def test_starting_twice_is_one_job_until_it_has_ended(ws: Workspace) -> None:
    first = counting(ws, n=3)
    assert counting(ws, n=3).id == first.id
    assert counting(ws, n=4).id != first.id
    ended(ws, first)
    again = counting(ws, n=3)
    assert again.id != first.id
    assert ended(ws, again).state == "done"
    assert jobs.recent(ws)[0].id == again.id


@dataclass(frozen=True)
class Preset:
    alpha: float = 7.0
    alphas: tuple[float, ...] = (2.0, 7.0)


def test_the_latest_result_is_found_by_its_settings(ws: Workspace) -> None:
    settings = {"preset": Preset(), "emotion": "fear"}
    assert jobs.latest_done(ws, "numbers", settings) is None
    job = ended(ws, jobs.submit(ws, "numbers", settings, task=job_kinds.numbers))
    reordered = {"emotion": "fear", "preset": {"alphas": [2.0, 7.0], "alpha": 7.0}}
    found = jobs.latest_done(ws, "numbers", reordered)
    assert found is not None
    assert found.id == job.id
    assert jobs.latest_done(ws, "numbers", {**settings, "emotion": "anger"}) is None


def test_many_tabs_submitting_at_once_start_no_more_workers_than_allowed(ws: Workspace) -> None:
    submitted: list[Job] = []
    threads = [threading.Thread(target=lambda i=i: submitted.append(counting(ws, n=2 + i % 3))) for i in range(9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({job.id for job in submitted}) == 3
    for job in submitted:
        assert ended(ws, job).state == "done"
    assert len(worker_pids(ws)) <= staff.max_workers()


def test_the_worker_beats_gives_way_and_has_a_session_of_its_own(ws: Workspace) -> None:
    job = counting(ws, n=60)
    reached(ws, job, 1)
    ages = []
    for _ in range(15):
        ages.append(time.time() - (jobs.get(ws, job.id).heartbeat or 0))
        time.sleep(0.1)
    assert max(ages) < 1.5
    (pid,) = worker_pids(ws)
    assert os.getsid(pid) == pid  # a session of its own: no terminal or server takes it along
    result = ended(ws, job).result
    assert result is not None
    assert result["nice"] == os.nice(0) + 10


def test_the_worker_itself_imports_nothing_heavy() -> None:
    code = (
        "import sys, core.workspace.worker, core.workspace.job_process;"
        "print([m for m in ('numpy', 'pandas', 'cv2', 'sklearn', 'mediapipe', 'streamlit') if m in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], cwd=staff.ROOT, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


def test_a_waiting_job_is_cancelled_at_once_and_a_running_one_within_two_seconds(ws: Workspace) -> None:
    running = [counting(ws, n=400 + i) for i in range(staff.max_workers())]
    waiting = counting(ws, n=300)
    for job in running:
        reached(ws, job, 1)
    assert jobs.cancel(ws, waiting.id).state == "cancelled"
    jobs.cancel(ws, running[0].id)
    assert until(lambda: jobs.get(ws, running[0].id).state == "cancelled", 2.0) < 2.0
    assert jobs.get(ws, running[0].id).error == ""


def test_a_job_that_does_not_listen_is_killed_ten_seconds_after_the_cancel(ws: Workspace) -> None:
    job = jobs.submit(ws, "deaf", {"sleep_s": 60}, task=job_kinds.deaf)
    until(lambda: jobs.get(ws, job.id).message == "deaf", 5)
    (child,) = children(worker_pids(ws)[0])
    jobs.cancel(ws, job.id)
    assert jobs.get(ws, job.id).message == "Stopping"
    took = until(lambda: jobs.get(ws, job.id).state == "cancelled", 13)
    assert 9.0 < took < 12.0
    until(lambda: child not in children(worker_pids(ws)[0]), 1)


def test_a_retry_is_the_same_job_and_goes_on_from_its_checkpoint(ws: Workspace) -> None:
    job = counting(ws, n=40, step_s=0.05)
    reached(ws, job, 5)
    jobs.cancel(ws, job.id)
    cancelled = ended(ws, job)
    again = jobs.retry(ws, job.id)
    assert (again.id, again.run_dir) == (job.id, cancelled.run_dir)
    done = ended(ws, again)
    assert (done.state, done.attempt, done.done) == ("done", 2, 40)
    assert done.result is not None
    assert done.result["first"] >= 5
    assert jobs.retry(ws, job.id) == jobs.get(ws, job.id)  # a done job stays as it is
    assert jobs.get(ws, job.id).state == "done"


def test_a_retry_while_the_same_work_runs_joins_it(ws: Workspace) -> None:
    old = counting(ws, n=200)
    jobs.cancel(ws, old.id)
    ended(ws, old)
    new = counting(ws, n=200)
    assert jobs.retry(ws, old.id).id == new.id


def test_a_user_error_is_told_in_its_own_words(ws: Workspace) -> None:
    job = ended(ws, jobs.submit(ws, "wrong", {}, task=job_kinds.wrong_input))
    assert (job.state, job.error) == ("failed", "The table is empty. It has no rows. Import another one.")


def test_a_fault_of_ours_shows_an_id_and_keeps_the_traceback_in_the_log_folder(ws: Workspace) -> None:
    job = ended(ws, jobs.submit(ws, "fault", {}, task=job_kinds.fault))
    assert job.state == "failed"
    (noted,) = ws.logs_dir.iterdir()
    assert noted.stem in job.error
    assert "ZeroDivisionError: the secret of the traceback" in noted.read_text()
    assert "secret" not in job.error + "".join(jobs.log(ws, job.id))


def test_a_process_that_ends_without_a_word_is_a_failed_job(ws: Workspace) -> None:
    job = ended(ws, jobs.submit(ws, "crash", {}, task=job_kinds.crash))
    assert job.state == "failed"
    assert "code 7" in job.error


def test_out_of_memory_is_an_interruption_with_advice(ws: Workspace) -> None:
    job = ended(ws, jobs.submit(ws, "big", {}, task=job_kinds.out_of_memory))
    assert job.state == "interrupted"
    assert "fewer or shorter clips" in job.error


def test_the_log_keeps_each_message_once_and_in_order(ws: Workspace) -> None:
    job = ended(ws, counting(ws, n=12, step_s=0.02))
    assert [line.split("  ")[1] for line in jobs.log(ws, job.id)] == [f"step {i}" for i in range(12)]
    assert [line.split("  ")[1] for line in jobs.log(ws, job.id, limit=2)] == ["step 10", "step 11"]


def test_time_left_is_what_this_attempt_needs_at_its_own_pace(ws: Workspace) -> None:
    job = counting(ws)
    ten_s_ago = time.time() - 10
    half = replace(job, state="running", done=50.0, total=100.0, progress_from=30.0, progress_since=ten_s_ago)
    assert jobs.seconds_left(half) == pytest.approx(25.0, abs=0.2)  # 20 steps in 10 s, 50 to go
    assert jobs.seconds_left(replace(half, done=30.0)) is None
    assert jobs.seconds_left(replace(half, state="done")) is None


def test_the_time_left_is_right_however_long_the_work_took_to_start(ws: Workspace) -> None:
    job = jobs.submit(ws, "count", {"n": 60, "step_s": 0.1, "start_s": 3.0}, task=job_kinds.count)
    guesses: list[tuple[float, float]] = []
    while (job := jobs.get(ws, job.id)).state in jobs.ACTIVE:
        if left := jobs.seconds_left(job):
            guesses.append((time.time(), left))
        time.sleep(0.05)
    assert job.finished is not None
    assert job.finished - guesses[0][0] > 3.0  # told early
    for at, left in guesses[len(guesses) // 2 :]:
        assert left == pytest.approx(job.finished - at, rel=0.4, abs=1.0)  # with the start it would be twice as long


def test_a_worker_leaves_when_nothing_comes_and_another_serves_the_next_job(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "IDLE_S", 0.3)
    Worker(ws, "brief").run()
    assert ws.read("SELECT * FROM workers") == []
    assert ended(ws, counting(ws, n=2)).state == "done"


def test_an_unknown_job_is_a_user_error(ws: Workspace) -> None:
    with pytest.raises(UserError, match="not here"):
        jobs.get(ws, "0" * 16)
