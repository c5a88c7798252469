"""Kept models on disk: one folder each, whole or not there; in the workspace under the hash of its card."""

from __future__ import annotations

import json
import re
import secrets
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import UserError
from core.files import PART, atomic_folder, told, written
from core.workspace.store import Workspace

if TYPE_CHECKING:
    from core.screening.bundle import Bundle

TRAINED, IMPORTED = "trained here", "imported"
_NOTE = "kept.json"
_MAX_NAME = 80


@dataclass(frozen=True)
class KeptModel:
    """A model of the workspace. id: hash of its card. source: `TRAINED` or `IMPORTED`. added: seconds since 1970."""

    id: str
    name: str
    source: str
    added: float
    card: dict[str, Any]


def save(bundle: Bundle, folder: Path, more: Mapping[str, bytes] | None = None) -> None:
    """Write the bundle as a new folder, whole or not at all. more: further files in it.

    Raises `UserError` where something is there already, or on a full disk.
    """
    from core.screening import card

    with atomic_folder(folder) as part:
        for name, content in {**bundle.files, **(more or {}), card.CARD: card.written(bundle.card)}.items():
            written(part / name, content)


def load(folder: Path) -> Bundle:
    """The bundle in a folder; raises what `core.screening.bundle.read` raises, and `UserError` where there is none."""
    from core.screening import card
    from core.screening.bundle import MAX_MODELS_BYTES, read

    content = _content(folder / card.CARD, card.MAX_CARD_BYTES)
    if content is None:
        raise UserError(f"{folder.name} holds no kept model.", f"There is no {card.CARD} in it.",
                        "Give the folder that `train` wrote, or a file that the page Models exported.")  # fmt: skip
    found = {path.name: _content(path, MAX_MODELS_BYTES) for path in sorted(folder.glob("*.skops"))}
    return read(content, {name: content for name, content in found.items() if content is not None})


def open_any(path: Path) -> Bundle:
    """The bundle in a folder or in one file."""
    from core.screening.bundle import MAX_FILE_BYTES, from_file

    if path.is_dir():
        return load(path)
    content = _content(path, MAX_FILE_BYTES)
    if content is None:
        raise UserError(f"{path.name} is not there.", "Neither a folder nor a file has that name.", "Check the path.")
    return from_file(content)


def keep(ws: Workspace, bundle: Bundle, name: str, source: str) -> KeptModel:
    """Store a bundle in the workspace; the same one twice is stored once, under its first name."""
    # An upload may be named by anybody: no path, and no sign that turns the reading direction.
    shown = "".join(c if c.isprintable() else " " for c in name.replace("\\", "/").rsplit("/", 1)[-1])
    note = {"name": " ".join(shown.split())[:_MAX_NAME] or "Model", "source": source, "added": time.time()}
    folder = ws.models_dir / bundle.identity
    if not folder.exists():
        try:
            save(bundle, folder, {_NOTE: json.dumps(note).encode()})
        except (OSError, UserError):
            if not folder.exists():  # else another process has stored the same a moment ago
                raise
    return get(ws, bundle.identity)


def list_kept(ws: Workspace) -> list[KeptModel]:
    """All models of the workspace, newest first. One whose card was damaged on disk is left out."""
    found = []
    for folder in ws.models_dir.iterdir():
        if re.fullmatch("[0-9a-f]{64}", folder.name):
            try:
                found.append(get(ws, folder.name))
            except UserError:
                continue
    return sorted(found, key=lambda model: (-model.added, model.id))


def get(ws: Workspace, model_id: str) -> KeptModel:
    """One model by its card alone; raises `UserError` where there is none, or its card is not as it was kept."""
    from core.screening import card

    folder = _folder(ws, model_id)
    content = _content(folder / card.CARD, card.MAX_CARD_BYTES)
    if content is None:
        raise UserError("This model is not here any more.", "It was deleted.", "Choose another one on the page Models.")
    found = card.read(content)
    if card.identity_of(found) != model_id:
        raise UserError("The card of this model is damaged.", "It was changed outside the program.",
                        "Delete the model and train or import it again.")  # fmt: skip
    try:
        note = json.loads((folder / _NOTE).read_bytes())
    except (OSError, ValueError):
        note = {"name": "Model", "source": IMPORTED, "added": 0.0}
    return KeptModel(model_id, str(note["name"]), str(note["source"]), float(note["added"]), found)


def open_kept(ws: Workspace, model_id: str) -> Bundle:
    """The whole bundle of a model of the workspace."""
    get(ws, model_id)
    return load(_folder(ws, model_id))


def remove(ws: Workspace, model_id: str) -> None:
    """Delete a model for good; what a killed process leaves of it is swept when the workspace is opened later."""
    folder = _folder(ws, model_id)
    gone = folder.with_name(f".{model_id}.{secrets.token_hex(4)}{PART}")
    with told():
        if folder.exists():
            folder.replace(gone)
        shutil.rmtree(gone, ignore_errors=True)


def _folder(ws: Workspace, model_id: str) -> Path:
    if not re.fullmatch("[0-9a-f]{64}", model_id):
        raise UserError("There is no such model.", "That is not the name of one.", "Choose one on the page Models.")
    return ws.models_dir / model_id


def _content(path: Path, limit: int) -> bytes | None:
    """The content of a file; None where there is none."""
    if not path.is_file():
        return None
    if path.stat().st_size > limit:
        raise UserError(f"{path.name} is too large.", f"It can have at most {limit >> 20} MB.",
                        "Export the model again where it was trained.")  # fmt: skip
    return path.read_bytes()
