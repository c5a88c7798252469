"""Pieces of work that exist only to be watched and killed by tests. Run by other processes, so importable by name."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from core.errors import UserError
from core.types import Progress


def wait(seconds: float, progress: Progress) -> int:
    """Wait in ten steps; the process that did."""
    for step in range(10):
        progress.report(step, 10)
        time.sleep(seconds / 10)
    return os.getpid()


def die(progress: Progress) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_once(mark: Path, progress: Progress) -> str:
    """Die at the first time, which leaves a mark."""
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return "lived"


def refuse(progress: Progress) -> None:
    raise UserError("It is empty.", "It has no frames.", "Film it again.")


def fail(progress: Progress) -> None:
    raise ZeroDivisionError("a fault of ours")


def weigh(content: bytes, progress: Progress) -> int:
    return len(content)


def fill(size: int, progress: Progress) -> bytes:
    """An outcome so big that it is on its way for some time."""
    time.sleep(0.05)
    return bytes(size)
