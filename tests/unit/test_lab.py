"""Set-up by the standard library alone."""

from __future__ import annotations

import hashlib
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

import lab
from core.faces import face_landmarker

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("version", "accepted"), [((3, 9, 1), False), ((3, 10, 0), True), ((3, 12, 9), True), ((3, 13, 0), False)]
)
def test_python_is_checked_by_version(
    version: tuple[int, ...], accepted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lab.sys, "version_info", version)
    if accepted:
        lab.check_python()
    else:
        with pytest.raises(SystemExit, match=r"3\.10, 3\.11 or 3\.12"):
            lab.check_python()


def test_the_fingerprint_follows_the_pins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lab, "ROOT", tmp_path)
    for name in ("requirements.txt", "requirements.lock", "requirements-dev.txt"):
        (tmp_path / name).write_text("numpy==1\n")
    before = lab.fingerprint(development=False)
    assert lab.fingerprint(development=True) != before
    (tmp_path / "requirements-dev.txt").write_text("pytest==2\n")
    assert lab.fingerprint(development=False) == before
    (tmp_path / "requirements.lock").write_text("numpy==2\n")
    assert lab.fingerprint(development=False) != before


def test_a_taken_port_is_told() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert not lab.is_free(taken.getsockname()[1])


def test_an_unknown_argument_is_refused() -> None:
    ran = subprocess.run([sys.executable, ROOT / "lab.py", "run", "--speed"], capture_output=True, text=True)
    assert ran.returncode == 2
    assert "--speed" in ran.stderr


def test_pins_are_exact_and_the_lock_names_torch_without_a_build() -> None:
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    assert all("==" in line.split("#")[0] for line in lines if line.strip())
    lock = (ROOT / "requirements.lock").read_text().splitlines()
    assert "torch==2.13.0" in lock
    for line in lines:
        assert line.split("#")[0].strip().lower() in [entry.lower() for entry in lock], line


class Shelf(BaseHTTPRequestHandler):
    """Serves the model file whole, cut off, altered, endless, or not at all, by the path asked for."""

    def do_GET(self) -> None:
        content = self.server.model
        if self.path == "/missing":
            self.send_error(404, "Not Found")
            return
        self.send_response(200)
        if self.path != "/endless":
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.server.sent = 0
        try:
            if self.path == "/endless":
                while self.server.sent < 100_000_000:
                    self.server.sent += self.wfile.write(bytes(1_000_000))
            elif self.path == "/truncated":
                self.wfile.write(content[:1_000_000])
            elif self.path == "/altered":
                self.wfile.write(content[:-1] + bytes([content[-1] ^ 1]))
            else:
                self.wfile.write(content)
        except ConnectionError:
            return

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture(scope="module")
def shelf(shared_data: Path) -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Shelf)
    server.model = (shared_data / "face_landmarker" / "face_landmarker.task").read_bytes()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def fetch(address: str, place: Path) -> subprocess.CompletedProcess[str]:
    """`lab.fetch_face_landmarker` by a Python of its own, which has the standard library alone."""
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import lab; lab.fetch_face_landmarker()"
    found = {"LAB_FACE_LANDMARKER": str(place), "LAB_FACE_LANDMARKER_URL": address, "no_proxy": "127.0.0.1"}
    command = [sys.executable, "-S", "-c", code]
    return subprocess.run(command, env={**os.environ, **found}, capture_output=True, text=True, timeout=60)


def address_of(server: ThreadingHTTPServer, path: str) -> str:
    return f"http://127.0.0.1:{server.server_address[1]}/{path}"


def test_the_model_is_fetched_checked_and_put_in_place(shelf: ThreadingHTTPServer, tmp_path: Path) -> None:
    place = tmp_path / "model.task"
    ran = fetch(address_of(shelf, "whole"), place)
    assert ran.returncode == 0, ran.stderr
    assert place.read_bytes() == shelf.model
    assert "MB" in ran.stdout
    assert f"checked, and put at {place}" in ran.stdout
    assert list(tmp_path.iterdir()) == [place]
    again = fetch(address_of(shelf, "missing"), place)
    assert again.returncode == 0
    assert "here already" in again.stdout


def test_only_set_up_fetches_and_only_when_asked() -> None:
    told = {
        command: subprocess.run(
            [sys.executable, ROOT / "lab.py", command, "--help"], capture_output=True, text=True
        ).stdout
        for command in ("run", "setup")
    }
    assert "--face-landmarker" in told["setup"]
    assert "--face-landmarker" not in told["run"]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("truncated", "cut short (1,000,000 of 3,758,596 bytes)"),
        ("altered", "its SHA-256 differs"),
        ("endless", "its SHA-256 differs"),
        ("missing", "404 Not Found"),
    ],
)
def test_anything_but_the_official_file_is_refused_and_removed(
    shelf: ThreadingHTTPServer, tmp_path: Path, path: str, words: str
) -> None:
    place = tmp_path / "model.task"
    place.write_text("what was there before")
    ran = fetch(address_of(shelf, path), place)
    assert ran.returncode == 1
    assert words in ran.stderr
    assert "Traceback" not in ran.stderr
    assert place.read_text() == "what was there before"
    assert list(tmp_path.iterdir()) == [place]
    if path == "endless":
        assert shelf.sent < 20_000_000


@pytest.mark.parametrize("address", ["http://127.0.0.1:1/model", "http://no-such-host.invalid/model", "not an address"])
def test_without_a_server_one_sentence_says_so(tmp_path: Path, address: str) -> None:
    ran = fetch(address, tmp_path / "model.task")
    assert ran.returncode == 1
    assert "the connection to the server failed" in ran.stderr
    assert "works without the model" in ran.stderr
    assert len(ran.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_told(shelf: ThreadingHTTPServer, tmp_path: Path) -> None:
    ran = fetch(address_of(shelf, "whole"), tmp_path / "nowhere" / "model.task")
    assert ran.returncode == 1
    assert "cannot be written to" in ran.stderr
    assert len(ran.stderr.splitlines()) == 1


def test_set_up_and_dashboard_know_the_same_model(shared_data: Path) -> None:
    content = (shared_data / "face_landmarker" / "face_landmarker.task").read_bytes()
    known = (len(content), hashlib.sha256(content).hexdigest())
    assert known == (lab.LANDMARKER_BYTES, lab.LANDMARKER_SHA256)
    assert known == (face_landmarker.SIZE_BYTES, face_landmarker.SHA256)
    assert lab.LANDMARKER_URL.startswith("https://storage.googleapis.com/mediapipe-models/face_landmarker/")
