"""Processes of this machine, each working on one piece after another.

Each is a pool of one: when it dies, only its own piece is lost and it is known which one that was. They are spawned,
never forked, because libraries that run threads (mediapipe) do not survive a fork.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

from core.parallel.pieces import Part, Piece

REPORT_S = 0.1


class Processes:
    """A `Pool` of `size` processes, which start when they are needed and end with this one, however it ends."""

    remote = False

    def __init__(self, size: int) -> None:
        self.size = size
        self._seats: list[Seat] = []

    def start(self, piece: Piece, part: Part) -> Future[Any]:
        for seat in [seat for seat in self._seats if not seat.busy]:
            try:
                return seat.start(piece, part)
            except BrokenExecutor:  # its process has died, at work or at rest
                seat.close()
                self._seats.remove(seat)
        self._seats.append(Seat())
        return self._seats[-1].start(piece, part)

    def look(self) -> None:
        for seat in self._seats:
            seat.listen()

    def __enter__(self) -> Processes:
        return self

    def __exit__(self, *exception: object) -> None:
        for seat in self._seats:
            seat.hang_up()
        for seat in self._seats:
            seat.close()


class Seat:
    """One process, and a line to it: it tells how far it is, and ends as soon as the line is closed at this end."""

    def __init__(self) -> None:
        spawn = get_context("spawn")
        self._line, self._far_end = spawn.Pipe()
        self._executor = ProcessPoolExecutor(1, mp_context=spawn, initializer=_begin, initargs=(self._far_end,))
        self._future: Future[Any] | None = None
        self._part: Part | None = None

    @property
    def busy(self) -> bool:
        return self._future is not None and not self._future.done()

    def start(self, piece: Piece, part: Part) -> Future[Any]:
        self.listen()
        self._part = part
        with _ctrl_c_held():
            self._future = self._executor.submit(_work, piece.function, piece.arguments)
        self._far_end.close()  # the process has its own by now, and this line must have no other
        return self._future

    def listen(self) -> None:
        """Pass on how far the piece is that is worked on."""
        with suppress(EOFError, OSError):
            while self._line.poll():
                done, total = self._line.recv()
                if self.busy and self._part:
                    self._part.report(done, total)

    def hang_up(self) -> None:
        self._line.close()

    def close(self) -> None:
        self.hang_up()
        self._executor.shutdown(wait=True, cancel_futures=True)


class _Line:
    """The `Progress` of a piece in its process: goes to the other end of the line. A cancel ends the process."""

    def __init__(self, line: Connection) -> None:
        self._line = line
        self._sent = 0.0

    def report(self, done: float, total: float, message: str = "") -> None:
        now = time.monotonic()
        if now - self._sent >= REPORT_S:
            self._sent = now
            with suppress(OSError):
                self._line.send((done, total))

    def cancelled(self) -> bool:
        return False


_progress: _Line | None = None


def _begin(line: Connection) -> None:
    """In the new process: Ctrl-C is for the one that started it, with whose end of the line this one ends."""
    global _progress
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(line,), daemon=True).start()
    _progress = _Line(line)


def _end_with(line: Connection) -> None:
    with suppress(EOFError, OSError):
        while True:
            line.recv()
    os._exit(1)


def _work(function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    return function(*arguments, _progress)


@contextmanager
def _ctrl_c_held() -> Iterator[None]:
    """A block in which Ctrl-C waits, for this process and for good in those that it starts in it."""
    if sys.platform == "win32" or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
