"""How long work will still take, told from how fast it has gone so far."""

from __future__ import annotations

import time

LEAST_S = 1.0


def seconds_left(done: float, total: float, gained: float, elapsed_s: float) -> float | None:
    """Time for the rest at the mean pace of the `gained` steps; None until that can be told."""
    if gained <= 0 or elapsed_s < LEAST_S:
        return None
    return max(total - done, 0.0) * elapsed_s / gained


def duration(seconds: float | None) -> str:
    """Seconds as a reader says them: `8 s`, `3 min 20 s`, `1 h 5 min`; missing as `–`."""
    if seconds is None:
        return "–"
    seconds = round(seconds)
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min {seconds % 60} s"
    return f"{seconds // 3600} h {seconds % 3600 // 60} min"


class Clock:
    """Starts with the first step that is made: before it programs start and models are loaded, which is no pace.

    Another total is another piece of work, for which it starts anew.
    """

    def __init__(self) -> None:
        self._first: float | None = None
        self._total = 0.0
        self.start: tuple[float, float] | None = None

    def hear(self, done: float, total: float) -> None:
        """The work stands at `done` of `total` steps; without a total it has not begun."""
        if total <= 0:
            return
        if self._first is None or total != self._total:
            self._first, self._total, self.start = done, total, None
        elif done > self._first and self.start is None:
            self.start = done, time.time()

    def left(self, done: float, total: float) -> float | None:
        """Seconds left; None until that can be told."""
        if self.start is None:
            return None
        return seconds_left(done, total, done - self.start[0], time.time() - self.start[1])
