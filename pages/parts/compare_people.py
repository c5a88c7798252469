"""People chosen on the map with the lasso: their action units side by side, and to take away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from core.latent.features import group_means
from core.types import ACTION_UNITS, GROUPS
from core.workspace import clips
from pages.parts import charts, expression_face, face_clip, shell, state
from pages.parts.charts.palette import GROUP_NAMES
from pages.parts.expression_face import Card

if TYPE_CHECKING:
    import pandas as pd
    from PIL.Image import Image

    from core.workspace.clips import Clip
    from core.workspace.store import Workspace
    from pages.parts.space import Space

MOST_SHOWN, MOST_FACES = 30, 4
MAP = "latent_map"


def remember_lasso(context: object) -> None:
    """Keep which rows the lasso on the chart `MAP` holds; context: what the rows are of."""
    event: Any = st.session_state.get(MAP)
    points = event["selection"]["points"] if event else []
    rows = sorted({int(point["customdata"][-1]) for point in points if "customdata" in point})
    if points:
        st.session_state[state.LASSO] = (context, [row for row in rows if row >= 0])  # synthetic rows have none


def show(ws: Workspace, space: Space, context: object) -> None:
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
    means = group_means(space.rows[: space.n_labelled], space.features)
    values = charts.listed(rows.head(MOST_SHOWN), space.features, means.set_axis([f"mean of {g}" for g in means.index]))
    standardised = space.au_space.standardised(values.to_numpy(float))
    st.plotly_chart(charts.side_by_side(values, standardised), key="side_by_side", config=charts.STILL)
    _faces(ws, rows.head(MOST_FACES))


def _faces(ws: Workspace, rows: pd.DataFrame) -> None:
    """The peak frames of people whose clips are here, as the page Faces shows them, and a drawn face of the others."""
    usable = (clip for clip in clips.list_clips(ws) if clip.measured and clip.verdict != "not usable")
    here = {(clip.subject, clip.emotion): clip for clip in usable}
    units = [unit for unit in ACTION_UNITS if unit in rows and rows[unit].notna().all()]
    several = rows["emotion"].nunique() > 1
    for column, (_, row) in zip(st.columns(MOST_FACES), rows.iterrows(), strict=False):
        name = f"{row['subject']}, {row['emotion']}" if several else row["subject"]
        with column:
            clip = here.get((row["subject"], row["emotion"]))
            picture = _peak(ws, clip) if clip is not None else None
            if picture is not None:
                st.image(picture, caption=f"{shell.plain(name)}: peak frame", width="stretch")
            else:
                card = Card(name, row["group"], False, row[units].to_dict())
                st.markdown(expression_face.row_of([card]), unsafe_allow_html=True)
    st.markdown("Drawn from action units where no clip is here: nobody's face." if len(rows) else "")


def _peak(ws: Workspace, clip: Clip) -> Image | None:
    face = face_clip.load(ws, clip)
    peak = face.measurement.peak_frame
    return None if peak is None else face_clip.drawn(face, peak, face_clip.preferred_view(ws))


def _counted(rows: pd.DataFrame) -> str:
    n = {group: int((rows["group"] == group).sum()) for group in (*GROUPS, "")}
    parts = [f"{count} {GROUP_NAMES[group]}" for group, count in n.items() if count]
    return f"{shell.people(rows['subject'].nunique())}" + (f" ({', '.join(parts)})" if parts else "")


def _forget() -> None:
    st.session_state.pop(state.LASSO, None)
