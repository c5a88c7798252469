"""Neutral and peak set by hand: stored with the clip, undone step by step."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from core.errors import UserError
from core.workspace import clips
from pages.parts import shell, state

if TYPE_CHECKING:
    from core.workspace.store import Workspace
    from pages.parts.face_clip import Face


def show(ws: Workspace, face: Face, frame: int) -> None:
    """Set the peak or the neutral range from the frame in view, or undo the last such step; nothing for a still."""
    if face.n_frames == 1:
        return
    if face.measurement.features is None:
        st.markdown("Measured by an earlier version. To correct neutral or peak by hand, measure the clip again on the "
                    "page Clips.")  # fmt: skip
        return
    clip_id, range_key = face.clip.id, f"{state.NEUTRAL_RANGE}-{face.clip.id}"
    done = clips.corrections(ws, clip_id)
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="corrections"):
        st.markdown("**Correct by hand**", width="content")
        if st.button("Peak is here", icon=":material/flag:", disabled=frame == face.measurement.peak_frame,
                     help=f"Frame {frame + 1} becomes the peak"):  # fmt: skip
            _apply(lambda: clips.correct_peak(ws, clip_id, frame))
        with st.popover("Neutral", icon=":material/straighten:"), st.container(width=360):
            _neutral(ws, face, frame, range_key)
        if st.button("Undo", icon=":material/undo:", disabled=not done, help="Take the last correction back"):
            _apply(lambda: clips.undo_correction(ws, clip_id), range_key)


def told(face: Face) -> None:
    """That figures rest on a correction, and what follows it."""
    if not face.measurement.corrected:
        return
    what = " and ".join(face.measurement.corrected)
    st.markdown(
        f":violet-badge[:material/back_hand: {what} corrected by hand] The row that this clip gives to an AU table "
        "follows. Cohorts made before keep their numbers until its person is added again on the page Clips."
    )


def _neutral(ws: Workspace, face: Face, frame: int, key: str) -> None:
    last_frame = face.n_frames
    if key not in st.session_state:
        first, last = face.measurement.neutral or (frame, min(frame + 4, last_frame - 1))
        st.session_state[key] = (first + 1, last + 1)
    st.markdown("The frames in which this face is at rest. Every intensity is measured from them.")
    first, last = st.session_state[key]
    here = frame + 1
    with st.container(horizontal=True):
        st.button("Starts here", help="At the frame in view", on_click=_set, args=(key, (here, max(here, last))))
        st.button("Ends here", help="At the frame in view", on_click=_set, args=(key, (min(here, first), here)))
    first, last = st.slider("Neutral frames", 1, last_frame, key=key)
    if st.button("Use as neutral", icon=":material/check:", width="stretch"):
        _apply(lambda: clips.correct_neutral(ws, face.clip.id, first - 1, last - 1), key)


def _set(key: str, value: tuple[int, int]) -> None:
    st.session_state[key] = value


def _apply(change: Callable[[], object], *forget: str) -> None:
    try:
        change()
    except UserError as error:
        shell.show_error(error)
        return
    for key in forget:
        st.session_state.pop(key, None)
    st.rerun()
