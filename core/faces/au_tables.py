"""AU tables in and out: OpenFace-compatible CSV of the frames of one clip, and the CSV of a cohort.

Two kinds of table pass here. A *frame table* has one row a frame and columns `AU01_r` … as OpenFace 2 writes them.
An *AU table* has one row for the peak of one person's emotion: `core.types.TABLE_KEYS`, `AU01` …, and `AU01_L`,
`AU01_R` … where left and right were measured.
"""

from __future__ import annotations

from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from core.faces.checked_csv import CsvFile, intensities, name_of, open_csv, require_columns
from core.types import (
    ACTION_UNITS,
    DYNAMICS_COLUMNS,
    SIDED_ACTION_UNITS,
    STATISTIC_COLUMNS,
    ActionUnits,
    Measurement,
)

if TYPE_CHECKING:
    import pandas as pd

POSE = ("pose_Rx", "pose_Ry", "pose_Rz")
_FRAME_KEYS = ("frame", "timestamp", "confidence", "success", *POSE)
_FRAME_UNITS = tuple(f"{unit}_r" for unit in ACTION_UNITS)
SIDED_COLUMNS = tuple(f"{unit}_{side}" for unit in SIDED_ACTION_UNITS for side in ("L", "R"))


def frame_table(measurement: Measurement) -> pd.DataFrame:
    """A row a frame: its number from 1, timestamp in s, confidence, success, pose in radians, intensities of the face
    and of its sides, and the backend, which OpenFace has no column for. NaN where no face was found.
    """
    import numpy as np
    import pandas as pd

    units = measurement.action_units
    table = pd.DataFrame(
        {
            "frame": np.arange(1, units.n_frames + 1),
            "timestamp": units.timestamp_s,
            "confidence": units.confidence,
            "success": units.success.astype(int),
        }
    )
    table[list(POSE)] = np.radians(units.pose_deg.astype(np.float64))
    table[list(_FRAME_UNITS)] = units.intensity
    table[list(SIDED_COLUMNS)] = np.stack([units.left, units.right], axis=2).reshape(units.n_frames, -1)
    table["backend"] = measurement.backend
    return table


def write_openface_csv(measurement: Measurement, path: Path | str) -> None:
    """Write `frame_table`. `read_openface_csv` gives the same numbers back to the last bit."""
    frame_table(measurement).to_csv(path, index=False)


def read_openface_csv(source: Path | str | IO[bytes], name: str = "") -> ActionUnits:
    """The frames of a clip from OpenFace 2's CSV (header with or without spaces) or from `write_openface_csv`.

    Frames without success become NaN; left and right are NaN where the file has none. Raises `UserError` that names
    missing columns, and the lines of successful frames whose intensities are missing or not from 0 to 5.
    """
    return _frames(open_csv(source, name or name_of(source)))


def peak_row(measurement: Measurement) -> dict[str, float]:
    """`AU01` …, `AU01_L`, `AU01_R` … at the peak frame, then `DYNAMICS_COLUMNS` and `STATISTIC_COLUMNS` of the clip.

    Raises `ValueError` for a measurement without a peak.
    """
    if measurement.peak_frame is None:
        raise ValueError("a clip that is not usable has no peak frame")
    row = _row_at(measurement.action_units, measurement.peak_frame)
    if found := measurement.dynamics:
        row |= {column: float(getattr(found, column)) for column in DYNAMICS_COLUMNS}
        statistics = zip(found.au_mean, found.au_variance, found.au_entropy, strict=True)
        values = [float(value) for unit in statistics for value in unit]
        row |= dict(zip(STATISTIC_COLUMNS, values, strict=True))
    return row


def clips_csv_row(path: Path | str, subject: str, measurement: Measurement) -> dict[str, Any]:
    """One line of `clips.csv`. Frames are numbered from 1, as in the `frame` column; empty where there is none."""
    first, last = measurement.neutral or (None, None)
    quality = measurement.quality
    return {
        "file": str(path),
        "subject": subject,
        "emotion": measurement.emotion,
        "n_frames": quality.frames_read,
        "face_found": round(quality.face_found, 4),
        "neutral_first": _from_one(first),
        "neutral_last": _from_one(last),
        "peak_frame": _from_one(measurement.peak_frame),
        "usable": quality.usable,
        "reason": quality.reason,
    }


def read_au_table(source: Path | str | IO[bytes], name: str = "") -> pd.DataFrame:
    """The AU table in a CSV of our own or of a known other program: `core.faces.importers.read_table` without remarks.

    Raises `UserError` that names the missing columns, the lines at fault, or two codes that differ only in case.
    """
    from core.faces.importers import read_table

    return read_table(source, name).table


def _frames(file: CsvFile) -> ActionUnits:
    import numpy as np

    require_columns(
        file,
        (*_FRAME_KEYS[1:], *_FRAME_UNITS),
        "Each of them is needed: time, success and pose of the frames, and all 17 intensities.",
        "Give the CSV that OpenFace 2 (FeatureExtraction) or this program wrote.",
    )
    sides = set(SIDED_COLUMNS) <= set(file.columns)
    cells = file.read((*_FRAME_KEYS, *_FRAME_UNITS, *(SIDED_COLUMNS if sides else ())))
    keys = file.numbers(cells[[*_FRAME_KEYS[1:]]])
    success = keys["success"].to_numpy() == 1
    sided = np.full((len(cells), len(SIDED_ACTION_UNITS), 2), np.nan, np.float32)
    if sides:
        sided = intensities(file, cells, SIDED_COLUMNS, success).astype(np.float32).reshape(sided.shape)
    pose_deg = np.degrees(keys[list(POSE)].to_numpy()).astype(np.float32)
    intensity = intensities(file, cells, _FRAME_UNITS, success).astype(np.float32)
    return ActionUnits(
        timestamp_s=keys["timestamp"].to_numpy(),
        confidence=keys["confidence"].to_numpy(np.float32),
        success=success,
        n_faces=success.astype(np.int16),
        pose_deg=np.where(success[:, None], pose_deg, np.float32(np.nan)),
        intensity=np.where(success[:, None], intensity, np.float32(np.nan)),
        left=sided[:, :, 0],
        right=sided[:, :, 1],
    )


def _row_at(units: ActionUnits, frame: int) -> dict[str, float]:
    row = dict(zip(ACTION_UNITS, map(float, units.intensity[frame]), strict=True))
    for column, unit in enumerate(SIDED_ACTION_UNITS):
        row[f"{unit}_L"] = float(units.left[frame, column])
        row[f"{unit}_R"] = float(units.right[frame, column])
    return row


def _from_one(frame: int | None) -> int | None:
    return None if frame is None else frame + 1
