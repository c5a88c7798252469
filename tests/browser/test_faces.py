"""The page Faces as a person uses it: scrub to the peak, set another by hand and take it back, show no one's face."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from core.workspace import clips
from core.workspace.store import Workspace
from tests.browser.label_table import wait_until_still
from tests.browser.server import Dashboard
from tests.watching import end_workers


@pytest.fixture
def ws(fresh_dashboard: Dashboard, measured_home: Path) -> Iterator[Workspace]:
    shutil.copytree(measured_home, fresh_dashboard.home)
    opened = Workspace.open(fresh_dashboard.home)
    yield opened
    end_workers(opened)


@pytest.fixture
def faces(fresh_dashboard: Dashboard, ws: Workspace, page: Page) -> Page:
    """The page Faces with a clip that was measured."""
    fresh_dashboard.start()
    return opened_at(page, fresh_dashboard)


def opened_at(page: Page, dashboard: Dashboard) -> Page:
    page.goto(f"{dashboard.url}/faces")
    expect(in_view(page)).to_be_visible()
    wait_until_still(page)
    return page


def in_view(page: Page) -> Locator:
    return page.get_by_text(re.compile(r"^Frame \d+ of \d+"))


def frame(page: Page) -> int:
    return int(in_view(page).inner_text().split()[1])


def bar(page: Page) -> Locator:
    return page.locator(".st-key-scrub").get_by_role("slider", name="Frame")


def pixels(page: Page) -> np.ndarray:
    source = page.get_by_test_id("stImage").locator("img").get_attribute("src")
    assert source is not None
    response = page.request.get(source if source.startswith("http") else page.url.rpartition("/")[0] + source)
    return np.asarray(Image.open(io.BytesIO(response.body())).convert("RGB"), float)


def test_to_the_peak_and_another_one_by_hand_and_back(faces: Page, ws: Workspace) -> None:
    (clip,) = clips.list_clips(ws)
    assert clip.peak_frame is not None
    peak = clip.peak_frame + 1
    expect(in_view(faces)).to_contain_text(f"Frame {peak} of 72")
    curves = faces.get_by_test_id("stPlotlyChart").first
    for word in (re.compile(r"peak \d+\.\d+ s"), re.compile(r"onset \d+\.\d+ s"), "neutral", "intensity (0 to 5)"):
        expect(curves.get_by_text(word).first).to_be_visible()

    bar(faces).press("Home")
    expect(in_view(faces)).to_contain_text("Frame 1 of 72")
    at_rest = pixels(faces)
    faces.get_by_role("button", name="Peak", exact=True).click()
    expect(in_view(faces)).to_contain_text(f"Frame {peak} of 72")
    wait_until_still(faces)
    assert np.abs(pixels(faces) - at_rest).max() > 50

    amplitude = faces.get_by_test_id("stMetric").filter(has_text="Amplitude").get_by_test_id("stMetricValue")
    before = amplitude.inner_text()
    key, step = ("ArrowLeft", -1) if peak > 3 else ("ArrowRight", 1)
    other = peak
    for _ in range(3):
        bar(faces).press(key)
        other += step
        expect(in_view(faces)).to_contain_text(f"Frame {other} of 72")
        wait_until_still(faces)
    faces.get_by_role("button", name="Peak is here").click()
    expect(faces.get_by_text("peak corrected by hand")).to_be_visible()
    assert clips.get_clip(ws, clip.id).peak_frame == other - 1
    faces.get_by_role("button", name="Undo").click()
    expect(faces.get_by_text("peak corrected by hand")).to_have_count(0)
    wait_until_still(faces)
    assert clips.get_clip(ws, clip.id).peak_frame == peak - 1
    expect(amplitude).to_have_text(before)
    assert "P01" not in faces.url
    assert clip.id not in faces.url


def test_it_plays_through_and_no_face_is_shown_unless_asked_for(faces: Page, ws: Workspace) -> None:
    colours = {}
    for how in ("Mesh only", "Blurred", "Shown"):
        faces.get_by_test_id("stMain").get_by_role("radio", name=how).click(force=True)
        wait_until_still(faces)
        colours[how] = pixels(faces)
    saturation = {how: np.ptp(image, axis=2).mean() for how, image in colours.items()}
    assert saturation["Mesh only"] < 0.6 * min(saturation["Blurred"], saturation["Shown"])
    faces.reload()
    expect(faces.get_by_test_id("stMain").get_by_role("radio", name="Shown")).to_be_checked()
    bar(faces).press("Home")
    expect(in_view(faces)).to_contain_text("Frame 1 of 72")
    faces.get_by_role("button", name="Play").click()
    expect(in_view(faces)).to_contain_text("Frame 72 of 72", timeout=15_000)
    expect(faces.get_by_role("button", name="Play")).to_be_visible()
    faces.keyboard.press("j")
    expect(in_view(faces)).to_contain_text("Frame 71 of 72")


def test_a_server_that_sends_late_blanks_nothing(fresh_dashboard: Dashboard, ws: Workspace, page: Page) -> None:
    """Playing asks for the part that plays again while what the whole page drew has not been sent."""
    fresh_dashboard.start(flush_every_s=0.8)
    opened_at(page, fresh_dashboard)
    for _ in range(2):
        bar(page).press("Home")
        expect(in_view(page)).to_contain_text("Frame 1 of 72")
        page.get_by_role("button", name="Play").click()
        expect(in_view(page)).to_contain_text("Frame 72 of 72")
        expect(page.get_by_role("button", name="Play")).to_be_visible()
        expect(page.get_by_test_id("stDataFrame")).to_be_attached()
        expect(page.get_by_text("Measured with")).to_be_visible()


def test_the_frame_is_saved_as_it_is_shown(faces: Page) -> None:
    faces.get_by_role("button", name="Save").click()
    with faces.expect_download() as download:
        faces.get_by_role("button", name="Frame as PNG").click()
    saved = np.asarray(Image.open(download.value.path()).convert("RGB"), float)
    np.testing.assert_allclose(saved.mean(), pixels(faces).mean(), atol=2)
    with faces.expect_download() as download:
        faces.get_by_role("button", name="Curves as SVG").click()
    assert "AU26" in Path(download.value.path()).read_text()
