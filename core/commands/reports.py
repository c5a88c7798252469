"""Where the command line writes the reports of a screening: one file for one person, or a folder with one a person."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import UserError
from core.terminal import check_file, check_folder

OPTION = "--report"
HTML, PDF = ".html", ".pdf"
_LONGEST = 80
"""Characters of a code in the name of a file; file systems take 255 bytes, and a character may be four."""
_TAKEN = {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10))}
"""Names that Windows keeps for devices, whatever their ending."""


@dataclass(frozen=True)
class ReportPlace:
    """path: a file that ends in `.html` or `.pdf`, or a folder, in which each person gets a PDF of their own."""

    path: Path
    one_file: bool

    @classmethod
    def named(cls, text: str, result: Path) -> ReportPlace:
        """What `--report` names: a folder where one is there or `text` ends with a slash, else a file.

        result: the file of `--out`. Raises `UserError` for another ending, and where nothing can be written.
        """
        path = Path(text)
        folder = path.is_dir() or text.endswith(("/", os.sep))
        if folder:
            check_folder(path, OPTION)
        elif path.suffix.lower() not in (HTML, PDF):
            raise UserError(
                f"{path} is neither a folder nor a report.",
                f"Reports are written as {HTML} or {PDF}.",
                f"End the name with one of these, or with / for a folder with one PDF a person ({OPTION}).",
            )
        elif path.absolute() == result.absolute():
            raise UserError(f"{path} is named twice.", "Report and result would be one file.", f"Change {OPTION}.")
        else:
            check_file(path, OPTION)
        return cls(path, not folder)

    def check_people(self, codes: Iterable[object]) -> None:
        """Raise `UserError` where several people would share one file."""
        n = len({str(code) for code in codes})
        if self.one_file and n > 1:
            raise UserError(
                f"{self.path} is one report, and {n} people were given.",
                "A report is about one person.",
                f"Name a folder with {OPTION}, for instance reports/, or give one person.",
            )

    def write(self, results: Sequence[dict[str, Any]]) -> list[Path]:
        """Write a report of each `Screening.to_json()`, each whole or not at all; where they lie."""
        from core.files import atomic_write

        files = []
        for result in results:
            file = self.path if self.one_file else self.path / f"{safe_name(result['person'])}{PDF}"
            file.parent.mkdir(parents=True, exist_ok=True)
            atomic_write(file, _report(result, file.suffix.lower()))
            files.append(file)
        return files


def safe_name(code: str) -> str:
    """A file name for a person, without ending: the code itself where that is safe on every system.

    Any other is written with letters, digits, `_`, `.` and `-` alone and gets a piece of its hash, so that no two
    people share a name: neither here, nor in what an earlier screening left.

    >>> safe_name("P01"), safe_name("../P 01")
    ('P01', 'P_01-2a8083a5')
    """
    plain = re.sub(r"[^\w.-]+", "_", code).strip("._-")[:_LONGEST]
    if plain and plain == code and plain.split(".")[0].lower() not in _TAKEN:
        return code
    return f"{plain or 'person'}-{hashlib.sha256(code.encode()).hexdigest()[:8]}"


def _report(result: dict[str, Any], ending: str) -> bytes:
    if ending == PDF:
        from core.screening.report.pdf import pdf

        return pdf(result)
    from core.screening.report.html import html

    return html(result).encode()
