"""AU tables of other programs, recognised by their header: one importer a format, one protocol."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO

from core.errors import UserError
from core.faces.checked_csv import name_of, open_csv
from core.faces.importers.openface import OpenFace
from core.faces.importers.own import Own
from core.faces.importers.protocol import Imported, Importer
from core.types import ACTION_UNITS, TABLE_II

FORMATS: tuple[Importer, ...] = (Own(), OpenFace())

__all__ = ["FORMATS", "Imported", "Importer", "missing_for", "read_table"]


def read_table(source: Path | str | IO[bytes], name: str = "", format: str = "") -> Imported:
    """The AU table in one file. format: the name of one of `FORMATS`, or empty to recognise it by its header.

    name: of the file, which tells subject and emotion where the table does not. Raises `UserError` where no importer
    knows the header, and what the importer raises.
    """
    name = name or name_of(source)
    file = open_csv(source, name)
    for importer in FORMATS:
        if importer.name == format or (not format and importer.recognises(file)):
            return importer.read(file)
    if format:
        raise UserError(
            f"There is no format {format!r}.",
            f"Known are {', '.join(importer.name for importer in FORMATS)}.",
            "Choose one of these, or none to have it recognised.",
        )
    shown = ", ".join(column[:40] for column in file.columns[:6]) + (", …" if len(file.columns) > 6 else "")
    raise UserError(
        f"{file.short_name} is of no known format.",
        f"Its columns ({shown}) are of none of these: {', '.join(importer.title for importer in FORMATS)}.",
        "Export the table with one of these programs, or name the columns as an AU table has them.",
    )


def missing_for(units: Iterable[str], emotion: str, feature_set: str) -> tuple[str, ...]:
    """Which action units of `feature_set` (`Table II` or `all 17`) for an emotion are not among `units`.

    Empty for `Table II` and an emotion that it does not list.
    """
    wanted: Sequence[str] = ACTION_UNITS if feature_set == "all 17" else TABLE_II.get(emotion, ())
    units = set(units)
    return tuple(unit for unit in wanted if unit not in units)
