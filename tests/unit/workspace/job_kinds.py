"""Work that exists only to be watched, cancelled and killed by tests. Run by real workers, so importable by name."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

from core.errors import UserError
from core.files import atomic_write
from core.types import Progress, check_cancelled
from core.workspace.store import Workspace


def count(ws: Workspace, settings: dict[str, Any], progress: Progress, run_dir: Path) -> dict[str, Any]:
    """Count to `n`, `step_s` a step, from the step that an earlier attempt reached, once `start_s` has passed."""
    if "start_s" in settings:
        progress.report(0, settings["n"], "starting")
        time.sleep(settings["start_s"])
    checkpoint = run_dir / "reached.txt"
    first = int(checkpoint.read_text()) if checkpoint.exists() else 0
    for step in range(first, settings["n"]):
        check_cancelled(progress)
        progress.report(step, settings["n"], f"step {step}")
        time.sleep(settings["step_s"])
        atomic_write(checkpoint, str(step + 1).encode())
    return {"first": first, "nice": os.nice(0), "pid": os.getpid()}


def deaf(ws: Workspace, settings: dict[str, Any], progress: Progress, run_dir: Path) -> dict[str, Any]:
    """Never look whether it was cancelled."""
    progress.report(0, 1, "deaf")
    time.sleep(settings["sleep_s"])
    return {}


def wrong_input(ws: Workspace, settings: dict[str, Any], progress: Progress, run_dir: Path) -> dict[str, Any]:
    raise UserError("The table is empty.", "It has no rows.", "Import another one.")


def fault(ws: Workspace, settings: dict[str, Any], progress: Progress, run_dir: Path) -> dict[str, Any]:
    raise ZeroDivisionError("the secret of the traceback")


def out_of_memory(ws: Workspace, settings: dict[str, Any], progress: Progress, run_dir: Path) -> dict[str, Any]:
    raise MemoryError


def crash(ws: Workspace, settings: dict[str, Any], progress: Progress, run_dir: Path) -> dict[str, Any]:
    os._exit(7)


def numbers(ws: Workspace, settings: dict[str, Any], progress: Progress, run_dir: Path) -> dict[str, Any]:
    """Numbers as science gives them."""
    import numpy as np

    return {"mean": np.float32(0.5), "none": float("nan"), "row": np.arange(3), "pair": (1, 2)}
