"""What passes between the rooms of `core`: names of the field and frozen records.

Nothing here imports a heavy library at run time, so that any process may import it at start.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from core.errors import Cancelled

if TYPE_CHECKING:
    import numpy as np

ACTION_UNITS = (
    "AU01", "AU02", "AU04", "AU05", "AU06", "AU07", "AU09", "AU10", "AU12",
    "AU14", "AU15", "AU17", "AU20", "AU23", "AU25", "AU26", "AU45",
)  # fmt: skip
"""The 17 action units that OpenFace scores in intensity, 0 to 5 (FACS A to E)."""

CENTRE_ACTION_UNITS = ("AU17", "AU25", "AU26")
SIDED_ACTION_UNITS = tuple(au for au in ACTION_UNITS if au not in CENTRE_ACTION_UNITS)
"""The 14 action units that have a left and a right side (of the person, not of the image)."""

MAX_INTENSITY = 5.0

EMOTIONS = ("anger", "happiness", "disgust", "fear", "surprise")
PD, CONTROL = "PD", "control"
GROUPS = (PD, CONTROL)

TABLE_KEYS = ("subject", "emotion", "group", "backend", "simulated")
"""Columns of an AU table beside its `AU*` columns; one row is one person's peak frame in one emotion.

subject: code, never a name. group: `PD`, `control` or empty when not known. backend: what measured the
intensities (`hypomimia-lab`, `openface`, `simulated`, …). simulated: whether no camera ever saw the person.
"""


class Progress(Protocol):
    """How long work tells where it stands, to a page, a terminal or a test alike."""

    def report(self, done: float, total: float, message: str = "") -> None:
        """`done` of `total` steps are finished; `message` says what is being done now."""

    def cancelled(self) -> bool:
        """Whether the work should stop at the next safe point, by raising `core.errors.Cancelled`."""


class Quiet:
    """A `Progress` that nobody watches and nobody cancels."""

    def report(self, done: float, total: float, message: str = "") -> None:
        return

    def cancelled(self) -> bool:
        return False


def check_cancelled(progress: Progress) -> None:
    """Raise `Cancelled` if `progress` asks to stop."""
    if progress.cancelled():
        raise Cancelled


@dataclass(frozen=True)
class ActionUnits:
    """Action units of the n frames of one clip.

    timestamp_s: (n,) seconds from the first frame. confidence: (n,) 0 to 1. success: (n,) bool, a face was found.
    n_faces: (n,) faces seen. pose_deg: (n, 3) pitch, yaw, roll in degrees. intensity: (n, 17) in the order of
    `ACTION_UNITS`, 0 to 5. left, right: (n, 14) in the order of `SIDED_ACTION_UNITS`. NaN where no face was found.
    """

    timestamp_s: np.ndarray
    confidence: np.ndarray
    success: np.ndarray
    n_faces: np.ndarray
    pose_deg: np.ndarray
    intensity: np.ndarray
    left: np.ndarray
    right: np.ndarray

    @property
    def n_frames(self) -> int:
        return len(self.timestamp_s)


@dataclass(frozen=True)
class Quality:
    """Whether a clip can be used, and the figures behind the verdict.

    verdict: `usable`, `warning` or `not usable`; reason: one sentence, empty when usable. face_found: share of frames,
    0 to 1. yaw_range_deg, pitch_range_deg: largest minus smallest. inter_eye_px: median distance of the outer eye
    corners. blur: median variance of the Laplacian in the face. exposure: median grey level of the face, 0 to 255.
    n_faces: most faces seen at once.
    """

    verdict: str
    reason: str
    frames_read: int
    face_found: float
    mean_confidence: float
    yaw_range_deg: float
    pitch_range_deg: float
    inter_eye_px: float
    blur: float
    exposure: float
    n_faces: int

    @property
    def usable(self) -> bool:
        return self.verdict != "not usable"


@dataclass(frozen=True)
class Measurement:
    """Everything measured in one clip.

    neutral: (first, last) frame of the rest reference, inclusive, or None where a neutral clip of the person served.
    peak_frame: index of the frame with the strongest expression, or None when the clip is not usable.
    strength: (n,) the smoothed sum of the emotion's action units, whose maximum is the peak.
    """

    emotion: str
    action_units: ActionUnits
    neutral: tuple[int, int] | None
    peak_frame: int | None
    strength: np.ndarray
    quality: Quality
    backend: str
    versions: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Samples:
    """One emotion of an AU table: X (n, d) intensities, y (n,) 1 for PD, 0 for control, groups (n,) subject codes."""

    X: np.ndarray
    y: np.ndarray
    groups: np.ndarray
    features: tuple[str, ...]


@dataclass(frozen=True)
class EmotionVote:
    """How the fold models of one emotion voted on one person.

    n_models: fold models. n_for_pd: those that said PD. weight_for_pd: share of the accuracy weights that said PD, 0 to
    1. decision: `PD`, `control` or `tie`. usable: whether it counts; reason says why not.
    """

    emotion: str
    n_models: int
    n_for_pd: int
    weight_for_pd: float
    decision: str
    usable: bool = True
    reason: str = ""


@dataclass(frozen=True)
class Verdict:
    """The majority across emotions. decision: `PD-like`, `control-like` or `undecided`; reason: one sentence."""

    decision: str
    reason: str
    votes: tuple[EmotionVote, ...]
