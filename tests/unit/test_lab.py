"""Set-up by the standard library alone."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest

import lab

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
