"""Long work outlives the page, the server and the worker, and stops when it is told to."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from core.workspace import clips, jobs
from core.workspace.store import Workspace
from tests.browser.server import Dashboard
from tests.watching import end_workers, kill_workers, until

FILMS = ("driving_d10.mp4", "driving_d11.mp4", "driving_d14.mp4", "driving_d20.mp4", "source_s18.mp4")
"""1,666 frames: some ten seconds of work."""


@pytest.fixture
def ws(dashboard: Dashboard) -> Iterator[Workspace]:
    opened = Workspace.open(dashboard.home)
    yield opened
    end_workers(opened)


@pytest.fixture
def measuring(dashboard: Dashboard, ws: Workspace, page: Page, shared_data: Path, tmp_path: Path) -> Page:
    """The page Clips with five clips of a person being measured, the first of them finished."""
    films = [shutil.copy(shared_data / "clips" / film, tmp_path / f"P{i}_fear.mp4") for i, film in enumerate(FILMS)]
    page.goto(f"{dashboard.url}/clips")
    page.locator("input[type=file]").set_input_files(films)
    page.get_by_role("button", name="Measure 5 clips").click()
    expect(bar(page)).to_be_visible()
    until(lambda: n_measured(ws) >= 1, 60)
    return page


def bar(page: Page) -> Locator:
    return page.get_by_test_id("stMain").get_by_role("progressbar")


def n_measured(ws: Workspace) -> int:
    return sum(clip.measured for clip in clips.list_clips(ws))


def test_a_refresh_and_a_second_tab_show_the_same_progress(
    measuring: Page, dashboard: Dashboard, ws: Workspace
) -> None:
    measuring.reload()
    expect(bar(measuring)).to_be_visible()
    other_tab = measuring.context.new_page()
    other_tab.goto(f"{dashboard.url}/runs")
    expect(other_tab.get_by_text(re.compile(r"Measuring P\d_fear\.mp4 · \d+ %")).first).to_be_visible()
    until(lambda: n_measured(ws) == len(FILMS), 120)
    expect(measuring.get_by_role("heading", name="Add people to a cohort")).to_be_visible()


def test_cancel_stops_and_keeps_what_is_finished_and_retry_goes_on(measuring: Page, ws: Workspace) -> None:
    measuring.get_by_role("button", name="Cancel").click()
    expect(measuring.get_by_text(re.compile("Cancelled$"))).to_be_visible()
    kept = n_measured(ws)
    assert 1 <= kept < len(FILMS)
    measuring.get_by_role("button", name="Retry").click()
    until(lambda: n_measured(ws) == len(FILMS), 120)
    assert [job.state for job in jobs.recent(ws)] in (["running"], ["done"])


def test_killing_the_server_stops_no_work(measuring: Page, dashboard: Dashboard, ws: Workspace) -> None:
    dashboard.kill()
    until(lambda: n_measured(ws) == len(FILMS), 120)
    dashboard.start()
    measuring.goto(f"{dashboard.url}/clips")
    expect(measuring.get_by_role("heading", name="Add people to a cohort")).to_be_visible()
    assert jobs.recent(ws)[0].state == "done"


def test_killing_the_worker_shows_and_loses_nothing_finished(measuring: Page, ws: Workspace) -> None:
    kill_workers(ws)
    expect(measuring.get_by_text(re.compile("Interrupted$"))).to_be_visible()
    kept = {clip.id for clip in clips.list_clips(ws) if clip.measured}
    assert 1 <= len(kept) < len(FILMS)
    for clip_id in kept:
        assert clips.load_measurement(ws, clip_id).peak_frame is not None
    measuring.get_by_role("button", name="Retry").click()
    until(lambda: n_measured(ws) == len(FILMS), 120)
