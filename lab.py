#!/usr/bin/env python3
"""Set up and start Hypomimia Lab with nothing but Python: `python3 lab.py run | test | bench | setup`."""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import socket
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
STAMP = VENV / "installed.txt"
OLDEST, NEWEST = (3, 10), (3, 12)

LIBRARY_PACKAGES = {
    "libGL.so.1": "libgl1",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libEGL.so.1": "libegl1",
    "libGLESv2.so.2": "libgles2",
}
"""What Debian and Ubuntu call the packages with the libraries that cv2 and mediapipe load."""


def say(text: str) -> None:
    print(f"lab: {text}", flush=True)


def stop(text: str) -> None:
    sys.exit(f"lab: {text}")


def check_python() -> None:
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        found = ".".join(map(str, sys.version_info[:3]))
        stop(
            f"this is Python {found}, and mediapipe 0.10.21 has no build for it. "
            "Install Python 3.10, 3.11 or 3.12 and start again with it, for example: python3.11 lab.py run"
        )


def requirement_files(development: bool) -> list[Path]:
    names = ["requirements.txt", "requirements.lock"] + (["requirements-dev.txt"] if development else [])
    return [ROOT / name for name in names]


def fingerprint(development: bool) -> str:
    content = b"".join(file.read_bytes() for file in requirement_files(development))
    return f"{sys.version_info[0]}.{sys.version_info[1]} {hashlib.sha256(content).hexdigest()}"


def is_installed(development: bool) -> bool:
    return PYTHON.exists() and STAMP.exists() and fingerprint(development) in STAMP.read_text().splitlines()


def make_environment() -> None:
    if PYTHON.exists() and subprocess.run([PYTHON, "-m", "pip", "--version"], capture_output=True).returncode == 0:
        return
    say("making .venv")
    shutil.rmtree(VENV, ignore_errors=True)
    try:
        venv.create(VENV, with_pip=True)
    except (subprocess.CalledProcessError, ImportError, OSError) as error:
        shutil.rmtree(VENV, ignore_errors=True)
        stop(f"Python cannot make a virtual environment here ({error}). On Debian and Ubuntu install python3-venv.")


def check_libraries() -> None:
    """Name the system package to install where cv2 or mediapipe cannot load a library."""
    probe = subprocess.run([PYTHON, "-c", "import cv2, mediapipe"], capture_output=True, text=True)
    if probe.returncode == 0:
        return
    last_line = (probe.stderr.strip() or "no reason given").splitlines()[-1]
    package = next((name for library, name in LIBRARY_PACKAGES.items() if library in last_line), None)
    remedy = f"Install it: apt-get install {package}" if package else "Install the library that it names."
    stop(f"a system library is missing: {last_line} {remedy}")


def setup(development: bool = False) -> None:
    """Make `.venv` and install the pinned requirements, once: a second call finds them and returns at once."""
    check_python()
    if is_installed(development):
        return
    make_environment()
    say("installing the pinned requirements (some minutes the first time)")
    wanted = ROOT / ("requirements-dev.txt" if development else "requirements.txt")
    command = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command += ["-r", wanted, "-c", ROOT / "requirements.lock"]
    if subprocess.run(command).returncode != 0:
        stop("pip could not install the requirements; its message is above. Nothing else was changed; try again.")
    check_libraries()
    done = [fingerprint(False)] + ([fingerprint(True)] if development else [])
    STAMP.write_text("\n".join(done) + "\n")
    say("ready")


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return probe.connect_ex(("127.0.0.1", port)) != 0


def run(port: int, browser: bool) -> int:
    """Start the dashboard on this machine only; a new workspace begins with the demo cohort in it."""
    setup()
    if not is_free(port):
        stop(f"port {port} is taken. Open http://127.0.0.1:{port} if it is the dashboard, or choose another: --port")
    say(f"Hypomimia Lab opens at http://127.0.0.1:{port} (Ctrl+C stops it)")
    command = [PYTHON, "-m", "streamlit", "run", ROOT / "app.py", f"--server.port={port}"]
    command += [f"--server.headless={'false' if browser else 'true'}"]
    environment = {**os.environ, "LAB_DEMO": os.environ.get("LAB_DEMO", "1")}
    try:
        return subprocess.run(command, cwd=ROOT, env=environment).returncode
    except KeyboardInterrupt:
        return 0


def test(arguments: list[str]) -> int:
    """Check the style and the types, then run every test; arguments go to pytest instead of the checks."""
    setup(development=True)
    steps = [] if arguments else [["ruff", "check"], ["ruff", "format", "--check"], ["mypy"]]
    for step in [*steps, ["pytest", *arguments]]:
        say(" ".join(step))
        code = subprocess.run([PYTHON, "-m", *step], cwd=ROOT).returncode
        if code != 0:
            return code
    return 0


def bench(names: list[str]) -> int:
    """Run the benchmark scripts one after another; fails when one of them misses its target."""
    setup(development=True)
    scripts = sorted((ROOT / "benchmarks").glob("*.py"))
    chosen = [script for script in scripts if not names or script.stem in names]
    if not chosen:
        stop(f"no such benchmark. There are: {', '.join(script.stem for script in scripts)}")
    failed = []
    for script in chosen:
        say(f"benchmark {script.stem}")
        if subprocess.run([PYTHON, script], cwd=ROOT).returncode != 0:
            failed.append(script.stem)
    if failed:
        say(f"missed: {', '.join(failed)}")
    return 1 if failed else 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="lab.py", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run_parser = commands.add_parser("run", help="open the dashboard")
    run_parser.add_argument("--port", type=int, default=8501)
    run_parser.add_argument("--no-browser", action="store_true", help="do not open a browser window")
    commands.add_parser("test", help="run every check and test; further arguments go to pytest")
    commands.add_parser("bench", help="run the benchmarks, or those named")
    commands.add_parser("setup", help="only install")
    arguments, rest = parser.parse_known_args()
    if rest and arguments.command not in ("test", "bench"):
        parser.error(f"unknown: {' '.join(rest)}")
    if arguments.command == "run":
        return run(arguments.port, browser=not arguments.no_browser)
    if arguments.command == "test":
        return test(rest)
    if arguments.command == "bench":
        return bench(rest)
    setup()
    say("set up; start it with: python3 lab.py run")
    return 0


if __name__ == "__main__":
    sys.exit(main())
