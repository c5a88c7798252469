"""CSV files that people hand in: their header first, then the columns that are asked for, and the lines at fault."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import IO, TYPE_CHECKING

from core.errors import UserError
from core.types import MAX_INTENSITY

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

_MAX_LISTED = 10
_HOLES = ("", "nan", "na", "n/a", "null", "none", "-nan", "nan(ind)", "-nan(ind)")
"""How programs write a number that is not there, in small letters."""
_LINE_END = re.compile(r"\r\n|\r|\n")


def name_of(source: Path | str | IO[bytes]) -> str:
    """What to call a table in an error."""
    return str(source) if isinstance(source, str | PurePath) else str(getattr(source, "name", "the table"))


@dataclass(frozen=True)
class CsvFile:
    """A table in text. columns: the header, without spaces around the names. Cells are read when they are asked for.

    A table that has a cell a column in each row; the delimiter may be a comma, a semicolon or a tabulator.
    """

    name: str
    columns: tuple[str, ...]
    text: str
    delimiter: str

    @property
    def short_name(self) -> str:
        return PurePath(self.name).name

    def read(self, wanted: Iterable[str]) -> pd.DataFrame:
        """The columns of `wanted` that are here, every cell as text without spaces around it.

        The index plus 2 is the line in the file; lines that hold nothing in these columns are left out. Raises
        `UserError` for a column that stands here twice, and for a table without rows.
        """
        wanted = set(wanted)
        positions = {i: column for i, column in enumerate(self.columns) if column in wanted}
        twice = sorted({column for column in positions.values() if self.columns.count(column) > 1})
        if twice:
            raise UserError(
                f"{self.short_name} has the column {', '.join(twice)} twice.",
                "Which of them is meant cannot be told.",
                "Remove or rename one of them.",
            )
        header_and_body = _LINE_END.split(self.text, maxsplit=1)
        return self._cells(positions, "".join(header_and_body[1:]))

    def read_bare(self) -> pd.DataFrame:
        """All columns of a table without a header, named by their numbers from 0; the index plus 2 is the line."""
        table = self._cells(dict(enumerate(map(str, range(len(self.columns))))), self.text)
        table.index -= 1
        return table

    def _cells(self, positions: dict[int, str], body: str) -> pd.DataFrame:
        import pandas as pd

        beyond = len(self.columns)
        # The parser takes its width from the first line; one cell more than the header shows rows that are too long.
        width = self.delimiter * beyond
        try:
            table = pd.read_csv(
                io.StringIO(f"{width}\n{body}"), sep=self.delimiter, header=None,
                usecols=[*sorted(positions), beyond], skip_blank_lines=False, skipinitialspace=True,
                index_col=False, dtype=str, na_filter=False, low_memory=False,
            )  # fmt: skip
        except (ValueError, OverflowError) as error:
            raise _no_table(self.name, str(error)) from error
        table = table.iloc[1:].set_axis(table.index[:-1])
        table = table.apply(lambda cells: cells.fillna("").str.strip())
        too_long = table.index[table[beyond] != ""]
        if len(too_long):
            raise UserError(
                f"{self.short_name}: line {too_long[0] + 2} has more cells than the header has columns.",
                "Which cell belongs to which column cannot be told.",
                "Export the table again, with one delimiter and quoted text.",
            )
        table = table.drop(columns=beyond).rename(columns=positions)
        table = table[(table != "").any(axis=1)]
        if table.empty:
            raise UserError(
                f"{self.short_name} has no rows.",
                "It is empty, or only a header.",
                "Give a table with at least one row.",
            )
        return table

    def numbers(self, cells: pd.DataFrame) -> pd.DataFrame:
        """`cells` as float64, exactly as they are written; NaN where nothing is.

        In a table whose cells are not parted by commas, 1,5 is read as 1.5. Raises `UserError` that lists the lines
        where a cell holds something else than a number.
        """
        import numpy as np

        result = cells.copy()
        for column in cells.columns:
            words = cells[column].to_numpy(object)
            if self.delimiter != ",":
                words = np.array([word.replace(",", ".") for word in words], object)
            try:
                values = words.astype(np.float64)
            except ValueError:
                values = np.array([_number(word) for word in words])
            refuse_lines(self.name, (column,), cells.index, np.isinf(values)[:, None], "has no number in")
            result[column] = values
        return result


def open_csv(source: Path | str | IO[bytes], name: str) -> CsvFile:
    """The header of a table in UTF-8; raises `UserError` for what is no text or has nothing in it.

    A table in Parquet is taken as the same table in text, so that one reader checks both.
    """
    try:
        content = Path(source).read_bytes() if isinstance(source, str | Path) else source.read()
        text = _text_of_parquet(content) if content.startswith(b"PAR1") else content.decode("utf-8-sig")
    except OSError as error:
        raise _no_table(name, error.strerror or str(error)) from error
    except UnicodeDecodeError as error:
        raise _no_table(name, "It is not text in UTF-8") from error
    except ValueError as error:
        raise _no_table(name, "It is a damaged Parquet file") from error
    text = text.lstrip("\r\n").rstrip()
    if not text or "\0" in text:
        raise _no_table(name, "It is not text" if text else "It is empty")
    header = _LINE_END.split(text, maxsplit=1)[0]
    delimiter = max(",;\t", key=header.count)
    columns = next(csv.reader([header], delimiter=delimiter, skipinitialspace=True))
    return CsvFile(name, tuple(column.strip() for column in columns), text, delimiter)


def require_columns(file: CsvFile, columns: Iterable[str], why: str, remedy: str) -> None:
    """Raise a `UserError` that names the columns that the table has not."""
    missing = [column for column in columns if column not in file.columns]
    if missing:
        raise UserError(f"{file.short_name} has no column {', '.join(missing)}.", why, remedy)


def intensities(
    file: CsvFile,
    cells: pd.DataFrame,
    columns: Sequence[str],
    checked: np.ndarray | None = None,
    maximum: float = MAX_INTENSITY,
) -> np.ndarray:
    """(n, columns) float64 from the cells; those in the mask `checked` must be from 0 to `maximum`.

    checked: (n,) or (n, columns), bool; without a mask all must be. Raises `UserError` that lists the lines.
    """
    import numpy as np

    values = file.numbers(cells[list(columns)]).to_numpy(np.float64)
    mask = (
        np.ones(values.shape, bool)
        if checked is None
        else np.broadcast_to(checked.reshape(len(values), -1), values.shape)
    )
    refuse_lines(file.name, columns, cells.index, mask & ~np.isfinite(values), "has no number in")
    outside = (values < 0) | (values > maximum)
    refuse_lines(file.name, columns, cells.index, mask & outside, f"is not from 0 to {maximum:g} in")
    return values


def refuse_lines(
    name: str,
    columns: Sequence[str],
    index: pd.Index,
    faults: np.ndarray,
    what: str,
    why: str = "An expression cannot be compared with a hole or another scale in it",
) -> None:
    """Raise a `UserError` that lists the lines where the mask `faults` (n, columns) is set, if it is anywhere.

    index: of the table, whose first row 0 is line 2 of the file. why: without a full stop.
    """
    import numpy as np

    rows = np.flatnonzero(faults.any(axis=1))
    if not len(rows):
        return
    lines = [int(index[row]) + 2 for row in rows]
    listed = ", ".join(map(str, lines[:_MAX_LISTED])) + (" and more" if len(lines) > _MAX_LISTED else "")
    first = columns[int(np.flatnonzero(faults[rows[0]])[0])]
    raise UserError(
        f"{PurePath(name).name}: line {lines[0]} {what} {first}.",
        f"{why} (lines at fault: {listed}).",
        "Fill in or remove these lines, and load the table again.",
    )


def _number(word: str) -> float:
    """NaN for a hole, infinity for what is no number."""
    try:
        return float("nan" if word.lower() in _HOLES else word)
    except ValueError:
        return float("inf")


def _text_of_parquet(content: bytes) -> str:
    import numpy as np
    import pandas as pd

    table = pd.read_parquet(io.BytesIO(content))
    # Single precision is written in fewer digits than it takes to read the same number in double precision.
    single = table.select_dtypes(np.float32).columns
    return table.astype(dict.fromkeys(single, np.float64)).to_csv(index=False)


def _no_table(name: str, why: str) -> UserError:
    return UserError(
        f"{PurePath(name).name} cannot be read as a table.",
        f"{why.splitlines()[0] or 'It is not CSV'}.".replace("..", "."),
        "Give a CSV file with commas and a header line.",
    )
