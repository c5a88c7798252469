"""axe finds nothing serious on any page, light or dark, with the demo cohort."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from core.workspace.store import Workspace
from tests.browser.label_table import wait_until_still
from tests.browser.server import Dashboard
from tests.browser.test_deep_links import ALL_PAGES, asked_for, elsewhere
from tests.watching import end_workers

GRAVE = ("serious", "critical")
GROUNDS = {"light": "rgb(255, 255, 255)", "dark": "rgb(18, 25, 28)"}
"""The colour of the page in each theme."""
OF_STREAMLIT = {
    # The sidebar is a <section>, on which Streamlit says whether it is folded in; readers pass over the attribute.
    ("aria-allowed-attr", ".stSidebar"),
    # The file input is hidden, out of the tab order, and opened by a button that has a name.
    ("label", 'input[data-testid="stFileUploaderDropzoneInput"]'),
}
"""Rule and selector of what no page can mend."""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    served = Dashboard(tmp_path_factory.mktemp("accessible") / "home", demo=True)
    served.start()
    yield served
    served.kill()
    end_workers(Workspace.open(served.home))


@pytest.fixture(scope="module")
def visitor(context: BrowserContext) -> Iterator[Page]:
    """One page for all: what it has compiled makes each a matter of a second."""
    opened = context.new_page()
    yield opened
    opened.close()


@pytest.mark.parametrize("file", ALL_PAGES)
def test_nothing_serious_in_light_and_dark_and_nothing_from_elsewhere(
    demo: Dashboard, visitor: Page, file: str
) -> None:
    asked = asked_for(visitor)
    visitor.emulate_media(color_scheme="light")
    visitor.goto(f"{demo.url}/{file}")
    expect(visitor.get_by_role("heading", name=ALL_PAGES[file], exact=True, level=1)).to_be_visible()
    wait_until_still(visitor)
    for scheme in GROUNDS:
        visitor.emulate_media(color_scheme=scheme)
        expect(visitor.locator(".stApp")).to_have_css("background-color", GROUNDS[scheme])
        visitor.wait_for_timeout(300)  # colours change with a transition
        assert grave_violations(visitor) == [], scheme
    assert elsewhere(asked, demo) == []


def grave_violations(page: Page) -> list[tuple[str, str, str]]:
    """(rule, selector, markup) of every serious or critical violation that a page could mend."""
    found = Axe().run(page).response["violations"]
    return [
        (violation["id"], node["target"][0], node["html"])
        for violation in found
        if violation["impact"] in GRAVE
        for node in violation["nodes"]
        if (violation["id"], node["target"][0]) not in OF_STREAMLIT
    ]
