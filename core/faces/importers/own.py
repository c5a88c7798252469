"""Our own AU table: one row for each person and emotion, from this program or made by hand in its form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.errors import UserError
from core.faces.au_tables import SIDED_COLUMNS
from core.faces.checked_csv import CsvFile, intensities, refuse_lines, require_columns
from core.faces.importers.protocol import Imported, finish
from core.faces.labels import emotion_of, group_of
from core.people import check_spellings
from core.scales import SCALES, scale_of
from core.types import ACTION_UNITS, COVARIATES, DYNAMICS_COLUMNS, STATISTIC_COLUMNS

if TYPE_CHECKING:
    import pandas as pd

_TRUE = ("true", "1", "1.0", "yes")
_REMEDY = "Add the column, or export the table again."


class Own:
    """subject is a code, kept as it is written (007 is not 7); group or label: PD or 1, control or 0, empty if unknown.

    A row whose backend is that of another program has that program's scale, and may lack the units that it lacks.
    """

    name = "au-table"
    title = "AU table"
    about = "columns subject, emotion, group (PD, control or empty) and AU01 … AU45; a row for each person and emotion"

    def recognises(self, file: CsvFile) -> bool:
        columns = set(file.columns)
        return bool(columns & {"subject", "emotion"}) and bool(columns & {*_column_of_unit(file).values(), "group"})

    def read(self, file: CsvFile) -> Imported:
        import pandas as pd

        require_columns(file, ("subject", "emotion"), "Without it the rows cannot be told apart.", _REMEDY)
        source = _column_of_unit(file)
        optional = [c for c in (*SIDED_COLUMNS, *DYNAMICS_COLUMNS, *STATISTIC_COLUMNS) if c in file.columns]
        keys = ("subject", "emotion", "group", "label", "backend", "simulated", *COVARIATES)
        cells = file.read((*keys, *source.values(), *optional))
        refuse_lines(
            file.name, ("subject", "emotion"), cells.index, (cells[["subject", "emotion"]] == "").to_numpy(),
            "says nothing in",
        )  # fmt: skip
        table = cells[["subject"]].copy()
        table["emotion"] = cells["emotion"].map(emotion_of)
        table["group"] = _groups(file, cells)
        table["backend"] = cells["backend"].replace("", "unknown") if "backend" in cells else "unknown"
        table["simulated"] = cells["simulated"].str.lower().isin(_TRUE) if "simulated" in cells else False
        table = pd.concat([table, _units(file, cells, source, table["backend"])], axis=1)
        for column in optional:
            table[column] = file.numbers(cells[[column]])[column]
        _check_sides(file, table)
        if "age" in cells:
            table["age"] = file.numbers(cells[["age"]])["age"]
        if "sex" in cells:
            table["sex"] = cells["sex"]
        check_spellings(table["subject"], file.short_name)
        _check_once(file, table)
        return finish(self.title, table, [])


def _column_of_unit(file: CsvFile) -> dict[str, str]:
    """The column of each unit that is here: `AU01`, or else `AU01_r`."""
    names = {unit: unit if unit in file.columns else f"{unit}_r" for unit in ACTION_UNITS}
    return {unit: column for unit, column in names.items() if column in file.columns}


def _groups(file: CsvFile, cells: pd.DataFrame) -> pd.Series | str:
    column = "group" if "group" in cells else "label"
    if column not in cells:
        return ""
    groups = cells[column].map(group_of)
    unknown = sorted(set(cells[column][groups.isna()]))
    if unknown:
        raise UserError(
            f"{file.short_name}: the group {unknown[0]!r} is not known.",
            "A person is PD (or 1), control (or 0), or not known (empty).",
            "Write the groups like this, and load the table again.",
        )
    return groups


def _units(file: CsvFile, cells: pd.DataFrame, source: dict[str, str], backends: pd.Series) -> pd.DataFrame:
    """The columns of `ACTION_UNITS` that are here, each row on the scale of its backend."""
    import numpy as np
    import pandas as pd

    foreign = backends.isin(list(SCALES)).to_numpy()
    if not foreign.all():
        require_columns(
            file,
            [unit for unit in ACTION_UNITS if unit not in source],
            "Each of them is needed: all 17 action units, with intensities from 0 to 5.",
            _REMEDY,
        )
    columns = list(source.values())
    values = np.full((len(cells), len(columns)), np.nan)
    for backend in backends.unique():
        rows = (backends == backend).to_numpy()
        part = cells[rows]
        holes = file.numbers(part[columns]).isna().to_numpy()
        # Another program may lack units, though not all; ours has none to lack.
        checked = ~holes | holes.all(axis=1, keepdims=True) | (backend not in SCALES)
        values[rows] = intensities(file, part, columns, checked, scale_of(backend).maximum)
    return pd.DataFrame(values, cells.index, list(source))


def _check_sides(file: CsvFile, table: pd.DataFrame) -> None:
    import numpy as np

    columns = [column for column in SIDED_COLUMNS if column in table]
    maximum = table["backend"].map(lambda backend: scale_of(backend).maximum).to_numpy(float)[:, None]
    values = table[columns].to_numpy(float)
    if columns:
        refuse_lines(
            file.name, columns, table.index, (values < 0) | (values > maximum),
            f"is not from 0 to {np.unique(maximum)[-1]:g} in",
        )  # fmt: skip


def _check_once(file: CsvFile, table: pd.DataFrame) -> None:
    twice = table.duplicated(["subject", "emotion"]).to_numpy()
    if twice.any():
        at = int(twice.argmax())
        person, emotion = table.iloc[at][["subject", "emotion"]]
        raise UserError(
            f"{file.short_name}: line {table.index[at] + 2} is a second row of {person} in {emotion}.",
            "A person counts once in each emotion, or training would see the person that it is tested on.",
            "Keep one of them.",
        )
