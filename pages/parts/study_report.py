"""What an augmentation study found: in words, as figures, as the paper's Table 4, and as files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.images import study_tables, study_words
from core.settings import NOTICE
from pages.parts import charts, state
from pages.parts.shell import Download

if TYPE_CHECKING:
    import pandas as pd

ICONS = {study_words.HELPED: "trending_up", study_words.HARMED: "trending_down"}


def show(result: dict[str, Any]) -> None:
    """result: what `core.images.studies.run` gives."""
    for found in study_words.findings(result):
        icon = ICONS.get(found.effect, "balance")
        st.info(f"**{found.headline}.** {' '.join(found.sentences)}", icon=f":material/{icon}:")
    st.plotly_chart(charts.arms(result["arms"]), key="study_arms_figure", config=charts.STILL)
    st.markdown(study_words.paper_words())


def show_tables(result: dict[str, Any]) -> None:
    """Every number, the curves, and what to bear in mind."""
    st.header("Means over the seeds", anchor=False)
    intervals = study_tables.interval_layout(result)
    st.dataframe(intervals, column_config=_right(intervals, 1))
    st.markdown(f"{study_tables.images_words(result)} In brackets: 95 % intervals.")
    st.header("Table 4 of the paper, from these runs", anchor=False)
    with_paper = st.toggle("Beside the paper's own rows", **state.shared("study_paper"))
    table = study_tables.layout(result, with_paper)
    st.dataframe(table, column_config=_right(table, 2))
    left, right = st.columns(2, gap="medium")
    with left:
        st.header("Learning curves", anchor=False)
        st.plotly_chart(charts.learning_by_epoch(result["arms"]), key="study_learning", config=charts.STILL)
    with right:
        if result["evolutions"]:
            st.header("How the sets evolved", anchor=False)
            st.plotly_chart(charts.fitness_by_class(result["evolutions"]), key="study_fitness", config=charts.STILL)
    st.header("To bear in mind", anchor=False)
    st.markdown("\n".join(f"- {said}" for said in study_words.caveats(result)))


def _right(frame: pd.DataFrame, n_index: int) -> dict[Any, Any]:
    right = st.column_config.TextColumn(alignment="right")
    return dict.fromkeys(range(n_index, n_index + frame.shape[1]), right)


def exports(result: dict[str, Any]) -> list[Download]:
    """The study as JSON, its table as CSV and LaTeX, with the notice."""
    return [
        Download("Study as JSON", "study.json", "application/json",
                 lambda: json.dumps({"notice": NOTICE, **result}, indent=2)),
        Download("Table as CSV", "study.csv", "text/csv", lambda: study_tables.csv(result)),
        Download("Table as LaTeX", "study.tex", "application/x-tex", lambda: study_tables.latex(result)),
    ]  # fmt: skip
