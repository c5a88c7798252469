"""Seconds from a start of the dashboard that is set up already to its first page painted in Chromium, against 2.5 s.

Two figures: from the start command, in the browser that saw the dashboard before, as at every start but the first; and
from the request, in a browser that never did. The workspace is not new.
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

from playwright.sync_api import BrowserContext, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
VIEWPORT = {"width": 1280, "height": 720}
LIMIT_S = 2.5
N_STARTS = 5


def painted_after(home: Path, port: int, context: BrowserContext) -> tuple[float, float]:
    """(from the request, from the command) in seconds, of one start."""
    page = context.new_page()
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
        while not answers(port):
            time.sleep(0.02)
        asked = time.perf_counter()
        page.goto(f"http://127.0.0.1:{port}")
        page.get_by_role("heading", name="From a clip to a verdict").wait_for()
        shown = time.perf_counter()
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()
        page.close()
    return shown - asked, shown - started


def answers(port: int) -> bool:
    with socket.socket() as knock:
        return knock.connect_ex(("127.0.0.1", port)) == 0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main() -> int:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        print("first page: skipped, there is no Chromium on this machine")
        return 0
    port = free_port()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        home = Path(folder)
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        known = browser.new_context(viewport=VIEWPORT)
        painted_after(home, port, known)
        command_s = statistics.median(painted_after(home, port, known)[1] for _ in range(N_STARTS))
        request_s = statistics.median(
            painted_after(home, port, browser.new_context(viewport=VIEWPORT))[0] for _ in range(N_STARTS)
        )
        browser.close()
    for seconds, what in ((command_s, "start command, browser known"), (request_s, "request, browser new")):
        print(f"first page: {seconds:.2f} s after the {what} (median of {N_STARTS}): ratio {seconds / LIMIT_S:.2f}")
    return 0 if max(command_s, request_s) <= LIMIT_S else 1


if __name__ == "__main__":
    sys.exit(main())
