"""Runs: every job in every state."""

from __future__ import annotations

import json
import time

import pytest

from core.workspace import jobs


def enter(ws, job_id: str, state: str, **fields) -> None:
    """A row of the job table as a worker would have left it."""
    row = {
        "id": job_id,
        "key": job_id,
        "kind": "extract",
        "task": "core.workspace.tasks:extract",
        "title": "",
        "settings": json.dumps({"clip_ids": ["a", "b"]}),
        "inputs": "{}",
        "state": state,
        "queued": time.time() - 60,
        "started": time.time() - 50,
        "finished": time.time() - 30,
        "done": 1,
        "total": 2,
    } | fields
    marks = ", ".join("?" * len(row))
    with ws.transaction() as t:
        t.execute(f"INSERT INTO jobs ({', '.join(row)}) VALUES ({marks})", tuple(row.values()))


def test_nothing_has_run_yet(open_page):
    app = open_page("runs")
    assert [s.value for s in app.header] == ["Nothing has run yet"]


def test_a_finished_job_shows_settings_and_result(ws, open_page):
    enter(ws, "j1", jobs.DONE, result=json.dumps({"measured": 2, "unusable": 0}))
    app = open_page("runs")
    shown = [json.loads(block.value) for block in app.json]
    assert shown[0]["settings"] == {"clip_ids": ["a", "b"]}
    assert shown[1] == {"measured": 2, "unusable": 0}
    assert list(app.dataframe[0].value["Took"]) == ["20 s"]
    assert any(b.label == "Download as JSON" for b in app.download_button)


@pytest.mark.parametrize("state", [jobs.FAILED, jobs.CANCELLED, jobs.INTERRUPTED])
def test_unfinished_work_can_be_retried(ws, open_page, state):
    enter(ws, "j1", state, error=json.dumps(["It broke.", "Disk full.", "Make room."]))
    app = open_page("runs")
    assert any(b.label == "Retry" for b in app.button)
    if state != jobs.CANCELLED:
        assert app.text[0].value == "It broke. Disk full. Make room."


def test_a_running_job_can_be_cancelled_and_shows_on_every_page(ws, open_page):
    enter(ws, "j1", jobs.RUNNING, finished=None, heartbeat=time.time() + 60, message="Measuring P01")
    assert any(b.label == "Cancel" for b in open_page("runs").button)
    badge = open_page("home").sidebar.get("progress")
    assert len(badge) == 1
    app = open_page("runs")
    next(b for b in app.button if b.label == "Cancel").click().run()
    assert jobs.get(ws, "j1").message == "Stopping"


def test_a_job_without_a_heartbeat_is_told_as_interrupted(ws, open_page):
    enter(ws, "j1", jobs.RUNNING, finished=None, heartbeat=time.time() - 60)
    app = open_page("runs")
    assert list(app.dataframe[0].value["State"]) == ["Interrupted"]
