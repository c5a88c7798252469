"""An image set from many single images: each once, in one class, all of one size."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from core.errors import UserError
from core.images.dataset import ImageSet, letterboxed, pixel_hash, scaled
from core.images.decoding import NotUsable, Picture
from core.images.settings import MIN_CLASSES, MIN_IMAGES
from core.types import Progress, Quiet, check_cancelled

MAX_SIDE_PX = 256
"""Larger images are kept at this size: about twice the largest network, so that nothing is lost that one could see."""

MAX_BYTES = 1_000_000_000
"""Of pixels in one set; it is held in memory as a whole."""

_MAX_CLASS_NAME = 60
_TOLD = 3
_QUIET = Quiet()


@dataclass(frozen=True)
class Source:
    """One image that is to become part of a set.

    name: by which the user knows it. label: its class. person: code, "" where not known. load: gives its pixels, or
    raises `NotUsable` where it is left out, or `UserError` where all are refused. usable: False where it is known that
    it will be left out.
    """

    name: str
    label: str
    person: str
    load: Callable[[], Picture]
    usable: bool = True


def class_name(text: str) -> str:
    """The name of a class in composed Unicode; raises `UserError` for one made to deceive, or that could be a path."""
    name = unicodedata.normalize("NFC", text).strip()
    if 0 < len(name) <= _MAX_CLASS_NAME and name.isprintable() and not set(name) & set("/\\") and name.strip("."):
        return name
    raise UserError(
        f"The class name “{shown(text)}” is refused.",
        f"A class has a name of 1 to {_MAX_CLASS_NAME} characters that can all be seen, without / and \\.",
        "Rename the class or its folder, for example Normal.",
    )


def shown(name: str) -> str:
    """The name of a file as it can be shown: without hidden and reordering characters, and not endless."""
    seen = "".join(c if c.isprintable() else "?" for c in name)
    return seen if len(seen) <= 80 else f"{seen[:60]}…{seen[-16:]}"


def assembled(
    name: str, sources: Sequence[Source], progress: Progress = _QUIET, remarks: Sequence[str] = ()
) -> tuple[ImageSet, list[str]]:
    """The set of the usable images, and what there is to say about it after `remarks`; a sentence each.

    An image that is there twice in a class is taken once. One that is in two classes is left out of both: one of the
    labels is wrong, nobody here can tell which, and either would be learnt from or tested on. Images larger than
    `MAX_SIDE_PX` are scaled down; of different sizes they are all scaled to the longest side among them, and their
    edges continue to a common size. The set is grey where no image has any colour. Raises `UserError` for fewer than
    `MIN_CLASSES` classes, fewer than `MIN_IMAGES` images in a class and more than `MAX_BYTES`; `Cancelled` as
    `progress` says.
    """
    gathered = _Gathered(list(remarks))
    for number, source in enumerate(sources):
        check_cancelled(progress)
        progress.report(number, len(sources), "Reading images")
        try:
            gathered.add(source, source.load())
        except NotUsable as error:
            gathered.noted(f"left out ({error})", source)
    progress.report(len(sources), len(sources), "Reading images")
    kept, found = gathered.in_one_class()
    told = gathered.remarks()
    _check_enough(Counter(source.label for source in kept.values()), told)
    classes = tuple(sorted({source.label for source in kept.values()}))
    images, about_size = _of_one_size(found)
    if all((image == image[..., :1]).all() for image in images):  # mostly the first one says no
        images = np.ascontiguousarray(images[..., :1])
    image_set = ImageSet(
        name=name,
        images=images,
        labels=np.array([classes.index(source.label) for source in kept.values()]),
        classes=classes,
        people=np.array([source.person for source in kept.values()]),
        hashes=np.array(list(kept)),
    )
    return image_set, [*told, *about_size]


class _Gathered:
    """Images as they come in, each kept once, and what is to be said of the others."""

    def __init__(self, said_before: list[str]) -> None:
        self._said_before = said_before
        self._taken: dict[str, Source] = {}
        self._pixels: dict[str, np.ndarray] = {}
        self._bytes = 0
        self._shrunk = 0
        self._notes: dict[str, list[str]] = {}
        self._rivals: dict[str, list[Source]] = {}

    def noted(self, what: str, source: Source) -> None:
        self._notes.setdefault(what, []).append(source.name)

    def add(self, source: Source, picture: Picture) -> None:
        digest = pixel_hash(picture.pixels)
        if (first := self._taken.get(digest)) is not None:
            if first.label == source.label:
                self.noted("left out (the same as another image of the class)", source)
            else:
                self._rivals.setdefault(digest, [first]).append(source)
            return
        for note in picture.notes:
            self.noted(note, source)
        pixels = picture.pixels
        if max(pixels.shape[:2]) > MAX_SIDE_PX:
            pixels = scaled(pixels, MAX_SIDE_PX)
            self._shrunk += 1
        self._bytes += pixels.nbytes
        _check_memory(self._bytes)
        self._taken[digest], self._pixels[digest] = source, pixels

    def in_one_class(self) -> tuple[dict[str, Source], list[np.ndarray]]:
        """What is kept by its hash, and the pixels of each, which are given away."""
        pixels, self._pixels = self._pixels, {}
        kept = {digest: source for digest, source in self._taken.items() if digest not in self._rivals}
        return kept, [pixels[digest] for digest in kept]

    def remarks(self) -> list[str]:
        found = [*self._said_before]
        found += [f"{_some(names)}: {what}." for what, names in self._notes.items()]
        for sources in list(self._rivals.values())[:_TOLD]:
            where = " and ".join(f"{source.name} ({source.label})" for source in sources[:2])
            found.append(f"The same image is in two classes and was left out of both: {where}.")
        if (more := len(self._rivals) - _TOLD) > 0:
            found.append(f"More images that are in two classes and were left out of both: {more:,}.")
        if self._shrunk:
            found.append(f"Scaled down to {MAX_SIDE_PX} pixels on the longer side: {self._shrunk} of the images.")
        return found


def _of_one_size(found: list[np.ndarray]) -> tuple[np.ndarray, list[str]]:
    """(n, h, w, 3) of images of any size, and what was done to them; `found` is used up, so that each is held once."""
    sizes = {image.shape[:2] for image in found}
    said = []
    if len(sizes) > 1:
        longest = max(max(size) for size in sizes)
        n_bytes = 0
        for number, image in enumerate(found):
            found[number] = scaled(image, longest)
            n_bytes += found[number].nbytes
            _check_memory(n_bytes)
    height, width = max(image.shape[0] for image in found), max(image.shape[1] for image in found)
    _check_memory(len(found) * height * width * 3)
    if len(sizes) > 1:
        said.append(
            f"The images have {len(sizes)} different sizes: each was scaled to {longest} pixels on the longer side, "
            f"and its edges continue to {width} x {height}."
        )
    images = np.empty((len(found), height, width, 3), np.uint8)
    for number in reversed(range(len(found))):
        image = found.pop()
        images[number] = image if image.shape[:2] == (height, width) else letterboxed(image, height, width)
    return images, said


def _check_enough(n_per_class: Counter[str], remarks: list[str]) -> None:
    left_out = f" {remarks[0]}" if remarks else ""
    if len(n_per_class) < MIN_CLASSES:
        what = f"only one class, {next(iter(n_per_class))}" if n_per_class else "no image that can be used"
        raise UserError(
            f"There is {what}.",
            f"At least {MIN_CLASSES} classes of {MIN_IMAGES} images are needed.{left_out}",
            "Give two classes or more, for example as a folder with one subfolder a class.",
        )
    if few := {label: n for label, n in sorted(n_per_class.items()) if n < MIN_IMAGES}:
        counts = ", ".join(f"{label}: {n}" for label, n in few.items())
        raise UserError(
            f"There are too few images ({counts}).",
            f"At least {MIN_IMAGES} different images of each class are needed.{left_out}",
            "Add images, or take the class out.",
        )


def _check_memory(n_bytes: int) -> None:
    if n_bytes > MAX_BYTES:
        raise UserError(
            "There are too many images.",
            f"Together they take more than {MAX_BYTES / 1e9:.0f} GB of memory.",
            "Give fewer or smaller images, for example by saying how many of each class are to be read at most.",
        )


def _some(names: list[str]) -> str:
    return ", ".join(names[:_TOLD]) + (f" and {len(names) - _TOLD} more" if len(names) > _TOLD else "")
