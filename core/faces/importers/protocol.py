"""What every importer gives, and what it must be able to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from core.faces.au_tables import SIDED_COLUMNS
from core.scales import scale_of
from core.types import ACTION_UNITS, COVARIATES, DYNAMICS_COLUMNS, EMOTIONS, STATISTIC_COLUMNS, TABLE_KEYS

if TYPE_CHECKING:
    import pandas as pd

    from core.faces.checked_csv import CsvFile


@dataclass(frozen=True)
class Imported:
    """An AU table that came from outside.

    table: `TABLE_KEYS`, the 17 `ACTION_UNITS` (NaN where the format has none), then the optional columns that it gives.
    format: the title of the importer. scale: the range of its intensities, as `0 to 5`. missing: the action units that
    no row has. remarks: sentences on what was left out, chosen or assumed, for the person who hands the table in.
    """

    table: pd.DataFrame
    format: str
    scale: str
    missing: tuple[str, ...]
    remarks: tuple[str, ...]


class Importer(Protocol):
    """A format of another program. name: on the command line; about: one line on what its files look like."""

    name: str
    title: str
    about: str

    def recognises(self, file: CsvFile) -> bool:
        """Whether the header, and never the name, is one of this format."""

    def read(self, file: CsvFile) -> Imported:
        """The AU table; raises `UserError` that names the column and lists the lines that cannot be read."""


def finish(title: str, table: pd.DataFrame, remarks: list[str]) -> Imported:
    """`Imported` from rows with at least `TABLE_KEYS`: columns in their order, and what is to be said of any table.

    Columns that an AU table does not have are dropped."""
    import numpy as np
    import pandas as pd

    absent = pd.DataFrame(np.nan, index=table.index, columns=[u for u in ACTION_UNITS if u not in table])
    table = pd.concat([table, absent], axis=1)
    order = (*TABLE_KEYS, *ACTION_UNITS, *SIDED_COLUMNS, *DYNAMICS_COLUMNS, *STATISTIC_COLUMNS, *COVARIATES)
    table = table[[column for column in order if column in table]].reset_index(drop=True)
    missing = tuple(unit for unit in ACTION_UNITS if table[unit].isna().all())
    lacking = [
        unit for unit in missing if all(unit in scale_of(backend).units for backend in table["backend"].unique())
    ]
    if lacking:
        remarks = [*remarks, f"The table lacks {', '.join(lacking)}, which {title} gives."]
    scales = dict.fromkeys(scale_of(backend).words for backend in table["backend"])
    return Imported(table, title, " and ".join(scales), missing, tuple(dict.fromkeys((*remarks, *on_labels(table)))))


def on_labels(table: pd.DataFrame) -> list[str]:
    """What is to be said of the subjects and emotions of a table."""
    remarks = []
    strange = sorted(set(table["emotion"]) - {*EMOTIONS, "neutral", ""})
    if strange:
        listed = ", ".join(f"“{emotion}”" for emotion in strange[:5]) + (" and more" if len(strange) > 5 else "")
        remarks.append(f"{listed}: kept, but not one of the five emotions and not used for screening.")
    unlabelled = int(((table["subject"] == "") | (table["emotion"] == "")).sum())
    if unlabelled:
        remarks.append(
            f"{counted(unlabelled, 'row')} without a subject or an emotion: the file name did not tell. "
            "Name it subject_emotion.csv."
        )
    return remarks


def counted(n: int, noun: str) -> str:
    """
    >>> counted(1, "row"), counted(1200, "row")
    ('1 row', '1,200 rows')
    """
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"
