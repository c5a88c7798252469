"""What a job has finished, kept in its run folder from one attempt to the next."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from core.workspace.files import atomic_write


class Checkpoint:
    """`finished`: name of a part to its outcome.

    made_from: whatever the parts depend on, as JSON. Parts of an attempt that was made from something else are not
    taken over, so that no result is put together from two versions of the program or of the inputs.
    """

    def __init__(self, run_dir: Path, made_from: dict[str, Any]) -> None:
        self._path = run_dir / "finished.json"
        self._made_from = json.loads(json.dumps(made_from))
        kept = json.loads(self._path.read_text()) if self._path.is_file() else {}
        self.finished: dict[str, Any] = kept["finished"] if kept.get("made_from") == self._made_from else {}

    def add(self, name: str, outcome: Any) -> None:
        self.finished[name] = outcome
        atomic_write(self._path, json.dumps({"made_from": self._made_from, "finished": self.finished}).encode())
