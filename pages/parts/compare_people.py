"""People chosen on the map with the lasso: their action units side by side, and to take away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from core.types import GROUPS
from pages.parts import charts, shell, state
from pages.parts.charts.palette import GROUP_NAMES

if TYPE_CHECKING:
    import pandas as pd

    from pages.parts.space import Space

MOST_SHOWN = 30
MAP = "latent_map"


def remember_lasso(context: object) -> None:
    """Keep which rows the lasso on the chart `MAP` holds; context: what the rows are of."""
    event: Any = st.session_state.get(MAP)
    points = event["selection"]["points"] if event else []
    rows = sorted({int(point["customdata"][-1]) for point in points if "customdata" in point})
    if points:
        st.session_state[state.LASSO] = (context, [row for row in rows if row >= 0], sum(row < 0 for row in rows))


def show(space: Space, context: object) -> None:
    """The people in the lasso; how to use it where there is none."""
    held = st.session_state.get(state.LASSO)
    if held is None or held[0] != context:
        st.markdown(":material/gesture_select: Draw around people on the map to see their action units side by side.")
        return
    rows = space.rows.iloc[held[1]]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**In the lasso: {_counted(rows)}**", width="content")
        st.button("Clear", key="clear_lasso", on_click=_forget, type="tertiary")
        if len(rows):
            table = rows[["subject", "emotion", "group", *space.features]]
            st.download_button("CSV", lambda: table.to_csv(index=False), "compared_people.csv", "text/csv",
                               on_click="ignore", type="tertiary", icon=":material/download:")  # fmt: skip
    if rows.empty:
        st.markdown("Only synthetic rows lie in it: nobody to compare.")
        return
    if len(rows) > MOST_SHOWN:
        st.markdown(f"The first {MOST_SHOWN} are drawn; the file has all.")
    known = space.rows[: space.n_labelled]
    means = known.groupby("group")[list(space.features)].mean().reindex([g for g in GROUPS if g in set(known["group"])])
    values = charts.listed(rows.head(MOST_SHOWN), space.features, means.set_axis([f"mean of {g}" for g in means.index]))
    standardised = space.au_space.standardised(values.to_numpy(float))
    st.plotly_chart(charts.side_by_side(values, standardised), key="side_by_side", config=charts.STILL)


def _counted(rows: pd.DataFrame) -> str:
    n = {group: int((rows["group"] == group).sum()) for group in (*GROUPS, "")}
    parts = [f"{count} {GROUP_NAMES[group]}" for group, count in n.items() if count]
    return f"{shell.people(rows['subject'].nunique())}" + (f" ({', '.join(parts)})" if parts else "")


def _forget() -> None:
    st.session_state.pop(state.LASSO, None)
