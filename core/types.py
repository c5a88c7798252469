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

DYNAMICS_COLUMNS = ("amplitude", "onset_s", "onset_speed", "hold_s", "hold_stability", "asymmetry", "blinks_per_min")
"""Optional columns of an AU table: fields of `Dynamics` of the clip that the row's peak frame was taken from."""

STATISTICS = ("mean", "variance", "entropy")
STATISTIC_COLUMNS = tuple(f"{unit}_{statistic}" for unit in ACTION_UNITS for statistic in STATISTICS)
"""Optional columns of an AU table: `AU01_mean`, `AU01_variance`, `AU01_entropy`, … over that clip."""

COVARIATES = ("age", "sex")
"""Optional columns of an AU table: years, and `F`, `M`, `O` (other) or empty."""

TABLE_II = {
    "anger": ("AU09", "AU10", "AU20"),
    "happiness": ("AU15", "AU17", "AU25"),
    "disgust": ("AU23", "AU25", "AU45"),
    "fear": ("AU05", "AU12", "AU17"),
    "surprise": ("AU04", "AU05", "AU15"),
}
"""The three action units of each emotion that the AGCL paper chose (its Table II)."""


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
    n_faces: most faces seen at once. doubts: every sentence of a warning, the gravest first, which is the reason.
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
    doubts: tuple[str, ...] = ()

    @property
    def usable(self) -> bool:
        return self.verdict != "not usable"


@dataclass(frozen=True)
class Dynamics:
    """How an expression comes and goes, about its peak frame; `core.faces.dynamics` says how each is measured.

    onset_frame, offset_frame: first frame past 10 % of the rise before the peak, first below 10 % of the fall after
    it; None where the clip does not show them. amplitude: mean intensity of the emotion's action units at the peak,
    above rest. onset_s: from 10 to 90 % of the rise. onset_speed: intensity per s between these. hold_s: time at or
    above 90 % about the peak. hold_stability: 1 - SD / mean there. asymmetry: (left - right) / (left + right) at the
    peak, over the emotion's sided units, positive where the person's left side moves more. blinks_per_min: of the time
    a face was seen. au_mean, au_variance, au_entropy: (17,) over the frames with a face. NaN where not defined.
    """

    onset_frame: int | None
    offset_frame: int | None
    amplitude: float
    onset_s: float
    onset_speed: float
    hold_s: float
    hold_stability: float
    asymmetry: float
    n_blinks: int
    blinks_per_min: float
    au_mean: np.ndarray
    au_variance: np.ndarray
    au_entropy: np.ndarray


@dataclass(frozen=True)
class Measurement:
    """Everything measured in one clip.

    neutral: (first, last) frame of the rest reference, inclusive, or None where a neutral clip of the person served.
    peak_frame: index of the frame with the strongest expression, or None when the clip is not usable.
    strength: (n,) the smoothed sum of the emotion's action units, whose maximum is the peak unless a person set it.
    features: (n, d) what the intensities were computed from; None in measurements of before it was kept. dynamics: None
    when the clip is not usable. corrected: which of `neutral` and `peak` a person set by hand.
    """

    emotion: str
    action_units: ActionUnits
    neutral: tuple[int, int] | None
    peak_frame: int | None
    strength: np.ndarray
    quality: Quality
    backend: str
    versions: dict[str, str] = field(default_factory=dict)
    features: np.ndarray | None = None
    dynamics: Dynamics | None = None
    corrected: tuple[str, ...] = ()


@dataclass(frozen=True)
class Samples:
    """One emotion of an AU table: X (n, d) values, y (n,) 1 for PD, 0 for control, groups (n,) subject codes.

    features: (d,) columns. automatic: they are candidates, among which a model chooses by its own training rows.
    limits: the least and the greatest value of each feature, (low (d,), high (d,)); None: as `core.scales.limits_of`
    says by their names.
    """

    X: np.ndarray
    y: np.ndarray
    groups: np.ndarray
    features: tuple[str, ...]
    automatic: bool = False
    limits: tuple[np.ndarray, np.ndarray] | None = None


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
