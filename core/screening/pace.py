"""Telling a `Progress` about many small steps without slowing them, and stopping soon after it asks."""

from __future__ import annotations

import time
from collections.abc import Callable

from core.types import Progress, check_cancelled

INTERVAL_S = 0.2


class Pace:
    """Counts steps of a total; reports and looks for a cancel at most every `INTERVAL_S` seconds."""

    def __init__(self, progress: Progress, total: float) -> None:
        self._progress = progress
        self._total = total
        self._done = 0.0
        self._last = float("-inf")

    def step(self, message: str, steps: float = 1.0) -> None:
        """`steps` more are finished. Raises `core.errors.Cancelled` when the work should stop."""
        self._done += steps
        now = time.monotonic()
        if now - self._last >= INTERVAL_S:
            self._last = now
            check_cancelled(self._progress)
            self._progress.report(min(self._done, self._total), self._total, message)

    def stepper(self, message: str) -> Callable[[], None]:
        """A function of no arguments that makes one step."""
        return lambda: self.step(message)

    def finish(self, message: str) -> None:
        """Everything is done."""
        self._progress.report(self._total, self._total, message)
