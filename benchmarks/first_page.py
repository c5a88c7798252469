"""Seconds from a start of the dashboard that is set up already to its first page painted in Chromium, against 2.5 s.

Two figures: from the moment the browser asks for the page (the server is up), and from the start command itself.
The workspace is not new, as at every start but the first.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
LIMIT_S = 2.5
N_STARTS = 5


def painted_after(home: Path, browser: Browser) -> tuple[float, float]:
    """(from the request, from the command) in seconds, of one start and one new browser profile."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    page = browser.new_context(viewport={"width": 1280, "height": 720}).new_page()
    command = [sys.executable, ROOT / "lab.py", "run", "--no-browser", "--port", str(port)]
    started = time.perf_counter()
    server = subprocess.Popen(
        command,
        env={**os.environ, "LAB_HOME": str(home)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        while True:
            with socket.socket() as knock:
                if knock.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.02)
        asked = time.perf_counter()
        page.goto(f"http://127.0.0.1:{port}")
        page.get_by_role("heading", name="From a clip to a verdict").wait_for()
        shown = time.perf_counter()
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()
        page.context.close()
    return shown - asked, shown - started


def main() -> int:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        print("first page: skipped, there is no Chromium on this machine")
        return 0
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        painted_after(Path(home), browser)
        starts = [painted_after(Path(home), browser) for _ in range(N_STARTS)]
        browser.close()
    request_s, command_s = (statistics.median(start[side] for start in starts) for side in (0, 1))
    print(
        f"first page: {request_s:.2f} s after the request, {command_s:.2f} s after the start command "
        f"(median of {N_STARTS}): ratio to the limit {request_s / LIMIT_S:.2f} and {command_s / LIMIT_S:.2f}"
    )
    return 0 if request_s <= LIMIT_S else 1


if __name__ == "__main__":
    sys.exit(main())
