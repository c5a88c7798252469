"""CSV files that people hand in: read whole, and refused with the column or the lines at fault."""

from __future__ import annotations

import io
from pathlib import Path, PurePath
from typing import IO, TYPE_CHECKING

from core.errors import UserError
from core.types import MAX_INTENSITY

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

_MAX_LISTED = 10
_TEXT_COLUMNS = ("subject", "emotion", "group", "label", "backend")
"""Read as they are written: as a number, the codes 007 and 7 would be one person, and NA would be nobody."""


def name_of(source: Path | str | IO[bytes]) -> str:
    """What to call a table in an error."""
    return str(source) if isinstance(source, str | PurePath) else str(getattr(source, "name", "the table"))


def read_csv(source: Path | str | IO[bytes], name: str) -> pd.DataFrame:
    """The table, its column names without the spaces that OpenFace writes; `UserError` for no CSV and for no rows.

    Codes and words are text without spaces around it, empty where nothing is written; the rest is as pandas reads it.
    """
    import pandas as pd

    try:
        content = Path(source).read_bytes() if isinstance(source, str | Path) else source.read()
        header = pd.read_csv(io.BytesIO(content), skipinitialspace=True, encoding="utf-8-sig", nrows=0).columns
        table = pd.read_csv(
            io.BytesIO(content),
            skipinitialspace=True,
            encoding="utf-8-sig",
            float_precision="round_trip",
            converters={column: str.strip for column in header if column.strip() in _TEXT_COLUMNS},
        )
    except (OSError, ValueError) as error:
        raise UserError(
            f"{PurePath(name).name} cannot be read as a table.",
            f"{str(error).splitlines()[0] or 'It is not CSV'}.".replace("..", "."),
            "Give a CSV file with commas and a header line.",
        ) from error
    table.columns = table.columns.astype(str).str.strip()
    if table.empty:
        raise UserError(
            f"{PurePath(name).name} has no rows.",
            "It is empty, or only a header.",
            "Give a table with at least one row.",
        )
    return table


def require_columns(table: pd.DataFrame, columns: tuple[str, ...], name: str, remedy: str) -> None:
    """Raise a `UserError` that names the columns that `table` has not."""
    missing = [column for column in columns if column not in table.columns]
    if missing:
        raise UserError(
            f"{PurePath(name).name} has no column {', '.join(missing)}.",
            "Each of them is needed: all 17 action units, with intensities from 0 to 5."
            if any(column.startswith("AU") for column in missing)
            else "Without it the rows cannot be told apart.",
            remedy,
        )


def intensities(table: pd.DataFrame, columns: tuple[str, ...], name: str, checked: np.ndarray) -> np.ndarray:
    """(n, columns) float32; the rows in the mask `checked` (n,) must be complete and from 0 to 5."""
    import numpy as np
    import pandas as pd

    values = table[list(columns)].apply(pd.to_numeric, errors="coerce").to_numpy(np.float32)
    refuse_lines(name, columns, checked[:, None] & ~np.isfinite(values), "has no number in")
    refuse_lines(name, columns, checked[:, None] & ((values < 0) | (values > MAX_INTENSITY)), "is not from 0 to 5 in")
    return values


def refuse_lines(name: str, columns: tuple[str, ...], faults: np.ndarray, what: str) -> None:
    """Raise a `UserError` that lists the lines where the mask `faults` (n, columns) is set, if it is anywhere."""
    import numpy as np

    rows = np.flatnonzero(faults.any(axis=1))
    if not len(rows):
        return
    # Line 1 of the file is the header.
    listed = ", ".join(str(row + 2) for row in rows[:_MAX_LISTED]) + (" and more" if len(rows) > _MAX_LISTED else "")
    first = columns[int(np.flatnonzero(faults[rows[0]])[0])]
    raise UserError(
        f"{PurePath(name).name}: line {rows[0] + 2} {what} {first}.",
        f"An expression cannot be compared with a hole or another scale in it (lines at fault: {listed}).",
        "Fill in or remove these lines, and load the table again.",
    )
