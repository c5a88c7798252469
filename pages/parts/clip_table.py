"""Clips come in and get their labels: the upload field and the editable table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.errors import UserError
from core.settings import Limits
from core.types import EMOTIONS, GROUPS
from core.workspace import clips, intake
from pages.parts import shell, state

if TYPE_CHECKING:
    from core.workspace.clips import Clip
    from core.workspace.store import Workspace

LABELS = ("subject", "emotion", "group")
FEW = 4
"""So many messages about clips are shown without scrolling."""
KNOWN_EMOTIONS = (*EMOTIONS, "neutral")


def count(n: int) -> str:
    """`1 clip`, `12 clips`."""
    return "1 clip" if n == 1 else f"{n} clips"


def upload(ws: Workspace) -> None:
    """Field for files or a whole folder: each is checked and copied to disk at once; refusals are told one by one."""
    limits = Limits()
    turn = st.session_state.setdefault(state.UPLOAD_TURN, 0)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        folder = st.segmented_control(
            "Bring in", ["Files", "A folder"], default="Files", required=True, key="upload_kind", width="content"
        )
        st.file_uploader(
            f"Videos (mp4, mov, avi, webm, mkv, gif) or stills, up to {limits.max_duration_s / 60:.0f} min each",
            accept_multiple_files="directory" if folder == "A folder" else True,
            key=f"upload-{turn}",
            on_change=_take_in,
            args=(ws, f"upload-{turn}"),
        )
    for error in st.session_state.get(state.REFUSALS, []):
        shell.show_error(error)
    if told := st.session_state.get(state.UPLOAD_TOLD):
        st.markdown(told)


def labels(ws: Workspace, films: list[Clip]) -> list[Clip]:
    """Editable table of the clips; each label is stored as soon as it is changed. Returns the ticked clips."""
    import pandas as pd

    frame = pd.DataFrame(
        {
            "ticked": [False] * len(films),
            "clip": [clip.name for clip in films],
            **{label: [getattr(clip, label) for clip in films] for label in LABELS},
            "frames": [clip.n_frames for clip in films],
            "result": [_result(clip) for clip in films],
        },
        index=pd.Index([clip.id for clip in films], name="id"),
    )
    if len({clip.backend for clip in films} - {""}) > 1:
        frame["backend"] = [clip.backend for clip in films]
    if error := st.session_state.pop(state.LABEL_ERROR, None):
        shell.show_error(error)
    emotions = [*KNOWN_EMOTIONS, *sorted({clip.emotion for clip in films} - {*KNOWN_EMOTIONS, ""})]
    key = f"clip_labels-{st.session_state.setdefault(state.LABELS_TURN, 0)}"
    edited = st.data_editor(
        frame,
        key=key,
        hide_index=True,
        placeholder="–",
        disabled=("clip", "frames", "result", "backend"),
        column_config={
            "ticked": st.column_config.CheckboxColumn("Tick", width=76),
            "clip": st.column_config.TextColumn("Clip", width="medium"),
            "subject": st.column_config.TextColumn("Person (code)", max_chars=64),
            "emotion": st.column_config.SelectboxColumn("Emotion", options=emotions),
            "group": st.column_config.SelectboxColumn("Group", options=["", *GROUPS], help="Empty: not known"),
            "frames": st.column_config.NumberColumn("Frames", width=70),
            "result": st.column_config.TextColumn("Result"),
            "backend": st.column_config.TextColumn("Measured with"),
        },
        on_change=_store_labels,
        args=(ws, key, films),
    )
    _flag(films)
    _explain(films)
    return [clip for clip, ticked in zip(films, edited["ticked"], strict=True) if ticked]


def _result(clip: Clip) -> str:
    found = clip.verdict if clip.measured else "not measured"
    return f"{found}, simulated" if clip.simulated else found


def _take_in(ws: Workspace, key: str) -> None:
    before = {clip.id for clip in clips.list_clips(ws)}
    taken, refusals = set(), []
    for file in st.session_state[key]:
        try:
            taken.add(intake.receive_clip(ws, file.name, file).id)
        except UserError as error:
            refusals.append(error)
    st.session_state[state.REFUSALS] = refusals
    new, known = len(taken - before), len(taken & before)
    parts = [f"{count(new)} taken in"] * bool(new or known)
    parts += [f"{known} already here, stored once"] * bool(known)
    st.session_state[state.UPLOAD_TOLD] = ", ".join(parts) + "." if parts else ""
    # A fresh field: the server keeps uploaded files in memory for as long as the old one stands.
    st.session_state[state.UPLOAD_TURN] += 1


def _store_labels(ws: Workspace, key: str, films: list[Clip]) -> None:
    rows = st.session_state[key]["edited_rows"]
    stored = st.session_state.setdefault(state.LABELS_STORED, {})
    for row, edits in rows.items():
        clip = films[row]
        wanted = {label: edits[label] or "" for label in LABELS if label in edits}
        if not wanted or stored.get((key, clip.id)) == wanted:
            continue
        now = {label: wanted.get(label, getattr(clip, label)) for label in LABELS}
        try:
            clips.relabel(ws, clip.id, **now, version=clip.version)
            stored[(key, clip.id)] = wanted
        except UserError as error:
            st.session_state[state.LABEL_ERROR] = error
            st.session_state[state.LABELS_TURN] += 1


def _flag(films: list[Clip]) -> None:
    unknown = sorted({clip.emotion for clip in films} - {*KNOWN_EMOTIONS, ""})
    if unknown:
        st.warning(
            f"None of the five emotions: {shell.plain(', '.join(unknown))}. Such clips are measured but not used for "
            "screening; choose the emotion they show in the table.",
            icon=":material/label:",
        )
    missing = sum(not clip.subject or not clip.emotion for clip in films)
    if missing:
        st.warning(
            f"Person or emotion is missing in {missing} of {count(len(films))}: fill it in before measuring.",
            icon=":material/label:",
        )


def _explain(films: list[Clip]) -> None:
    """What is wrong with a measured clip, why, and what to do: one message a clip, long lists in a box of their own."""
    useless = [clip for clip in films if clip.measured and clip.verdict == "not usable"]
    doubtful = [clip for clip in films if clip not in useless and (clip.note or clip.reason)]
    with st.container(
        key="verdicts", gap="xsmall", height=FEW * 80 if len(useless) + len(doubtful) > FEW else "content"
    ):
        for clip in useless:
            why = clip.reason if clip.n_frames is None else f"{clip.name} is not usable. {clip.reason}"
            st.error(shell.plain(f"{why} {remedy(clip)}"), icon=":material/block:")
        for clip in doubtful:
            st.warning(shell.plain(f"{clip.name}: {clip.reason} {clip.note}".rstrip()), icon=":material/report:")


def remedy(clip: Clip) -> str:
    """What to do about a clip that is not usable."""
    if clip.n_frames is None:
        return "Export the clip anew as MP4 and bring it in again."
    if clip.n_frames == 1:
        return "A clip that begins at rest would do as well."
    return "Film again with the whole face large in the picture and lit from the front."
