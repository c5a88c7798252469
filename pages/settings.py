"""Settings: limits, storage, versions, privacy, and deleting data."""

from __future__ import annotations

import os
import platform
from dataclasses import asdict
from importlib import metadata

import streamlit as st

from core import parallel
from core.errors import UserError
from core.settings import Limits
from core.workspace import clips, cohorts, storage
from core.workspace.extraction import PROCESSES
from pages.parts import face_clip, face_drawing, mesh_choice, shell, state

LIMITS = {
    "max_upload_mb": ("Largest file", "MB"),
    "max_duration_s": ("Longest clip", "s"),
    "max_megapixels": ("Largest frame", "megapixels"),
    "min_fps": ("Lowest frame rate", "fps"),
    "max_fps": ("Highest frame rate", "fps"),
}
PACKAGES = ("streamlit", "mediapipe", "opencv-contrib-python", "numpy", "pandas", "scikit-learn", "imbalanced-learn",
            "umap-learn", "torch", "plotly")  # fmt: skip

SECOND = {"Limit": "Value", "What": "Size", "Package": "Version"}
"""Heading of the first column of a table to that of its second."""

ws = shell.guard()
shell.header(
    "Settings", "What this program accepts, keeps and shows, and how to delete it.", terms=("backend", "simulated")
)


def amount(n_bytes: int) -> str:
    """Bytes as a reader says them."""
    return f"{n_bytes / 1e6:.2f} MB" if n_bytes < 1e9 else f"{n_bytes / 1e9:.2f} GB"


def show_pairs(name: str, pairs: dict[str, str]) -> None:
    """Two columns, the values right-aligned."""
    with st.container(key=f"amounts-{name}"):
        st.table({name: list(pairs), SECOND[name]: list(pairs.values())}, border="horizontal", width=420)


def erase_when_confirmed() -> None:
    """Delete everything if the word was typed."""
    if st.session_state[state.CONFIRM_DELETE].strip() != "DELETE":
        st.session_state[state.TOLD] = UserError(
            "Nothing was deleted.", "The word DELETE was not typed.", "Type DELETE and press the button again."
        )
        return
    try:
        storage.erase_everything(ws)
        st.session_state.pop(state.REMOVED_CLIPS, None)
        st.session_state[state.TOLD] = "Everything was deleted."
    except UserError as error:
        st.session_state[state.TOLD] = error
    st.session_state[state.CONFIRM_DELETE] = ""


def choose_processes() -> None:
    """How many clips are measured at once."""
    if address := os.environ.get(parallel.SCHEDULER):
        st.markdown(f"Clips are measured by the Dask cluster at `{address}` ({parallel.SCHEDULER}).")
        return
    n_cores = parallel.n_cores()
    before = min(ws.preference(PROCESSES) or n_cores, n_cores)
    chosen = st.number_input(
        "Clips measured at once",
        min_value=1,
        max_value=n_cores,
        value=before,
        width=240,
        help="One for each core, unless you want some left for other work. The results are the same.",
    )
    if chosen != before:
        ws.remember(PROCESSES, chosen if chosen < n_cores else None)


def show_data() -> None:
    """Ways to delete, from a part to everything."""
    told = st.session_state.pop(state.TOLD, None)
    if isinstance(told, UserError):
        shell.show_error(told)
    elif told:
        st.success(told, icon=":material/check:")
    if any(cohort.id == cohorts.DEMO_ID for cohort in cohorts.list_cohorts(ws)):
        text, act = st.columns([3, 1], vertical_alignment="center")
        text.markdown("**Simulated demo cohort.** Removed from every list; one click on Home brings it back.")
        if act.button("Remove demo cohort", width="stretch"):
            cohorts.remove(ws, cohorts.get_cohort(ws, cohorts.DEMO_ID))
            st.rerun()
    films = [clip for clip in clips.list_clips(ws) if clip.measured and clip.path]
    text, act = st.columns([3, 1], vertical_alignment="center")
    text.markdown(f"**Videos of measured clips** ({len(films)}). Deleted for good; their action units are kept.")
    with act.popover("Delete videos", disabled=not films, width="stretch"):
        st.markdown("For good: clips cannot be measured again, and image sets of faces cut from them go as well.")
        if st.button(f"Delete {len(films)} videos for good"):
            clips.delete_video(ws, [clip.id for clip in films])
            st.rerun()
    text, act = st.columns([3, 1], vertical_alignment="center")
    text.markdown("**Clips that were removed.** Kept until now so that removing can be undone; deleted for good here.")
    if act.button("Delete removed clips", width="stretch"):
        st.session_state[state.TOLD] = f"{clips.erase_removed(ws)} removed clips were deleted for good."
        st.session_state.pop(state.REMOVED_CLIPS, None)
        st.rerun()
    st.markdown("**Everything**: clips, measurements, tables, cohorts, image sets, runs, preferences. For good.")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input("Type DELETE to confirm", key=state.CONFIRM_DELETE, width=260, autocomplete="off")
        st.button("Delete everything", icon=":material/delete_forever:", on_click=erase_when_confirmed)


limits, measuring, kept, privacy, versions, data = st.tabs(
    ["Limits", "Measuring", "Storage", "Privacy", "Versions", "Delete data"]
)
with limits:
    st.markdown("A clip or image beyond these is refused at the door, with the reason.")
    show_pairs("Limit", {LIMITS[key][0]: f"{value:g} {LIMITS[key][1]}" for key, value in asdict(Limits()).items()})
with measuring:
    mesh_choice.choose(ws)
    choose_processes()
with kept:
    st.markdown("Everything lies in one folder that only its owner can read. A copy of the folder is a backup.")
    st.code(str(ws.home), language=None)
    found = storage.sizes(ws)
    found["Together"] = sum(found.values())
    show_pairs("What", {what: amount(size) for what, size in found.items()})
with privacy:
    st.markdown(
        "- The server listens on this computer only, sends no statistics, and loads nothing from outside.\n"
        "- People carry codes, not names. Nothing of a person goes into the address of a page.\n"
        "- Videos can be deleted once measured; their action units stay."
    )
    preferred = face_clip.preferred_view(ws)
    shown = st.segmented_control("Faces", face_drawing.VIEWS, default=preferred, required=True,
                                 help="How the page Faces shows the people in your clips")  # fmt: skip
    if shown != preferred:
        ws.remember("faces", shown)
with versions:
    known = {"Python": platform.python_version()} | {name: metadata.version(name) for name in PACKAGES}
    show_pairs("Package", known)
with data:
    show_data()
