"""py-feat: `AU01` … `AU43` from 0 to 1, a row for each face of each frame; several files may be in one table.

Columns as in the Fex class of https://github.com/cosanlab/py-feat. AU43 is the closing of the eyes and not the blink
AU45, so that it takes no part here; nor do AU11, AU24 and AU28, which are none of the 17.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.faces.checked_csv import CsvFile, intensities, refuse_lines, require_columns
from core.faces.importers.frames import UNTIMED, Frames, assumed_s, clips_in, face_that_persists, peak_of, tracks
from core.faces.importers.protocol import Imported, counted, finish
from core.scales import SCALES
from core.types import ACTION_UNITS

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

_BOX = ("FaceRectX", "FaceRectY", "FaceRectWidth", "FaceRectHeight")
_OTHERS = ("AU11", "AU24", "AU28", "AU43")
_REMEDY = "Give the CSV that py-feat's detector wrote, with all its columns."


class PyFeat:
    name = "py-feat"
    title = "py-feat"
    about = "the CSV of its detector, AU01 … AU43 from 0 to 1; a clip or several"

    def recognises(self, file: CsvFile) -> bool:
        columns = set(file.columns)
        return (
            "subject" not in columns
            and not columns.isdisjoint(ACTION_UNITS)
            and not columns.isdisjoint((*_BOX, *_OTHERS))
        )

    def read(self, file: CsvFile) -> Imported:
        import numpy as np
        import pandas as pd

        scale = SCALES[self.name]
        units = [unit for unit in scale.units if unit in file.columns]
        require_columns(file, ("frame",), "Without it the frames have no order.", _REMEDY)
        cells = file.read((*units, *_BOX, "frame", "input"))
        values = file.numbers(cells[units]).isna().to_numpy()
        seen = ~values.all(axis=1)
        remarks = [UNTIMED]
        if not seen.all():
            remarks.append(f"{counted(int((~seen).sum()), 'row')} of {len(cells):,} without a face left out.")
        cells = cells[seen]
        found = intensities(file, cells, units, None, scale.maximum)
        frame = file.numbers(cells[["frame"]])["frame"].to_numpy()
        refuse_lines(file.name, ("frame",), cells.index, ~np.isfinite(frame)[:, None], "has no number in")
        intensity = np.full((len(cells), len(ACTION_UNITS)), np.nan)
        intensity[:, [ACTION_UNITS.index(unit) for unit in units]] = found
        sources = cells["input"].to_numpy(str) if "input" in cells else np.full(len(cells), "")
        rows = []
        for subject, emotion, clip in clips_in(file, sources) if len(cells) else [("", "", np.arange(0))]:
            # Images of one expression each count their frames from 0.
            number = np.unique(
                np.column_stack([np.unique(sources[clip], return_inverse=True)[1], frame[clip]]),
                axis=0, return_inverse=True,
            )[1].ravel() if len(set(sources[clip])) > 1 else frame[clip]  # fmt: skip
            order = np.argsort(number, kind="stable")
            clip, number = clip[order], number[order]
            kept = self._one_face(file, cells.iloc[clip], number, remarks)
            frames = Frames(intensity[clip[kept]], assumed_s(number[kept]), timed=False)
            rows.append(peak_of(file, frames, subject, emotion, self.name))
        return finish(self.title, pd.DataFrame(rows), remarks)

    def _one_face(self, file: CsvFile, cells: pd.DataFrame, number: np.ndarray, remarks: list[str]) -> np.ndarray:
        """Mask (n,) of the rows of the larger face that persists."""
        import numpy as np

        if len(np.unique(number)) == len(number):
            return np.ones(len(number), bool)
        require_columns(file, _BOX, "Several faces are in one frame, and it tells which is larger.", _REMEDY)
        boxes = file.numbers(cells[list(_BOX)]).to_numpy()
        refuse_lines(file.name, _BOX, cells.index, ~np.isfinite(boxes), "has no number in")
        person = tracks(number, boxes)
        chosen = face_that_persists(person, boxes[:, 2] * boxes[:, 3])
        most = int(np.unique(number, return_counts=True)[1].max())
        remarks.append(f"Up to {counted(most, 'face')} were seen at once; the larger one that persists was taken.")
        return person == chosen
