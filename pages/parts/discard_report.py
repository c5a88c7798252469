"""What a discard study found: in words, as figures, as the paper's Tables 5 to 7, and as files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.images import discard_tables, discard_words
from core.images.published_discards import per_cent
from core.settings import NOTICE
from pages.parts import charts, state
from pages.parts.shell import Download
from pages.parts.study_report import ICONS
from pages.parts.trouble import plain

if TYPE_CHECKING:
    import pandas as pd

SHOWN = "discard_shown"
TITLE = "F1.5 of {} on the test images (%)"


def show(result: dict[str, Any]) -> None:
    """result: what `core.images.discards.run` gives."""
    for found in discard_words.findings(result):
        icon = ICONS.get(found.effect, "balance")
        st.info(f"**{plain(found.headline)}.** {found.sentences[0]}", icon=f":material/{icon}:")
        with st.expander("Beside everything else"):
            _list(list(found.sentences[1:]))
    st.plotly_chart(charts.by_rate(result["rows"], "f15", "F1.5, test images (%)"), key="discard_by_rate",
                    config=charts.STILL)  # fmt: skip
    if said := discard_words.growth_words(result):
        st.markdown("\n".join(f"- {each}" for each in said))


def show_tables(result: dict[str, Any]) -> None:
    """Every number, the curves, and what to bear in mind."""
    _of_a_rate(result)
    st.header("Means over the repeats", anchor=False)
    _table(discard_tables.interval_layout(result), 2)
    st.markdown(f"{plain(discard_tables.images_words(result))} In brackets: 95 % intervals.")
    st.header("Tables 5 to 7 of the paper, from these runs", anchor=False)
    with_paper = st.toggle("Beside the paper's own rows", **state.shared("discard_paper"))
    _table(discard_tables.group_layout(result, with_paper), 4)
    models = discard_tables.model_layout(result, with_paper)
    if len(models):
        _table(models, 3)
    st.header("What the paper's own tables say", anchor=False)
    _list(discard_words.paper_words())
    st.header("To bear in mind", anchor=False)
    _list(discard_words.caveats(result))


def _of_a_rate(result: dict[str, Any]) -> None:
    """The arms and their learning curves at one rate, as the paper's Fig. 8."""
    rates = {per_cent(row["rate"], " "): row["rate"] for row in result["rows"] if row["rate"]}
    if st.session_state.get(SHOWN, "") not in rates:  # of another study, with other rates
        st.session_state.pop(SHOWN, None)
    told = state.one_of("Discarded", tuple(rates), list(rates)[-1], SHOWN)
    rows = [row for row in result["rows"] if row["rate"] in (0, rates[told])]
    title = TITLE.format(discard_tables.discarded_words(result))
    st.plotly_chart(charts.arms(rows, "f15", title, "repeat"), key="discard_arms_figure", config=charts.STILL)
    for column, of in zip(st.columns(2, gap="medium"), ("training", "validation"), strict=True):
        with column:
            st.header(f"{of.capitalize()} accuracy by epoch", anchor=False)
            st.plotly_chart(charts.learning_by_epoch(rows, of), key=f"discard_{of}", config=charts.STILL)


def _table(frame: pd.DataFrame, n_words: int) -> None:
    right = st.column_config.TextColumn(alignment="right")
    st.dataframe(frame, hide_index=True, column_config=dict.fromkeys(frame.columns[n_words:], right))


def _list(said: list[str]) -> None:
    st.markdown("\n".join(f"- {each}" for each in said))


def exports(result: dict[str, Any]) -> list[Download]:
    """The study as JSON, its numbers as CSV and its tables as LaTeX, with the notice."""
    return [
        Download("Study as JSON", "discard-study.json", "application/json",
                 lambda: json.dumps({"notice": NOTICE, **result}, indent=2)),
        Download("Table as CSV", "discard-study.csv", "text/csv", lambda: discard_tables.csv(result)),
        Download("Tables as LaTeX", "discard-study.tex", "application/x-tex", lambda: discard_tables.latex(result)),
    ]  # fmt: skip
