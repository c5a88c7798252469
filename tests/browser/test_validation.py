"""A comparison is run, cancelled and resumed, and everything it found can be taken away."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from core.settings import NOTICE
from core.workspace import cohorts, jobs
from core.workspace.checkpoint import NAME
from core.workspace.store import Workspace
from tests.browser.label_table import wait_until_still
from tests.browser.server import Dashboard
from tests.watching import end_workers, until

OWN = "validate_compare=own&validate_classifiers=kNN&validate_methods=duplication"
"""One method of few settings and one classifier: the whole table takes ten minutes."""


@pytest.fixture
def ws(dashboard: Dashboard) -> Iterator[Workspace]:
    opened = Workspace.open(dashboard.home)
    rows = cohorts.read_table(opened, cohorts.load_demo(opened).table_hash)
    few = rows[rows["subject"].isin(sorted(rows["subject"].unique())[:24]) & rows["emotion"].isin(["anger", "fear"])]
    cohort = cohorts.create(opened, "Few people", few)
    cohorts.use(opened, cohort.id)
    yield opened
    end_workers(opened)


def test_a_comparison_is_run_cancelled_and_resumed(dashboard: Dashboard, ws: Workspace, page: Page) -> None:
    page.goto(f"{dashboard.url}/validation?{OWN}")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_test_id("stMain").get_by_role("progressbar")).to_be_visible()
    (job,) = jobs.recent(ws)
    kept = ws.home / "runs" / job.id / NAME
    until(lambda: kept.is_file() and kept.read_bytes().count(b"\n") > 5, 60)
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text(re.compile("Cancelled$"))).to_be_visible()
    before = kept.read_text().splitlines()

    page.reload()
    page.get_by_role("button", name="Retry").click()
    expect(page.get_by_text(re.compile("^On this cohort duplication"))).to_be_visible(timeout=240_000)
    after = kept.read_text().splitlines()
    assert after[: len(before)] == before  # nothing that was finished is repeated
    names = [json.loads(line)[0] for line in after[1:]]
    assert len(names) == len(set(names)) > len(before)

    wait_until_still(page)
    for told in ("Table IV of this cohort", "Controls", "What else tells the groups apart", "Would more people help?"):
        expect(page.get_by_role("heading", name=told)).to_be_visible()
    figure = page.get_by_test_id("stPlotlyChart").first
    expect(figure.get_by_text("kNN, duplication")).to_be_visible()
    page.get_by_role("radio", name="kNN").click()
    expect(figure.get_by_text("fear, duplication")).to_be_visible()
    take_everything_away(page)


def take_everything_away(page: Page) -> None:
    page.get_by_role("button", name="Export").click()
    for name, start in (("Result as JSON", "{"), ("Table as CSV", "emotion,method,"), ("Table as LaTeX", "\\begin{"),
                        ("Report as HTML", "<!DOCTYPE html>")):  # fmt: skip
        with page.expect_download() as download:
            page.get_by_role("button", name=name).click()
        written = download.value.path().read_text()
        assert written.startswith(start)
        assert NOTICE in written
    report = page.context.new_page()
    report.route(re.compile("^https?:"), lambda route: pytest.fail(f"fetched {route.request.url}"))
    report.set_content(written)
    expect(report.get_by_role("heading", name="Table IV of this cohort")).to_be_visible()
    expect(report.get_by_role("cell", name="majority vote").first).to_be_visible()
