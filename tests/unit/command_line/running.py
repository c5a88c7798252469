"""`python -m core` in a process of its own, and whom it is given."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).resolve().parents[3]


def process(*arguments: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "core", *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=120, check=False)


def people(cohort: pd.DataFrame, n: int) -> pd.DataFrame:
    counts = cohort["subject"].value_counts()
    chosen = sorted(counts[counts == 5].index)[:n]
    return cohort[cohort["subject"].isin(chosen)]
