"""The clip that the page Faces looks at: choosing it, and everything that is kept of it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from core.errors import UserError
from core.workspace import clips
from pages.parts import clip_table, face_drawing, shell, state
from pages.parts.face_drawing import MESH, VIEWS, Cutout

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PIL.Image import Image

    from core.faces.reliability import Reliability
    from core.types import Measurement
    from core.workspace.clips import Clip
    from core.workspace.store import Workspace

RUN = 16
"""Frames read at once: stepping and playing go on from what was decoded for the first of them."""


@dataclass(frozen=True)
class Face:
    """A measured clip in view. mesh: (n, 478, 2) in fractions of `size` (width, height), None where none was kept."""

    clip: Clip
    measurement: Measurement
    mesh: np.ndarray | None
    size: tuple[int, int]
    parts: list[Cutout]

    @property
    def n_frames(self) -> int:
        return self.measurement.action_units.n_frames

    @property
    def seconds(self) -> np.ndarray:
        return self.measurement.action_units.timestamp_s


def choose(measured: list[Clip]) -> Clip:
    """Choose a clip from the list or step to the previous or next."""
    ids = [clip.id for clip in measured]
    names = {clip.id: name_of(clip) for clip in measured}
    if st.session_state.get(state.CLIP) not in ids:
        st.session_state[state.CLIP] = ids[0]
    at = ids.index(st.session_state[state.CLIP])
    chosen = st.selectbox("Clip", ids, format_func=names.__getitem__, width=400, **state.private(state.CLIP))
    for label, icon, other in (("Previous clip", "arrow_back", at - 1), ("Next clip", "arrow_forward", at + 1)):
        inside = 0 <= other < len(ids)
        st.button(label, key=f"bare-{icon}", icon=f":material/{icon}:", help=label, disabled=not inside,
                  on_click=_go_to, args=(ids[other] if inside else "",))  # fmt: skip
    return next(clip for clip in measured if clip.id == chosen)


def _go_to(clip_id: str) -> None:
    st.session_state[state.CLIP] = clip_id


def name_of(clip: Clip) -> str:
    """Person, emotion and file of a clip; a simulated one is called so."""
    name = f"{clip.subject or '–'} · {clip.emotion or '–'} · {clip.name}"
    return f"{name} · simulated" if clip.simulated else name


def choose_view(ws: Workspace) -> str:
    """How the face is shown; remembered."""
    st.session_state.setdefault("faces", preferred_view(ws))
    how = st.segmented_control("Face", VIEWS, required=True, key="faces",
                               on_change=lambda: ws.remember("faces", st.session_state["faces"]))  # fmt: skip
    return how or MESH


def preferred_view(ws: Workspace) -> str:
    """The way of showing faces that was chosen last."""
    wanted = ws.preference("faces")
    return wanted if wanted in VIEWS else MESH


def load(ws: Workspace, clip: Clip) -> Face:
    """Raises `UserError` where the clip is not usable or its curves are lost."""
    mesh = clips.load_mesh(ws, clip.id)
    size = int(clip.info["width"]), int(clip.info["height"])
    found = clips.load_measurement(ws, clip.id)
    parts = face_drawing.cutouts(mesh, found.action_units.timestamp_s, size)
    return Face(clip, found, mesh, size, parts)


def reliability_of(face: Face) -> Mapping[str, Reliability]:
    """Action unit to how far it can be trusted; empty for a backend of which that is not known."""
    from core.faces import backends, reliability

    return reliability.reliability() if face.measurement.backend == backends.FACE_MESH else {}


def explain_useless(clip: Clip) -> None:
    """Why a clip has nothing to show."""
    why = f"{clip.name} is not usable. {clip.reason} {clip_table.remedy(clip)}"
    st.error(shell.plain(why), icon=":material/block:")


def picture(face: Face, frame: int) -> np.ndarray | None:
    """The part of a frame that is drawn, (height, width, 3) RGB; None where the video is gone or cannot be read."""
    import cv2

    if face.clip.path is None:
        return None
    first = frame - frame % RUN
    parts = tuple(face.parts[first : first + RUN])
    run = _kept(face.clip.id, first, parts, face.clip.path, float(face.seconds[first]))
    if frame - first >= len(run):
        return None
    return cv2.cvtColor(cv2.imdecode(np.frombuffer(run[frame - first], np.uint8), cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)


def read_pictures(clip_id: str, first: int, parts: tuple[Cutout, ...], _path: Path, _timestamp_s: float) -> list[bytes]:
    """JPEG of these parts of the frames from `first` on; fewer where the clip cannot be decoded so far."""
    import cv2

    from core.faces.video import read_from

    found = []
    with suppress(UserError, OSError):
        for part, frame in zip(parts, read_from(_path, first, _timestamp_s), strict=False):
            image = cv2.cvtColor(face_drawing.cut(frame.image, part), cv2.COLOR_RGB2BGR)
            found.append(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 92])[1].tobytes())
    return found


_kept = st.cache_data(max_entries=6, scope="session", show_spinner=False)(read_pictures)


def drawn(face: Face, frame: int, how: str) -> Image | None:
    """A frame as the reader wants faces shown; None where neither picture nor mesh is there."""
    points = face.mesh[frame] if face.mesh is not None else None
    image = picture(face, frame) if how != MESH else None
    if image is None and points is None:
        return None
    active = face_drawing.marks(face.measurement.action_units, frame)
    return face_drawing.draw(how, image, points, face.size, face.parts[frame], active)
