"""CIFAR-10 as it is published for Python: five training batches, one of tests, and the names of the classes."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import UserError
from core.images.assembly import Source, class_name, shown
from core.images.decoding import Picture
from core.images.inert_pickle import NotData, WouldRunCode, plain_values
from core.types import Progress, check_cancelled

NAME, N_CLASSES, SIDE_PX = "CIFAR-10", 10, 32
BATCHES, META = (*(f"data_batch_{number}" for number in range(1, 6)), "test_batch"), "batches.meta"

MAX_BATCH_BYTES, MAX_META_BYTES = 64_000_000, 100_000
"""A published batch takes 31 MB, and up to twice as much where Python 3 wrote it for Python 2; the names 158 bytes."""

_AGAIN = "Unpack cifar-10-python.tar.gz of its publisher again, and give the folder cifar-10-batches-py."


def batches_folder(root: Path) -> Path | None:
    """`root`, or the one folder in it, with any file that is named like one of the batches; None where there is none.

    Raises `UserError` where several folders in it have such files.
    """
    if _there(root):
        return root
    try:
        with os.scandir(root) as found:
            inner = sorted(Path(entry.path) for entry in found if entry.is_dir(follow_symlinks=False))
    except OSError:  # told where its images are looked for
        return None
    holding = [folder for folder in inner if _there(folder)]
    if len(holding) > 1:
        raise UserError(
            f"{NAME} is there several times.",
            f"Batches are in {shown(holding[0].name)} and in {shown(holding[1].name)}.",
            "Give one of these folders.",
        )
    return holding[0] if holding else None


def batch_sources(folder: Path, progress: Progress) -> tuple[list[Source], list[str]]:
    """The images of all batches in `folder`, training and test, each 32 x 32 RGB, and what there is to say.

    The files are read as data (`core.images.inert_pickle`), and nothing in them is run. Raises `UserError` where a file
    is missing, damaged, too large, or of anything else; `Cancelled` as `progress` says.
    """
    if missing := sorted({*BATCHES, META} - set(_there(folder))):
        raise UserError(
            f"{NAME} in {shown(folder.name)} is not whole.",
            f"Missing: {', '.join(missing)}.",
            _AGAIN,
        )
    classes, n_each = _meta(_values(folder / META, MAX_META_BYTES))
    sources: list[Source] = []
    for number, batch in enumerate(BATCHES):
        check_cancelled(progress)
        progress.report(number, len(BATCHES), f"Reading {batch}")
        images, labels = _images(_values(folder / batch, MAX_BATCH_BYTES), batch, n_each)
        sources += [
            Source(f"{batch}, image {i + 1}", classes[label], "", partial(_picture, images, i))
            for i, label in enumerate(labels)
        ]
    progress.report(len(BATCHES), len(BATCHES), "Reading images")
    return sources, [f"{NAME}: the images of its five training batches and its test batch, {len(sources):,} in all."]


def _there(folder: Path) -> list[str]:
    return [name for name in (*BATCHES, META) if os.path.lexists(folder / name) and not os.path.isdir(folder / name)]


def _values(path: Path, most: int) -> dict[str, Any]:
    if path.is_symlink() or not path.is_file():
        raise UserError(f"{path.name} is no ordinary file.", "Links and devices are not followed.", _AGAIN)
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size > most:
                raise _no_batch(path.name, f"It has {size / 1e6:,.1f} MB, and none of them more than {most / 1e6:g}")
            content = file.read(size)
    except OSError as error:
        raise UserError(
            f"{path.name} cannot be read.", "It belongs to another user, or was removed.", _AGAIN
        ) from error
    try:
        return plain_values(content)
    except WouldRunCode as error:
        why = f"It asks for {shown(str(error))}: loaded as usual, it would have run code. Nothing of it was run"
        raise _no_batch(path.name, why) from error
    except NotData as error:
        raise _no_batch(path.name, f"By its content it is {error}") from error


def _meta(values: dict[str, Any]) -> tuple[list[str], int | None]:
    """The names of the classes, and how many images each batch has where that is told."""
    names, n_each = values.get("label_names"), values.get("num_cases_per_batch")
    if not (isinstance(names, list) and all(isinstance(name, str | bytes) for name in names)):
        raise _no_batch(META, "It does not name the classes")
    classes = [class_name(name if isinstance(name, str) else name.decode("utf-8", "replace")) for name in names]
    if not len(classes) == len(set(classes)) == N_CLASSES:
        raise _no_batch(META, f"It names {len(set(classes))} classes, not {N_CLASSES}")
    return classes, n_each if type(n_each) is int else None


def _images(values: dict[str, Any], batch: str, n_each: int | None) -> tuple[np.ndarray, list[int]]:
    """(n, 3, 32, 32) uint8 and the n classes."""
    data, labels = values.get("data"), values.get("labels")
    if not (isinstance(data, np.ndarray) and data.ndim == 2 and data.shape[1] == 3 * SIDE_PX**2):
        raise _no_batch(batch, f"It holds no images of {SIDE_PX} x {SIDE_PX} pixels")
    if not (isinstance(labels, list) and len(labels) == len(data)):
        raise _no_batch(batch, "It does not have one label for each image")
    if not all(type(label) is int and 0 <= label < N_CLASSES for label in labels):
        raise _no_batch(batch, "Some of its labels are none of the classes")
    if n_each is not None and len(data) != n_each:
        raise _no_batch(batch, f"It holds {len(data):,} images, where {META} says {n_each:,}")
    return data.reshape(-1, 3, SIDE_PX, SIDE_PX), labels


def _picture(images: np.ndarray, number: int) -> Picture:
    return Picture(np.ascontiguousarray(images[number].transpose(1, 2, 0)))


def _no_batch(name: str, why: str) -> UserError:
    return UserError(f"{name} is not a file of {NAME}.", f"{why}.", _AGAIN)
