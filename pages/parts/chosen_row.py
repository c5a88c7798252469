"""One synthetic row looked at closely: its profile beside its sources, and the faces that the intensities draw."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from pages.parts import charts, expression_face, shell, state, synthesis, tables
from pages.parts.charts.palette import GROUP_NAMES
from pages.parts.expression_face import Card

if TYPE_CHECKING:
    import pandas as pd

    from pages.parts.synthesis import Made

FEW = 3
FIRST = {"selection": {"rows": [0], "columns": [], "cells": []}}


def show(methods: Sequence[Made]) -> None:
    """The rows of a method to choose from, and the chosen one; only this runs again when another is chosen."""
    names = [made.name for made in methods]
    with st.container(key="chosen-heading", horizontal=True, vertical_alignment="center"):
        st.header("One row, closely", anchor=False, width="content")
        name = names[0]
        if len(names) > 1:
            name = state.one_of("Rows of", names, name, "rows_of", label_visibility="collapsed", width="content")
    made = methods[names.index(name)]
    above = st.container()
    with st.container(key="below-workbench"):
        left, right = st.columns([1.15, 1], gap="medium")
    with left:
        row = _choose(made)
    if row is None:
        right.markdown(synthesis.lacking(made))
        return
    sources = made.sources(row)
    with right:
        st.markdown(f"**The chosen row beside {_origin(row, sources)}**")
        figure = charts.profile(row.to_frame().T, sources, made.real, made.features, row["group"])
        st.plotly_chart(figure, key="profile", config=charts.STILL)
    with above:
        if any(feature.startswith("AU") for feature in made.features):
            _faces(made, row, sources)
        else:
            st.markdown("These values tell how an expression moves: choose action units to see it drawn.")


def _choose(made: Made) -> pd.Series | None:
    """The row that is ticked in the table, the first where none is; None where there is none."""
    listed = made.synthetic if len(made.synthetic) else made.real
    columns = ["group", "source", *made.features, "backend", "simulated"]
    st.markdown("**Synthetic rows: choose one**" if len(made.synthetic) else "**Real rows**")
    settings = {"hide_index": True, "height": 290, "column_config": tables.number_columns(listed)}
    if not len(made.synthetic):
        st.dataframe(listed, column_order=["subject", *columns], **settings)
        return None
    picked = st.dataframe(
        listed, column_order=columns, on_select="rerun", selection_mode="single-row", selection_default=FIRST,
        key=f"chosen-{made.name}-{listed['emotion'].iloc[0]}-{len(made.features)}-{len(listed)}", **settings,
    ).selection.rows  # fmt: skip
    return listed.iloc[picked[0] if picked and picked[0] < len(listed) else 0]


def _origin(row: pd.Series, sources: pd.DataFrame) -> str:
    """Where a row came from, in words."""
    if len(sources) == 1:
        return f"its source, {shell.plain(sources['subject'].iloc[0])}"
    if row["source"].startswith("cluster "):
        return f"the {len(sources)} people of {row['source']}"
    return f"all {len(sources)} people of its group"


def _faces(made: Made, row: pd.Series, sources: pd.DataFrame) -> None:
    """The synthetic expression, that of its sources, and the means of both groups, drawn alike."""
    units = [feature for feature in made.features if feature.startswith("AU")]
    group = GROUP_NAMES[row["group"]]
    who = sources["subject"].iloc[0] if len(sources) == 1 else f"mean of {len(sources)}"
    cards = [
        Card(f"Synthetic {group}, {made.name}", row["group"], True, whole_face(row[units])),
        Card(f"Its source, {who}", row["group"], False, whole_face(sources[units].mean())),
        *(Card(name, key, False, whole_face(mean)) for key, (name, mean) in synthesis.called_means(made).items()),
    ]
    if len(sources) == (made.real["group"] == row["group"]).sum():
        del cards[1]  # it would be the mean of the group once more
    st.markdown(expression_face.row_of(cards), unsafe_allow_html=True)  # st.html takes drawings out
    rest = "" if len(units) > FEW else (
        f"Only {', '.join(units)} move here, all other units are at rest: choose **all 17** action units above to see "
        "whole expressions. "
    )  # fmt: skip
    st.markdown(
        f"{rest}Nobody's face: the mean of a face model, both sides alike, moved by the action units. Movements but "
        f"those of lips apart, jaw and blink are drawn {expression_face.EXAGGERATION:g} times as large as they are."
    )
    st.download_button("These faces as SVG", lambda: expression_face.sheet(cards), "synthetic_expression.svg",
                       "image/svg+xml", on_click="ignore", icon=":material/download:")  # fmt: skip


def whole_face(values: pd.Series) -> dict[str, float]:
    """Intensities by unit: a unit given for left and right is the mean of both."""
    return values.astype(float).groupby(values.index.str.slice(0, 4)).mean().to_dict()
