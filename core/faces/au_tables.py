"""AU tables in and out: OpenFace-compatible CSV of the frames of one clip, and the CSV of a cohort.

Two kinds of table pass here. A *frame table* has one row a frame and columns `AU01_r` … as OpenFace 2 writes them.
An *AU table* has one row for the peak of one person's emotion: `core.types.TABLE_KEYS`, `AU01` …, and `AU01_L`,
`AU01_R` … where left and right were measured.
"""

from __future__ import annotations

from pathlib import Path, PurePath
from typing import IO, TYPE_CHECKING, Any

from core.errors import UserError
from core.faces.checked_csv import intensities, name_of, read_csv, refuse_lines, require_columns
from core.faces.labels import emotion_of, labels_from_path
from core.people import check_spellings
from core.types import (
    ACTION_UNITS,
    CONTROL,
    PD,
    SIDED_ACTION_UNITS,
    TABLE_KEYS,
    ActionUnits,
    Measurement,
)

if TYPE_CHECKING:
    import pandas as pd

_POSE = ("pose_Rx", "pose_Ry", "pose_Rz")
_FRAME_KEYS = ("frame", "timestamp", "confidence", "success", *_POSE)
_FRAME_UNITS = tuple(f"{unit}_r" for unit in ACTION_UNITS)
SIDED_COLUMNS = tuple(f"{unit}_{side}" for unit in SIDED_ACTION_UNITS for side in ("L", "R"))
_GROUPS = {"pd": PD, "1": PD, "1.0": PD, "parkinson": PD, "yes": PD, "true": PD}
_GROUPS |= {"control": CONTROL, "0": CONTROL, "0.0": CONTROL, "hc": CONTROL, "healthy": CONTROL, "no": CONTROL}
_GROUPS |= {"false": CONTROL, "": "", "nan": "", "unknown": "", "n/a": "", "na": "", "none": "", "null": "", "?": ""}


