"""An image set as a folder that any program reads: PNG files, one subfolder a class, and a manifest."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.files import atomic_folder, written
from core.workspace.files import sha256_of

if TYPE_CHECKING:
    import numpy as np

    from core.images.dataset import ImageSet

MANIFEST = "manifest.json"

_SAFE = re.compile(r"\w[\w ()+-]{0,59}(?<! )", re.ASCII)
_RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10))}


def write_png_folder(image_set: ImageSet, folder: Path, manifest: Mapping[str, Any]) -> None:
    """Write a set as the new folder `folder`, whole or not at all; `core.images.folder.read_folder` reads it back.

    manifest: what the images were made with (seeds, settings, hashes of the inputs), as JSON; it is written with the
    `name`, the `classes` and, by file, the class, the person and the SHA-256 of each of the `images`. A class whose
    name could mean something to a file system gets a folder with its number instead. Raises `UserError` where something
    is at `folder` already, or on a full disk.
    """
    files = _contents(image_set, manifest)
    with atomic_folder(folder) as part:
        for name in folder_names(image_set.classes):
            (part / name).mkdir(mode=0o700)
        for file, content in files.items():
            written(part / file, content)


def png_zip(image_set: ImageSet, manifest: Mapping[str, Any]) -> bytes:
    """The files of `write_png_folder` as a zip, to be downloaded; the same input gives the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for file, content in _contents(image_set, manifest).items():
            archive.writestr(zipfile.ZipInfo(file), content)
    return buffer.getvalue()


def _contents(image_set: ImageSet, manifest: Mapping[str, Any]) -> dict[str, bytes]:
    """Every file by its place in the folder, the manifest last."""
    folders = folder_names(image_set.classes)
    files: dict[str, bytes] = {}
    listed = []
    each = zip(image_set.images, image_set.labels, image_set.people, strict=True)
    for number, (image, label, person) in enumerate(each, start=1):
        file, content = f"{folders[label]}/{number:05d}.png", _png(image)
        files[file] = content
        about = {"class": image_set.classes[label], "person": str(person), "sha256": sha256_of(content)}
        listed.append({"file": file, **about})
    classes = [{"name": name, "folder": place} for name, place in zip(image_set.classes, folders, strict=True)]
    told = {**manifest, "name": image_set.name, "classes": classes, "images": listed}
    return {**files, MANIFEST: json.dumps(told, indent=1, allow_nan=False).encode()}


def folder_names(classes: tuple[str, ...]) -> list[str]:
    """A folder name for each class: its own where every system takes it as it is, else `class_` and its number."""
    names: list[str] = []
    spelt = [name.lower() for name in classes]  # some systems take names that differ in case alone for the same
    for number, name in enumerate(classes):
        if not _SAFE.fullmatch(name) or spelt[number] in {*_RESERVED, *spelt[:number]}:
            name = f"class_{number:02d}"
            while name in spelt:
                name += "_"
        names.append(name)
    return names


def _png(image: np.ndarray) -> bytes:
    """(h, w, 1 or 3) uint8 as the content of a PNG file."""
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(image[..., 0] if image.shape[2] == 1 else image).save(buffer, "PNG")
    return buffer.getvalue()
