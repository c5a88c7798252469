"""The S3VAE from the built-in digits to a discard study, in a real browser."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from core.settings import NOTICE
from core.workspace import image_sources, jobs
from core.workspace.store import Workspace
from tests.browser.label_table import wait_until_still
from tests.browser.server import Dashboard
from tests.watching import end_workers, until

SHORT = "vae_steps=200&vae_layers=3"
SMALL_STUDY = (
    "study_kind=Discard&discard_rates_live=95+%25&discard_arms=S3VAE&discard_arms=duplicate&discard_epochs=5"
    "&discard_repeats=2&discard_vae_steps=100&discard_layers=2&discard_n_train=15"
)


@pytest.fixture
def ws(dashboard: Dashboard) -> Iterator[Workspace]:
    opened = Workspace.open(dashboard.home)
    image_sources.from_digits(opened)
    yield opened
    end_workers(opened)


def test_digits_are_trained_looked_between_and_studied(dashboard: Dashboard, ws: Workspace, page: Page) -> None:
    page.goto(f"{dashboard.url}/s3vae?{SHORT}")
    train(page, ws)
    go_between(page)
    export_images(page)
    page.goto(f"{dashboard.url}/studies?{SMALL_STUDY}")
    study(page)


def train(page: Page, ws: Workspace) -> None:
    page.get_by_role("button", name="Train", exact=True).click()
    until(lambda: bool(jobs.recent(ws)) and jobs.recent(ws)[0].done > 0, 60)
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text(re.compile("Paused$"))).to_be_visible(timeout=30_000)
    page.reload()
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_text(re.compile("of 32 latent units are active at step"))).to_be_visible(timeout=180_000)
    expect(page.get_by_text("What their codes are decoded to at step 200")).to_be_visible()


def go_between(page: Page) -> None:
    page.get_by_role("radio", name="Between two images").click()
    slider = page.get_by_role("slider", name="How far from the first to the second")
    middle = page.get_by_text("50 % of the way")
    expect(middle).to_be_visible(timeout=60_000)
    before = shown(page, 1)
    slider.focus()
    for _ in range(10):
        slider.press("ArrowRight")
    expect(page.get_by_text("70 % of the way")).to_be_visible()
    wait_until_still(page)
    assert shown(page, 1) != before
    assert shown(page, 0) != shown(page, 2)


def shown(page: Page, place: int) -> str | None:
    """Address of a picture, which the server makes of its content."""
    return page.get_by_test_id("stImage").locator("img").nth(place).get_attribute("src")


def export_images(page: Page) -> None:
    page.get_by_role("radio", name="New images").click()
    expect(page.get_by_text(re.compile("^Synthetic 0, from the posterior"))).to_be_visible(timeout=60_000)
    wait_until_still(page)
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="24 new images as PNG files").click()
    assert download.value.path().read_bytes().startswith(b"PK")


def study(page: Page) -> None:
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_text(re.compile("^With 95 % of class 0 discarded, S3VAE"))).to_be_visible(timeout=240_000)
    expect(page.get_by_role("heading", name="Tables 5 to 7 of the paper, from these runs")).to_be_visible()
    wait_until_still(page)
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Study as JSON").click()
    told = json.loads(download.value.path().read_text())
    assert told["notice"] == NOTICE
    assert {row["arm"] for row in told["rows"]} == {"full", "discard", "S3VAE", "duplicate"}
