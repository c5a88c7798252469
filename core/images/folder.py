"""A folder of images on this machine: one subfolder a class, in it images, or one subfolder a person."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from core.errors import UserError
from core.file_kinds import HEAD_BYTES, other_kind
from core.images.assembly import Source, assembled, class_name, shown
from core.images.dataset import ImageSet
from core.images.decoding import NotUsable, Picture, check_bytes, picture_of
from core.settings import Limits
from core.types import Progress, Quiet

MAX_FILES = 20_000
"""A folder with more was hardly meant, and every file in it would be opened."""

_SYSTEM_FILES = {"thumbs.db", "desktop.ini", "__macosx"}
_LIMITS, _QUIET = Limits(), Quiet()


def read_folder(path: Path | str, progress: Progress = _QUIET, limits: Limits = _LIMITS) -> tuple[ImageSet, list[str]]:
    """The images at `path`, `class/image` or `class/person/image`, and what there is to say about them.

    A person is known by the name of the folder inside that of the class; the same name in two classes is one person.
    What a file is, is told by its content. Hidden files are passed over; links, which may lead anywhere, are not
    followed; text, damaged images and whatever else is no image is left out, and a remark says so. Raises `UserError`
    for what is no folder, for an archive, for an image beyond `limits`, for more than `MAX_FILES` files and, like
    `core.images.assembly.assembled`, for what is no set.
    """
    root = Path(path).expanduser()
    _check_folder(root)
    sources: list[Source] = []
    for source in _sources(root, limits):
        sources.append(source)
        if len(sources) > MAX_FILES:
            raise UserError(
                f"{shown(root.name)} holds too many files.",
                f"Folders of up to {MAX_FILES:,} files are read.",
                "Choose the folder that holds one subfolder a class.",
            )
    people = {source.person for source in sources if source.person}
    said = [f"Folders inside those of the classes were taken for people: {len(people)} of them."] if people else []
    return assembled(shown(root.resolve().name) or "Images", sources, progress, said)


def _check_folder(root: Path) -> None:
    if os.path.isdir(root):  # says no, and does not fail, for what can be no path at all
        return
    name = shown(root.name)
    if not os.path.isfile(root):
        raise UserError(f"{name} is not there.", "No folder has this name on this machine.", "Check the path.")
    with root.open("rb") as file:
        what = other_kind(file.read(HEAD_BYTES))
    raise UserError(
        f"{name} is not a folder.",
        f"By its content it is {what or 'a single file'}.",
        "Unpack it first, and give the folder." if "archive" in what else "Give a folder with one subfolder a class.",
    )


def _sources(root: Path, limits: Limits) -> Iterator[Source]:
    for entry, name in _entries(root, ""):
        if not _is_folder(entry):
            yield Source(name, "", "", partial(_refuse, entry, "outside of the folders of the classes"))
            continue
        label = class_name(entry.name)
        of_class = _entries(Path(entry.path), f"{name}/")
        if not of_class:
            yield Source(name, label, "", partial(_refuse, entry, "an empty folder"))
        for inside, inside_name in of_class:
            if not _is_folder(inside):
                yield Source(inside_name, label, "", partial(_load, inside, inside_name, limits))
                continue
            for deeper, deeper_name in _entries(Path(inside.path), f"{inside_name}/"):
                load = (
                    partial(_refuse, deeper, "deeper than class/person/image")
                    if _is_folder(deeper)
                    else partial(_load, deeper, deeper_name, limits)
                )
                yield Source(deeper_name, label, shown(inside.name), load)


def _entries(folder: Path, before: str) -> list[tuple[os.DirEntry[str], str]]:
    """What is in a folder and not hidden, with the name to show, in the order of the names."""
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except OSError as error:
        raise UserError(
            f"The folder {shown(folder.name)} cannot be read.",
            "It belongs to another user, or was removed meanwhile.",
            "Give yourself the right to read it, or copy the images to a folder of your own.",
        ) from error
    return [
        (entry, before + shown(entry.name))
        for entry in entries
        if not entry.name.startswith(".") and entry.name.lower() not in _SYSTEM_FILES
    ]


def _is_folder(entry: os.DirEntry[str]) -> bool:
    return entry.is_dir(follow_symlinks=False)


def _load(entry: os.DirEntry[str], name: str, limits: Limits) -> Picture:
    if entry.is_symlink() or not entry.is_file(follow_symlinks=False):
        _refuse(entry, "no ordinary file")
    try:
        with open(entry.path, "rb") as file:
            check_bytes(os.fstat(file.fileno()).st_size, name, limits)
            content = file.read()
    except OSError as error:
        raise NotUsable("it cannot be read") from error
    return picture_of(content, name, limits)


def _refuse(entry: os.DirEntry[str], why: str) -> Picture:
    raise NotUsable("a link, which is not followed" if entry.is_symlink() else why)
