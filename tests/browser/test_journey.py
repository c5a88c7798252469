"""The first whole journey: a clip goes in, a verdict comes out."""

from __future__ import annotations

import json
import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.browser import label_table
from tests.browser.label_table import wait_until_still
from tests.browser.server import Dashboard

CLIPS = {"driving_d11.mp4": "anger", "driving_d12.mp4": "happiness", "single_face.mp4": "surprise"}
PERSON = "P77"


def test_from_clips_to_a_verdict(dashboard: Dashboard, page: Page, shared_data: Path) -> None:
    page.goto(dashboard.url)
    page.get_by_role("button", name="Open the demo cohort").click()
    expect(page.get_by_role("heading", name="Latent space", exact=True)).to_be_visible()

    bring_in_and_label(page, shared_data)
    measure(page)
    see_curves_and_peak(page)
    add_to_the_demo_cohort(page)
    see_the_person_in_the_map(page)
    move_the_threshold(page)
    make_synthetic_points(page)
    screen_the_person(page)


def go_to(page: Page, name: str) -> None:
    page.get_by_test_id("stSidebar").get_by_role("link", name=name).click()
    expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()
    wait_until_still(page)


def bring_in_and_label(page: Page, shared_data: Path) -> None:
    go_to(page, "Clips")
    page.locator("input[type=file]").set_input_files([shared_data / "clips" / name for name in CLIPS])
    expect(page.get_by_text("3 clips taken in")).to_be_visible()
    wait_until_still(page)
    for row, emotion in enumerate(CLIPS.values()):
        label_table.write(page, row, label_table.PERSON, PERSON)
        label_table.write(page, row, label_table.EMOTION, emotion)


def measure(page: Page) -> None:
    wait_until_still(page)
    page.get_by_role("button", name="Measure 3 clips").click()
    panel = page.get_by_test_id("stMain").get_by_role("progressbar")
    expect(panel).to_be_visible()
    # The one worker of two cores may still be drawing the map of the demo cohort.
    # It tells of the clip that is being measured, or of the one that just was: either may be what a second shows.
    expect(page.get_by_text(re.compile(r"\.mp4\b.* · [1-9]\d* %")).first).to_be_visible(timeout=60_000)
    expect(page.get_by_test_id("glide-cell-6-2").first).to_have_text("usable", timeout=60_000)


def see_curves_and_peak(page: Page) -> None:
    page.get_by_role("button", name="See faces").click()
    expect(page.get_by_role("heading", name="Faces", exact=True, level=1)).to_be_visible()
    for emotion, unit in (("anger", "AU23"), ("happiness", "AU12"), ("surprise", "AU26")):
        choose(page, "Clip", re.compile(rf"{PERSON} · {emotion}"))
        expect(page.get_by_text(re.compile(r"^Frame \d+ of \d+"))).to_be_visible()
        expect(page.get_by_test_id("stImage").locator("img")).to_be_visible()
        curves = page.get_by_test_id("stPlotlyChart").first
        expect(curves.get_by_text(unit, exact=True)).to_be_visible()
        expect(curves.get_by_text("intensity (0 to 5)")).to_be_visible()
        expect(curves.get_by_text(re.compile(r"peak \d+\.\d+ s"))).to_be_visible()
        expect(curves.get_by_text("neutral", exact=True)).to_be_visible()
    go_to(page, "Clips")


def choose(page: Page, label: str, option: str | re.Pattern[str]) -> None:
    page.get_by_role("combobox", name=label, exact=True).click()
    page.get_by_role("option", name=option).click()
    wait_until_still(page)


def add_to_the_demo_cohort(page: Page) -> None:
    page.get_by_role("button", name="Add 1 people").or_(page.get_by_role("button", name="Add 1 person")).click()
    expect(page.get_by_text("now has 60 people")).to_be_visible()
    page.get_by_role("link", name="See them in the latent space").click()
    expect(page.get_by_role("heading", name="Latent space", exact=True)).to_be_visible()


def see_the_person_in_the_map(page: Page) -> None:
    latent_map = page.get_by_test_id("stPlotlyChart").first
    expect(latent_map.get_by_text(PERSON, exact=True)).to_be_visible()
    expect(latent_map.get_by_text("UMAP 1")).to_be_visible(timeout=60_000)
    expect(latent_map.get_by_text(PERSON, exact=True)).to_be_visible()


def last_table(page: Page) -> Locator:
    return page.get_by_test_id("stDataFrame").last.locator("[role=grid]")


def n_rows(table: Locator) -> int:
    return int(table.get_attribute("aria-rowcount") or 0)


def move_the_threshold(page: Page) -> None:
    clusters, coverage = last_table(page), page.get_by_text("In pure clusters:")
    n_split, words = n_rows(clusters), coverage.inner_text()
    threshold = page.get_by_role("slider", name="Threshold on SC")
    threshold.press("End")
    expect(page.get_by_text("Tree of clusters at threshold 1.00")).to_be_visible()
    expect(clusters).not_to_have_attribute("aria-rowcount", str(n_split))
    assert n_rows(clusters) < n_split
    expect(coverage).not_to_have_text(words)
    threshold.press("Home")
    expect(clusters).to_have_attribute("aria-rowcount", str(n_split))
    expect(coverage).to_have_text(words)


def make_synthetic_points(page: Page) -> None:
    go_to(page, "Synthetic samples")
    synthetic = last_table(page)
    before = n_rows(synthetic)
    page.get_by_role("slider", name=re.compile("Synthetic rows per real row")).press("ArrowRight")
    expect(synthetic).not_to_have_attribute("aria-rowcount", str(before))
    assert n_rows(synthetic) > before
    expect(page.get_by_text("100 % of PD")).to_be_visible()


def screen_the_person(page: Page) -> None:
    go_to(page, "Screen")
    page.get_by_text("new, from clips").click()
    wait_until_still(page)
    page.get_by_role("button", name="Train and screen").click()
    expect(page.get_by_text(f"Verdict on {PERSON}")).to_be_visible(timeout=60_000)
    expect(page.get_by_role("status").filter(has_text=re.compile("PD-like|control-like|undecided"))).to_be_visible()
    expect(page.get_by_text("Right on people never seen")).to_be_visible()
    votes = page.get_by_test_id("stPlotlyChart").first
    for emotion in CLIPS.values():
        expect(votes.get_by_text(emotion, exact=True)).to_be_visible()
    expect(page.get_by_text(re.compile("the verdict says nothing about anybody"))).to_be_visible()
    expect(page.get_by_text("There is no clip of fear")).to_be_visible()
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Result as JSON").click()
    result = json.loads(download.value.path().read_text())
    assert {vote["emotion"] for vote in result["emotions"] if vote["usable"]} == set(CLIPS.values())
    assert PERSON not in page.url
