"""The latent space as a reader moves it: the drag from 1 to 0, the lasso, and a group that gets nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from core.workspace.store import Workspace
from tests.browser.label_table import wait_until_still
from tests.browser.server import Dashboard
from tests.watching import end_workers

SHAPES = """
() => {
  const map = document.querySelector(".st-key-latent_map .js-plotly-plot");
  const part = (name) => map.data.filter(({ meta }) => meta.part === name);
  const list = ({ x }) => Array.from(x._inputArray ?? x);
  const gaps = (trace) => list(trace).filter((at) => !Number.isFinite(at)).length;
  const histogram = document.querySelector(".st-key-sc_histogram .js-plotly-plot");
  return {
    hulls: Object.fromEntries(part("outline").map((trace) => [trace.meta.kind || "mixed", gaps(trace)])),
    synthetic: part("synthetic").reduce((sum, trace) => sum + list(trace).length, 0),
    line: histogram.layout.shapes.find(({ name }) => name === "threshold").x0,
  };
}
"""


@pytest.fixture
def opened(tmp_path: Path, page: Page) -> Iterator[Page]:
    """The page with the demo cohort, k and map chosen by the address."""
    served = Dashboard(tmp_path / "home", demo=True)
    served.start()
    page.goto(f"{served.url}/latent_space?map=PCA&k=2&threshold=1")
    expect(page.locator(".st-key-latent_map .js-plotly-plot .xtitle")).to_be_visible()
    wait_until_still(page)
    yield page
    served.kill()
    end_workers(Workspace.open(served.home))


def thumb(page: Page) -> tuple[float, float]:
    box = page.locator(".st-key-threshold [data-testid=stSliderThumbValue]").locator("..").bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag_to(page: Page, value: float) -> None:
    """Move the held thumb to where the slider means `value`."""
    track = page.locator(".st-key-threshold [role=group]").bounding_box()
    assert track is not None
    page.mouse.move(track["x"] + 6 + value * (track["width"] - 12), thumb(page)[1], steps=6)
    page.wait_for_timeout(250)


def told(page: Page) -> tuple[int, int, int, int]:
    """Clusters, pure ones, and the shares of PD and control that the readout at the slider tells."""
    words = page.locator(".readout").inner_text()
    found = re.fullmatch(r"(\d+) clusters, (\d+) pure: (\d+) % of PD, (\d+) % of control", words)
    assert found, words
    n, pure, pd, control = map(int, found.groups())
    return n, pure, pd, control


def coverage(page: Page) -> str:
    return page.get_by_text("In pure clusters:").inner_text()


def test_dragging_from_1_to_0_splits_the_clusters_before_the_readers_eyes_and_the_page_follows(opened: Page) -> None:
    page = opened
    expect(page.get_by_text("Neither group is in a pure cluster, so AGCL makes no synthetic rows")).to_be_visible()
    assert "0 % of PD, 0 % of control" in coverage(page)
    seen: list[tuple[tuple[int, int, int, int], dict[str, Any]]] = [(told(page), page.evaluate(SHAPES))]
    assert seen[0][0] == (2, 0, 0, 0)
    assert seen[0][1]["hulls"] == {"PD": 0, "control": 0, "mixed": 2}

    page.mouse.move(*thumb(page))
    page.mouse.down()
    for value in (0.6, 0.55, 0.5, 0.0):
        drag_to(page, value)
        seen.append((told(page), page.evaluate(SHAPES)))
        assert "threshold=1" in page.url  # not released yet: all of this is the browser's own work
    for (words, shapes), (earlier, _) in zip(seen[1:], seen, strict=False):
        assert words[0] >= earlier[0]
        assert sum(shapes["hulls"].values()) == words[0]
        assert shapes["hulls"]["PD"] + shapes["hulls"]["control"] == words[1]
    assert seen[-1][0][2:] == (100, 100)
    assert seen[-1][1]["hulls"]["mixed"] == 0
    assert seen[-1][1]["synthetic"] > 0
    assert abs(seen[-1][1]["line"]) < 0.011
    page.mouse.up()
    expect(page.get_by_text("In pure clusters: 100 % of PD, 100 % of control.")).to_be_visible()
    wait_until_still(page)
    assert "threshold=1" not in page.url
    assert page.evaluate(SHAPES)["hulls"] == seen[-1][1]["hulls"]
    assert page.evaluate(SHAPES)["synthetic"] == seen[-1][1]["synthetic"]
    expect(page.get_by_text("Tree of clusters at threshold 0.00")).to_be_visible()
    expect(page.get_by_text("so AGCL makes no synthetic rows")).to_have_count(0)


def test_a_lasso_shows_the_people_in_it_side_by_side(opened: Page) -> None:
    page = opened
    expect(page.get_by_text("Draw around people on the map")).to_be_visible()
    box = page.locator(".st-key-latent_map").bounding_box()
    assert box is not None
    corners = [(0.08, 0.15), (0.6, 0.15), (0.6, 0.85), (0.08, 0.85), (0.08, 0.2)]
    places = [(box["x"] + box["width"] * x, box["y"] + box["height"] * y) for x, y in corners]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=8)
    page.mouse.up()
    heading = page.get_by_text(re.compile(r"In the lasso: \d+ people \(\d+ PD, \d+ control\)"))
    expect(heading).to_be_visible()
    chart = page.locator(".st-key-side_by_side")
    expect(chart.get_by_text("mean of PD")).to_be_visible()
    expect(chart.get_by_text("AU09")).to_be_visible()
    assert chart.get_by_text(re.compile(r"^SIM\d+, (PD|control)$")).count() > 3
    page.mouse.move(*thumb(page))
    page.mouse.down()
    drag_to(page, 0.5)
    page.mouse.up()
    wait_until_still(page)
    expect(heading).to_be_visible()  # the people stay while the threshold moves
    page.get_by_role("button", name="Clear").click()
    expect(page.get_by_text("Draw around people on the map")).to_be_visible()
