"""The image space from the built-in digits to a study, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from core.workspace import jobs
from core.workspace.store import Workspace
from tests.browser.label_table import wait_until_still
from tests.browser.server import Dashboard
from tests.watching import end_workers, until

SHORT = (
    "gan_steps=400&evolve_generations=300&evolve_images=40&evolve_population=30"
    "&study_epochs=5&study_seeds=2&study_folds=2"
)


@pytest.fixture
def ws(dashboard: Dashboard) -> Iterator[Workspace]:
    opened = Workspace.open(dashboard.home)
    yield opened
    end_workers(opened)


def test_digits_are_trained_evolved_paused_resumed_kept_and_studied(
    dashboard: Dashboard, ws: Workspace, page: Page
) -> None:
    page.goto(f"{dashboard.url}/evolve_images?{SHORT}")
    page.get_by_role("button", name="Handwritten digits, built in").click()
    train(page)
    pause_and_resume(page, ws)
    keep(page, ws)
    page.goto(f"{dashboard.url}/studies?{SHORT}&study_arms=duplication")  # generators take longer than a test may
    study(page)


def train(page: Page) -> None:
    page.get_by_role("button", name="Train generator").click()
    expect(page.get_by_text(re.compile("Always the same latent vectors, at step"))).to_be_visible(timeout=90_000)
    expect(page.get_by_role("button", name="Evolve", exact=True)).to_be_visible(timeout=90_000)
    expect(page.get_by_text(re.compile("real images that the generator never saw"))).to_be_visible()


def pause_and_resume(page: Page, ws: Workspace) -> None:
    page.get_by_role("button", name="Evolve", exact=True).click()
    expect(page.get_by_text("evolved set", exact=True)).to_be_visible(timeout=60_000)
    job = jobs.recent(ws)[0]
    until(lambda: 0 < jobs.get(ws, job.id).done < jobs.get(ws, job.id).total, 60)
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text(re.compile("Paused$"))).to_be_visible()
    reached = jobs.get(ws, job.id).done
    page.reload()
    page.get_by_role("button", name="Resume").click()
    until(lambda: jobs.get(ws, job.id).state == "done" or jobs.get(ws, job.id).done > reached, 60)
    expect(page.get_by_text(re.compile("times as far apart as two of a random set"))).to_be_visible(timeout=180_000)
    assert len(jobs.get(ws, job.id).result["history"]["best"]) == 301


def keep(page: Page, ws: Workspace) -> None:
    page.get_by_role("button", name="Keep the set").click()
    expect(page.get_by_text("The set is kept as PNG files")).to_be_visible()
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Evolved set as PNG files").click()
    assert download.value.path().read_bytes().startswith(b"PK")


def study(page: Page) -> None:
    wait_until_still(page)
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_text(re.compile("^On this dataset duplication"))).to_be_visible(timeout=180_000)
    expect(page.get_by_role("heading", name="Table 4 of the paper, from these runs")).to_be_visible()
