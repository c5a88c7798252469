"""The scrub bar: which frame of the clip is in view, stepping, jumping and playing."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from pages.parts import state
from pages.parts.charts import curves

if TYPE_CHECKING:
    from pages.parts.face_clip import Face

TICK_S = 0.2
"""How often the picture changes while a clip plays; it keeps the clip's own time and passes frames over."""


def frame_in_view(face: Face) -> int:
    """Index of the frame in view: the peak at first, later what the reader chose, or how far the clip has played."""
    key = _key(face)
    if key not in st.session_state:
        peak = face.measurement.peak_frame
        st.session_state[key] = (peak or 0) + 1
    st.session_state[key] = min(max(1, st.session_state[key]), face.n_frames)
    if plays(face):
        _, first, began = st.session_state[state.PLAYING]
        at = face.seconds[first] + time.monotonic() - began
        frame = max(first, int(np.searchsorted(face.seconds, at, side="right")) - 1)
        st.session_state[key] = frame + 1
        if frame >= face.n_frames - 1:
            st.session_state[state.PLAYING] = None
    return int(st.session_state[key]) - 1


def plays(face: Face) -> bool:
    """Whether this clip is playing."""
    playing = st.session_state.get(state.PLAYING)
    return playing is not None and playing[0] == face.clip.id


def scrub(face: Face, frame: int) -> None:
    """The bar along the axis of time and the buttons under it."""
    if face.n_frames == 1:
        return
    playing = plays(face)
    with st.container(key="scrub"):
        if playing:
            # Not the bar itself: a browser that is a frame behind would send the old place back as the reader's wish.
            st.session_state[state.PLAYED] = frame + 1
            st.slider("Frame", 1, face.n_frames, key=state.PLAYED, disabled=True, label_visibility="collapsed")
        else:
            st.slider("Frame", 1, face.n_frames, label_visibility="collapsed", **state.private(_key(face)))
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="transport"):
        st.button("One frame back", key="bare-back", icon=":material/chevron_left:", shortcut="J", help="Back",
                  disabled=frame == 0, on_click=_show, args=(face, frame - 1))  # fmt: skip
        st.button("Pause" if playing else "Play", key="play", shortcut="K", width=104,
                  icon=":material/pause:" if playing else ":material/play_arrow:",
                  on_click=_stop if playing else _play, args=() if playing else (face, frame))  # fmt: skip
        st.button("One frame on", key="bare-on", icon=":material/chevron_right:", shortcut="L", help="On",
                  disabled=frame == face.n_frames - 1, on_click=_show, args=(face, frame + 1))  # fmt: skip
        st.space("stretch")
        for name, place in places(face).items():
            st.button(name, key=f"to-{name}", help=None if place is not None else "Not in this clip",
                      disabled=place is None, on_click=_show, args=(face, place))  # fmt: skip


def cursor(face: Face, frame: int) -> None:
    """The line through the curves at the frame in view. A figure drawn anew for every frame would come too late."""
    length = max(float(face.seconds[-1] - face.seconds[0]), 1e-9)
    share = float(face.seconds[frame] - face.seconds[0]) / length
    inside = f"({curves.LEFT_PX}px + (100% - {curves.LEFT_PX + curves.RIGHT_PX}px) * {share:.5f})"
    st.html(f'<div class="cursor" style="left: calc{inside}"></div>')


def places(face: Face) -> dict[str, int | None]:
    """Name to frame of what a reader may want to jump to; None where the clip has none."""
    found, dynamics = face.measurement, face.measurement.dynamics
    return {
        "Neutral": found.neutral[0] if found.neutral else None,
        "Onset": dynamics.onset_frame if dynamics else None,
        "Peak": found.peak_frame,
        "Offset": dynamics.offset_frame if dynamics else None,
    }


def _key(face: Face) -> str:
    return f"{state.FRAME}-{face.clip.id}"


def _show(face: Face, frame: int) -> None:
    _stop()
    st.session_state[_key(face)] = frame + 1


def _play(face: Face, frame: int) -> None:
    first = 0 if frame == face.n_frames - 1 else frame
    st.session_state[state.PLAYING] = (face.clip.id, first, time.monotonic())


def _stop() -> None:
    st.session_state[state.PLAYING] = None
