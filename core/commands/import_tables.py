"""`import`: the tables of other programs as one AU table."""

from __future__ import annotations

import argparse
from pathlib import Path

from core.terminal import check_file, say


def import_tables(arguments: argparse.Namespace) -> None:
    """Read tables of one format, recognised by its header, and write one AU table: CSV, or Parquet with a JSON beside.

    A table of frames gives the one row of its peak; its name tells subject and emotion (P01_anger.csv).
    """
    from core.faces.exporters import export_table
    from core.faces.importers import read_tables
    from core.faces.importers.participants import fill_in, read_participants
    from core.files import atomic_write
    from core.workspace.files import sha256_of

    out: Path = arguments.out
    check_file(out)
    found = read_tables([(path, str(path)) for path in arguments.tables], arguments.format)
    table, remarks = found.table, found.remarks
    inputs = list(arguments.tables)
    if arguments.participants:
        table, on_people = fill_in(table, read_participants(arguments.participants))
        remarks = (*remarks, *on_people)
        inputs.append(arguments.participants)
    out.parent.mkdir(parents=True, exist_ok=True)
    if out.suffix.lower() == ".parquet":
        settings = {"format": found.format, "remarks": list(remarks)}
        export = export_table(table, [(path.name, sha256_of(path)) for path in inputs], settings)
        atomic_write(out.with_suffix(".json"), export.json)
        atomic_write(out, export.parquet)
    else:
        atomic_write(out, table.to_csv(index=False, lineterminator="\n").encode())
    for remark in remarks:
        say(remark)
    if found.missing:
        say(f"Not in these tables: {', '.join(found.missing)}.")
    say(f"{len(table)} rows of {found.format}, intensities {found.scale}, in {out}")
