"""One good table of each format: real where there is one, else made from the documented header."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from core.faces.importers import Imported, read_table
from core.types import ACTION_UNITS

N = 40
LIBREFACE_INTENSITIES = (1, 2, 4, 5, 6, 9, 12, 15, 17, 20, 25, 26)
LIBREFACE_PRESENCES = (1, 2, 4, 6, 7, 10, 12, 14, 15, 17, 23, 24)
OPENFACE3_UNITS = (1, 2, 4, 6, 9, 12, 25, 26)


@dataclass(frozen=True)
class Case:
    """table: every cell as text. units: the column of each action unit. required: columns that it cannot do without.

    a_row_of_holes: what becomes of a row without any intensity, `left out` or `refused`.
    """

    id: str
    format: str
    table: pd.DataFrame
    units: dict[str, str]
    maximum: float
    required: tuple[str, ...]
    missing: tuple[str, ...]
    a_row_of_holes: str = "left out"
    name: str = "P01_smile.csv"

    def text(self, table: pd.DataFrame | None = None, delimiter: str = ",", line_end: str = "\n") -> str:
        return (self.table if table is None else table).to_csv(index=False, sep=delimiter, lineterminator=line_end)

    def read(self, table: pd.DataFrame | str | bytes | None = None, name: str = "") -> Imported:
        content = table if isinstance(table, str | bytes) else self.text(table)
        content = content.encode() if isinstance(content, str) else content
        return read_table(io.BytesIO(content), name or self.name)

    def changed(self, row: int, column: str, cell: str) -> pd.DataFrame:
        table = self.table.copy()
        table.loc[row, column] = cell
        return table


def as_text(table: pd.DataFrame) -> pd.DataFrame:
    return table.astype(object).map(lambda cell: cell if isinstance(cell, str) else repr(cell))


def swell(n: int = N, top: float = 4.0, seed: int = 0) -> np.ndarray:
    """(n, 17) an expression that comes and goes, its peak in the middle."""
    noise = np.random.default_rng(seed).uniform(0, 0.02 * top, (n, len(ACTION_UNITS)))
    rise = np.exp(-(((np.arange(n) - n / 2) / (n / 6)) ** 2))[:, None]
    return (rise * 0.9 * top + noise).round(6)


def openface_2(shared_data: Path) -> Case:
    path = shared_data / "csv_formats" / "openface_2.csv"
    table = pd.read_csv(path, dtype=str, na_filter=False, skipinitialspace=True)
    units = {unit: f"{unit}_r" for unit in ACTION_UNITS}
    return Case(
        "openface 2 (real)", "openface", table, units, 5.0, ("timestamp", "confidence", "success"), (), "refused"
    )


def openface_0_2(_: Path) -> Case:
    """0.2 has fewer intensities, and spaces in its header: https://github.com/TadasBaltrusaitis/OpenFace/wiki."""
    values = swell()
    given = [unit for unit in ACTION_UNITS if unit not in ("AU07", "AU23", "AU45")]
    table = pd.DataFrame(
        {"frame": range(1, N + 1), " timestamp": np.arange(N) / 30, " confidence": 0.95, " success": 1}
    )
    for unit in given:
        table[f" {unit}_r"] = values[:, ACTION_UNITS.index(unit)]
    for unit in ("AU04", "AU12", "AU15", "AU23", "AU28", "AU45"):
        table[f" {unit}_c"] = 1.0
    units = {unit: f" {unit}_r" for unit in given}
    required = (" timestamp", " confidence", " success")
    return Case("openface 0.2", "openface", as_text(table), units, 5.0, required, ("AU07", "AU23", "AU45"), "refused")


def openface_image(_: Path) -> Case:
    values = swell(1)
    table = pd.DataFrame({"face": [0], "confidence": [0.95]})
    for unit, value in zip(ACTION_UNITS, values[0], strict=True):
        table[f"{unit}_r"] = value
    for unit in (*ACTION_UNITS, "AU28"):
        table[f"{unit}_c"] = 1
    units = {unit: f"{unit}_r" for unit in ACTION_UNITS}
    return Case("openface 2, an image", "openface", as_text(table), units, 5.0, ("confidence",), (), "refused")


