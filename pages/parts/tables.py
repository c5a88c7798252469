"""AU tables on a page: read once per content, shown with two decimals, taken away as CSV or Parquet."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.types import ACTION_UNITS, CONTROL, EMOTIONS, PD
from core.workspace import cohorts
from pages.parts.shell import Download

if TYPE_CHECKING:
    import pandas as pd

    from core.workspace.cohorts import Cohort
    from core.workspace.store import Workspace


@st.cache_data(max_entries=8, scope="session", show_spinner=False)
def _read(_ws: Workspace, table_hash: str) -> pd.DataFrame:
    return cohorts.read_table(_ws, table_hash)


def table_of(ws: Workspace, cohort: Cohort) -> pd.DataFrame:
    """The AU table of a cohort; cached by its content hash, a copy for the caller."""
    return _read(ws, cohort.table_hash)


def counts(table: pd.DataFrame) -> pd.DataFrame:
    """Rows per emotion and group; the five emotions first, a column for unknown groups only where there are any."""
    emotions = [e for e in EMOTIONS if e in set(table["emotion"])]
    emotions += sorted(set(table["emotion"]) - set(emotions))
    names = {PD: "PD", CONTROL: "control"} | ({"": "unknown"} if (table["group"] == "").any() else {})
    columns = {
        name: [int(((table["emotion"] == e) & (table["group"] == group)).sum()) for e in emotions]
        for group, name in names.items()
    }
    import pandas as pd

    return pd.DataFrame({"emotion": emotions, **columns})


def intensity_columns(table: pd.DataFrame) -> dict[str, Any]:
    """Column settings for every AU column: two decimals, its unit in the tooltip."""
    return {
        name: st.column_config.NumberColumn(name, format="%.2f", help="intensity, 0 to 5")
        for name in table.columns
        if name[:4] in ACTION_UNITS
    }


def exports(table: pd.DataFrame, stem: str) -> list[Download]:
    """`table` as CSV and as Parquet for the header of a page."""
    return [
        Download(f"CSV, {len(table)} rows", f"{stem}.csv", "text/csv", lambda: table.to_csv(index=False)),
        Download(f"Parquet, {len(table)} rows", f"{stem}.parquet", "application/vnd.apache.parquet",
                 lambda: _parquet(table)),
    ]  # fmt: skip


def _parquet(table: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    table.to_parquet(buffer, index=False)
    return buffer.getvalue()
