"""A verdict that builds up from clips, a model that is trained and kept, and a report that opens by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core.settings import NOTICE
from core.types import EMOTIONS
from core.workspace.store import Workspace
from tests.browser.label_table import wait_until_still
from tests.browser.server import Dashboard
from tests.browser.test_journey import go_to
from tests.watching import end_workers


@pytest.fixture(autouse=True)
def _no_worker_is_left(dashboard: Dashboard) -> Iterator[None]:
    yield
    end_workers(Workspace.open(dashboard.home))


def test_the_walk_through_shows_clips_measured_and_votes_one_by_one(dashboard: Dashboard, page: Page) -> None:
    page.goto(dashboard.url)
    go_to(page, "Walk-through")
    page.get_by_role("button", name="Bring in the four people").click()
    expect(page.get_by_text("not measured yet")).to_have_count(5)
    page.get_by_role("button", name="Measure 5 clips").click()
    expect(page.get_by_test_id("stMain").get_by_role("progressbar")).to_be_visible()
    train = page.get_by_role("button", name=re.compile("Train on the others and screen SIM"))
    expect(train).to_be_visible(timeout=90_000)
    expect(page.get_by_test_id("stMain").get_by_role("img", name="0")).to_have_count(5)
    train.click()
    for n, emotion in enumerate(EMOTIONS, start=1):
        page.get_by_role("button", name=f"Next: {emotion}").click(timeout=60_000)
        if n < len(EMOTIONS):
            expect(page.get_by_text(re.compile(rf"for PD, \d for control of {n} that count"))).to_be_visible()
    expect(page.get_by_role("status").filter(has_text=re.compile("PD-like|control-like|undecided"))).to_be_visible()
    expect(page.get_by_test_id("stMain").get_by_text(NOTICE).first).to_be_visible()


def test_a_person_is_screened_and_the_report_opens_alone(dashboard: Dashboard, page: Page, tmp_path: Path) -> None:
    page.goto(dashboard.url)
    page.get_by_role("button", name="Open the demo cohort").click()
    expect(page.get_by_role("heading", name="Latent space", exact=True)).to_be_visible()
    go_to(page, "Screen")
    page.get_by_role("button", name="Train and screen").click()
    expect(page.get_by_text(re.compile("^Verdict on SIM"))).to_be_visible(timeout=60_000)
    wait_until_still(page)
    page.get_by_role("button", name="Export").click()
    files = {}
    for name, file in (("Report as PDF", "report.pdf"), ("Report as HTML", "report.html")):
        with page.expect_download() as download:
            page.get_by_role("button", name=name).click()
        files[name] = tmp_path / file
        download.value.save_as(files[name])
    assert files["Report as PDF"].read_bytes().startswith(b"%PDF-")

    report = page.context.new_page()
    report.route(re.compile("^https?:"), lambda route: pytest.fail(f"fetched {route.request.url}"))
    report.goto(files["Report as HTML"].as_uri())
    expect(report.get_by_text(NOTICE)).to_be_visible()
    expect(report.get_by_role("heading", name="Votes", exact=True)).to_be_visible()
    drawn = report.locator("img").evaluate_all("all => all.map(one => one.complete && one.naturalWidth > 100)")
    assert len(drawn) == 3
    assert all(drawn)
    printed = report.pdf(path=tmp_path / "printed.pdf")
    assert len(printed) > 20_000
