"""The rows of a cohort: counted, filtered, searched, with the columns that the reader wants, and taken out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.errors import UserError
from core.types import ACTION_UNITS, COVARIATES, EMOTIONS
from core.workspace import cohort_edits
from pages.parts import shell, state, tables
from pages.parts.shell import Download
from pages.parts.trouble import show_error

if TYPE_CHECKING:
    import pandas as pd

    from core.workspace.cohorts import Cohort
    from core.workspace.store import Workspace


def show(ws: Workspace, cohort: Cohort, table: pd.DataFrame) -> list[Download]:
    """The table, its filters beside it; returns what can be exported."""
    left, right = shell.workbench()
    with left:
        shown = filtered(table)
        st.markdown("**Rows per emotion**")
        st.dataframe(tables.counts(table), hide_index=True)
    with right:
        there = [name for name, columns in tables.COLUMN_SETS.items() if any(c in table for c in columns)]
        more = st.pills("Columns beside the 17", there, selection_mode="multi", **state.shared("table_columns")) or []
        wanted = [c for name in more for c in tables.COLUMN_SETS[name]]
        names = ["subject", "emotion", "group", *COVARIATES, *wanted, *ACTION_UNITS, "backend", "simulated"]
        shown = shown[[name for name in names if name in shown]]
        picked = st.dataframe(
            shown, hide_index=True, height=430, placeholder="–", on_select="rerun", selection_mode="multi-row",
            key=f"rows-{cohort.id}-{cohort.version}-{len(shown)}", column_config=_columns(shown),
        ).selection.rows  # fmt: skip
        _offer_removal(ws, cohort, shown, [i for i in picked if i < len(shown)])
    return tables.described_exports(shown, "au_table", (cohort.name, cohort.table_hash))


def filtered(table: pd.DataFrame) -> pd.DataFrame:
    """Draw the filters and give the rows that pass them."""
    present = [e for e in EMOTIONS if e in set(table["emotion"])]
    present += sorted(set(table["emotion"]) - set(present))
    emotions = st.pills("Emotions shown", present, selection_mode="multi", **state.shared("table_emotions"))
    groups = st.pills("Groups shown", tables.GROUP_WORDS, selection_mode="multi", **state.shared("table_groups"))
    code = st.text_input("Search by code", **state.private(state.SEARCHED))
    shown = table[table["emotion"].isin(emotions)] if emotions else table
    return tables.of_people(shown, groups, code)


def _columns(shown: pd.DataFrame) -> dict[str, object]:
    return {
        "subject": st.column_config.TextColumn("person", pinned=True),
        "age": st.column_config.NumberColumn("age", format="%.0f", help="years"),
        **tables.number_columns(shown),
    }


def _offer_removal(ws: Workspace, cohort: Cohort, shown: pd.DataFrame, picked: list[int]) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"{len(shown)} of {cohort.n_rows} rows")
        label = f"Remove {len(picked)} {'row' if len(picked) == 1 else 'rows'}" if picked else "Remove rows"
        if not st.button(label, icon=":material/delete:", disabled=not picked, help="The ticked rows; can be undone"):
            return
    keys = list(shown.iloc[picked][["subject", "emotion"]].itertuples(index=False, name=None))
    try:
        now = cohort_edits.remove_rows(ws, cohort, keys)
    except UserError as error:
        show_error(error)
    else:
        st.session_state[state.TABLE_TOLD] = f"{cohort_edits.last_change(ws, now).capitalize()}."
        st.rerun()
