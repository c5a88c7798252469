"""Tables out as Parquet with a JSON sidecar: units, backend, versions, settings and the hashes of what went in.

The columns are those of the CSV files (`core.faces.au_tables`), so that a reader of one reads the other. Frames carry
`n_faces` and `strength` beside them.
"""

from __future__ import annotations

import hashlib
import io
import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from core.errors import UserError
from core.scales import backends_of, mixture, scale_of
from core.settings import NOTICE
from core.types import ACTION_UNITS, DYNAMICS_COLUMNS, ActionUnits, Measurement

if TYPE_CHECKING:
    import pandas as pd

FORMAT = 1
"""Of the sidecar; rises when a reader of an older one would misread it."""

_UNITS = {
    "timestamp": "s", "confidence": "0 to 1", "success": "1 or 0", "pose_Rx": "radians", "pose_Ry": "radians",
    "pose_Rz": "radians", "n_faces": "faces", "strength": "sum of intensities", "age": "years",
    "amplitude": "intensity", "onset_s": "s", "onset_speed": "intensity per s", "hold_s": "s",
    "hold_stability": "1 - SD / mean", "asymmetry": "(left - right) / (left + right)", "blinks_per_min": "per min",
}  # fmt: skip
_STATISTIC_UNITS = {"mean": "intensity", "variance": "intensity squared", "entropy": "entropy of the intensity"}


@dataclass(frozen=True)
class Export:
    """parquet: the table. sidecar: what stands beside it, for `json.dumps`."""

    parquet: bytes
    sidecar: dict[str, Any]

    @property
    def json(self) -> bytes:
        return json.dumps(self.sidecar, indent=2, allow_nan=False).encode()


def export_table(
    table: pd.DataFrame, inputs: Sequence[tuple[str, str]] = (), settings: Mapping[str, Any] | None = None
) -> Export:
    """An AU table. inputs: name and SHA-256 of each file that went in. settings: of what made the table."""
    description: dict[str, Any] = {"kind": "AU table", "settings": dict(settings or {})}
    if mixed := mixture(table):
        description["remarks"] = [f"{mixed}."]
    return _export(table, backends_of(table), description, inputs)


def export_frames(
    measurement: Measurement, inputs: Sequence[tuple[str, str]] = (), settings: Mapping[str, Any] | None = None
) -> Export:
    """The frames of one clip, with what was found in it: neutral, peak, quality and dynamics.

    Frames in the sidecar are numbered from 1, as in the column `frame`. inputs: name and SHA-256 of the clip.
    """
    from core.faces.au_tables import frame_table

    table = frame_table(measurement)
    table["n_faces"] = measurement.action_units.n_faces
    table["strength"] = measurement.strength
    first_last = measurement.neutral
    description = {
        "kind": "frames",
        "emotion": measurement.emotion,
        "neutral_frames": [frame + 1 for frame in first_last] if first_last else None,
        "peak_frame": None if measurement.peak_frame is None else measurement.peak_frame + 1,
        "corrected_by_hand": list(measurement.corrected),
        "quality": _finite(asdict(measurement.quality)),
        "dynamics": None if measurement.dynamics is None else _finite(
            {name: value for name, value in asdict(measurement.dynamics).items() if name in DYNAMICS_COLUMNS}
        ),
        "settings": dict(settings or {}),
    }  # fmt: skip
    return _export(table, (measurement.backend,), description, inputs, measurement.versions)


def read_export(parquet: bytes, sidecar: bytes, name: str = "the table") -> tuple[pd.DataFrame, dict[str, Any]]:
    """The table and the sidecar of an `Export`; raises `UserError` where they do not belong together."""
    import pandas as pd

    try:
        described = json.loads(sidecar)
        whole = isinstance(described, dict) and described.get("sha256") == hashlib.sha256(parquet).hexdigest()
        if whole and described["format"] <= FORMAT:
            return pd.read_parquet(io.BytesIO(parquet)), described
    except ValueError:
        whole = False
    raise UserError(
        f"{name} and its JSON file do not belong together." if not whole else f"{name} is of a newer program.",
        "One of them was changed or exchanged." if not whole else "What it holds could be misread.",
        "Export the table again." if not whole else "Update this program.",
    )


def frames_of(table: pd.DataFrame) -> ActionUnits:
    """The frames in the table of `export_frames`, the same numbers to the last bit."""
    import numpy as np

    from core.faces.au_tables import POSE, SIDED_COLUMNS

    sides = table[list(SIDED_COLUMNS)].to_numpy(np.float32).reshape(len(table), -1, 2)
    return ActionUnits(
        timestamp_s=table["timestamp"].to_numpy(np.float64),
        confidence=table["confidence"].to_numpy(np.float32),
        success=table["success"].to_numpy() == 1,
        n_faces=table["n_faces"].to_numpy(np.int16),
        pose_deg=np.degrees(table[list(POSE)].to_numpy(np.float64)).astype(np.float32),
        intensity=table[[f"{unit}_r" for unit in ACTION_UNITS]].to_numpy(np.float32),
        left=sides[:, :, 0],
        right=sides[:, :, 1],
    )


def _export(
    table: pd.DataFrame,
    backends: Sequence[str],
    description: dict[str, Any],
    inputs: Sequence[tuple[str, str]],
    versions: Mapping[str, str] | None = None,
) -> Export:
    buffer = io.BytesIO()
    table.to_parquet(buffer, index=False)
    content = buffer.getvalue()
    maxima = sorted({scale_of(backend).words for backend in backends})
    packages = {package: version(package) for package in ("numpy", "pandas", "pyarrow")}
    sidecar = {
        "notice": NOTICE,
        "format": FORMAT,
        "sha256": hashlib.sha256(content).hexdigest(),
        "n_rows": len(table),
        "units": {column: _unit(column, " or ".join(maxima)) for column in table.columns if _unit(column, "?")},
        "backends": {backend: f"intensity {scale_of(backend).words}" for backend in backends},
        "versions": {"python": platform.python_version(), **packages, **(versions or {})},
        "inputs": [{"name": name, "sha256": sha256} for name, sha256 in inputs],
        **description,
    }
    return Export(content, sidecar)


def _unit(column: str, intensity: str) -> str:
    """The unit of a column, empty where it has none."""
    unit, _, suffix = column.partition("_")
    if unit in ACTION_UNITS:
        return _STATISTIC_UNITS.get(suffix, f"intensity {intensity}")
    return _UNITS.get(column, "")


def _finite(values: dict[str, Any]) -> dict[str, Any]:
    """NaN, which JSON does not have, as None."""
    return {name: None if isinstance(value, float) and value != value else value for name, value in values.items()}
