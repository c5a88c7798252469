"""From the frames of one clip, as another program measured them, to the one row of their peak."""

from __future__ import annotations

from pathlib import PureWindowsPath
from typing import TYPE_CHECKING, Any

from core.errors import UserError
from core.faces.checked_csv import CsvFile
from core.faces.expression import strength
from core.faces.importers.clip_columns import Frames, clip_columns
from core.faces.labels import labels_from_path
from core.scales import scale_of
from core.settings import Limits
from core.types import ACTION_UNITS, EMOTIONS, TABLE_KEYS

if TYPE_CHECKING:
    import numpy as np

ASSUMED_FPS = 30.0
"""For the smoothing that finds the peak, and for nothing else, where a table does not tell the time."""
UNTIMED = "Without the time of its frames a table gives no onset and no blinks per minute."
"""What importers say where there is none."""


def peak_of(file: CsvFile, frames: Frames, subject: str, emotion: str, backend: str) -> dict[str, Any]:
    """The row of an AU table at the peak frame, with its `clip_columns`; raises `UserError` where there is no frame.

    Units that the format lacks count as not moved when the peak is sought.
    """
    import numpy as np

    from core.faces.au_tables import SIDED_COLUMNS

    if not len(frames.intensity):
        raise UserError(
            f"{file.short_name} has no frame with a face.",
            "Every row is without success, or too unsure.",
            "Give the table of a clip that shows a face.",
        )
    at = int(np.argmax(strength(np.nan_to_num(frames.intensity), frames.timestamp_s, emotion)))
    row: dict[str, Any] = dict(zip(TABLE_KEYS, (subject, emotion, "", backend, False), strict=True))
    row |= dict(zip(ACTION_UNITS, map(float, frames.intensity[at]), strict=True))
    if frames.sides is not None:
        row |= dict(zip(SIDED_COLUMNS, map(float, frames.sides[at]), strict=True))
    return row | clip_columns(frames, emotion, at, scale_of(backend).maximum)


def assumed_s(frame: np.ndarray) -> np.ndarray:
    """(n,) seconds of frames that have only a number, at `ASSUMED_FPS`."""
    return frame / ASSUMED_FPS


def could_be_filmed(timestamp_s: np.ndarray) -> bool:
    """Whether the times (n,) of a clip are those of a camera (`core.settings.Limits`), whatever frames were lost.

    OpenFace counts the images of a folder by 0.001 s, and programs that do not know the time write 0 everywhere.
    """
    import numpy as np

    step_s, limits = np.median(np.diff(np.sort(timestamp_s))) if len(timestamp_s) > 1 else 0.0, Limits()
    return bool(limits.min_fps * 0.99 <= 1 / max(step_s, 1e-9) <= limits.max_fps * 1.01)


def face_that_persists(face: np.ndarray, size: np.ndarray) -> Any:
    """Which of the labels `face` (n,) to keep: of those seen at least half as often as the most seen, the largest.

    size: (n,) of the face in each row, in any unit, NaN where it is not known; the median counts.
    """
    import numpy as np

    labels, counts = np.unique(face, return_counts=True)
    lasting = labels[counts * 2 >= counts.max()]
    size = np.nan_to_num(size, nan=-np.inf)
    return max(lasting, key=lambda label: (np.median(size[face == label]), int(np.sum(face == label))))


def tracks(frame: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """(n,) a number for each person, followed from frame to frame by the overlap of the boxes.

    frame: (n,) rising. boxes: (n, 4) left, top, width, height. A box continues the last box with which it shares the
    largest part of their union, each continued once a frame; one that overlaps with none begins a new person.
    """
    import numpy as np

    person = np.full(len(frame), -1)
    last: list[np.ndarray] = []
    for number in np.unique(frame):
        rows = np.flatnonzero(frame == number)
        shares = np.array([[_overlap(boxes[row], box) for box in last] for row in rows]).reshape(len(rows), len(last))
        while shares.size and shares.max() > 0:
            row, track = np.unravel_index(int(shares.argmax()), shares.shape)
            person[rows[row]] = track
            shares[row, :] = shares[:, track] = 0
        for row in rows:
            if person[row] < 0:
                person[row] = len(last)
                last.append(boxes[row])
            last[person[row]] = boxes[row]
    return person


def clips_in(file: CsvFile, sources: np.ndarray) -> list[tuple[str, str, np.ndarray]]:
    """(subject, emotion, rows) of each clip in a table whose rows come from the files `sources` (n,), in their order.

    Where all come from one file, the name of the table tells subject and emotion, unless only the other's is a known
    emotion.
    """
    import numpy as np

    clips: dict[tuple[str, str], list[int]] = {}
    for row, source in enumerate(sources):
        clips.setdefault(labels_from_path(PureWindowsPath(source).as_posix()), []).append(row)
    known = {*EMOTIONS, "neutral"}
    if len(clips) == 1:
        told, own = next(iter(clips)), labels_from_path(file.name)
        if own[1] in known or told[1] not in known:
            clips = {own: clips[told]}
    return [(*labels, np.array(rows)) for labels, rows in clips.items()]


def _overlap(a: np.ndarray, b: np.ndarray) -> float:
    width = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    height = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    shared = max(width, 0.0) * max(height, 0.0)
    return float(shared / max(a[2] * a[3] + b[2] * b[3] - shared, 1e-9))
