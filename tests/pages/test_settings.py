"""Settings: nothing is deleted by accident, everything on request."""

from __future__ import annotations

import pytest

from core import parallel
from core.errors import UserError
from core.settings import Limits
from core.workspace import cohorts, storage
from core.workspace.extraction import PROCESSES

from .test_runs import enter


def press(app, label: str):
    return next(b for b in app.button if b.label == label).click().run()


def test_limits_and_folder_are_shown(ws, open_page):
    app = open_page("settings")
    assert f"{Limits().max_upload_mb} MB" in set(app.table[0].value.iloc[:, 1])
    assert app.code[0].value == str(ws.home)


def test_the_demo_cohort_can_be_removed_and_comes_back(ws, open_page, demo):
    press(open_page("settings"), "Remove demo cohort")
    assert cohorts.list_cohorts(ws) == []
    assert cohorts.load_demo(ws).table_hash == demo.table_hash


def test_nothing_is_deleted_without_the_word(ws, open_page, demo):
    app = press(open_page("settings"), "Delete everything")
    assert "Nothing was deleted" in app.error[0].value
    assert cohorts.list_cohorts(ws) == [demo]


def test_everything_is_deleted_with_the_word(ws, open_page, demo):
    app = open_page("settings")
    app.text_input[0].set_value("DELETE").run()
    app = press(app, "Delete everything")
    assert not app.exception
    assert app.success[0].value == "Everything was deleted."
    assert cohorts.list_cohorts(ws) == []
    assert list(ws.tables_dir.iterdir()) == []
    assert b"SIM" not in (ws.home / "lab.sqlite").read_bytes()


def test_nothing_is_deleted_under_a_running_job(ws, demo):
    enter(ws, "j1", "queued", started=None, finished=None)
    with pytest.raises(UserError, match="still running"):
        storage.erase_everything(ws)
    assert cohorts.list_cohorts(ws) == [demo]


def test_sizes_count_what_is_on_disk(ws, demo):
    (ws.clips_dir / "a.mp4").write_bytes(b"x" * 1234)
    sizes = storage.sizes(ws)
    assert sizes["Clips"] == 1234
    assert sizes["AU tables"] == (ws.tables_dir / f"{demo.table_hash}.parquet").stat().st_size


def test_how_many_clips_are_measured_at_once_is_kept(ws, open_page, monkeypatch):
    monkeypatch.setattr(parallel, "n_cores", lambda: 4)
    (at_once,) = open_page("settings").number_input
    assert (at_once.value, at_once.max) == (4, 4)
    at_once.set_value(3).run()
    assert ws.preference(PROCESSES) == 3
    (again,) = open_page("settings").number_input
    assert again.value == 3
    again.set_value(4).run()
    assert ws.preference(PROCESSES) is None  # another computer may have other cores
    monkeypatch.setenv(parallel.SCHEDULER, "tcp://10.0.0.5:8786")
    app = open_page("settings")
    assert not app.number_input
    assert any("tcp://10.0.0.5:8786" in text.value for text in app.markdown)
