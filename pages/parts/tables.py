"""AU tables on a page: read once per content, shown with two decimals, taken away as CSV or Parquet."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.types import ACTION_UNITS, CONTROL, DYNAMICS_COLUMNS, EMOTIONS, PD, SIDED_ACTION_UNITS, STATISTIC_COLUMNS
from core.workspace import cohorts
from pages.parts.shell import Download

if TYPE_CHECKING:
    import pandas as pd

    from core.workspace.cohorts import Cohort
    from core.workspace.store import Workspace

GROUP_WORDS = ("PD", "control", "unknown")
"""Groups as a reader names them: a person of no known group is `unknown`, and empty in the table."""

SIDED_COLUMNS = tuple(f"{unit}_{side}" for unit in SIDED_ACTION_UNITS for side in ("L", "R"))
COLUMN_SETS = {"left and right": SIDED_COLUMNS, "dynamics": DYNAMICS_COLUMNS, "clip statistics": STATISTIC_COLUMNS}
"""Optional columns of an AU table, as a reader names them."""


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


def of_people(table: pd.DataFrame, groups: Sequence[str], code: str) -> pd.DataFrame:
    """The rows of people in some of `GROUP_WORDS` (all where none is named) whose code has `code` in it."""
    if groups:
        table = table[table["group"].replace("", "unknown").isin(groups)]
    if code and code.strip():
        table = table[table["subject"].str.contains(code.strip(), case=False, regex=False)]
    return table


def number_columns(table: pd.DataFrame) -> dict[str, Any]:
    """Column settings for every measured column: two decimals, its unit in the tooltip."""
    units = dict.fromkeys((*ACTION_UNITS, *SIDED_COLUMNS), "intensity, on the scale of the backend")
    units |= dict.fromkeys(STATISTIC_COLUMNS, "over the whole clip")
    units |= {"amplitude": "intensity", "onset_s": "s, from 10 to 90 % of the peak", "onset_speed": "intensity per s",
              "hold_s": "s at 90 % of the peak or above", "hold_stability": "1 − SD / mean while held",
              "asymmetry": "(left − right) / (left + right) at the peak", "blinks_per_min": "per minute"}  # fmt: skip
    return {
        name: st.column_config.NumberColumn(name, format="%.2f", help=units[name])
        for name in table.columns
        if name in units
    }


def exports(table: pd.DataFrame, stem: str) -> list[Download]:
    """`table` as CSV and as Parquet for the header of a page."""
    return [
        Download(f"CSV, {_rows(table)}", f"{stem}.csv", "text/csv", lambda: table.to_csv(index=False)),
        Download(f"Parquet, {_rows(table)}", f"{stem}.parquet", "application/vnd.apache.parquet",
                 lambda: _parquet(table)),
    ]  # fmt: skip


def described_exports(table: pd.DataFrame, stem: str, source: tuple[str, str]) -> list[Download]:
    """An AU table as `exports`, and the JSON that describes the Parquet file: units, backends, versions, hashes.

    source: name and SHA-256 of the table that the rows were taken from.
    """
    from core.faces.exporters import export_table

    csv, parquet = exports(table, stem)
    return [
        csv,
        parquet._replace(data=lambda: export_table(table, [source]).parquet),
        Download("JSON that describes the Parquet", f"{stem}.json", "application/json",
                 lambda: export_table(table, [source]).json),
    ]  # fmt: skip


def _rows(table: pd.DataFrame) -> str:
    return f"{len(table)} {'row' if len(table) == 1 else 'rows'}"


def _parquet(table: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    table.to_parquet(buffer, index=False)
    return buffer.getvalue()