def write_openface_csv(measurement: Measurement, path: Path | str) -> None:
    """Write one row a frame: its number from 1, timestamp in s, confidence, success, pose in radians, and intensities.

    Cells are empty where no face was found. `read_openface_csv` gives the same numbers back to the last bit.
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
    table[list(_POSE)] = np.radians(units.pose_deg.astype(np.float64))
    table[list(_FRAME_UNITS)] = units.intensity
    table[list(SIDED_COLUMNS)] = np.stack([units.left, units.right], axis=2).reshape(units.n_frames, -1)
    table.to_csv(path, index=False)


def read_openface_csv(source: Path | str | IO[bytes], name: str = "") -> ActionUnits:
    """The frames of a clip from OpenFace 2's CSV (header with or without spaces) or from `write_openface_csv`.

    Frames without success become NaN; left and right are NaN where the file has none. Raises `UserError` that names
    missing columns, and the lines of successful frames whose intensities are missing or not from 0 to 5.
    """
    name = name or name_of(source)
    return _frames(read_csv(source, name), name)


def peak_row(measurement: Measurement) -> dict[str, float]:
    """`AU01` …, `AU01_L`, `AU01_R` … at the peak frame; raises `ValueError` for a measurement without one."""
    if measurement.peak_frame is None:
        raise ValueError("a clip that is not usable has no peak frame")
    return _row_at(measurement.action_units, measurement.peak_frame)


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
    """An AU table from CSV: `TABLE_KEYS`, the 17 units, and left and right where the file has them.

    A cohort has a line for each person and emotion: subject (a code, kept as it is written: 007 is not 7), emotion,
    group or label (PD or 1, control or 0, empty when unknown) and `AU01` … or `AU01_r` …. A frame table (OpenFace's or
    ours) gives the one row of its peak frame; its file name tells subject and emotion. Raises `UserError` that names
    the missing columns, the lines at fault, or two codes that differ only in case.
    """
    name = name or name_of(source)
    table = read_csv(source, name)
    if "subject" not in table and set(_FRAME_UNITS) & set(table.columns):
        return _peak_of_frames(table, name)
    return _cohort(table, name)


def _frames(table: pd.DataFrame, name: str) -> ActionUnits:
    import numpy as np

    remedy = "Give the CSV that OpenFace 2 (FeatureExtraction) or this program wrote."
    require_columns(table, (*_FRAME_KEYS[1:], *_FRAME_UNITS), name, remedy)
    success = table["success"].to_numpy() == 1
    n = len(table)
    intensity = np.where(success[:, None], intensities(table, _FRAME_UNITS, name, success), np.float32(np.nan))
    sided = np.full((n, len(SIDED_ACTION_UNITS), 2), np.nan, np.float32)
    if set(SIDED_COLUMNS) <= set(table.columns):
        sided = intensities(table, SIDED_COLUMNS, name, success).reshape(sided.shape)
    pose_deg = np.degrees(table[list(_POSE)].to_numpy(np.float64)).astype(np.float32)
    return ActionUnits(
        timestamp_s=table["timestamp"].to_numpy(np.float64),
        confidence=table["confidence"].to_numpy(np.float32),
        success=success,
        n_faces=success.astype(np.int16),
        pose_deg=np.where(success[:, None], pose_deg, np.float32(np.nan)),
        intensity=intensity,
        left=sided[:, :, 0],
        right=sided[:, :, 1],
    )


def _peak_of_frames(table: pd.DataFrame, name: str) -> pd.DataFrame:
    import pandas as pd

    from core.faces.expression import peak, strength

    units = _frames(table, name)
    subject, emotion = labels_from_path(name)
    at = peak(strength(units.intensity, units.timestamp_s, emotion))
    if at is None:
        raise UserError(
            f"{PurePath(name).name} has no frame with a face.",
            "Every row has success 0.",
            "Give the table of a clip that shows a face.",
        )
    ours = set(SIDED_COLUMNS) <= set(table.columns)
    keys = (subject, emotion, "", "hypomimia-lab" if ours else "openface", False)
    row = {key: value for key, value in _row_at(units, at).items() if ours or key in ACTION_UNITS}
    return pd.DataFrame([dict(zip(TABLE_KEYS, keys, strict=True)) | row])


def _row_at(units: ActionUnits, frame: int) -> dict[str, float]:
    row = dict(zip(ACTION_UNITS, map(float, units.intensity[frame]), strict=True))
    for column, unit in enumerate(SIDED_ACTION_UNITS):
        row[f"{unit}_L"] = float(units.left[frame, column])
        row[f"{unit}_R"] = float(units.right[frame, column])
    return row


def _from_one(frame: int | None) -> int | None:
    return None if frame is None else frame + 1


def _cohort(table: pd.DataFrame, name: str) -> pd.DataFrame:
    import numpy as np

    table = table.rename(columns={f"{unit}_r": unit for unit in ACTION_UNITS if unit not in table})
    if "group" not in table and "label" in table:
        table = table.rename(columns={"label": "group"})
    require_columns(table, ("subject", "emotion", *ACTION_UNITS), name, "Add the column, or export the table again.")
    result = table[["subject", "emotion"]].copy()
    refuse_lines(name, ("subject", "emotion"), (result == "").to_numpy(), "says nothing in")
    result["emotion"] = result["emotion"].map(emotion_of)
    result["group"] = _groups(table, name)
    result["backend"] = table.get("backend", "unknown")
    flags = table["simulated"].astype(str).str.strip().str.lower() if "simulated" in table else None
    result["simulated"] = flags.isin(("true", "1", "1.0", "yes")) if flags is not None else False
    sided = tuple(column for column in SIDED_COLUMNS if column in table)
    everyone = np.ones(len(table), bool)
    result[list(ACTION_UNITS)] = intensities(table, ACTION_UNITS, name, everyone)
    if sided:
        result[list(sided)] = intensities(table, sided, name, everyone)
    check_spellings(result["subject"], PurePath(name).name)
    twice = result.duplicated(["subject", "emotion"])
    if twice.any():
        at = int(twice.to_numpy().argmax())
        person, emotion = result.loc[at, ["subject", "emotion"]]
        raise UserError(
            f"{PurePath(name).name}: line {at + 2} is a second row of {person} in {emotion}.",
            "A person counts once in each emotion, or training would see the person that it is tested on.",
            "Keep one of them.",
        )
    return result


def _groups(table: pd.DataFrame, name: str) -> pd.Series | str:
    if "group" not in table:
        return ""
    words = table["group"].str.lower()
    unknown = sorted(set(words) - set(_GROUPS))
    if unknown:
        raise UserError(
            f"{PurePath(name).name}: the group {unknown[0]!r} is not known.",
            "A person is PD (or 1), control (or 0), or not known (empty).",
            "Write the groups like this, and load the table again.",
        )
    return words.map(_GROUPS)
