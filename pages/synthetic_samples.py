"""Synthetic samples: AGCL's rows beside the real ones, in numbers and to take away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.errors import UserError
from core.settings import METHODS
from pages.parts import charts, shell, space, space_controls, state, tables

if TYPE_CHECKING:
    import pandas as pd

    from core.workspace.cohorts import Cohort


def counts(rows: pd.DataFrame) -> pd.DataFrame:
    """Real and synthetic rows of both groups."""
    import pandas as pd

    return pd.DataFrame(
        {
            "group": group,
            "real": int(((rows["group"] == group) & ~rows["synthetic"]).sum()),
            "synthetic": int(((rows["group"] == group) & rows["synthetic"]).sum()),
        }
        for group in ("PD", "control")
    )


def make(cohort: Cohort, table: pd.DataFrame) -> pd.DataFrame | None:
    """Controls beside the figure; the rows that are shown, or None where there are none."""
    left, right = shell.workbench()
    with left:
        method = state.one_of("Method", METHODS, "AGCL", "method")
        choice, threshold, alpha, spread = choose(method)
    with right:
        try:
            here = space.build(table, cohort.table_hash, choice)
        except UserError as error:
            shell.show_error(error)
            return None
        cut = here.tree.cut(threshold)
        made = space.synthetic_rows(here, cut, alpha, spread)
        rows = space.with_provenance(here, made, choice.emotion)
        if method == "AGCL":
            loud, calm = space.coverage_words(cut, choice.rule)
            if loud:
                st.warning(loud, icon=":material/warning:")
            st.markdown(calm)
        else:
            st.markdown("No synthetic rows: the real rows alone, against which every method is measured.")
        st.plotly_chart(charts.real_and_synthetic(rows, here.features), key="real_and_synthetic", config=charts.STILL)
        st.markdown(f"{choice.emotion.capitalize()}: filled real, hollow synthetic; boxes are quartiles.")
        st.dataframe(counts(rows), hide_index=True, width="content")
    st.markdown("**Synthetic rows and the cluster each was drawn from**" if len(made) else "**Real rows**")
    listed = rows[rows["synthetic"]] if len(made) else rows
    st.dataframe(listed, hide_index=True, height=300, column_config=tables.number_columns(rows))
    return rows


def choose(method: str) -> tuple[space.Choice, float, float, str]:
    """Tree, threshold, alpha and spread; without a method only whose rows are shown."""
    if method == "AGCL":
        return *space_controls.choose_tree(), *space_controls.choose_synthesis()
    emotion, features = space_controls.emotion_and_features()
    preset = space_controls.PRESET
    return space.Choice(emotion, features, preset.n_clusters, preset.rule), preset.threshold, 0.0, preset.spread


ws = shell.guard()
top = st.container()
cohort = shell.cohort_in_use(ws)
rows = None
if cohort is None:
    shell.empty("No cohort yet", "Synthetic rows are drawn around real ones: load the simulated demo cohort, measure "
                "your own clips, or import an AU table.", "home", "Go to Home")  # fmt: skip
else:
    rows = make(cohort, tables.table_of(ws, cohort))
with top:
    shell.header("Synthetic samples", "New points drawn around the pure clusters of an emotion, beside the real ones.",
                 terms=("AGCL", "synthetic", "alpha", "spread", "threshold", "coverage", "pure", "simulated"),
                 export=None if rows is None else tables.exports(rows, "real_and_synthetic"))  # fmt: skip
