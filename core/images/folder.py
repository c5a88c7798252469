"""A folder of images on this machine: one subfolder a class, in it images, or one subfolder a person."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from core.errors import UserError
from core.file_kinds import HEAD_BYTES, other_kind
from core.images import cifar
from core.images.assembly import Source, assembled, class_name, shown
from core.images.dataset import ImageSet
from core.images.decoding import NotUsable, Picture, check_bytes, picture_of
from core.images.excerpt import WHOLE, Excerpt
from core.images.folder_layout import MAX_LISTED, Layout, entries, is_folder, layout_of, too_many
from core.progress import Stretch
from core.settings import Limits
from core.types import Progress, Quiet, check_cancelled

MAX_FILES = 60_000
"""As many as CIFAR-10 has as single files; a folder with more was hardly meant, and every file would be opened."""

_LIMITS, _QUIET = Limits(), Quiet()


def read_folder(
    path: Path | str, progress: Progress = _QUIET, limits: Limits = _LIMITS, excerpt: Excerpt = WHOLE
) -> tuple[ImageSet, list[str]]:
    """The images at `path`, `class/image` or `class/person/image`, and what there is to say about them.

    Published sets are known by their layout: the batches of CIFAR-10 (`core.images.cifar`), parts such as `train` and
    `test`, the variants of PlantVillage (`core.images.folder_layout`). `excerpt` says what is read of a large one.

    A person is known by the name of the folder inside that of the class; the same name in two classes is one person.
    What a file is, is told by its content. Hidden files are passed over; links, which may lead anywhere, are not
    followed; text, damaged images and whatever else is no image is left out, and a remark says so. Raises `UserError`
    for what is no folder, for an archive, for an image beyond `limits`, for more than `MAX_FILES` files to be read and,
    like these and `core.images.assembly.assembled`, for what is no set; `Cancelled` as `progress` says.
    """
    root = Path(path).expanduser()
    _check_folder(root)
    if (batches := cifar.batches_folder(root)) is not None:
        everything, found = cifar.batch_sources(batches, Stretch(progress, 0, 1, 4))
        sources, said = excerpt.of(everything)
        where = [] if batches == root else [f"Read from the folder {shown(batches.name)}, and nothing beside it."]
        return assembled(cifar.NAME, sources, Stretch(progress, 1, 4, 4), [*where, *found, *said])
    layout = layout_of(root, progress)
    everything = []
    for source in _sources(layout, limits, progress):
        everything.append(source)
        if len(everything) > MAX_LISTED:
            raise too_many(root.name, MAX_LISTED)
    sources, said = excerpt.of(everything)
    if len(sources) > MAX_FILES:
        raise too_many(root.name, MAX_FILES)
    people = {source.person for source in sources if source.person}
    if people:
        said.append(f"Folders inside those of the classes were taken for people: {len(people)} of them.")
    return assembled(shown(root.resolve().name) or "Images", sources, progress, [*layout.remarks, *said])


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


def _sources(layout: Layout, limits: Limits, progress: Progress) -> Iterator[Source]:
    for entry, name in layout.entries:
        check_cancelled(progress)
        if not is_folder(entry):
            yield Source(name, "", "", partial(_refuse, entry, "outside of the folders of the classes"), usable=False)
            continue
        label = class_name(entry.name)
        of_class = entries(Path(entry.path), f"{name}/")
        if not of_class:
            yield Source(name, label, "", partial(_refuse, entry, "an empty folder"), usable=False)
        for inside, inside_name in of_class:
            if not is_folder(inside):
                yield Source(inside_name, label, "", partial(_load, inside, inside_name, limits))
                continue
            for deeper, deeper_name in entries(Path(inside.path), f"{inside_name}/"):
                person = shown(inside.name)
                if is_folder(deeper):
                    refuse = partial(_refuse, deeper, "deeper than class/person/image")
                    yield Source(deeper_name, label, person, refuse, usable=False)
                else:
                    yield Source(deeper_name, label, person, partial(_load, deeper, deeper_name, limits))


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
