"""Names of uploaded files: what is safe to keep and show. On disk every file is named by its id, never by these."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import UserError

_HIDDEN = ("Cc", "Cf", "Cs")
"""Unicode categories of what is not seen: controls, marks that reorder or have no width, halves of a character."""
_PROGRAM_ENDINGS = {
    "exe", "bat", "cmd", "com", "scr", "pif", "msi", "js", "jse", "vbs", "vbe", "wsf", "hta", "ps1", "sh", "jar",
    "app", "lnk", "html", "htm", "svg", "php", "py",
}  # fmt: skip


def clean_name(name: str) -> str:
    """The name of an upload, as `name.ext` or `folder/name.ext`, in composed Unicode (NFC).

    Raises `UserError` for names made to deceive: hidden or reordering characters, paths out of the folder,
    absolute paths, and endings of programs.
    """
    if any(unicodedata.category(c) in _HIDDEN for c in name):
        raise _refused(
            _visible(name), "It holds hidden characters, which can make a file look like another kind than it is."
        )
    path = unicodedata.normalize("NFC", name).replace("\\", "/")
    if path.startswith("/") or re.match("[A-Za-z]:", path):
        raise _refused(path, "It is the path of a place on a computer, not the name of a file.")
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if ".." in parts:
        raise _refused(path, "It leads out of the folder that it was uploaded from.")
    if not parts:
        raise _refused(path, "It is empty.")
    endings = {ending.lower().strip() for ending in parts[-1].split(".")[1:]}
    if found := endings & _PROGRAM_ENDINGS:
        raise _refused(path, f"The ending .{min(found)} is that of a program or a web page.")
    return "/".join(parts)


@contextmanager
def speaking_of(name: str, path: Path) -> Iterator[None]:
    """Let a `UserError` about the file at `path` speak of it by the name that its owner knows."""
    try:
        yield
    except UserError as error:
        words = (error.what, error.why, error.remedy)
        raise UserError(*(text.replace(path.name, name) for text in words)) from error


def _visible(name: str) -> str:
    return "".join("?" if unicodedata.category(c) in _HIDDEN else c for c in name)


def _refused(name: str, why: str) -> UserError:
    shown = name if len(name) <= 80 else f"{name[:60]}…{name[-16:]}"
    return UserError(f"The file name “{shown}” is refused.", why, "Rename the file, for example P01_anger.mp4.")
