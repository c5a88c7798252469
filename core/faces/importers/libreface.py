"""LibreFace: `au_1_intensity` … `au_26_intensity` from 0 to 5, twelve units without padding, a row a frame.

Columns as `save_facial_attributes_video` and `…_image` of https://github.com/ihp-lab/LibreFace write them. Its `au_7`,
`au_10` and the like say only whether a unit is there, and take no part here.
"""

from __future__ import annotations

import re

from core.errors import UserError
from core.faces.checked_csv import CsvFile, intensities, refuse_lines
from core.faces.importers.frames import UNTIMED, Frames, assumed_s, clips_in, could_be_filmed, peak_of
from core.faces.importers.protocol import Imported, counted, finish
from core.scales import SCALES
from core.types import ACTION_UNITS

_COLUMN = re.compile(r"au_\d+(_intensity)?")
_TIME, _FRAME, _IMAGE = "frame_time_in_ms", "frame_idx", "input_image_path"


class LibreFace:
    name = "libreface"
    title = "LibreFace"
    about = "the CSV of its command line, au_1_intensity … au_26_intensity; one clip a file, or images"

    def recognises(self, file: CsvFile) -> bool:
        return any(_COLUMN.fullmatch(column) for column in file.columns)

    def read(self, file: CsvFile) -> Imported:
        import numpy as np
        import pandas as pd

        column_of = {unit: f"au_{int(unit[2:])}_intensity" for unit in SCALES[self.name].units}
        column_of = {unit: column for unit, column in column_of.items() if column in file.columns}
        if not column_of:
            raise UserError(
                f"{file.short_name} has no column au_1_intensity.",
                "It tells only whether action units are there (au_1), not how strong they are.",
                "Let LibreFace write the intensities too and give that table.",
            )
        columns = list(column_of.values())
        cells = file.read((*columns, _TIME, _FRAME, _IMAGE))
        seen = ~file.numbers(cells[columns]).isna().to_numpy().all(axis=1)
        remarks = []
        if not seen.all():
            remarks.append(f"{counted(int((~seen).sum()), 'row')} of {len(cells):,} without a face left out.")
        cells = cells[seen]
        intensity = np.full((len(cells), len(ACTION_UNITS)), np.nan)
        intensity[:, [ACTION_UNITS.index(unit) for unit in column_of]] = intensities(file, cells, columns)
        order_by = next((column for column in (_TIME, _FRAME) if column in cells), "")
        timed = order_by == _TIME
        time = np.arange(len(cells), dtype=float)
        if order_by:
            time = file.numbers(cells[[order_by]])[order_by].to_numpy()
            refuse_lines(file.name, (order_by,), cells.index, ~np.isfinite(time)[:, None], "has no number in")
        time = time / 1000 if timed else assumed_s(time)
        sources = cells[_IMAGE].to_numpy(str) if _IMAGE in cells else np.full(len(cells), "")
        rows = []
        for subject, emotion, clip in clips_in(file, sources) if len(cells) else [("", "", np.arange(0))]:
            order = clip[np.argsort(time[clip], kind="stable")]
            seconds, filmed = time[order], timed and could_be_filmed(time[order])
            if not filmed:
                seconds = assumed_s(np.arange(len(order)))
                remarks.append(UNTIMED)
            rows.append(peak_of(file, Frames(intensity[order], seconds, filmed), subject, emotion, self.name))
        return finish(self.title, pd.DataFrame(rows), remarks)