def our_frames(_: Path) -> Case:
    values = swell()
    table = pd.DataFrame({"frame": range(1, N + 1), "timestamp": np.arange(N) / 25, "confidence": 0.4, "success": 1})
    for i, unit in enumerate(ACTION_UNITS):
        table[f"{unit}_r"] = values[:, i]
        if unit not in ("AU17", "AU25", "AU26"):
            table[f"{unit}_L"], table[f"{unit}_R"] = values[:, i], values[::-1, i]
    table["backend"] = "hypomimia-lab+blendshapes"
    units = {unit: f"{unit}_r" for unit in ACTION_UNITS}
    required = ("timestamp", "confidence", "success")
    return Case("our frames", "openface", as_text(table), units, 5.0, required, (), "refused")


def openface_3_list(_: Path) -> Case:
    values = swell(top=1.0)[:, [ACTION_UNITS.index(f"AU{n:02}") for n in OPENFACE3_UNITS]]
    table = pd.DataFrame(
        {
            "timestamp": 1764000000.0 + np.arange(N),
            "image_path": [f"clips/P01_smile.mp4_frame_{i:05}.jpg" for i in range(N)],
            "face_id": 0,
            "face_detection": "[10.0, 20.0, 110.0, 140.0, 0.99]",
            "emotion": 1,
            "gaze_yaw": 0.1,
            "gaze_pitch": -0.1,
            "action_units": [str([row.tolist()]) for row in values],
        }
    )
    missing = tuple(unit for unit in ACTION_UNITS if int(unit[2:]) not in OPENFACE3_UNITS)
    return Case("openface 3.0, lists", "openface3", as_text(table), {}, 1.0, (), missing)


def openface_3_named(_: Path) -> Case:
    values = swell(top=1.0)
    table = pd.DataFrame({f"AU{n}": values[:, ACTION_UNITS.index(f"AU{n:02}")] for n in OPENFACE3_UNITS})
    units = {f"AU{n:02}": f"AU{n}" for n in OPENFACE3_UNITS}
    missing = tuple(unit for unit in ACTION_UNITS if unit not in units)
    return Case("openface 3.0, named", "openface3", as_text(table), units, 1.0, (), missing)


def pyfeat_2(shared_data: Path) -> Case:
    path = shared_data / "csv_formats" / "pyfeat_2.csv"
    table = pd.read_csv(path, dtype=str, na_filter=False)
    table = table[[c for c in table.columns if not c.startswith(("Identity", "mesh", "x_", "y_"))]]
    units = {unit: unit for unit in ACTION_UNITS if unit != "AU45"}
    return Case("py-feat 2 (real)", "py-feat", table, units, 1.0, ("frame",), ("AU45",))


def libreface(_: Path) -> Case:
    values = swell()
    table = pd.DataFrame({"": range(N), "frame_idx": range(N), "frame_time_in_ms": np.arange(N) * 40.0})
    table["aligned_frame_path"], table["facial_expression"] = "tmp/aligned.png", "Happiness"
    for n in LIBREFACE_PRESENCES:
        table[f"au_{n}"] = 1
    for n in LIBREFACE_INTENSITIES:
        table[f"au_{n}_intensity"] = values[:, ACTION_UNITS.index(f"AU{n:02}")]
    units = {f"AU{n:02}": f"au_{n}_intensity" for n in LIBREFACE_INTENSITIES}
    missing = tuple(unit for unit in ACTION_UNITS if unit not in units)
    return Case("libreface", "libreface", as_text(table), units, 5.0, (), missing)


def ufnet(shared_data: Path) -> Case:
    table = pd.read_csv(shared_data / "ufnet" / "smile_features_train.csv", dtype=str, na_filter=False).head(60)
    given = ("AU01", "AU06", "AU12", "AU14", "AU25", "AU26", "AU45")
    units = {unit: f"smile_{unit}_mean" for unit in given}
    missing = tuple(unit for unit in ACTION_UNITS if unit not in given)
    return Case("ufnet (real, its first videos)", "ufnet", table, units, 5.0, ("ID",), missing, "refused")


def own_cohort(_: Path) -> Case:
    values = swell(6)
    table = pd.DataFrame({"subject": ["01", "01", "2", "3", "4", "5"], "emotion": ["rage", "fear", *["smile"] * 4]})
    table["group"] = ["PD", "1", "HC", "control", "", "n/a"]
    for i, unit in enumerate(ACTION_UNITS):
        table[unit] = values[:, i]
    units = {unit: unit for unit in ACTION_UNITS}
    return Case("an AU table", "au-table", as_text(table), units, 5.0, ("subject", "emotion", "AU12"), (), "refused")


CASES: tuple[Callable[[Path], Case], ...] = (
    openface_2, openface_0_2, openface_image, our_frames, openface_3_list, openface_3_named, pyfeat_2, libreface,
    ufnet, own_cohort,
)  # fmt: skip
