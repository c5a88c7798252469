"""Films of simulated people: what happens when, every frame of it, and what is true in each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import numpy as np

from tools.rendering import activations
from tools.rendering.face_model import FaceModel
from tools.rendering.people import Person
from tools.rendering.renderer import Scene, render

ONSET_SHARE = 0.1
"""An expression has begun when a tenth of its rise is done, and ended when a tenth of its fall is."""

_SAG = 0.1
_CLOSING_S, _OPENING_S = 0.10, 0.16
BLINK_S = _CLOSING_S + _OPENING_S


@dataclass(frozen=True)
class Action:
    """Action units that rise together to `activations` (AU12, or AU12_L for one side; 0 to 1), hold, and fall.

    start_s: when they begin to move. onset_s, offset_s: from rest to the top and back, by the minimum-jerk curve (Flash
    and Hogan 1985, eq. 3: 10 s³ - 15 s⁴ + 6 s⁵ of the relative time s). hold_s: between the
    two. The top is a shallow arch, strongest in the middle and 10 % lower at either end, as no face holds quite still,
    so that there is one peak.
    """

    activations: dict[str, float]
    start_s: float = 0.5
    onset_s: float = 0.6
    hold_s: float = 0.8
    offset_s: float = 0.6

    @property
    def peak_s(self) -> float:
        return self.start_s + self.onset_s + self.hold_s / 2

    def share(self, time_s: np.ndarray) -> np.ndarray:
        """(n,) how much of `activations` is shown at `time_s` (n,), 0 to 1."""
        top = self.start_s + self.onset_s
        rise = _minimum_jerk((time_s - self.start_s) / max(self.onset_s, 1e-6))
        fall = _minimum_jerk((time_s - top - self.hold_s) / max(self.offset_s, 1e-6))
        off_middle = np.clip((time_s - self.peak_s) / max(self.hold_s / 2, 1e-6), -1, 1)
        return rise * (1 - fall) * (1 - _SAG * off_middle**2)


@dataclass(frozen=True)
class Script:
    """What happens in a film. actions: several may overlap; the stronger activation is shown. blinks_s: when each blink
    begins; its lid is shut after 0.1 s and open after 0.26. pose_deg: (time_s, (pitch, yaw, roll)) points that the head
    moves between smoothly; gaze_deg: the same of (right, up). sway: slow small movements of the head, in degrees."""

    duration_s: float = 3.0
    fps: float = 25.0
    actions: tuple[Action, ...] = ()
    blinks_s: tuple[float, ...] = ()
    pose_deg: tuple[tuple[float, tuple[float, float, float]], ...] = ((0.0, (0.0, 0.0, 0.0)),)
    gaze_deg: tuple[tuple[float, tuple[float, float]], ...] = ((0.0, (0.0, 0.0)),)
    sway: float = 0.0
    width: int = 480
    height: int = 480
    field_cm: float = 30.0
    samples: int = 1

    @property
    def n_frames(self) -> int:
        return round(self.duration_s * self.fps)


@dataclass(frozen=True)
class Film:
    """The truth of a film of n frames, and its pictures.

    timestamp_s (n,). intensity (n, 17), left (n, 14), right (n, 14): 0 to 5. pose_deg (n, 3): as `core.faces` measures.
    onset, peak, offset: (k,) frames of each action of the script, by `ONSET_SHARE`. blinks: (b,) frames at which the
    lids are shut farthest. scenes: what the camera sees in each frame.
    """

    timestamp_s: np.ndarray
    intensity: np.ndarray
    left: np.ndarray
    right: np.ndarray
    pose_deg: np.ndarray
    onset: np.ndarray
    peak: np.ndarray
    offset: np.ndarray
    blinks: np.ndarray
    scenes: tuple[Scene, ...] = field(repr=False)
    model: FaceModel = field(repr=False)

    def frames(self) -> Iterator[np.ndarray]:
        """(height, width, 3) uint8 RGB, one after the other."""
        for scene in self.scenes:
            yield render(self.model, scene)


def film(model: FaceModel, person: Person, script: Script) -> Film:
    """`person` playing `script`: nothing is drawn before `Film.frames` is read."""
    time_s = np.arange(script.n_frames) / script.fps
    shown = _activations(script, time_s)
    pose_deg = _between(script.pose_deg, time_s) + _sway(script.sway, time_s)
    gaze_deg = _between(script.gaze_deg, time_s)
    rest_cm = activations.parted_cm(model, person.rest)
    scenes, truths = [], []
    for frame in range(script.n_frames):
        # Rounded, so that a processor's own powers and sines in the last bit change nothing.
        now = {name: round(float(curve[frame]), 6) for name, curve in shown.items()}
        weights = activations.shape_weights(now)
        opened_cm = activations.parted_cm(model, model.express(person.rest, weights)) - rest_cm
        truths.append(activations.truth(now, opened_cm))
        scenes.append(
            Scene(
                person=person,
                weights=weights,
                furrows=activations.both(now),
                pose_deg=_rounded(pose_deg[frame]),
                gaze_deg=_rounded(gaze_deg[frame]),
                width=script.width,
                height=script.height,
                field_cm=script.field_cm,
                samples=script.samples,
                noise_frame=frame,
            )
        )
    intensity, left, right = (np.array(rows, np.float32) for rows in zip(*truths, strict=True))
    marks = [_marks(action, time_s) for action in script.actions]
    shut = [int(np.argmin(np.abs(time_s - begun - _CLOSING_S))) for begun in script.blinks_s]
    return Film(
        timestamp_s=time_s, intensity=intensity, left=left, right=right, pose_deg=pose_deg.astype(np.float32),
        onset=np.array([m[0] for m in marks], int), peak=np.array([m[1] for m in marks], int),
        offset=np.array([m[2] for m in marks], int), blinks=np.array(shut, int), scenes=tuple(scenes), model=model,
    )  # fmt: skip


def resized(script: Script, share: float) -> Script:
    """The same film with `share` of its width and height."""
    return replace(script, width=round(script.width * share), height=round(script.height * share))


def _activations(script: Script, time_s: np.ndarray) -> dict[str, np.ndarray]:
    shown: dict[str, np.ndarray] = {}
    for action in script.actions:
        share = action.share(time_s)
        for name, top in activations.both(action.activations).items():
            if top:
                shown[name] = np.maximum(shown.get(name, 0.0), top * share)
    for begun in script.blinks_s:
        closing = _minimum_jerk((time_s - begun) / _CLOSING_S)
        blink = closing * (1 - _minimum_jerk((time_s - begun - _CLOSING_S) / _OPENING_S))
        for side in "LR":
            shown[f"AU45_{side}"] = np.maximum(shown.get(f"AU45_{side}", 0.0), blink)
    return shown


def _marks(action: Action, time_s: np.ndarray) -> tuple[int, int, int]:
    share = action.share(time_s)
    peak = int(np.argmax(share))
    begun = np.flatnonzero(share[: peak + 1] >= ONSET_SHARE * share[peak])
    held = np.flatnonzero(share[peak:] >= (1 - ONSET_SHARE) * share[peak])
    return int(begun[0]), peak, peak + int(held[-1])


def _minimum_jerk(s: np.ndarray) -> np.ndarray:
    s = np.clip(s, 0.0, 1.0)
    return s * s * s * (10 - 15 * s + 6 * s * s)


def _between(points: tuple[tuple[float, tuple[float, ...]], ...], time_s: np.ndarray) -> np.ndarray:
    """(n, k) values that pass smoothly through (time, (k,) values), and stay as they are before and after."""
    values = np.tile(np.asarray(points[0][1], float), (len(time_s), 1))
    for (begin, old), (end, new) in pairwise(points):
        done = _minimum_jerk((time_s - begin) / max(end - begin, 1e-6))[:, None]
        values += done * (np.asarray(new) - np.asarray(old))
    return values


def _sway(size_deg: float, time_s: np.ndarray) -> np.ndarray:
    """(n, 3) degrees: three slow waves out of step with each other."""
    rates_hz, begins = np.array((0.31, 0.23, 0.17)), np.array((0.0, 1.3, 2.1))
    return size_deg * np.array((0.7, 1.0, 0.5)) * np.sin(2 * np.pi * rates_hz * time_s[:, None] + begins)


def _rounded(values: np.ndarray) -> tuple[Any, ...]:
    return tuple(round(float(value), 5) for value in values)
