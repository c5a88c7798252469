"""Any page may be the first that a fresh server is asked for, with anything in its address; nothing goes outside."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core.workspace.store import Workspace
from pages.parts.shell import NOTICE, PAGES
from tests.browser.label_table import wait_until_still
from tests.browser.server import Dashboard
from tests.watching import end_workers

ALL_PAGES = {file: title for pages in PAGES.values() for file, title, _ in pages}

OTHER_PAGES = {
    "validation?validate_seed=NaN&validate_rule=&validate_method=&validate_classifier=x": "Run",
    "screen?screen_alpha=1e9&screen_threshold=7&screen_method=AGCL&screen_seed=-1": "Train and screen",
    "au_table?table_view=&table_emotions=x&table_groups=&table_columns=y&table_far=NaN&emotion=": "Rows per emotion",
    "au_table?table_view=Outliers&table_far=NaN&table_measure=x&table_units=": "Far from the median: |z| from",
    "synthetic_samples?method=&alpha=NaN&spread=paper,scaled": "Method",
}
"""Nonsense for the other pages that keep choices in their address, and what each must still show."""


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Dashboard]:
    """A fresh server on a workspace that begins with the demo cohort."""
    served = Dashboard(tmp_path / "home", demo=True)
    served.start()
    yield served
    served.kill()
    end_workers(Workspace.open(served.home))  # the latent space has asked for its map


@pytest.mark.parametrize("file", [pages[0][0] for pages in PAGES.values()])
def test_a_page_as_the_first_request_of_a_fresh_server(dashboard: Dashboard, page: Page, file: str) -> None:
    asked = asked_for(page)
    page.goto(f"{dashboard.url}/{file}")
    expect(page.get_by_role("heading", name=ALL_PAGES[file], exact=True, level=1)).to_be_visible()
    expect(page.get_by_text(NOTICE)).to_be_visible()
    navigation = page.get_by_test_id("stSidebar")
    for title in ALL_PAGES.values():
        expect(navigation.get_by_role("link", name=title)).to_be_visible()
    wait_until_still(page)
    assert page.get_by_role("alert").filter(has_text="error").count() == 0
    assert len(asked) > 10
    assert elsewhere(asked, dashboard) == []


def asked_for(page: Page) -> list[str]:
    """Every address that a page asks for from now on, as it does."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("websocket", lambda socket: asked.append(socket.url.replace("ws:", "http:")))
    return asked


def elsewhere(asked: list[str], dashboard: Dashboard) -> list[str]:
    """Addresses outside the dashboard."""
    return [url for url in asked if not url.startswith((f"{dashboard.url}/", "data:", "blob:"))]


def test_nonsense_in_the_address_gives_the_defaults(demo: Dashboard, page: Page) -> None:
    page.goto(
        f"{demo.url}/latent_space?threshold=NaN&alpha=inf&emotion=x&features=&k=99&rule=%3Cscript%3E&map=&spread="
    )
    expect(page.get_by_text("UMAP 1 (no unit)").or_(page.get_by_text("PC 1 (sd)"))).to_be_visible()
    expect(page.get_by_role("slider", name="Threshold on SC")).to_have_value("0")
    expect(page.get_by_role("slider", name="Synthetic rows per real row")).to_have_value("7")
    expect(page.get_by_role("combobox", name="Emotion")).to_have_value("anger")
    for chosen in ("text", "hierarchical", "UMAP"):
        expect(page.get_by_role("radio", name=chosen, exact=True)).to_be_checked()
    assert page.get_by_role("alert").count() == 0
    for address, shown in OTHER_PAGES.items():
        page.goto(f"{demo.url}/{address}")
        expect(page.get_by_text(shown, exact=True).first).to_be_visible()
        wait_until_still(page)
        assert page.get_by_role("alert").count() == 0


def test_a_choice_in_the_address_is_taken_and_no_person_ever_stands_there(demo: Dashboard, page: Page) -> None:
    page.goto(f"{demo.url}/latent_space?threshold=0.75&emotion=fear&map=PCA")
    expect(page.get_by_text("Tree of clusters at threshold 0.75")).to_be_visible()
    expect(page.get_by_role("combobox", name="Emotion")).to_have_value("fear")
    page.get_by_test_id("stSidebar").get_by_role("link", name="Screen").click()
    expect(page.get_by_role("combobox", name="Code")).to_be_visible()
    wait_until_still(page)
    assert "SIM" not in json.dumps(page.url)
