"""OpenFace 0.2 and 2.x: FeatureExtraction, FaceLandmarkVidMulti and FaceLandmarkImg, and our own frames in their form.

Columns as in https://github.com/TadasBaltrusaitis/OpenFace/wiki/Output-Format, with or without spaces around names.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from core.errors import UserError
from core.faces.au_tables import SIDED_COLUMNS
from core.faces.checked_csv import CsvFile, intensities, refuse_lines, require_columns
from core.faces.importers.frames import (
    ASSUMED_FPS,
    UNTIMED,
    Frames,
    assumed_s,
    could_be_filmed,
    face_that_persists,
    peak_of,
)
from core.faces.importers.protocol import Imported, counted, finish
from core.faces.labels import labels_from_path
from core.types import ACTION_UNITS

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

MIN_CONFIDENCE = 0.8
"""Frames that OpenFace is less sure of are left out: their intensities are often of a face that is half covered."""

_UNIT = re.compile(r"AU\d\d_[rc]")
_CLIP_KEYS = ("timestamp", "confidence", "success")
_LANDMARKS = tuple(f"{axis}_{i}" for axis in "xy" for i in range(68))
_REMEDY = "Let OpenFace write its action units (option -aus) and give that table."


class OpenFace:
    name = "openface"
    title = "OpenFace 2"
    about = "the CSV of FeatureExtraction, FaceLandmarkVidMulti or FaceLandmarkImg, one clip or image a file"

    def recognises(self, file: CsvFile) -> bool:
        return "subject" not in file.columns and any(_UNIT.fullmatch(column) for column in file.columns)

    def read(self, file: CsvFile) -> Imported:
        import numpy as np
        import pandas as pd

        units = tuple(unit for unit in ACTION_UNITS if f"{unit}_r" in file.columns)
        if not units:
            raise UserError(
                f"{file.short_name} has no column {ACTION_UNITS[0]}_r.",
                "Intensities stand in columns that end in _r; _c tells only whether a unit is there.",
                _REMEDY,
            )
        image = "face" in file.columns and "frame" not in file.columns
        require_columns(file, ("confidence",) if image else _CLIP_KEYS, "Without it frames cannot be judged.", _REMEDY)
        sides = set(SIDED_COLUMNS) <= set(file.columns)
        keys = (*_CLIP_KEYS, "face", "face_id", "pose_Tz", "backend")
        cells = file.read((*keys, *_LANDMARKS, *(f"{unit}_r" for unit in units), *(SIDED_COLUMNS if sides else ())))
        remarks: list[str] = []
        cells = self._one_face(file, cells, image, remarks)
        kept = self._kept(file, cells, image, sides, remarks)
        time, timed = assumed_s(np.arange(len(cells))), not image
        if not image:
            time = file.numbers(cells[["timestamp"]])["timestamp"].to_numpy()
            refuse_lines(file.name, ("timestamp",), cells.index, ~np.isfinite(time)[:, None], "has no number in")
            if not sides and not could_be_filmed(time):
                time, timed = assumed_s(np.argsort(np.argsort(time, kind="stable"))), False
                if len(cells) > 1:
                    fps = f"{ASSUMED_FPS:g} frames per second"
                    remarks.append(f"Its times are those of no camera: {fps} were assumed to find the peak. {UNTIMED}")
        # Ours were written from single precision, and are to come back as the same numbers.
        precision = np.float32 if sides else np.float64
        intensity = np.full((len(cells), len(ACTION_UNITS)), np.nan, precision)
        intensity[:, [ACTION_UNITS.index(unit) for unit in units]] = intensities(
            file, cells, [f"{unit}_r" for unit in units], kept
        )
        sided = intensities(file, cells, SIDED_COLUMNS, kept).astype(precision) if sides else None
        order = np.argsort(time, kind="stable")
        order = order[kept[order]]
        frames = Frames(intensity[order], time[order], timed, None if sided is None else sided[order])
        backend = self.name
        if sides:
            backend = (cells["backend"].iloc[0] if "backend" in cells else "") or "hypomimia-lab"
        row = peak_of(file, frames, *labels_from_path(file.name), backend)
        return finish("Hypomimia Lab frames" if sides else self.title, pd.DataFrame([row]), remarks)

    def _one_face(self, file: CsvFile, cells: pd.DataFrame, image: bool, remarks: list[str]) -> pd.DataFrame:
        column = "face" if image else "face_id"
        if column not in cells or cells[column].nunique() < 2:
            return cells
        size, by = self._size(file, cells)
        face = face_that_persists(cells[column].to_numpy(str), size)
        remarks.append(
            f"{counted(cells[column].nunique(), 'face')} were seen; the {by} that persists ({column} {face}) was taken."
        )
        return cells[cells[column] == face]

    def _size(self, file: CsvFile, cells: pd.DataFrame) -> tuple[np.ndarray, str]:
        """(n,) a number that grows with the face, and a word for the face in which it is largest."""
        import numpy as np

        if set(_LANDMARKS) <= set(cells.columns):
            points = file.numbers(cells[list(_LANDMARKS)]).to_numpy().reshape(len(cells), 2, 68)
            return np.prod(np.ptp(points, axis=2), axis=1), "larger one"
        if "pose_Tz" in cells:
            return -file.numbers(cells[["pose_Tz"]])["pose_Tz"].to_numpy(), "nearer one"
        return file.numbers(cells[["confidence"]])["confidence"].to_numpy(), "surest one"

    def _kept(self, file: CsvFile, cells: pd.DataFrame, image: bool, ours: bool, remarks: list[str]) -> np.ndarray:
        import numpy as np

        success = np.ones(len(cells), bool)
        if not image:
            success = file.numbers(cells[["success"]])["success"].to_numpy() == 1
        sure = np.ones(len(cells), bool)
        if not ours:  # ours has judged its frames already, by its own confidence
            sure = file.numbers(cells[["confidence"]])["confidence"].to_numpy() >= MIN_CONFIDENCE
        if (~success).any():
            remarks.append(f"{counted(int((~success).sum()), 'frame')} of {len(cells):,} without a face left out.")
        unsure = int((success & ~sure).sum())
        if unsure:
            remarks.append(f"{counted(unsure, 'frame')} of {len(cells):,} left out: confidence below {MIN_CONFIDENCE}.")
        return success & sure
