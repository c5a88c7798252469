"""The dashboard as a process of its own, on a workspace of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SENDING_LATE = """
import sys
from streamlit.runtime import runtime
from streamlit.web.cli import main
runtime.MESSAGE_FLUSH_INTERVAL_SECS = float(sys.argv.pop(1))
main()
"""


class Dashboard:
    """The dashboard as a process of its own, on a workspace of its own."""

    def __init__(self, home: Path, demo: bool = False) -> None:
        self.home = home
        self.demo = demo
        self.port = one_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self, flush_every_s: float | None = None) -> None:
        """Start, and wait until it answers; `flush_every_s`: it sends to browsers only so often, as if it were busy."""
        environment = {**os.environ, "LAB_HOME": str(self.home), "LAB_DEMO": "1" if self.demo else ""}
        given = ["-m", "streamlit"] if flush_every_s is None else ["-c", SENDING_LATE, str(flush_every_s)]
        command = [sys.executable, *given, "run", "app.py"]
        command += [f"--server.port={self.port}", "--server.headless=true"]
        log = (self.home.parent / "server.log").open("ab")
        self._process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=1):
                    return
            except OSError:
                time.sleep(0.05)
        raise TimeoutError("the dashboard did not start within 60 s")

    def kill(self) -> None:
        """`kill -9`: nothing is told, nothing is tidied."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None


@cache
def one_port() -> int:
    """The same for every server of this process, one after the other, so that a browser may keep what they serve."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
