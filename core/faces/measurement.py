"""From a clip to its measurement, in one pass over its frames; and what a correction by hand changes in it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from threadpoolctl import threadpool_limits

from core.errors import UserError
from core.faces import action_units, expression, regression
from core.faces.backends import FACE_MESH, open_mesh
from core.faces.dynamics import dynamics
from core.faces.expression import Neutral
from core.faces.face_mesh import MeshBackend
from core.faces.features import FEATURES
from core.faces.quality import assess, judge
from core.faces.video import is_still, probe, read_frames
from core.settings import Limits
from core.types import ActionUnits, Measurement, Progress, Quiet, check_cancelled

if TYPE_CHECKING:
    from core.faces.mesh_file import MeshFile
    from core.faces.recording import Recording

INTENSITIES_ID = hashlib.sha256(
    ",".join(FEATURES).encode() + regression.FILE.read_bytes() + regression.NETWORK_FILE.read_bytes()
).hexdigest()[:12]
"""Kept among the versions of a measurement: another program's features, or its coefficients, give other intensities."""

_P = ParamSpec("_P")
_T = TypeVar("_T")
_LIMITS, _QUIET = Limits(), Quiet()
_REPORT_EVERY = 30


def _in_one_thread(work: Callable[_P, _T]) -> Callable[_P, _T]:
    """Splitting what takes a fraction of a millisecond over threads costs more processor time than it saves: the
    threads of a matrix product wait for the next one at full speed. And the last bits depend on their number."""

    @wraps(work)
    def alone(*args: _P.args, **kwargs: _P.kwargs) -> _T:
        # What is not loaded yet cannot be limited.
        import numpy  # noqa: F401

        with threadpool_limits(1, user_api="blas"):
            return work(*args, **kwargs)

    return alone


@_in_one_thread
def measure_clip(
    path: Path | str,
    emotion: str,
    neutral: Neutral | None = None,
    progress: Progress = _QUIET,
    limits: Limits = _LIMITS,
    backend: str = FACE_MESH,
    mesh_file: Path | None = None,
) -> Measurement:
    """Action units, neutral, peak, dynamics and quality of the video, image folder or still at `path`.

    neutral: the person's rest from their neutral clip (`measure_neutral` with the same backend); without it, the first
    frames of this clip, or where the face moves in these, the longest still stretch soon after (the first frames where
    there is none), with a warning. mesh_file: where the landmarks of the face are kept for `mesh_file.load`, of a clip
    with a face. A clip without a usable face is measured as far as it goes and judged `not usable`. Raises `UserError`
    for what is not a clip or beyond `limits`, for a backend that is not here and for a neutral of another one,
    `Cancelled` when `progress` asks to stop.
    """
    import numpy as np

    recording = _record(path, progress, limits, backend, mesh_file)
    timestamp_s, confidence, n_faces = recording.frames()
    features, pose_deg, inter_eye_px = recording.shapes()
    if neutral and neutral.features.shape != features.shape[1:]:
        raise UserError(
            "The neutral clip was measured with another mesh.",
            "Features of two meshes cannot be compared.",
            "Measure the neutral clip with the same one.",
        )
    success = np.isfinite(inter_eye_px)
    frames = None if neutral else expression.neutral_range(success)
    restless = frames is not None and expression.moves(features, frames)
    if restless:
        frames = expression.still_range(features, timestamp_s) or frames
    rest = neutral or (expression.neutral_features(features, frames) if frames else None)
    reference = rest.features if rest else np.full(features.shape[1], np.nan, np.float32)
    shown = action_units.intensities(features, reference)
    found = Measurement(
        emotion=emotion,
        action_units=ActionUnits(timestamp_s, confidence, success, n_faces, pose_deg, *shown),
        neutral=frames,
        peak_frame=None,
        strength=expression.strength(shown[0], timestamp_s, emotion),
        quality=assess(
            confidence,
            n_faces,
            pose_deg,
            inter_eye_px,
            *recording.patches(),
            has_neutral=neutral is not None,
            restless=frames if restless else None,
        ),
        backend=backend,
        versions={name: version(name) for name in ("mediapipe", "opencv-contrib-python", "numpy")}
        | {"intensities": INTENSITIES_ID},
        features=features,
    )
    return with_peak(found, emotion)


@_in_one_thread
def measure_neutral(
    path: Path | str, progress: Progress = _QUIET, limits: Limits = _LIMITS, backend: str = FACE_MESH
) -> Neutral:
    """A person's face at rest: the median over all frames of their neutral clip or image.

    Raises `UserError` when no face is in it, and like `measure_clip`.
    """
    import numpy as np

    features, _, inter_eye_px = _record(path, progress, limits, backend).shapes()
    found = np.flatnonzero(np.isfinite(inter_eye_px))
    if not len(found):
        raise UserError(
            f"{Path(path).name} cannot serve as neutral.",
            "No face was found in it.",
            "Choose a clip that shows the person's face at rest, or none to use the first frames of each clip.",
        )
    return expression.neutral_features(features, (int(found[0]), int(found[-1])))


