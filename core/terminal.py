"""How the command line speaks with its user: arguments checked before any work, progress, faults in one line."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from core.errors import UserError
from core.time_left import Clock, duration


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


class Terminal:
    """A `Progress` that tells on stderr where the work stands: every new message, and each at most twice a second.

    Inside a `with` block Ctrl-C cancels at the next safe point, because an exception in the midst of the face mesh
    aborts the process; a second Ctrl-C ends it at once.
    """

    def __init__(self) -> None:
        self._clock = Clock()
        self._last = 0.0
        self._message = ""
        self._stopped = False

    def __enter__(self) -> Terminal:
        self._before = signal.signal(signal.SIGINT, self._stop)
        return self

    def __exit__(self, *exception: object) -> None:
        signal.signal(signal.SIGINT, self._before)

    def _stop(self, *signal_and_frame: object) -> None:
        self._stopped = True
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    def report(self, done: float, total: float, message: str = "") -> None:
        now = time.monotonic()
        self._clock.hear(done, total)
        if message != self._message or now - self._last >= 0.5:
            self._last, self._message = now, message
            left = self._clock.left(done, total)
            say(f"{100 * done / max(total, 1):3.0f} %  {message}" + (f", about {duration(left)} left" if left else ""))

    def cancelled(self) -> bool:
        return self._stopped


class OneLineParser(argparse.ArgumentParser):
    """Refuses wrong arguments in one line and with status 2, like every other bad input."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\n")


def within(kind: type, low: float, high: float = sys.float_info.max) -> Callable[[str], float]:
    """An argparse type: a number of `kind` from `low` to `high`."""

    def number(text: str) -> float:
        value = kind(text)
        if not low <= value <= high:
            finite = " and finite" if kind is float else ""
            span = f"from {low} to {high}" if high < sys.float_info.max else f"at least {low}{finite}"
            raise argparse.ArgumentTypeError(f"must be {span}, not {text}")
        return value

    number.__name__ = kind.__name__  # argparse names it where the text is no number at all
    return number


def check_folder(folder: Path, option: str = "--out") -> None:
    """Raise UserError, before any work is done, when no file could be made in `folder`, nor it and those above it.

    option: what named it, for the remedy.
    """
    there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    if not there.is_dir():
        raise UserError(f"{there} is no folder.", "The result has no place there.", f"Change {option}.")
    if not os.access(there, os.W_OK):
        raise UserError(f"{there} cannot be written to.", "It belongs to another user.", f"Change {option}.")


def check_file(path: Path, option: str = "--out") -> None:
    """The same for a file; an existing one will be replaced."""
    if path.is_dir():
        raise UserError(f"{path} is a folder.", "The result is one file.", f"Name a file with {option}.")
    check_folder(path.parent, option)
