"""AU table: the cohort in use as numbers; tables in and out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.errors import UserError
from core.settings import FEATURE_SETS
from core.types import ACTION_UNITS, EMOTIONS
from core.workspace import cohorts, intake
from pages.parts import charts, shell, state, tables

if TYPE_CHECKING:
    import pandas as pd

    from core.workspace.cohorts import Cohort
    from core.workspace.store import Workspace


GROUP_WORDS = ("PD", "control", "unknown")


def show_table(table: pd.DataFrame) -> pd.DataFrame:
    """The rows, filtered beside their counts; returns those shown."""
    with st.container(key="rows-workbench"):
        left, right = st.columns([2.4, 1], gap="medium")
    with right:
        st.markdown("**Rows per emotion**")
        st.dataframe(tables.counts(table), hide_index=True)
        present = [e for e in EMOTIONS if e in set(table["emotion"])]
        emotions = st.pills("Emotions shown", present, selection_mode="multi", **state.shared("table_emotions"))
        groups = st.pills("Groups shown", GROUP_WORDS, selection_mode="multi", **state.shared("table_groups"))
    shown = table
    if emotions:
        shown = shown[shown["emotion"].isin(emotions)]
    if groups:
        shown = shown[shown["group"].replace("", "unknown").isin(groups)]
    with left:
        sided = st.toggle("Left and right", **state.shared("table_sides"), help="Show AU01_L, AU01_R, …")
        units = [c for c in shown.columns if c.startswith("AU") and (sided or not c.endswith(("_L", "_R")))]
        names = ["subject", "emotion", "group", *units, "backend", "simulated"]
        columns = {"subject": st.column_config.TextColumn(pinned=True), **tables.intensity_columns(shown)}
        st.dataframe(shown[names], hide_index=True, height=380, placeholder="–", column_config=columns)
    return shown[names]


def show_groups(table: pd.DataFrame) -> None:
    """Both groups side by side in one emotion."""
    from core.latent.features import feature_names

    with st.container(horizontal=True, vertical_alignment="bottom"):
        emotion = st.selectbox("Emotion", EMOTIONS, **state.shared("emotion"), width=200)
        features = st.selectbox("Action units", FEATURE_SETS, **state.shared("features"), width=200)
    rows = table[table["emotion"] == emotion]
    if rows.empty:
        st.info(f"This cohort has no rows of {emotion}. Choose another emotion, or add clips that show it.")
        return
    st.plotly_chart(
        charts.group_profiles(rows, feature_names(emotion, features)), key="group_profiles", config=charts.STILL
    )


def take_table(ws: Workspace, cohort: Cohort | None) -> None:
    """Upload of a CSV, into a new cohort or into the one in use."""
    st.markdown(
        "A CSV with columns `subject`, `emotion`, `group` (PD, control or empty) and the seventeen intensities "
        f"`{ACTION_UNITS[0]}` … `{ACTION_UNITS[-1]}`, 0 to 5; one row is a person's peak frame in one emotion. "
        "OpenFace frame tables named `subject_emotion.csv` work too. Use codes, never names of people."
    )
    file = st.file_uploader("AU table", type="csv", key="table_file")
    new = cohort is None or st.radio("Put it", ["into a new cohort", f"into {cohort.name}"], horizontal=True) == (
        "into a new cohort"
    )
    name = st.text_input("Name of the new cohort", max_chars=80, key="new_cohort_name", width=320) if new else ""
    if st.button("Import", type="primary", disabled=file is None or (new and not name.strip())):
        try:
            rows = intake.receive_table(ws, file.name, file.getvalue())
            if new:
                cohorts.use(ws, cohorts.create(ws, name.strip(), rows).id)
            else:
                cohorts.add_rows(ws, cohort, rows)
        except UserError as error:
            shell.show_error(error)
        else:
            st.session_state["table_done"] = f"{len(rows)} {'row' if len(rows) == 1 else 'rows'} imported."
            st.rerun()


def undo(ws: Workspace, cohort: Cohort) -> None:
    """Take the last change of the cohort back."""
    try:
        cohorts.undo(ws, cohort)
    except UserError as error:
        shell.show_error(error)
    else:
        st.session_state["table_done"] = f"The last change of {cohort.name} was taken back."
        st.rerun()


ws = shell.guard()
top = st.container()
cohort = shell.cohort_in_use(ws)
if done := st.session_state.pop("table_done", ""):
    st.success(done)
shown = None
if cohort is None:
    shell.empty("No cohort yet", "Load the simulated demo cohort on Home, or import an AU table below.",
                "home", "Go to Home")  # fmt: skip
    take_table(ws, None)
else:
    table = tables.table_of(ws, cohort)
    rows_tab, groups_tab, import_tab = st.tabs(["Rows", "Groups side by side", "Import a table"])
    with rows_tab:
        shown = show_table(table)
        if st.button("Undo the last change", icon=":material/undo:", disabled=not cohort.undoable):
            undo(ws, cohort)
    with groups_tab:
        show_groups(table)
    with import_tab:
        take_table(ws, cohort)
with top:
    shell.header("AU table", "The cohort as numbers: one row is one person's peak frame in one emotion.",
                  terms=("AU", "peak frame", "group"),
                  export=None if shown is None else tables.exports(shown, "au_table"))  # fmt: skip
