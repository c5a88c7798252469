"""Which folders of a published set hold its classes, where these do not lie side by side in the folder itself."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from core.errors import UserError
from core.images.assembly import shown
from core.types import Progress, check_cancelled

PARTS = ("train", "training", "test", "testing", "val", "valid", "validation")
"""Folders of a set that was split: each holds the same classes."""

COLOUR, VARIANTS = ("color", "colour"), ("color", "colour", "grayscale", "greyscale", "segmented")
"""Folders of PlantVillage: each holds the same images, and only those in colour are read."""

RAW, NAME_OF_LEAVES = "raw", "___"
"""What PlantVillage keeps its variants in, and what stands between plant and disease in the names of its classes."""

MAX_LISTED = 200_000
"""A folder with more names was hardly meant, and each takes memory."""

MAX_DEPTH = 4
"""Folders inside each other that are gone down to find the classes."""

_READ = "Read from the folder"
_SYSTEM_FILES = {"thumbs.db", "desktop.ini", "__macosx"}

Named = tuple[os.DirEntry[str], str]
"""What lies in a folder, and its name from the folder that was given, as it can be shown."""


@dataclass
class Layout:
    """entries: the folders of the classes, and what lies beside them. remarks: what was taken for what."""

    entries: list[Named] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def layout_of(root: Path, progress: Progress) -> Layout:
    """Where the classes in `root` are.

    The folders of `PARTS` are joined. Of the variants of PlantVillage the one in colour is taken, also where it lies
    in `raw`. The classes of PlantVillage, its variants and parts are found in a folder that is alone. Else the folders
    in `root` are the classes. Raises `UserError` where parts or variants differ in their classes, lie beside other
    folders or hold no classes; `Cancelled` as `progress` says.
    """
    return _layout(root, "", MAX_DEPTH, progress)


def entries(folder: Path, before: str) -> list[Named]:
    """What is in a folder and not hidden, in the order of the names, which are shown after `before`."""
    try:
        with os.scandir(folder) as found:
            listed = sorted(islice(found, MAX_LISTED + 1), key=lambda entry: entry.name)
    except OSError as error:
        raise UserError(
            f"The folder {shown(folder.name)} cannot be read.",
            "It belongs to another user, or was removed meanwhile.",
            "Give yourself the right to read it, or copy the images to a folder of your own.",
        ) from error
    if len(listed) > MAX_LISTED:
        raise too_many(folder.name, MAX_LISTED)
    return [
        (entry, before + shown(entry.name))
        for entry in listed
        if not entry.name.startswith(".") and entry.name.lower() not in _SYSTEM_FILES
    ]


def is_folder(entry: os.DirEntry[str]) -> bool:
    """Whether it is one, and no link to one."""
    return entry.is_dir(follow_symlinks=False)


def too_many(name: str, most: int) -> UserError:
    """That a folder has more files than are read."""
    return UserError(
        f"{shown(name)} holds too many files.",
        f"Folders of up to {most:,} files are read.",
        "Choose the folder that holds one subfolder a class, or say how many images of each are to be read at most.",
    )


def _layout(root: Path, before: str, deeper_by: int, progress: Progress) -> Layout:
    """deeper_by: levels of folders that may still be gone down."""
    check_cancelled(progress)
    found = entries(root, before)
    folders = [(entry, name) for entry, name in found if is_folder(entry)]
    names = [entry.name.lower() for entry, _ in folders]
    inside = {entry.name: _folders_in(entry, progress) for entry, _ in folders}
    parts = [entry.name for entry, _ in folders if entry.name.lower() in PARTS]
    variants = [entry.name for entry, _ in folders if entry.name.lower() in VARIANTS and inside[entry.name]]
    beside = [(entry, name) for entry, name in found if not is_folder(entry)]
    if deeper_by and variants and set(names) <= set(VARIANTS):
        deeper = _in_colour(folders, inside, deeper_by, progress)
    elif parts and len(parts) == len(folders) and (len(parts) > 1 or inside[parts[0]]):
        deeper = _joined(folders, inside)
    elif deeper_by and (within := _alone(folders, inside)):
        deeper = _layout(Path(within[0].path), f"{within[1]}/", deeper_by - 1, progress)
        if not any(said.startswith(_READ) for said in deeper.remarks):
            deeper.remarks.insert(0, f"{_READ} {within[1]}.")
    else:
        _check_not_mixed(root, inside, [name for name in parts if inside[name]], variants)
        return Layout(found)
    return Layout([*beside, *deeper.entries], deeper.remarks)


def _folders_in(entry: os.DirEntry[str], progress: Progress) -> set[str]:
    check_cancelled(progress)
    return {inner.name for inner, _ in entries(Path(entry.path), "") if is_folder(inner)}


def _in_colour(folders: Sequence[Named], inside: dict[str, set[str]], deeper_by: int, progress: Progress) -> Layout:
    taken = [(entry, name) for entry, name in folders if entry.name.lower() in COLOUR]
    others = [entry.name for entry, _ in folders if entry.name.lower() not in COLOUR]
    if len(taken) != 1:
        raise UserError(
            "The images in colour are missing.",
            f"There is {_listed(others)}, and no folder color beside it.",
            f"Give the folder {shown(others[0])} itself to read that one, or add color.",
        )
    ((entry, name),) = taken
    if missing := set().union(*(inside[other] for other in others)) - inside[entry.name]:
        raise UserError(
            f"{name} does not have all of the classes.",
            f"Missing there, but not in {_listed(others)}: {_listed(missing)}.",
            f"Unpack the set again, or give the folder {name} itself to read it without them.",
        )
    found = _layout(Path(entry.path), f"{name}/", deeper_by - 1, progress)
    same = f"; {_listed(others)}, made of the same images, passed over" if others else ""
    found.remarks.insert(0, f"{_READ} {name}{same}.")
    return found


def _joined(folders: Sequence[Named], inside: dict[str, set[str]]) -> Layout:
    every = set().union(*inside.values())
    for entry, name in folders:
        if not inside[entry.name]:
            raise UserError(
                f"The folder {name} holds no classes.",
                "By its name it is a part of a set, in which there is one subfolder a class.",
                "Put its images into folders of their classes, or give the folder of another part itself.",
            )
        if missing := every - inside[entry.name]:
            raise UserError(
                "The parts of the set do not have the same classes.",
                f"Missing in {name}: {_listed(missing)}.",
                "Add what is missing, or give the folder of one part itself.",
            )
    found = [inner for entry, name in folders for inner in entries(Path(entry.path), f"{name}/")]
    parts = [entry.name for entry, _ in folders]
    said = f"The parts {_listed(parts)} were joined." if len(parts) > 1 else f"{_READ} {folders[0][1]}."
    return Layout(found, [said])


def _alone(folders: Sequence[Named], inside: dict[str, set[str]]) -> Named | None:
    """The folder that a published set lies in: `raw` with its variants, or the only folder, known by what is in it."""
    for entry, name in folders:
        inner = {folder.lower() for folder in inside[entry.name]}
        if not inner:
            continue
        if entry.name.lower() == RAW and inner <= set(VARIANTS):
            return entry, name
        known = inner == {RAW} or inner <= set(VARIANTS) or inner <= set(PARTS)
        if len(folders) == 1 and (known or all(NAME_OF_LEAVES in folder for folder in inner)):
            return entry, name
    return None


def _check_not_mixed(root: Path, inside: dict[str, set[str]], parts: list[str], variants: list[str]) -> None:
    """That parts, variants or a copy of all classes do not lie among folders of classes, to be taken for one."""
    copies = [name for name, inner in inside.items() if inner & (set(inside) - {name})] if len(inside) > 1 else []
    mixed = parts if parts and len(inside) > 1 else variants if len(variants) > 1 else copies
    if mixed:
        others = [name for name in inside if name not in mixed]
        raise UserError(
            f"{shown(root.name)} mixes folders of classes with others.",
            f"{_listed(mixed)} would be taken for classes like {_listed(others or mixed)}.",
            "Give the folder in which there are classes and nothing else.",
        )


def _listed(names: set[str] | Sequence[str]) -> str:
    few = [shown(name) for name in sorted(names)[:3]]
    more = len(names) - len(few)
    return ", ".join(few) + f" and {more} more" if more else " and ".join(filter(None, [", ".join(few[:-1]), few[-1]]))
