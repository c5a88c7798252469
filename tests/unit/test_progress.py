"""A part of a longer work tells the whole where it stands."""

from __future__ import annotations

import pytest

from core.progress import Stretch
from core.types import Quiet


class Listener(Quiet):
    def __init__(self) -> None:
        self.heard: list[tuple[float, float, str]] = []

    def report(self, done: float, total: float, message: str = "") -> None:
        self.heard.append((done, total, message))

    def cancelled(self) -> bool:
        return len(self.heard) > 2


def test_a_part_fills_its_stretch_and_passes_a_cancel_on() -> None:
    listener = Listener()
    part = Stretch(listener, 3, 5, 10, "second")
    for done in (0, 1, 4):
        part.report(done, 4, "half" if done else "")
        assert part.cancelled() == (done == 4)
    assert listener.heard == [(3, 10, "second"), (3.5, 10, "second: half"), (5, 10, "second: half")]


@pytest.mark.parametrize(("done", "total"), [(7, 4), (1, 0)])
def test_it_never_leaves_its_stretch(done: float, total: float) -> None:
    listener = Listener()
    Stretch(listener, 0, 1, 2).report(done, total)
    assert 0 <= listener.heard[0][0] <= 1
