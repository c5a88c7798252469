"""Faces: one measured clip, seen well; its neutral and peak can be corrected by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.errors import UserError
from core.types import ACTION_UNITS
from core.workspace import clips
from pages.parts import (
    charts,
    face_clip,
    face_corrections,
    face_drawing,
    face_exports,
    face_figures,
    face_player,
    mesh_choice,
    shell,
    state,
)
from pages.parts.face_clip import Face
from pages.parts.live import live

if TYPE_CHECKING:
    from core.workspace.store import Workspace


def show_picture(face: Face, frame: int, how: str, units: list[str]) -> None:
    """The frame in view as the reader wants faces shown, with the active units on it."""
    image = face_clip.drawn(face, frame, how)
    if image is not None:
        st.image(image, output_format="JPEG")
    elif face.clip.path is None:
        st.markdown("The video was deleted, and the mesh of the face with it. Its action units are kept.")
    else:
        st.markdown("No mesh was kept of this clip: measure it again on the page Clips, or show the picture.")
    found = "" if face.measurement.action_units.success[frame] else " · no face found"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"Frame {frame + 1} of {face.n_frames} · {face.seconds[frame]:.2f} s{found}", width="stretch",
                    help=f"Action units are marked from intensity {face_drawing.MARKED_FROM:.0f}")  # fmt: skip
        with st.popover("Save", icon=":material/download:", key="save"):
            for item in face_exports.pictures(face, frame, image, units):
                st.download_button(item.label, item.data, item.file_name, item.mime, on_click="ignore")


def choose_units(face: Face) -> list[str]:
    """Which curves are drawn; those of the emotion unless the reader wants others."""
    from core.faces.expression import EMOTION_ACTION_UNITS

    usual = EMOTION_ACTION_UNITS.get(face.measurement.emotion, ACTION_UNITS)
    key = f"{state.UNITS}-{face.measurement.emotion}"
    st.session_state.setdefault(key, list(usual))
    shown = [unit for unit in ACTION_UNITS if unit in st.session_state[key]]
    words = ", ".join(shown) if len(shown) <= 6 else f"{len(shown)} action units"
    with st.popover(words or "No action unit", icon=":material/show_chart:", key="units"):
        st.pills("Action units to draw", ACTION_UNITS, selection_mode="multi", width=380, **state.private(key))
    return shown


def bench(ws: Workspace, face: Face, how: str, was_playing: bool) -> None:
    """Picture, curves and scrub bar; only this part runs again when the frame changes."""
    frame = face_player.frame_in_view(face)
    if was_playing != face_player.plays(face):
        st.rerun()
    with st.container(key="face-workbench"):
        left, right = st.columns([4, 5], gap="medium")
    with right:
        units = choose_units(face)
        with st.container(key="curves"):
            st.plotly_chart(charts.au_curves(face.measurement, units), key="au_curves", config=charts.STILL)
            face_player.cursor(face, frame)
        face_player.scrub(face, frame)
        face_corrections.show(ws, face, frame)
    with left:
        show_picture(face, frame, how, units)
        st.markdown(face_figures.reliability_words(units, face_clip.reliability_of(face)))
    with st.container(key="face-figures-workbench"):
        left, right = st.columns([4, 5], gap="medium")
    with left:
        face_figures.sides(face.measurement, frame, units)
    with right:
        st.header("Dynamics", anchor=False)
        face_corrections.told(face)
        face_figures.dynamics(face.measurement.dynamics)
        face_figures.quality(face.measurement.quality)


ws = shell.guard()
top = st.container()
films = clips.list_clips(ws)
measured = [clip for clip in films if clip.measured]
face: Face | None = None
how = face_drawing.MESH
if not films:
    shell.empty("No clips yet", "This page shows one measured clip: the mesh of the face, its action units over time, "
                "and how the expression comes and goes.", "clips", "Bring in clips")  # fmt: skip
elif not measured:
    shell.empty("No measured clips", "Clips are here, but their action units were not measured yet.", "clips",
                "Measure them on Clips")  # fmt: skip
else:
    with st.container(horizontal=True, vertical_alignment="bottom", key="face-choice"):
        clip = face_clip.choose(measured)
        st.space("stretch")
        how = face_clip.choose_view(ws)
    if clip.simulated:
        st.markdown(":orange-badge[SIMULATED] Rendered by a computer: no camera ever saw this person.")
    if clip.peak_frame is None:
        face_clip.explain_useless(clip)
    else:
        try:
            face = face_clip.load(ws, clip)
        except UserError as error:
            shell.show_error(error)
if face is not None:
    playing = face_player.plays(face)
    live(bench, ws, face, how, playing, every=face_player.TICK_S if playing else None)
    if face.measurement.dynamics is not None:
        face_figures.over_the_clip(face.measurement.dynamics, face_clip.reliability_of(face))
    st.markdown(f"Measured with `{face.measurement.backend}`. {mesh_choice.NOT_COMPARABLE}")
with top:
    shell.header("Faces", "One measured clip: the face, its action units over time, and what can be corrected by hand.",
                 terms=("AU", "mesh", "neutral", "onset", "peak frame", "offset", "hold", "asymmetry", "blink rate",
                        "reliability", "quality"),
                 export=face_exports.of(face) if face else None)  # fmt: skip
