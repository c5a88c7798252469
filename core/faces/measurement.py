"""From a clip to its measurement, in one pass over its frames."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import UserError
from core.faces import action_units, expression
from core.faces.expression import Neutral
from core.faces.face_mesh import FaceMesh, MeshBackend
from core.faces.quality import assess
from core.faces.video import is_still, probe, read_frames
from core.people import check_spellings, person_key
from core.settings import Limits
from core.types import TABLE_KEYS, ActionUnits, Measurement, Progress, Quiet, check_cancelled

if TYPE_CHECKING:
    from core.faces.recording import Recording

BACKEND = FaceMesh.name
_LIMITS, _QUIET = Limits(), Quiet()
_REPORT_EVERY = 30


def measure_clip(
    path: Path | str,
    emotion: str,
    neutral: Neutral | None = None,
    progress: Progress = _QUIET,
    limits: Limits = _LIMITS,
) -> Measurement:
    """Action units, neutral, peak and quality of the video, image folder or still at `path`.

    neutral: the person's rest from their neutral clip (`measure_neutral`); without it, the first frames of this clip,
    or where the face moves in these, the longest still stretch soon after (the first frames where there is none), with
    a warning.
    A clip without a usable face is measured as far as it goes and judged `not usable`. Raises `UserError` for what is
    not a clip or beyond `limits`, `Cancelled` when `progress` asks to stop.
    """
    import numpy as np

    recording = _record(path, progress, limits)
    timestamp_s, confidence, n_faces = recording.frames()
    features, pose_deg, inter_eye_px = recording.shapes()
    success = np.isfinite(inter_eye_px)
    frames = None if neutral else expression.neutral_range(success)
    restless = frames is not None and expression.moves(features, frames)
    if restless:
        frames = expression.still_range(features, timestamp_s) or frames
    rest = neutral or (expression.neutral_features(features, frames) if frames else None)
    reference = rest.features if rest else np.full(features.shape[1], np.nan, np.float32)
    intensity, left, right = action_units.intensities(features, reference)
    strength = expression.strength(intensity, timestamp_s, emotion)
    quality = assess(
        confidence,
        n_faces,
        pose_deg,
        inter_eye_px,
        *recording.patches(),
        has_neutral=neutral is not None,
        restless=frames if restless else None,
    )
    return Measurement(
        emotion=emotion,
        action_units=ActionUnits(timestamp_s, confidence, success, n_faces, pose_deg, intensity, left, right),
        neutral=frames,
        peak_frame=expression.peak(strength) if quality.usable else None,
        strength=strength,
        quality=quality,
        backend=BACKEND,
        versions={name: version(name) for name in ("mediapipe", "opencv-contrib-python", "numpy")},
    )


def measure_neutral(path: Path | str, progress: Progress = _QUIET, limits: Limits = _LIMITS) -> Neutral:
    """A person's face at rest: the median over all frames of their neutral clip or image.

    Raises `UserError` when no face is in it, and like `measure_clip`.
    """
    import numpy as np

    features, _, inter_eye_px = _record(path, progress, limits).shapes()
    found = np.flatnonzero(np.isfinite(inter_eye_px))
    if not len(found):
        raise UserError(
            f"{Path(path).name} cannot serve as neutral.",
            "No face was found in it.",
            "Choose a clip that shows the person's face at rest, or none to use the first frames of each clip.",
        )
    return expression.neutral_features(features, (int(found[0]), int(found[-1])))


def measure_rests(
    clips: Sequence[tuple[Path | str, str, str]], progress: Progress = _QUIET, limits: Limits = _LIMITS
) -> dict[str, Neutral]:
    """`person_key` -> face at rest of each person with a clip of the emotion `neutral` among (path, subject, emotion).

    Who shows no face in it has none, and `progress` hears that the first frames of their clips serve instead.
    """
    found = {}
    for path, person, emotion in clips:
        if person and emotion == "neutral":
            try:
                found[person_key(person)] = measure_neutral(path, progress, limits)
            except UserError as error:
                instead = f"The first frames of each clip of {person} serve instead."
                progress.report(0, len(clips), f"{error.what} {error.why} {instead}")
    return found


def measure_people(
    clips: Sequence[tuple[Path | str, str, str]], progress: Progress = _QUIET, limits: Limits = _LIMITS
) -> list[dict[str, Any]]:
    """Rows of an AU table from (path, subject, emotion) of each clip, the usable ones; `progress` hears of the others.

    A person's clip of the emotion `neutral` is their rest reference (`measure_rests`) and gives no row itself. Raises
    `UserError` before any is measured where two codes differ only in case, and like `measure_clip`.
    """
    from core.faces.au_tables import peak_row

    check_spellings((person for _, person, _ in clips), "The clips")
    rest = measure_rests(clips, progress, limits)
    rows = []
    for number, (path, person, emotion) in enumerate(clips):
        if emotion == "neutral":
            continue
        progress.report(number, len(clips), f"Measuring {Path(path).name}")
        measured = measure_clip(path, emotion, rest.get(person_key(person)), progress, limits)
        if measured.peak_frame is None:
            progress.report(number + 1, len(clips), f"{Path(path).name} is not usable: {measured.quality.reason}")
            continue
        keys = (person, emotion, "", BACKEND, False)
        rows.append(dict(zip(TABLE_KEYS, keys, strict=True)) | peak_row(measured))
    return rows


def _record(path: Path | str, progress: Progress, limits: Limits) -> Recording:
    with FaceMesh(static=is_still(path)) as mesh:
        return record(path, mesh, progress, limits)


def record(path: Path | str, mesh: MeshBackend, progress: Progress = _QUIET, limits: Limits = _LIMITS) -> Recording:
    """What `mesh` sees in each frame of the clip at `path`. Raises like `measure_clip`."""
    import cv2

    from core.faces.recording import Recording

    # Splitting a conversion that takes 0.05 ms over threads costs more processor time than it saves.
    cv2.setNumThreads(1)
    n_claimed = probe(path, limits).n_frames_claimed
    recording = Recording()
    for frame in read_frames(path, limits):
        if frame.index % _REPORT_EVERY == 0:
            check_cancelled(progress)
            progress.report(frame.index, max(n_claimed, frame.index), "Measuring the face")
        image_rgb = cv2.cvtColor(frame.image, cv2.COLOR_BGR2RGB)
        recording.add(frame.timestamp_s, mesh.detect(image_rgb, frame.timestamp_s), frame.image)
    progress.report(recording.n_frames, recording.n_frames, "Measuring the face")
    return recording
