"""Where image sets come from: uploaded files, a folder, the built-in digits, faces of measured clips."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import UserError
from core.settings import Limits
from core.types import Progress, Quiet
from core.workspace import clips
from core.workspace.clips import Clip
from core.workspace.image_sets import KeptImageSet, keep
from core.workspace.names import clean_name, speaking_of
from core.workspace.store import Workspace

if TYPE_CHECKING:
    import numpy as np

    from core.images.assembly import Source
    from core.images.decoding import Picture
    from core.images.excerpt import Excerpt
    from core.types import Measurement

UPLOADED, FOLDER, BUILT_IN, FACES = "uploaded", "folder of this machine", "built in", "faces of clips"
GROUP, EMOTION = "group", "emotion"
CLASS_OF_FACES = (GROUP, EMOTION)
"""What of a clip is the class of the faces cut from it."""

CROP_PX = 128
"""Side of a face: as large as the largest network takes."""

_LIMITS, _QUIET = Limits(), Quiet()


def from_uploads(
    ws: Workspace,
    name: str,
    files: Sequence[tuple[str, str, bytes]],
    progress: Progress = _QUIET,
    limits: Limits = _LIMITS,
) -> KeptImageSet:
    """Keep uploaded images, given as (file name, class, content); the names are shown and never used as paths.

    Raises `UserError` for a name made to deceive, an archive, an image beyond `limits`, and for what is no set.
    """
    from core.images.assembly import Source, assembled, class_name, shown
    from core.images.decoding import picture_of

    sources = []
    for file_name, label, content in files:
        told = shown(clean_name(file_name))
        sources.append(Source(told, class_name(label), "", partial(picture_of, content, told, limits)))
    image_set, remarks = assembled(shown(name.strip()) or "Uploaded images", sources, progress)
    return keep(ws, image_set, UPLOADED, remarks)


def from_folder(
    ws: Workspace,
    path: Path | str,
    progress: Progress = _QUIET,
    limits: Limits = _LIMITS,
    excerpt: Excerpt | None = None,
) -> KeptImageSet:
    """Keep the images of a folder with one subfolder a class, or those of an `excerpt`.

    Raises like `core.images.folder.read_folder`.
    """
    from core.images.excerpt import WHOLE
    from core.images.folder import read_folder

    image_set, remarks = read_folder(path, progress, limits, excerpt or WHOLE)
    return keep(ws, image_set, FOLDER, remarks)


def from_digits(ws: Workspace) -> KeptImageSet:
    """Keep the handwritten digits that come with the program."""
    from core.images.dataset import digits

    return keep(ws, digits(), BUILT_IN)


def from_clips(
    ws: Workspace,
    name: str,
    clip_ids: Sequence[str],
    class_of: str = GROUP,
    n_frames: int = 1,
    progress: Progress = _QUIET,
) -> KeptImageSet:
    """Keep faces cut from measured clips, `CROP_PX` pixels wide: one at the peak, or `n_frames` spread over the clip.

    class_of: one of `CLASS_OF_FACES`. The person is the clip's subject. Clips without a class, without a face or
    without their video are left out, and a remark says so. Raises `UserError` for what is no set, `Cancelled` as
    `progress` says.
    """
    from core.images.assembly import assembled, shown

    if class_of not in CLASS_OF_FACES or n_frames < 1:
        raise ValueError(f"class_of must be one of {CLASS_OF_FACES} and n_frames positive")
    chosen = [clips.get_clip(ws, clip_id) for clip_id in clip_ids]
    used: dict[str, Clip] = {}
    sources = [source for clip in chosen for source in _faces_of(ws, clip, class_of, n_frames, used)]
    image_set, remarks = assembled(shown(name.strip()) or "Faces", sources, progress)
    kinds = {clip.simulated for clip in used.values()}
    if len(kinds) == 2:
        remarks.append("Some of the people are simulated, and some are not.")
    return keep(ws, image_set, FACES, remarks, simulated=True in kinds, clip_ids=list(used))


def _faces_of(ws: Workspace, clip: Clip, class_of: str, n_frames: int, used: dict[str, Clip]) -> Iterator[Source]:
    """The faces of a clip as they will be cut; then the clip is among `used`. One that says why where there is none."""
    from core.images.assembly import Source, class_name, shown

    name, label = shown(clip.name), clip.group if class_of == GROUP else clip.emotion
    mesh = clips.load_mesh(ws, clip.id)
    why = ""
    if not label:
        why = f"its {class_of} is not known"
    elif clip.path is None:
        why = "its video was deleted"
    elif clip.peak_frame is None:
        why = clip.reason or "it was not measured"
    elif mesh is None:
        why = "its landmarks were not kept: measure it again"
    if why:
        yield Source(name, label, clip.subject, partial(_left_out, why))
        return
    assert mesh is not None
    measurement = clips.load_measurement(ws, clip.id)
    for frame in _frames(measurement, mesh, n_frames):
        load = partial(_crop, clip, frame, float(measurement.action_units.timestamp_s[frame]), mesh, used)
        yield Source(f"{name}, frame {frame + 1}", class_name(label), clip.subject, load)


def _frames(measurement: Measurement, mesh: np.ndarray, n_frames: int) -> list[int]:
    """The peak, or frames with a face at equal distances from the first such to the last."""
    import numpy as np

    if n_frames == 1:
        assert measurement.peak_frame is not None
        return [measurement.peak_frame]
    seen = np.flatnonzero(measurement.action_units.success & np.isfinite(mesh).all(axis=(1, 2)))
    places = np.linspace(0, len(seen) - 1, n_frames).round().astype(int)
    return np.unique(seen[places]).tolist() if len(seen) else []


def _crop(clip: Clip, frame: int, timestamp_s: float, mesh: np.ndarray, used: dict[str, Clip]) -> Picture:
    from core.faces.crops import face_crop
    from core.faces.video import read_frame
    from core.images.decoding import NotUsable, Picture

    assert clip.path is not None
    try:
        with speaking_of(clip.name, clip.path):
            image = read_frame(clip.path, frame, timestamp_s).image
    except UserError as error:
        raise NotUsable("the frame cannot be read") from error
    crop = face_crop(image, mesh[frame] * (image.shape[1], image.shape[0]), CROP_PX)
    if crop is None:
        raise NotUsable("eyes or nose lie outside the image")
    used[clip.id] = clip
    return Picture(crop)


def _left_out(why: str) -> Picture:
    from core.images.decoding import NotUsable

    raise NotUsable(why)
