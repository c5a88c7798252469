"""The tables that are named on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from core.terminal import say

if TYPE_CHECKING:
    import pandas as pd

TABLE_ENDINGS = (".csv", ".tsv", ".parquet")


def read_aloud(path: Path) -> pd.DataFrame:
    """The AU table in a file of any known format; what is to be said about it goes to stderr."""
    from core.faces.importers import read_table

    found = read_table(path)
    for remark in found.remarks:
        say(f"{path.name}: {remark}")
    return found.table
