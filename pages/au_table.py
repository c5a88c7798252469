"""AU table: the cohort in use as numbers; what it lacks, how its groups differ, who stands out; tables in and out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.errors import UserError
from core.workspace import cohort_edits, cohorts
from pages.parts import (
    group_report,
    label_editor,
    missing_clips,
    outlier_list,
    row_table,
    shell,
    state,
    table_intake,
    tables,
)

if TYPE_CHECKING:
    import pandas as pd

    from core.workspace.cohorts import Cohort
    from core.workspace.store import Workspace
    from pages.parts.shell import Download

ROWS, GROUPS, MISSING, OUTLIERS, LABELS, IMPORT = VIEWS = (
    "Rows", "Compare groups", "Missing clips", "Outliers", "Labels", "Import",
)  # fmt: skip
TERMS = ("AU", "peak frame", "group", "simulated", "asymmetry", "Hedges' g", "FDR", "outlier", "interval", "backend")


def show_view(ws: Workspace, cohort: Cohort, view: str, table: pd.DataFrame) -> list[Download]:
    """One view of the cohort; returns what can be exported from it."""
    if view == LABELS:
        label_editor.show(ws, cohort, table)
        return []
    if view == IMPORT:
        table_intake.show(ws, cohort)
        return []
    kept = choose_source(table)
    if len(kept) < len(table):
        st.markdown(f"{len(kept)} of {len(table)} rows pass the filter.")
    if kept.empty:
        return []
    if view == ROWS:
        return row_table.show(ws, cohort, kept)
    if view == GROUPS:
        return group_report.show(kept)
    return missing_clips.show(ws, kept) if view == MISSING else outlier_list.show(ws, kept)


def choose_source(table: pd.DataFrame) -> pd.DataFrame:
    """Filter by what measured the rows, and simulated or not; drawn only where there is a choice."""
    backends, kinds = sorted(set(table["backend"])), {False: "filmed", True: "simulated"}
    with st.container(horizontal=True):
        if len(backends) > 1:
            chosen = st.pills("Backend", backends, selection_mode="multi", **state.private("table_backends"))
            table = table[table["backend"].isin(chosen)] if chosen else table
        if table["simulated"].nunique() > 1:
            kind = st.pills("People", list(kinds.values()), **state.shared("table_simulated"))
            table = table[table["simulated"].map(kinds) == kind] if kind else table
    return table


def offer_undo(ws: Workspace, cohort: Cohort) -> None:
    """The button that takes the last change back, which says what that was."""
    change = cohort_edits.last_change(ws, cohort)
    if st.button("Undo", icon=":material/undo:", disabled=not cohort.undoable,
                 help=f"Takes back: {change}" if change else "The cohort is as it was created"):  # fmt: skip
        try:
            cohorts.undo(ws, cohort)
        except UserError as error:
            shell.show_error(error)
        else:
            st.session_state[state.TABLE_TOLD] = f"Taken back: {change}."
            st.rerun()


ws = shell.guard()
top = st.container()
cohort = shell.cohort_in_use(ws)
if told := st.session_state.pop(state.TABLE_TOLD, ""):
    st.success(told, icon=":material/check:")
export: list[Download] = []
if cohort is None:
    shell.empty("No cohort yet", "Load the simulated demo cohort on Home, measure clips, or import an AU table below.",
                "home", "Go to Home")  # fmt: skip
    table_intake.show(ws, None)
else:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        view = state.one_of("View", VIEWS, ROWS, "table_view", label_visibility="collapsed", width="content")
        offer_undo(ws, cohort)
    export = show_view(ws, cohort, view, tables.table_of(ws, cohort))
with top:
    shell.header("AU table", "The cohort as numbers: one row is one person's peak frame in one emotion.",
                 terms=TERMS, export=export)  # fmt: skip
