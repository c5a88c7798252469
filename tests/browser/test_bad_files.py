"""Files that cannot be used, brought in through the pages: one clear message each, and nothing is left of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from core.workspace import clips, cohorts
from core.workspace.store import Workspace
from tests.browser.label_table import wait_until_still
from tests.browser.server import Dashboard
from tests.hostile.test_bad_uploads import csv, png_bomb
from tests.watching import end_workers


def messages(page: Page) -> Locator:
    return page.get_by_test_id("stMain").get_by_role("alert")


def stored(home: Path) -> list[str]:
    """Every file in the workspace that is not its database."""
    return sorted(
        str(path.relative_to(home)) for path in home.rglob("*") if path.is_file() and "sqlite" not in path.name
    )


def test_bad_clips(dashboard: Dashboard, page: Page, shared_data: Path, tmp_path: Path) -> None:
    film = (shared_data / "clips" / "driving_d11.mp4").read_bytes()
    bad = {
        "P01_anger.mp4": (b"", "is empty"),
        "P01_fear.mp4": (b"This is no clip.\n" * 50, "a text"),
        "P01_disgust.mp4": (film[: len(film) // 2], "cannot be played"),
        "P01_surprise.png": (png_bomb(), "too large"),
    }
    page.goto(f"{dashboard.url}/clips")
    expect(page.get_by_text("No clips yet")).to_be_visible()
    before = stored(dashboard.home)
    for name, (content, says) in bad.items():
        (tmp_path / name).write_bytes(content)
        page.locator("input[type=file]").set_input_files(tmp_path / name)
        expect(messages(page)).to_have_count(1)
        expect(messages(page)).to_contain_text(name)
        expect(messages(page)).to_contain_text(says)
        expect(page.get_by_text("No clips yet")).to_be_visible()
    wait_until_still(page)
    page.locator("input[type=file]").set_input_files([tmp_path / name for name in bad])
    expect(messages(page)).to_have_count(len(bad))
    wait_until_still(page)
    assert clips.list_clips(Workspace.open(dashboard.home)) == []
    assert stored(dashboard.home) == before


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [("without_au12.csv", csv(AU12=None), "AU12"), ("with_nan.csv", csv(AU06="nan"), "line 2")],
)
def test_bad_tables(dashboard: Dashboard, page: Page, tmp_path: Path, name: str, content: bytes, says: str) -> None:
    page.goto(f"{dashboard.url}/au_table")
    expect(page.get_by_text("No cohort yet")).to_be_visible()
    before = stored(dashboard.home)
    (tmp_path / name).write_bytes(content)
    page.locator("input[type=file]").set_input_files(tmp_path / name)
    expect(messages(page)).to_have_count(1)
    expect(page.get_by_text("Nothing is stored.")).to_be_visible()
    expect(page.get_by_role("button", name="Keep these rows")).to_have_count(0)
    expect(messages(page)).to_contain_text(name)
    expect(messages(page)).to_contain_text(says)
    expect(page.get_by_text("No cohort yet")).to_be_visible()
    assert cohorts.list_cohorts(Workspace.open(dashboard.home)) == []
    assert stored(dashboard.home) == before


def test_a_clip_without_a_face(dashboard: Dashboard, page: Page, shared_data: Path) -> None:
    ws = Workspace.open(dashboard.home)
    page.goto(f"{dashboard.url}/clips")
    page.locator("input[type=file]").set_input_files(shared_data / "clips" / "no_face.mp4")
    page.get_by_role("button", name="Measure 1 clip").click()
    told = messages(page).filter(has_text="no_face.mp4")
    expect(told.get_by_role("paragraph")).to_have_text(
        "no_face.mp4 is not usable. No face was found in any of the 95 frames. "
        "Film again with the whole face large in the picture and lit from the front.",
        timeout=60_000,
    )
    wait_until_still(page)
    expect(told).to_have_count(1)
    expect(page.get_by_text("Add people to a cohort")).to_have_count(0)
    expect(page.get_by_test_id("stPlotlyChart")).to_have_count(0)
    (clip,) = clips.list_clips(ws)
    assert clips.rows_of(ws, [clip.id]).empty
    end_workers(ws)
