"""OpenFace 3.0: eight values without names, like probabilities, in the order of its demo: AU 1 2 4 6 9 12 25 26.

They come as a column `action_units` that holds a list, as eight bare columns, or as eight columns named AU1 … AU26.
They are never taken for intensities from 0 to 5, and their numbers from 1 to 8 never for action units.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from core.errors import UserError
from core.faces.checked_csv import CsvFile, intensities, refuse_lines
from core.faces.importers.frames import UNTIMED, Frames, assumed_s, clips_in, face_that_persists, peak_of
from core.faces.importers.protocol import Imported, counted, finish
from core.scales import SCALES
from core.types import ACTION_UNITS

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

_LIST, _FACE, _BOX, _IMAGE = "action_units", "face_id", "face_detection", "image_path"
_UNITS = SCALES["openface3"].units
_NAMES = tuple(f"AU{int(unit[2:])}" for unit in _UNITS)
_NUMBERS = tuple(map(str, range(len(_UNITS))))
_NO_UNITS = re.compile(r"AU0[38]_r")


class OpenFace3:
    name = "openface3"
    title = "OpenFace 3.0"
    about = "eight values from 0 to 1 a frame: a column action_units, or eight columns AU1 … AU26 or without names"

    def recognises(self, file: CsvFile) -> bool:
        return (
            _LIST in file.columns
            or set(_NAMES) <= set(file.columns)
            or _bare(file.columns)
            or any(_NO_UNITS.fullmatch(column) for column in file.columns)
        )

    def read(self, file: CsvFile) -> Imported:
        import numpy as np
        import pandas as pd

        wrong = [column for column in file.columns if _NO_UNITS.fullmatch(column)]
        if wrong:
            raise UserError(
                f"{file.short_name} has the column {wrong[0]}, which is no action unit of OpenFace.",
                "The eight values of OpenFace 3.0 were numbered from 1 to 8, so that the names are not those of FACS.",
                f"Name them {', '.join(_NAMES)}, which is their order, and load the table again.",
            )
        cells = self._cells(file)
        seen = ~file.numbers(cells[list(_NAMES)]).isna().to_numpy().all(axis=1)
        n_rows, cells = len(cells), cells[seen]
        values = intensities(file, cells, _NAMES, None, SCALES[self.name].maximum)
        remarks = [
            f"The eight values were taken as {', '.join(_UNITS)}, the order of OpenFace's demo; from 0 to 1, like "
            "probabilities, not intensities.",
            UNTIMED,
        ]
        if not seen.all():
            remarks.append(f"{counted(int((~seen).sum()), 'row')} of {n_rows:,} without a face left out.")
        intensity = np.full((len(cells), len(ACTION_UNITS)), np.nan)
        intensity[:, [ACTION_UNITS.index(unit) for unit in _UNITS]] = values
        sources = np.full(len(cells), "")
        if _IMAGE in cells:
            # A clip's frames are stored as clip.mp4_frame_00012.jpg; all of them are that clip.
            sources = cells[_IMAGE].str.replace(r"_frame_\d+\.\w+$", "", regex=True).to_numpy(str)
        rows = []
        for subject, emotion, clip in clips_in(file, sources) if len(cells) else [("", "", np.arange(0))]:
            kept = clip[self._one_face(file, cells.iloc[clip], remarks)]
            frames = Frames(intensity[kept], assumed_s(np.arange(len(kept))), timed=False)
            rows.append(peak_of(file, frames, subject, emotion, self.name))
        return finish(self.title, pd.DataFrame(rows), remarks)

    def _cells(self, file: CsvFile) -> pd.DataFrame:
        """The cells, the eight values of each row in the columns `_NAMES`."""
        import numpy as np
        import pandas as pd

        if _LIST in file.columns:
            cells = file.read((_LIST, _FACE, _BOX, _IMAGE))
            lists = [_eight(cell) for cell in cells[_LIST]]
            refuse_lines(
                file.name, (_LIST,), cells.index, np.array([[values is None] for values in lists]),
                "holds no list of eight numbers in",
            )  # fmt: skip
            values = pd.DataFrame(lists, cells.index, _NAMES, dtype=str)
            return pd.concat([cells, values], axis=1)
        if set(_NAMES) <= set(file.columns):
            return file.read((*_NAMES, _FACE, _BOX, _IMAGE))
        numbered = tuple(column for column in file.columns if column) == _NUMBERS
        cells = file.read(_NUMBERS) if numbered else file.read_bare()
        return cells.set_axis(_NAMES, axis=1)

    def _one_face(self, file: CsvFile, cells: pd.DataFrame, remarks: list[str]) -> np.ndarray:
        """Mask (n,) of the rows of the larger face that persists."""
        import numpy as np

        if _FACE not in cells or cells[_FACE].nunique() < 2:
            return np.ones(len(cells), bool)
        size = np.ones(len(cells))
        if _BOX in cells:
            boxes = [_listed(cell) for cell in cells[_BOX]]
            refuse_lines(
                file.name, (_BOX,), cells.index, np.array([[len(box) < 4] for box in boxes]), "holds no box in"
            )
            size = np.array([(box[2] - box[0]) * (box[3] - box[1]) for box in boxes])
        face = face_that_persists(cells[_FACE].to_numpy(str), size)
        which = "larger one" if _BOX in cells else "one"
        remarks.append(
            f"{counted(cells[_FACE].nunique(), 'face')} were seen; the {which} that persists, {_FACE} {face}, "
            "was taken."
        )
        return cells[_FACE].to_numpy(str) == face


def _bare(columns: tuple[str, ...]) -> bool:
    """Whether the first line holds eight numbers, that is, no header, or one that only counts them."""
    if tuple(column for column in columns if column) == _NUMBERS:
        return True
    try:
        return len([float(column) for column in columns]) == len(_UNITS)
    except ValueError:
        return False


def _eight(cell: str) -> list[str] | None:
    """The eight values of a list as text, holes where it is empty; None where there are not eight."""
    if cell.strip("[] ") == "":
        return [""] * len(_UNITS)
    values = _listed(cell)
    return [repr(value) for value in values] if len(values) == len(_UNITS) else None


def _listed(cell: str) -> list[float]:
    """The numbers of a list as Python writes it, also of a list that is alone in another; empty for anything else."""
    try:
        found: Any = json.loads(cell)
    except ValueError:
        return []
    if isinstance(found, list) and len(found) == 1 and isinstance(found[0], list):
        found = found[0]
    if not isinstance(found, list) or any(isinstance(value, bool | str | list | dict | None) for value in found):
        return []
    return [float(value) for value in found]
