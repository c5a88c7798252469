"""The choice of the mesh that measures, and the offer to measure again what another one measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.errors import UserError
from core.faces import backends
from core.workspace import backend_choice, jobs
from pages.parts import clip_table, job_panel, shell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.workspace.clips import Clip
    from core.workspace.store import Workspace

ABOUT = {
    backends.FACE_MESH: (
        "Distances",
        "Action units from the landmarks of mediapipe's FaceMesh and a little texture. Comes with the program.",
    ),
    backends.FACE_LANDMARKER: (
        "Distances and blendshapes",
        "The same, and in eleven action units a third of what the 52 blendshapes of mediapipe's FaceLandmarker say. A "
        "little closer to OpenFace on seven real clips (mean r .56, not .55), no closer to the truth of rendered "
        "people (.80, not .81), though nearer to its strength. Takes two to three times as long.",
    ),
}
"""Title of each backend, and what it is."""

NOT_COMPARABLE = (
    "Intensities of different backends are not comparable across people: measure everyone in a cohort with one of them."
)


def choose(ws: Workspace) -> None:
    """Every backend with a button to measure with it, greyed where it is in use or not here, with how to get it."""
    st.markdown(f"What new clips are measured with. {NOT_COMPARABLE}")
    in_use = backend_choice.chosen(ws)
    for name, (title, about) in ABOUT.items():
        text, act = st.columns([3, 1], vertical_alignment="center")
        text.markdown(f"**{title}** · `{name}`\n\n{about}")
        problem = backends.why_not(name)
        label = "In use" if name == in_use else f"Measure with {title.lower()}"
        if act.button(label, key=f"backend-{name}", disabled=bool(problem) or name == in_use, width="stretch"):
            try:
                backend_choice.choose(ws, name)
            except UserError as error:
                shell.show_error(error)
            else:
                st.rerun()
        if problem and name == in_use:
            shell.show_error(problem)
        elif problem:
            text.markdown(f"{problem.what} {problem.remedy}")


def offer_again(ws: Workspace, films: Sequence[Clip]) -> None:
    """Where clips were measured with another backend than the chosen one: that, why it matters, and a way out."""
    others = backend_choice.measured_otherwise(ws, films)
    latest = next((job for job in jobs.recent(ws) if job.kind == "extract"), None)
    if not others or (latest and latest.state in job_panel.ACTIVE):
        return
    n, were = clip_table.count(len(others)), "was" if len(others) == 1 else "were"
    names, now = ", ".join(sorted({f"`{clip.backend}`" for clip in others})), backend_choice.chosen(ws)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.warning(
            f"{n} {were} measured with {names}, not with `{now}`, which is chosen in Settings. {NOT_COMPARABLE}",
            icon=":material/compare_arrows:",
        )
        if st.button(f"Measure {n} again", icon=":material/replay:"):
            jobs.submit(ws, "extract", backend_choice.extraction_settings(ws, (clip.id for clip in others)))
            st.rerun()
