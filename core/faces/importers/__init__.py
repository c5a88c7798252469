"""AU tables of other programs, recognised by their header: one importer a format, one protocol."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path, PurePath
from typing import IO

from core.errors import UserError
from core.faces.checked_csv import CsvFile, name_of, open_csv
from core.faces.importers.libreface import LibreFace
from core.faces.importers.openface import OpenFace
from core.faces.importers.openface3 import OpenFace3
from core.faces.importers.own import Own
from core.faces.importers.protocol import Imported, Importer, finish, on_labels
from core.faces.importers.pyfeat import PyFeat
from core.faces.importers.ufnet import UFNet
from core.people import check_spellings
from core.types import ACTION_UNITS, TABLE_II

FORMATS: tuple[Importer, ...] = (Own(), OpenFace3(), OpenFace(), PyFeat(), LibreFace(), UFNet())
"""In the order in which a header is shown to them; no two recognise the same one."""

__all__ = ["FORMATS", "Imported", "Importer", "missing_for", "read_table", "read_tables"]


def read_table(source: Path | str | IO[bytes], name: str = "", format: str = "") -> Imported:
    """The AU table in one file. format: the name of one of `FORMATS`, or empty to recognise it by its header.

    name: of the file, which tells subject and emotion where the table does not. Raises `UserError` where no importer
    knows the header, and what the importer raises.
    """
    file = open_csv(source, name or name_of(source))
    return _importer(file, format).read(file)


def read_tables(sources: Sequence[tuple[Path | str | IO[bytes], str]], format: str = "") -> Imported:
    """One AU table from several files of one format, given as (source, name).

    Raises `UserError` where they are of different formats, where two tell of the same person in the same emotion, and
    what `read_table` raises.
    """
    import pandas as pd

    found: list[tuple[str, Imported]] = []
    for source, name in sources:
        found.append((PurePath(name).name, read_table(source, name, format)))
        first, last = found[0], found[-1]
        if last[1].format != first[1].format:
            raise UserError(
                f"{first[0]} is of {first[1].format}, and {last[0]} of {last[1].format}.",
                "Intensities of different programs are not comparable.",
                "Import the tables of each program on their own.",
            )
    if len(found) == 1:
        return found[0][1]
    table = pd.concat([imported.table for _, imported in found], ignore_index=True)
    names = [name for name, imported in found for _ in range(len(imported.table))]
    check_spellings(table["subject"], "The tables")
    labelled = table[(table["subject"] != "") & (table["emotion"] != "")]
    twice = labelled[labelled.duplicated(["subject", "emotion"], keep=False)]
    if len(twice):
        subject, emotion = twice.iloc[0][["subject", "emotion"]]
        rows = twice.index[(twice["subject"] == subject) & (twice["emotion"] == emotion)]
        raise UserError(
            f"{names[rows[0]]} and {names[rows[1]]} both tell of {subject} in {emotion}.",
            "A person counts once in each emotion, or training would see the person that it is tested on.",
            "Leave one of them out.",
        )
    return finish(found[0][1].format, table, _merged(found))


def missing_for(units: Iterable[str], emotion: str, feature_set: str) -> tuple[str, ...]:
    """Which action units of `feature_set` (`Table II` or `all 17`) for an emotion are not among `units`.

    Empty for `Table II` and an emotion that it does not list.

    >>> missing_for(["AU05", "AU12"], "fear", "Table II")
    ('AU17',)
    """
    wanted: Sequence[str] = ACTION_UNITS if feature_set == "all 17" else TABLE_II.get(emotion, ())
    units = set(units)
    return tuple(unit for unit in wanted if unit not in units)


def _importer(file: CsvFile, format: str) -> Importer:
    for importer in FORMATS:
        if importer.name == format or (not format and importer.recognises(file)):
            return importer
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


def _merged(found: list[tuple[str, Imported]]) -> list[str]:
    """Each remark once, with the files that it is about where it is not about all; without those on labels."""
    about: dict[str, list[str]] = {}
    for name, imported in found:
        on_its_labels = on_labels(imported.table)
        for remark in imported.remarks:
            if remark not in on_its_labels:
                about.setdefault(remark, []).append(name)
    merged = []
    for remark, names in about.items():
        where = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
        merged.append(remark if len(names) == len(found) else f"{where}: {remark}")
    return merged
