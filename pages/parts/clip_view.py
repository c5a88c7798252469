"""One measured clip: its curves with neutral and peak, its quality, and its peak frame where the reader allows it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from core.errors import UserError
from core.workspace import clips
from pages.parts import state
from pages.parts.charts import au_curves

if TYPE_CHECKING:
    from PIL.Image import Image

    from core.types import Quality
    from core.workspace.clips import Clip
    from core.workspace.store import Workspace

MAX_HEIGHT_PX = 260
FACES = ("Hidden", "Blurred", "Shown")
"""How the peak frame is shown; hidden unless the reader asks, so that a demonstration shows no one's face."""


def show(ws: Workspace, measured: list[Clip]) -> None:
    """Choose one of the usable, measured clips and look at it."""
    names = {clip.id: f"{clip.subject or '–'} · {clip.emotion or '–'} · {clip.name}" for clip in measured}
    clip_id = st.selectbox("Clip", list(names), format_func=names.__getitem__, width=420, **state.private("clip"))
    clip = next(clip for clip in measured if clip.id == clip_id)
    assert clip.peak_frame is not None
    measurement = clips.load_measurement(ws, clip.id)
    with st.container(key="clip-workbench"):
        curves, side = st.columns([5, 2], gap="medium")
    with curves:
        st.plotly_chart(au_curves(measurement), key="au_curves")
    with side:
        _peak(ws, clip, clip.peak_frame)
    _quality(measurement.quality)


def _quality(quality: Quality) -> None:
    figures = {
        "Quality": quality.verdict,
        "Frames": f"{quality.frames_read}",
        "Face found": f"{100 * quality.face_found:.0f} %",
        "Faces": f"{quality.n_faces}",
        "Confidence": f"{quality.mean_confidence:.2f}",
        "Yaw range": f"{quality.yaw_range_deg:.1f}°",
        "Pitch range": f"{quality.pitch_range_deg:.1f}°",
        "Eye to eye": f"{quality.inter_eye_px:.0f} px",
        "Sharpness": f"{quality.blur:.0f}",
        "Brightness": f"{quality.exposure:.0f} of 255",
    }
    with st.container(key="quality", horizontal=True):
        for name, value in figures.items():
            st.metric(name, value.replace("nan", "–"), width="content")


def _peak(ws: Workspace, clip: Clip, peak_frame: int) -> None:
    st.markdown(f"**Peak frame {peak_frame + 1}**")  # counted from 1, as in exports and in OpenFace
    default = ws.preference("faces", FACES[0])
    how = st.segmented_control(
        "Face",
        FACES,
        default=default,
        required=True,
        key="faces",
        on_change=lambda: ws.remember("faces", st.session_state["faces"]),
    )
    if how == "Hidden":
        return
    image = _frame(clip.id, clip.path, peak_frame) if clip.path else None
    if image is None:
        st.markdown("The video was deleted; only its action units are kept.")
        return
    width = round(min(280, MAX_HEIGHT_PX * image.width / image.height))
    st.image(_blurred(image) if how == "Blurred" else image, width=width)


@st.cache_data(max_entries=4, scope="session", show_spinner="Reading the frame")
def _frame(clip_id: str, _path: Path, index: int) -> Image | None:
    from PIL import Image

    from core.faces.video import read_frames

    try:
        frame = next(frame for frame in read_frames(_path) if frame.index == index)
    except (UserError, OSError, StopIteration):
        return None
    return Image.fromarray(frame.image[..., ::-1].copy())


def _blurred(image: Image) -> Image:
    """Twelve blocks across: the pose stays, the person does not."""
    from PIL.Image import Resampling

    small = image.resize((12, max(1, round(12 * image.height / image.width))), Resampling.BOX)
    return small.resize(image.size, Resampling.BICUBIC)
