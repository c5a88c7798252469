#!/usr/bin/env python3
"""Set up and start Hypomimia Lab with nothing but Python: `python3 lab.py run | test | bench | setup`."""

from __future__ import annotations

import argparse
import hashlib
import http.client
import os
import shutil
import socket
import subprocess
import sys
import urllib.error
import urllib.request
import venv
from collections.abc import Iterator, Mapping
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

LANDMARKER_URL = (
    "https://storage.googleapis.com/mediapipe-models/face_landmarker/face_landmarker/float16/1/face_landmarker.task"
)
LANDMARKER_BYTES = 3_758_596
LANDMARKER_SHA256 = "64184e229b263107bc2b804c6625db1341ff2bb731874b0bcc2fe6544e0bc9ff"
_CHUNK_BYTES = 1 << 16


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


def fetch_face_landmarker() -> None:
    """Fetch the official FaceLandmarker model, check it and only then put it in its place.

    `LAB_FACE_LANDMARKER` names another place than `models/`, `LAB_FACE_LANDMARKER_URL` another address to fetch from.
    """
    place = Path(os.environ.get("LAB_FACE_LANDMARKER") or ROOT / "models" / "face_landmarker.task")
    address = os.environ.get("LAB_FACE_LANDMARKER_URL") or LANDMARKER_URL
    if place.is_file() and what_is_wrong(place) is None:
        say(f"the FaceLandmarker model is here already: {place}")
        return
    say(f"fetching the FaceLandmarker model ({LANDMARKER_BYTES / 1e6:.1f} MB) from {address}")
    part = place.with_name(f"{place.name}.{os.getpid()}.part")
    try:
        download(address, part)
        if wrong := what_is_wrong(part):
            stop(f"what came {wrong}. It was removed and nothing was changed; try again later.")
        os.replace(part, place)
    except OSError as error:
        stop(f"the model cannot be written to {place} ({error.strerror}). Nothing was changed.")
    finally:
        part.unlink(missing_ok=True)
    say(f"checked, and put at {place}. Choose it in the dashboard under Settings, Measuring.")


def download(address: str, part: Path) -> None:
    """Write what lies at an address to `part`, telling how far it is; hardly more than the official file."""
    done = told = 0
    with part.open("wb") as file:
        for chunk in chunks(address):
            file.write(chunk)
            done += len(chunk)
            if done > LANDMARKER_BYTES:
                break
            if done - told >= LANDMARKER_BYTES // 5:
                say(f"{done / 1e6:.1f} of {LANDMARKER_BYTES / 1e6:.1f} MB")
                told = done
        file.flush()
        os.fsync(file.fileno())


def chunks(address: str) -> Iterator[bytes]:
    """What lies at an address, piece by piece; stops the program with one sentence where it cannot be had."""
    try:
        with urllib.request.urlopen(address, timeout=30) as answer:
            while chunk := answer.read(_CHUNK_BYTES):
                yield chunk
    except http.client.IncompleteRead as error:
        yield error.partial
    except urllib.error.HTTPError as error:
        stop(
            f"the server refuses it ({error.code} {error.reason}). Nothing was changed; the dashboard works without it."
        )
    except (http.client.HTTPException, OSError, ValueError) as error:
        stop(
            f"the connection to the server failed ({getattr(error, 'reason', error)}). Nothing was changed; the "
            "dashboard works without the model. On a closed network, put the file into the folder models yourself."
        )


def what_is_wrong(file: Path) -> str | None:
    """How a file differs from the official FaceLandmarker model; None where it does not."""
    size = file.stat().st_size
    if size < LANDMARKER_BYTES:
        return f"is cut short ({size:,} of {LANDMARKER_BYTES:,} bytes)"
    if size > LANDMARKER_BYTES or hashlib.sha256(file.read_bytes()).hexdigest() != LANDMARKER_SHA256:
        return "is not the official file (its SHA-256 differs)"
    return None


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


TESTS = ["pytest", "-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]
"""Two files at once: journeys and faults wait much, and units compute."""
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
"""Threads of processes side by side wait for each other: they cost a sixth of the time."""


def test(arguments: list[str]) -> int:
    """Check the style and the types, then run every test; arguments go to pytest instead of the checks."""
    setup(development=True)
    checks = [] if arguments else [["ruff", "check"], ["ruff", "format", "--check"], ["mypy"]]
    for step in checks:
        if code := module(step):
            return code
    return module(["pytest", *arguments] if arguments else TESTS, ONE_THREAD)


def module(command: list[str], environment: Mapping[str, str] | None = None) -> int:
    """Run a module with its arguments, and with more in its environment; its exit status."""
    say(" ".join(command))
    return subprocess.run([PYTHON, "-m", *command], cwd=ROOT, env={**os.environ, **(environment or {})}).returncode


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
    setup_parser = commands.add_parser("setup", help="only install")
    setup_parser.add_argument(
        "--face-landmarker",
        action="store_true",
        help="also fetch mediapipe's FaceLandmarker model (3.8 MB; never needed)",
    )
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
    if arguments.face_landmarker:
        fetch_face_landmarker()
    say("set up; start it with: python3 lab.py run")
    return 0


if __name__ == "__main__":
    sys.exit(main())
