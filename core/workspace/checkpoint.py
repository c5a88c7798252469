"""What a job has finished, kept in its run folder from one attempt to the next."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from core.files import atomic_write, told

NAME = "finished.jsonl"


class Checkpoint:
    """`finished`: name of a part to its outcome.

    made_from: whatever the parts depend on, as JSON. Parts of an attempt that was made from something else are not
    taken over, so that no result is put together from two versions of the program or of the inputs.

    The file holds `made_from` in its first line and a part in each of the others, which are only ever added to: a run
    of a thousand parts would otherwise write all of them a thousand times. A crash can tear the last line alone.
    """

    def __init__(self, run_dir: Path, made_from: dict[str, Any]) -> None:
        self._path = run_dir / NAME
        self._made_from = json.loads(json.dumps(made_from))
        self._begun = False
        self.finished: dict[str, Any] = {}
        whole = self._path.read_bytes().splitlines(keepends=True) if self._path.is_file() else []
        whole = [line for line in whole if line.endswith(b"\n")]
        if whole and json.loads(whole[0]) == self._made_from:
            self.finished = dict(json.loads(line) for line in whole[1:])

    def add(self, name: str, outcome: Any) -> None:
        """Keep the outcome of a part. Raises `UserError` on a full disk, and keeps what was there."""
        self.finished[name] = outcome
        if not self._begun:
            parts = [self._made_from, *self.finished.items()]
            atomic_write(self._path, b"".join(map(_line, parts)))
            self._begun = True
            return
        with told(), self._path.open("ab") as file:
            file.write(_line((name, outcome)))
            file.flush()
            os.fsync(file.fileno())


def _line(part: Any) -> bytes:
    return json.dumps(part).encode() + b"\n"
