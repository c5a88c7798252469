"""Whether a clip can be used, and the sentences that say why not, or why with care.

Whether a hand or hair hides part of the face is not judged: the mesh draws a whole face over it with full confidence,
and nothing that is kept of a clip tells such a face from one that is seen.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from core.types import Quality

if TYPE_CHECKING:
    import numpy as np

MIN_FACE_FOUND, GOOD_FACE_FOUND = 0.5, 0.9
MIN_FACE_FRAMES = 10
MIN_INTER_EYE_PX, GOOD_INTER_EYE_PX = 24.0, 48.0
GOOD_TURN_DEG = 30.0
GOOD_BLUR = 30.0
GOOD_EXPOSURE = (40.0, 220.0)


def assess(
    confidence: np.ndarray,
    n_faces: np.ndarray,
    pose_deg: np.ndarray,
    inter_eye_px: np.ndarray,
    blur: np.ndarray,
    exposure: np.ndarray,
    has_neutral: bool = False,
    restless: tuple[int, int] | None = None,
) -> Quality:
    """Verdict and figures of one clip.

    confidence, n_faces, inter_eye_px: (n,) and pose_deg: (n, 3), NaN in the last two where the face was not found.
    blur, exposure: of a sample of the frames. has_neutral: whether the person's rest is known from elsewhere, so that a
    single image will do. restless: first and last frame that served as rest, where the face moved at the start.
    """
    import numpy as np

    found = np.isfinite(inter_eye_px)
    n, n_found = len(found), int(found.sum())
    pitch_range, yaw_range = (float(np.ptp(pose_deg[found, axis])) if n_found else 0.0 for axis in (0, 1))
    quality = Quality(
        verdict="usable",
        reason="",
        frames_read=n,
        face_found=n_found / n if n else 0.0,
        mean_confidence=float(confidence[found].mean()) if n_found else 0.0,
        yaw_range_deg=yaw_range,
        pitch_range_deg=pitch_range,
        inter_eye_px=float(np.median(inter_eye_px[found])) if n_found else 0.0,
        blur=float(np.median(blur)) if len(blur) else 0.0,
        exposure=float(np.median(exposure)) if len(exposure) else 0.0,
        n_faces=int(n_faces.max()) if n else 0,
    )
    return judge(quality, pose_deg, has_neutral, restless)


def judge(
    figures: Quality, pose_deg: np.ndarray, has_neutral: bool, restless: tuple[int, int] | None, chosen: bool = False
) -> Quality:
    """The verdict, reason and doubts that `figures` deserve; the other arguments are those of `assess`.

    chosen: whether the frames of rest were chosen by hand, so that they need not be the first ones.
    """
    import numpy as np

    found = np.isfinite(pose_deg[:, 1])
    n_found = int(found.sum())
    if fault := _fault(figures, n_found, has_neutral):
        return replace(figures, verdict="not usable", reason=fault, doubts=())
    turned = float(np.percentile(np.abs(pose_deg[found, 1]), 95))
    if doubts := _doubts(figures, turned, restless, chosen):
        return replace(figures, verdict="warning", reason=doubts[0], doubts=tuple(doubts))
    return replace(figures, verdict="usable", reason="", doubts=())


def _fault(quality: Quality, n_found: int, has_neutral: bool) -> str:
    if n_found == 0:
        return f"No face was found in any of the {quality.frames_read} frames."
    if quality.face_found < MIN_FACE_FOUND:
        return f"A face was found in only {quality.face_found:.0%} of the frames; {MIN_FACE_FOUND:.0%} are needed."
    if quality.inter_eye_px < MIN_INTER_EYE_PX:
        return (
            f"The face is too small: {quality.inter_eye_px:.0f} pixels between the outer eye corners, "
            f"at least {MIN_INTER_EYE_PX:.0f} are needed."
        )
    if quality.frames_read == 1 and not has_neutral:
        return "A single image shows no change from rest; add a neutral image or clip of the same person."
    if n_found < MIN_FACE_FRAMES and not has_neutral:
        return f"Only {n_found} frames show a face; at least {MIN_FACE_FRAMES} are needed to see rest and expression."
    return ""


def _doubts(quality: Quality, turned_deg: float, restless: tuple[int, int] | None, chosen: bool) -> list[str]:
    """Sentences, the gravest first."""
    low, high = GOOD_EXPOSURE
    doubts = []
    if quality.n_faces > 1:
        doubts.append("More than one face was seen; the one that was larger for longer was measured.")
    if restless:
        frames = f"frames {restless[0] + 1} to {restless[1] + 1}"
        doubts.append(
            f"The face moves in {frames}, which were chosen as rest."
            if chosen
            else "The face moves in the first frames, where it should be at rest; "
            f"{frames} served as rest, a neutral clip would be surer."
        )
    if quality.face_found < GOOD_FACE_FOUND:
        doubts.append(f"A face was found in only {quality.face_found:.0%} of the frames.")
    if turned_deg > GOOD_TURN_DEG:
        doubts.append(
            f"The head turns {turned_deg:.0f}° to a side; left and right are less reliable beyond {GOOD_TURN_DEG:.0f}°."
        )
    if quality.inter_eye_px < GOOD_INTER_EYE_PX:
        doubts.append(f"The face is small: {quality.inter_eye_px:.0f} pixels between the outer eye corners.")
    if not low <= quality.exposure <= high:
        light = "dark" if quality.exposure < low else "bright"
        doubts.append(f"The face is too {light}: its mean grey level is {quality.exposure:.0f} of 255.")
    if quality.blur < GOOD_BLUR:
        doubts.append("The face is blurred; small movements may be missed.")
    return doubts
