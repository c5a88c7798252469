"""What a person corrected by hand in a clip, step by step, as its row keeps it: the newest last."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

NEUTRAL_FRAMES, PEAK = "neutral", "peak"
BEFORE = ("curves", "measurement", "neutral_clip", "verdict", "reason")
"""Columns that a correction of the neutral changes."""


@dataclass(frozen=True)
class Correction:
    """One step. what: `neutral` or `peak`. first, last: frames from 0; of a peak they are the same.

    emotion: of a peak, the one it was set for: it counts only while the clip has it. before: of a neutral, the columns
    `BEFORE` as they were, with the file of the curves as they were measured or corrected before.
    """

    what: str
    first: int
    last: int
    emotion: str = ""
    before: dict[str, str | None] | None = None

    def counts(self, emotion: str) -> bool:
        """Whether it changes a clip of this emotion."""
        return self.what == NEUTRAL_FRAMES or self.emotion == emotion


def of(row: sqlite3.Row) -> list[Correction]:
    """Every correction in a row of the table of clips."""
    return [Correction(**step) for step in json.loads(row["corrections"])]


def to_json(steps: Iterable[Correction]) -> str:
    return json.dumps([asdict(step) for step in steps])


def last_of(steps: Sequence[Correction], what: str, emotion: str) -> Correction | None:
    """The correction of `what` that counts in a clip of this emotion."""
    return next((step for step in reversed(steps) if step.what == what and step.counts(emotion)), None)


def files_of(row: sqlite3.Row) -> list[str]:
    """Every file that a row names beside its video: of curves now and before corrections, and of the mesh."""
    earlier = [(step.before or {}).get("curves") for step in of(row)]
    return [name for name in (row["curves"], row["mesh"], *earlier) if name]
