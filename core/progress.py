"""Parts of a longer work, each as a `Progress` of its own."""

from __future__ import annotations

from core.types import Progress


class Stretch:
    """The `Progress` of one part: its done of total becomes `first` to `last` of `whole`, its message follows `title`.

    >>> class Listener:
    ...     def report(self, done, total, message=""):
    ...         print(done, total, message)
    >>> Stretch(Listener(), 2, 4, 10, "second").report(1, 2, "half")
    3.0 10 second: half
    """

    def __init__(self, progress: Progress, first: float, last: float, whole: float, title: str = "") -> None:
        self._progress, self._first, self._length, self._whole = progress, first, last - first, whole
        self._title = title

    def report(self, done: float, total: float, message: str = "") -> None:
        share = min(done / total, 1.0) if total else 0.0
        told = ": ".join(part for part in (self._title, message) if part)
        self._progress.report(self._first + self._length * share, self._whole, told)

    def cancelled(self) -> bool:
        return self._progress.cancelled()
