"""A cohort from a table to its differences: preview, compare, relabel, undo, add another program's table."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Page, expect

from core.types import ACTION_UNITS
from core.workspace import cohorts
from core.workspace.store import Workspace
from tests.browser.label_table import wait_until_still
from tests.browser.server import Dashboard
from tests.browser.test_accessible import grave_violations


def write_cohort(path: Path) -> None:
    """Twelve people with PD who smile less than twelve controls, in two expressions; P05 has no clip of fear."""
    rng = np.random.default_rng(4)
    lines = []
    for i in range(24):
        group = "PD" if i % 2 else "control"
        for emotion in ("happiness", "fear"):
            units = {au: round(float(rng.uniform(0, 1)), 2) for au in ACTION_UNITS}
            units["AU12"] = round(float(rng.normal(1.2 if i % 2 else 3.4, 0.4)), 2)
            lines.append({"subject": f"P{i:02d}", "emotion": emotion, "group": group, "backend": "openface"} | units)
    rows = pd.DataFrame(lines)
    rows[(rows["subject"] != "P05") | (rows["emotion"] != "fear")].to_csv(path, index=False)


@pytest.fixture
def opened(dashboard: Dashboard, page: Page, tmp_path: Path) -> Page:
    """The page with a cohort that was imported on it."""
    write_cohort(tmp_path / "ward.csv")
    page.goto(f"{dashboard.url}/au_table")
    page.locator("input[type=file]").set_input_files(tmp_path / "ward.csv")
    expect(page.get_by_text("47 rows of 24 people from 1 file. Not kept yet.")).to_be_visible()
    assert cohorts.list_cohorts(Workspace.open(dashboard.home)) == []
    page.get_by_label("Name of the new cohort").fill("Ward 7")
    page.get_by_label("Name of the new cohort").press("Tab")
    page.get_by_role("button", name="Keep these rows").click()
    expect(page.get_by_text("47 rows imported into Ward 7.")).to_be_visible()
    wait_until_still(page)
    return page


def view(page: Page, name: str) -> None:
    page.get_by_role("radio", name=name, exact=True).or_(page.get_by_role("button", name=name, exact=True)).click()
    wait_until_still(page)


def choose(page: Page, label: str, option: str) -> None:
    page.get_by_role("combobox", name=label, exact=True).click()
    page.get_by_role("option", name=option, exact=True).click()
    wait_until_still(page)


def group_of(home: Path, subject: str) -> set[str]:
    ws = Workspace.open(home)
    cohort = cohorts.in_use(ws)
    assert cohort is not None
    rows = cohorts.read_table(ws, cohort.table_hash)
    return set(rows.loc[rows["subject"] == subject, "group"])


def test_from_a_table_to_what_differs_and_back_from_a_wrong_label(dashboard: Dashboard, opened: Page) -> None:
    page = opened
    page.get_by_role("button", name="fear", exact=True).click()
    expect(page.get_by_text("23 of 47 rows")).to_be_visible()
    wait_until_still(page)
    page.get_by_label("Search by code").fill("p05")
    page.get_by_label("Search by code").press("Enter")
    expect(page.get_by_text("0 of 47 rows")).to_be_visible()

    view(page, "Missing clips")
    expect(page.get_by_text("in 24 of 24 people: anger 24, disgust 24, fear 1, surprise 24.")).to_be_visible()

    view(page, "Compare groups")
    choose(page, "Emotion", "happiness")
    expect(page.get_by_text(re.compile(r"1 of 17 measures differ between the groups in happiness"))).to_be_visible()
    expect(page.get_by_text(re.compile(r"AU12 \(g.−"))).to_be_visible()
    figure = page.get_by_test_id("stPlotlyChart")
    for words in ("PD (12)", "control (12)", "intensity (0 to 5)", "AU12"):
        expect(figure.get_by_text(words, exact=True)).to_be_visible()
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Differences as CSV").click()
    assert pd.read_csv(download.value.path())["measure"][0] == "AU12"
    page.keyboard.press("Escape")

    view(page, "Labels")
    page.get_by_role("combobox", name="People").click()
    page.get_by_role("option", name="P01", exact=True).click()
    page.keyboard.press("Escape")
    choose(page, "Group", "control")
    expect(page.get_by_text("To be changed, in 2 rows:")).to_be_visible()
    assert group_of(dashboard.home, "P01") == {"PD"}
    page.get_by_role("button", name="Save labels").click()
    expect(page.get_by_text(re.compile("^Changed, in 2 rows:"))).to_be_visible()
    assert group_of(dashboard.home, "P01") == {"control"}
    view(page, "Compare groups")
    expect(figure.get_by_text("PD (11)", exact=True)).to_be_visible()
    page.get_by_test_id("stMain").get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Taken back: group of 1 person changed.")).to_be_visible()
    expect(figure.get_by_text("PD (12)", exact=True)).to_be_visible()
    assert group_of(dashboard.home, "P01") == {"PD"}
    assert "P01" not in page.url
    assert "p05" not in page.url


def test_a_table_of_another_program_is_shown_with_what_it_means(
    dashboard: Dashboard, opened: Page, shared_data: Path, tmp_path: Path
) -> None:
    page = opened
    frames = tmp_path / "P77_fear.csv"
    frames.write_bytes((shared_data / "csv_formats" / "pyfeat_2.csv").read_bytes())
    (tmp_path / "notes.csv").write_text("a,b\n1,2\n")
    view(page, "Import")
    page.locator("input[type=file]").set_input_files([frames, tmp_path / "notes.csv"])
    expect(page.get_by_test_id("stMain").get_by_role("alert").filter(has_text="notes.csv")).to_be_visible()
    expect(page.get_by_text("intensities 0 to 1: 1 row of 1 person from 1 file. Not kept yet.")).to_be_visible()
    expect(
        page.get_by_role("alert").filter(has_text="Not in this format: AU45. All 17 cannot be used.")
    ).to_be_visible()
    page.get_by_text("into Ward 7", exact=True).click()
    expect(page.get_by_text("come from different backends")).to_be_visible()
    page.get_by_role("button", name="Keep these rows").click()
    expect(page.get_by_text("1 row imported into Ward 7.")).to_be_visible()
    assert group_of(dashboard.home, "P77") == {""}


def test_axe_finds_nothing_serious_in_any_view(opened: Page) -> None:
    for name in ("Compare groups", "Missing clips", "Outliers", "Labels", "Import"):
        view(opened, name)
        opened.mouse.move(2, 2)
        for scheme in ("light", "dark"):
            opened.emulate_media(color_scheme=scheme)
            opened.wait_for_timeout(600)  # colours change with a transition
            assert grave_violations(opened) == [], (name, scheme)