@_in_one_thread
def correct(
    measurement: Measurement, emotion: str, neutral: tuple[int, int] | None = None, peak_frame: int | None = None
) -> Measurement:
    """The measurement of a usable clip with the rest, the peak, or both, that a person chose.

    neutral: first and last frame of rest, whose median the intensities are computed against anew; None: as it was.
    peak_frame: None for the maximum of the strength. Raises `UserError` for frames that are not there or show no face,
    and for a neutral where the features were not kept, or were those of another program.
    """
    corrected = () if peak_frame is None else ("peak",)
    if neutral is not None:
        measurement, corrected = _with_neutral(measurement, neutral), ("neutral", *corrected)
    elif "neutral" in measurement.corrected:
        corrected = ("neutral", *corrected)
    if peak_frame is not None:
        _check_face(measurement, peak_frame, peak_frame)
    return replace(with_peak(measurement, emotion, peak_frame), corrected=corrected)


def with_peak(measurement: Measurement, emotion: str, peak_frame: int | None = None) -> Measurement:
    """The same intensities as an expression of `emotion`: its strength, its peak unless given, and its dynamics."""
    units = measurement.action_units
    strength = expression.strength(units.intensity, units.timestamp_s, emotion)
    measurement = replace(measurement, emotion=emotion, strength=strength, peak_frame=None, dynamics=None)
    if not measurement.quality.usable:
        return measurement
    peak = expression.peak(strength) if peak_frame is None else peak_frame
    shown = None if peak is None else dynamics(units, emotion, peak, measurement.neutral)
    return replace(measurement, peak_frame=peak, dynamics=shown)


def _with_neutral(measurement: Measurement, neutral: tuple[int, int]) -> Measurement:
    units, features = measurement.action_units, measurement.features
    if features is None or measurement.versions.get("intensities") != INTENSITIES_ID:
        raise UserError(
            "The neutral of this clip cannot be corrected.",
            "It was measured by another version of the program.",
            "Measure it again.",
        )
    _check_face(measurement, *neutral)
    moved = neutral if expression.moves(features, neutral) else None
    quality = judge(measurement.quality, units.pose_deg, False, moved, chosen=True)
    if not quality.usable:
        raise UserError("These frames cannot serve as rest.", quality.reason, "Choose other frames.")
    rest = expression.neutral_features(features, neutral).features
    intensity, left, right = action_units.intensities(features, rest)
    units = replace(units, intensity=intensity, left=left, right=right)
    return replace(measurement, action_units=units, neutral=neutral, quality=quality)


def _check_face(measurement: Measurement, first: int, last: int) -> None:
    n = measurement.action_units.n_frames
    if not 0 <= first <= last < n:
        raise UserError(
            f"There are no frames {first + 1} to {last + 1}." if first != last else f"There is no frame {first + 1}.",
            f"The clip has frames 1 to {n}.",
            "Choose frames of this clip.",
        )
    if not measurement.action_units.success[first : last + 1].any():
        raise UserError(
            "No face was found there.", "Nothing can be measured in these frames.", "Choose frames that show the face."
        )


def _record(
    path: Path | str, progress: Progress, limits: Limits, backend: str, mesh_file: Path | None = None
) -> Recording:
    from core.faces.mesh_file import MeshFile

    with open_mesh(backend, static=is_still(path)) as mesh:
        if mesh_file is None:
            return record(path, mesh, progress, limits)
        with MeshFile(mesh_file) as file:
            recording = record(path, mesh, progress, limits, file)
            recording.keep_mesh()
            return recording


def record(
    path: Path | str,
    mesh: MeshBackend,
    progress: Progress = _QUIET,
    limits: Limits = _LIMITS,
    mesh_file: MeshFile | None = None,
) -> Recording:
    """What `mesh` sees in each frame of the clip at `path`. Raises like `measure_clip`."""
    import cv2

    from core.faces.recording import Recording

    cv2.setNumThreads(1)
    n_claimed = probe(path, limits).n_frames_claimed
    recording = Recording(mesh_file)
    for frame in read_frames(path, limits):
        if frame.index % _REPORT_EVERY == 0:
            check_cancelled(progress)
            progress.report(frame.index, max(n_claimed, frame.index), "Measuring the face")
        image_rgb = cv2.cvtColor(frame.image, cv2.COLOR_BGR2RGB)
        recording.add(frame.timestamp_s, mesh.detect(image_rgb, frame.timestamp_s), frame.image)
    progress.report(recording.n_frames, recording.n_frames, "Measuring the face")
    return recording
