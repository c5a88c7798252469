"""Clips: bring them in, label them, measure them, add their people to a cohort."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.errors import UserError
from core.types import EMOTIONS
from core.workspace import backend_choice, clips, cohorts, jobs
from pages.parts import clip_table, job_panel, mesh_choice, shell, state

if TYPE_CHECKING:
    from core.workspace.clips import Clip
    from core.workspace.store import Workspace

NEW = "A new cohort"


def offer_undo(ws: Workspace) -> None:
    """What was removed last, and the way back."""
    if not st.session_state.get(state.REMOVED_CLIPS):
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"{clip_table.count(len(st.session_state[state.REMOVED_CLIPS]))} removed.", width="content")
        if st.button("Undo", icon=":material/undo:"):
            clips.restore_clips(ws, st.session_state.pop(state.REMOVED_CLIPS))
            st.rerun()


def work_on(ws: Workspace, films: list[Clip]) -> list[Clip]:
    """Label, measure and remove clips; those that are ticked."""
    actions = st.container(horizontal=True, vertical_alignment="center", key="clip-actions")
    latest = next((job for job in jobs.recent(ws) if job.kind == "extract"), None)
    unmeasured = [clip for clip in films if not clip.measured]
    if latest and (latest.state in job_panel.ACTIVE or (latest.state != "done" and unmeasured)):
        job_panel.show(ws, latest)
    mesh_choice.offer_again(ws, films)
    chosen = clip_table.labels(ws, films)
    with actions:
        act(ws, films, chosen, chosen or unmeasured)
    return chosen


def act(ws: Workspace, films: list[Clip], chosen: list[Clip], todo: list[Clip]) -> None:
    """The buttons above the table. todo: what would be measured."""
    st.header(clip_table.count(len(films)), anchor=False)
    if st.button(
        f"Measure {clip_table.count(len(todo))}" if todo else "Measure",
        type="primary",
        icon=":material/straighten:",
        disabled=not todo,
        help="The ticked clips, or every clip that is not measured yet",
    ):
        jobs.submit(ws, "extract", backend_choice.extraction_settings(ws, (clip.id for clip in todo)))
        st.rerun()
    in_view = next((clip for clip in [*chosen, *films] if clip.measured), None)
    if st.button("See faces", icon=":material/face:", disabled=not in_view, help="The ticked clip, or the first one"):
        st.session_state[state.CLIP] = in_view.id if in_view else None
        st.switch_page("pages/faces.py")
    if st.button("Remove", icon=":material/delete:", disabled=not chosen, help="Can be undone"):
        st.session_state[state.REMOVED_CLIPS] = [clip.id for clip in chosen]
        clips.remove_clips(ws, st.session_state[state.REMOVED_CLIPS])
        st.rerun()
    with_video = [clip for clip in chosen if clip.measured and clip.path]
    with st.popover("Delete video", icon=":material/no_photography:", disabled=not with_video):
        st.markdown(
            "The videos of the ticked, measured clips are deleted for good, and every image set "
            "with a face cut from them. Their action units stay."
        )
        if st.button("Delete video, keep action units"):
            clips.delete_video(ws, [clip.id for clip in with_video])
            st.rerun()


def add_people(ws: Workspace, usable: list[Clip]) -> None:
    """Put the people of usable clips into a cohort, and the way back."""
    st.header("Add people to a cohort", anchor=False)
    people = sorted({clip.subject for clip in usable})
    if not people:
        st.markdown("None of these clips is usable and has both a person and one of the five emotions.")
        return
    known = {cohort.name: cohort for cohort in cohorts.list_cohorts(ws)}
    in_use = cohorts.in_use(ws)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        names = [*known, NEW]
        target = st.selectbox("Cohort", names, index=names.index(in_use.name) if in_use else len(names) - 1, width=320)
        name = st.text_input("Name of the new cohort", value="My cohort", width=240) if target == NEW else target
        if st.button(
            f"Add {shell.people(len(people))}",
            icon=":material/group_add:",
            help=f"{', '.join(people)}: {len(usable)} rows",
        ):
            try:
                rows = clips.rows_of(ws, [clip.id for clip in usable])
                cohort = cohorts.create(ws, name, rows) if target == NEW else cohorts.add_rows(ws, known[target], rows)
                cohorts.use(ws, cohort.id)
                st.session_state[state.ROWS_ADDED] = cohort.id
                st.rerun()
            except UserError as error:
                shell.show_error(error)
    cohort = next((c for c in known.values() if c.id == st.session_state.get(state.ROWS_ADDED)), None)
    if cohort:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"Added. {shell.plain(cohort.name)} now has {shell.people(cohort.n_people)}.", width="content")
            if st.button("Undo adding", icon=":material/undo:"):
                if cohort.undoable:
                    cohorts.undo(ws, cohort)
                else:
                    cohorts.remove(ws, cohort)
                del st.session_state[state.ROWS_ADDED]
                st.rerun()
            st.page_link("pages/latent_space.py", label="See them in the latent space", icon=":material/arrow_forward:")


ws = shell.guard()
shell.header(
    "Clips",
    "Bring in videos or stills of people making expressions, say who and which emotion, measure the action units.",
    terms=("AU", "neutral", "quality", "group", "cohort"),
)
clip_table.upload(ws)
# By file name, which no label changes: rows must not move under the reader's hand.
films = sorted(clips.list_clips(ws), key=lambda clip: clip.name)
offer_undo(ws)
if not films:
    shell.empty(
        "No clips yet",
        "File names such as `P07_anger.mp4`, or folders such as `P07/anger.mp4`, fill in person and emotion by "
        "themselves. Use codes, not names. To look around without clips, open the demo cohort on Home.",
        "home",
        "Open the demo cohort on Home",
    )
else:
    chosen = work_on(ws, films)
    measured = [clip for clip in films if clip.peak_frame is not None]
    if measured:
        add_people(
            ws, [c for c in chosen or measured if c.peak_frame is not None and c.subject and c.emotion in EMOTIONS]
        )
