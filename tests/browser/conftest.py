"""A real server on a fresh workspace and a real Chromium in front of it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.server import Dashboard

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
VIEWPORT = {"width": 1280, "height": 720}


@pytest.fixture
def dashboard(tmp_path: Path) -> Iterator[Dashboard]:
    served = Dashboard(tmp_path / "home")
    served.start()
    yield served
    served.kill()


@pytest.fixture
def fresh_dashboard(tmp_path: Path) -> Iterator[Dashboard]:
    """A dashboard that is not started yet."""
    served = Dashboard(tmp_path / "home")
    yield served
    served.kill()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    executable = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if executable is None:
        message = "no Chromium on this machine (apt-get install chromium)"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """One for all tests: it keeps what every page loads, which takes a second to fetch and compile."""
    expect.set_options(timeout=20_000)
    context = chromium.new_context(viewport=VIEWPORT)
    context.set_default_timeout(20_000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page that remembers nothing; a script error that nothing in it catches fails the test."""
    opened = context.new_page()
    thrown: list[str] = []
    opened.on("pageerror", lambda error: thrown.append(error.stack or error.message))
    yield opened
    opened.evaluate("localStorage.clear()")
    context.clear_cookies()
    for each in context.pages:
        each.close()
    assert not thrown, "the page threw:\n" + "\n".join(thrown)
