"""Synthetic samples: the rows of a method beside the real ones, in numbers and to take away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.errors import UserError
from core.settings import AGCLSettings, DuplicationSettings
from pages.parts import charts, method_report, shell, space, space_controls, tables

if TYPE_CHECKING:
    import pandas as pd

    from core.latent.cut import Cut
    from core.settings import SamplerSettings
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
        method = space_controls.choose_method()
        choice, threshold, settings = choose(method)
    with right:
        try:
            here = space.build(table, cohort.table_hash, choice)
        except UserError as error:
            shell.show_error(error)
            return None
        if isinstance(settings, AGCLSettings):
            cut = here.tree.cut(threshold)
            made = space.synthetic_rows(here, cut, settings.alpha, settings.spread)
            say_coverage(cut, choice.rule)
        else:
            made = space.rows_by(here, settings)
        rows = space.with_provenance(here, made, choice.emotion, method)
        st.plotly_chart(charts.real_and_synthetic(rows, here.features), key="real_and_synthetic", config=charts.STILL)
        st.markdown(f"{choice.emotion.capitalize()}: filled real, hollow synthetic; boxes are quartiles.")
        st.dataframe(counts(rows), hide_index=True, width="content")
        if not isinstance(settings, AGCLSettings):
            method_report.show(here, settings)
    st.markdown("**Synthetic rows and what each was made from**" if len(made) else "**Real rows**")
    listed = rows[rows["synthetic"]] if len(made) else rows
    st.dataframe(listed, hide_index=True, height=300, column_config=tables.number_columns(rows))
    return rows


def say_coverage(cut: Cut, rule: str) -> None:
    """Who sits in pure clusters, loudly when a group gets nothing."""
    loud, calm = space.coverage_words(cut, rule)
    if loud:
        st.warning(loud, icon=":material/warning:")
    st.markdown(calm)


def choose(method: str) -> tuple[space.Choice, float, SamplerSettings]:
    """Whose rows, the threshold of the tree, and what the method is asked for."""
    if method == "AGCL":
        choice, threshold = space_controls.choose_tree()
        alpha, spread = space_controls.choose_synthesis()
        return choice, threshold, AGCLSettings(alpha, threshold, choice.n_clusters, choice.rule, spread)
    emotion, features = space_controls.emotion_and_features()
    preset = space_controls.PRESET
    choice = space.Choice(emotion, features, preset.n_clusters, preset.rule)
    nothing = DuplicationSettings(alpha=0)
    settings = nothing if method == space_controls.NONE else space_controls.choose_sampler(method)
    return choice, preset.threshold, settings


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
    shell.header("Synthetic samples", "New points of an emotion, by the method of your choice, beside the real ones.",
                 terms=("AGCL", "synthetic", "alpha", "spread", "threshold", "coverage", "pure", "simulated"),
                 export=None if rows is None else tables.exports(rows, "real_and_synthetic"))  # fmt: skip
