"""Rows that lie far from the others of their group: listed with the quality of their clip, and never taken out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from core.people import person_key
from core.types import ACTION_UNITS
from core.workspace import clips
from pages.parts import shell, state, tables
from pages.parts.shell import Download

if TYPE_CHECKING:
    import pandas as pd

    from core.screening.outliers import Outlier
    from core.workspace.clips import Clip
    from core.workspace.store import Workspace

Clips = Mapping[tuple[str, str], "Clip"]


def show(ws: Workspace, table: pd.DataFrame) -> list[Download]:
    """Threshold, list, and the way to the clip of a row; returns what can be exported."""
    from core.screening.outliers import FAR, FEWEST, LEAST_SD, find_outliers

    films = {(person_key(clip.subject), clip.emotion): clip for clip in clips.list_clips(ws) if clip.measured}
    left, right = shell.workbench()
    with left:
        far = st.slider("Far from the median: |z| from", 2.5, 10.0, FAR, 0.5, format="%.1f",
                        help="3.5 is usual (Iglewicz & Hoaglin 1993)", **state.shared("table_far"))  # fmt: skip
        st.markdown(quality_words(table, films))
        st.markdown("Nothing is taken out of any calculation. Look at the clip before you remove a row.")
    found = find_outliers(table, ACTION_UNITS, far)
    with right:
        if not found:
            st.markdown(f"No row has an intensity with |z| of {far:.1f} or more.")
            return []
        rows = len(found)
        st.markdown(
            f"**{rows} of {len(table)} rows** {'has' if rows == 1 else 'have'} an intensity far from the others"
        )
        listed = listing(found, films)
        height = min(36 + 35 * rows, 390)
        st.dataframe(listed.style.format(precision=2), hide_index=True, placeholder="–", height=height)
        _way_to_the_clip(found, films)
        st.markdown(
            "z: distance from the median of the same emotion, group and backend, over 1.4826 times the median of these "
            f"distances, at least {LEAST_SD} intensity. Fewer than {FEWEST} rows are not judged. Intensities are "
            "skewed: a strong expression alone is no fault."
        )
    return tables.exports(listed, "outliers")[:1]


def listing(found: Sequence[Outlier], films: Clips) -> pd.DataFrame:
    """One row an outlier, the farthest first."""
    import pandas as pd

    return pd.DataFrame(
        {
            "person": o.subject,
            "emotion": o.emotion,
            "group": o.group or "unknown",
            "AU": o.feature,
            "value": o.value,
            "median": o.median,
            "z": o.z,
            "clip": films[key].verdict if (key := (person_key(o.subject), o.emotion)) in films else "not here",
            "also far": ", ".join(o.also),
        }
        for o in found
    )


def quality_words(table: pd.DataFrame, films: Clips) -> str:
    """How good the clips are that the rows were measured in, as far as they are in the workspace."""
    keys = zip(table["subject"].map(person_key), table["emotion"], strict=True)
    verdicts = Counter(films[key].verdict for key in keys if key in films)
    n = sum(verdicts.values())
    if not n:
        return "**Clips:** none of these rows has its clip in this workspace."
    listed = ", ".join(f"{count} {verdict}" for verdict, count in verdicts.most_common())
    return f"**Clips:** {n} of {len(table)} rows have theirs here: {listed}."


def _way_to_the_clip(found: Sequence[Outlier], films: Clips) -> None:
    here = {
        f"{o.subject} · {o.emotion}": films[key].id
        for o in found
        if (key := (person_key(o.subject), o.emotion)) in films and films[key].peak_frame is not None
    }
    if not here:
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        row = st.selectbox("Look at", list(here), key="outlier_clip", width=240)
        if st.button("See the clip on Faces", icon=":material/face:"):
            st.session_state[state.CLIP] = here[row]
            st.switch_page(shell.ROOT / "pages" / "faces.py")
