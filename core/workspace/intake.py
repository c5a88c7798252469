"""The door: what is uploaded is judged by its content, and what is refused leaves nothing behind."""

from __future__ import annotations

import hashlib
import io
import json
import secrets
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from core.errors import UserError
from core.file_kinds import HEAD_BYTES, STILLS, media_kind, other_kind
from core.files import atomic_path
from core.settings import Limits
from core.workspace import file_journal
from core.workspace.clips import Clip, get_clip
from core.workspace.names import clean_name, speaking_of
from core.workspace.store import Workspace

if TYPE_CHECKING:
    import pandas as pd

    from core.faces.importers import Imported

CLIPS = ("mp4", "mov", "avi", "webm", "mkv", "gif")
_SAME_ENDINGS = {"jpeg": "jpg", "tiff": "tif", "m4v": "mp4", "qt": "mov"}
LIMITS = Limits()


def receive_clip(
    ws: Workspace,
    name: str,
    source: BinaryIO | bytes,
    subject: str = "",
    emotion: str = "",
    limits: Limits = LIMITS,
    simulated: bool = False,
) -> Clip:
    """Take a clip or still in; subject and emotion come from its name (`P01/anger.mp4`, `P01_anger.mp4`) if not given.

    simulated: whether no camera ever saw the person. The same content is stored once: a second upload gives the clip
    that is there. Raises `UserError` for a bad name or content and for what is beyond `limits`; then neither disk nor
    database has changed.
    """
    from core.faces.labels import emotion_of, labels_from_path

    name = clean_name(name)
    stream = io.BytesIO(source) if isinstance(source, bytes) else source
    stream.seek(0)
    ending = _kind(name, stream.read(HEAD_BYTES))
    stream.seek(0)
    told_subject, told_emotion = labels_from_path(Path(name))
    file = ws.clips_dir / f"{secrets.token_hex(8)}.{ending}"
    labels = subject or told_subject, emotion_of(emotion.strip()) or told_emotion
    try:
        with file_journal.adding(ws, file):
            with atomic_path(file) as part:
                sha256, size = _copy(name, stream, part, limits)
                if (known := _known(ws, sha256)) and known.path:
                    raise _AlreadyHere(known)
                info = {**_look(name, part, ending, limits), "container": ending}
            told = (*labels, file.name, size, json.dumps(info), int(simulated))
            return _enter(ws, file, (sha256, name, _note(name, ending), *told))
    except _AlreadyHere as here:
        return here.clip


def receive_table(ws: Workspace, name: str, content: bytes, limits: Limits = LIMITS) -> pd.DataFrame:
    """The AU table in one uploaded CSV: `receive_tables` without what is to be said about it."""
    return receive_tables(ws, [(name, content)], limits=limits).table


def receive_tables(
    ws: Workspace,
    files: Sequence[tuple[str, bytes]],
    participants: tuple[str, bytes] | None = None,
    limits: Limits = LIMITS,
) -> Imported:
    """The AU table in uploaded tables of one format, given as (name, content), checked; nothing is stored.

    participants: a `participants.csv` or `.tsv` that tells group, age and sex. Raises `UserError` for a bad name or
    content.
    """
    from core.faces.importers import read_tables
    from core.faces.importers.participants import fill_in, read_participants

    found = read_tables([(io.BytesIO(content), _table_name(name, content, limits)) for name, content in files])
    if participants is None:
        return found
    name, content = participants
    people = read_participants(io.BytesIO(content), _table_name(name, content, limits))
    table, remarks = fill_in(found.table, people)
    return replace(found, table=table, remarks=(*found.remarks, *remarks))


def _table_name(name: str, content: bytes, limits: Limits) -> str:
    """The clean name of an upload that is text, or a table in Parquet, and not too large."""
    name = clean_name(name)
    if len(content) > limits.max_upload_mb * 1_000_000:
        raise _too_large(name, limits)
    what = other_kind(content[:HEAD_BYTES])
    if what != "a text" and content[:4] != b"PAR1":
        raise UserError(
            f"{name} is not a CSV table.",
            f"By its content it is {what or 'not a text'}.",
            "Export the table as CSV (in Excel: Save as, CSV UTF-8).",
        )
    return name


class _AlreadyHere(Exception):
    def __init__(self, clip: Clip) -> None:
        super().__init__(clip.id)
        self.clip = clip


def _enter(ws: Workspace, file: Path, row: tuple[str | int, ...]) -> Clip:
    """Enter a stored file; where its content has a row already whose video was deleted, the row gets it back."""
    with ws.transaction() as t:
        taken = t.execute(
            "INSERT INTO clips (id, added, sha256, name, note, subject, emotion, file, bytes, info, simulated) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (sha256) DO UPDATE SET file = excluded.file WHERE file = ''",
            (file.stem, time.time(), *row),
        ).rowcount
        if taken:
            file_journal.entered(t, ws, file)
    clip = _known(ws, str(row[0]))
    assert clip is not None
    if not taken:  # another tab took the same file in at the same moment
        raise _AlreadyHere(clip)
    return clip


def _known(ws: Workspace, sha256: str) -> Clip | None:
    """The clip with this content; one that had been removed comes back."""
    rows = ws.read("SELECT id, removed, file FROM clips WHERE sha256 = ?", (sha256,))
    if not rows:
        return None
    if rows[0]["removed"] is not None:
        with ws.transaction() as t:
            t.execute("UPDATE clips SET removed = NULL WHERE id = ?", (rows[0]["id"],))
    return get_clip(ws, rows[0]["id"])


def _copy(name: str, stream: BinaryIO, part: Path, limits: Limits) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with part.open("wb") as file:
        while piece := stream.read(1 << 20):
            size += len(piece)
            if size > limits.max_upload_mb * 1_000_000:
                raise _too_large(name, limits)
            digest.update(piece)
            file.write(piece)
    return digest.hexdigest(), size


def _too_large(name: str, limits: Limits) -> UserError:
    return UserError(
        f"{name} is too large.",
        f"Files of up to {limits.max_upload_mb} MB are taken.",
        "Cut it to the expression itself, or export it at a smaller size.",
    )


def _look(name: str, part: Path, ending: str, limits: Limits) -> dict[str, Any]:
    """Size, rate and length, after its first frame (of a still: the whole image) was really decoded."""
    from core.faces.video import probe

    with speaking_of(name, part):
        info = probe(part, limits)
    if ending in STILLS:
        _load_still(name, part, ending)
    return asdict(info)


def _load_still(name: str, part: Path, ending: str) -> None:
    from PIL import Image

    try:
        with Image.open(part, formats=(STILLS[ending],)) as image:
            image.load()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise UserError(
            f"{name} is a damaged image.",
            "It cannot be decoded to its end; it may have been cut short.",
            "Export or copy the image again.",
        ) from error


def _kind(name: str, head: bytes) -> str:
    """The ending that fits the content; raises `UserError` when that is no clip or still."""
    if ending := media_kind(head):
        return ending
    if not head:
        raise UserError(f"{name} is empty.", "It holds no bytes at all.", "Export or copy the file again.")
    what = other_kind(head) or "of an unknown kind"
    raise UserError(
        f"{name} is neither a video nor an image.",
        f"By its content it is {what}, whatever its name says.",
        f"Give a video ({', '.join(CLIPS)}) or an image (jpg, png)."
        + (" Unpack it first." if "archive" in what else ""),
    )


def _note(name: str, ending: str) -> str:
    named = Path(name).suffix[1:].lower()
    if not named or _SAME_ENDINGS.get(named, named) == ending:
        return ""
    return f"Named .{named}, but by its content it is {ending}; it was read as that."
