"""Image sets that are kept: pixels in one file, what they are in the database; the same content is kept once."""

from __future__ import annotations

import hashlib
import json
import secrets
import sqlite3
import time
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.errors import UserError
from core.files import atomic_path
from core.workspace import file_journal
from core.workspace.store import Workspace

if TYPE_CHECKING:
    from core.images.dataset import ImageSet

_ARRAYS = ("images", "labels", "people", "hashes")


@dataclass(frozen=True)
class KeptImageSet:
    """An image set of the workspace. id: hash of its content. source: where it came from, in words.

    n_per_class: images by class. height_px, width_px, channels: of every image. n_people: known ones. simulated:
    whether any image shows somebody whom no camera ever saw. remarks: what there was to say when it was taken in.
    added: seconds since 1970.
    """

    id: str
    name: str
    source: str
    simulated: bool
    n_per_class: Mapping[str, int]
    height_px: int
    width_px: int
    channels: int
    n_people: int
    remarks: tuple[str, ...]
    added: float

    @property
    def n_images(self) -> int:
        return sum(self.n_per_class.values())


def keep(
    ws: Workspace,
    image_set: ImageSet,
    source: str,
    remarks: Sequence[str] = (),
    simulated: bool = False,
    clip_ids: Sequence[str] = (),
) -> KeptImageSet:
    """Store a set; the same content a second time gives the one that is there, under its first name.

    clip_ids: the clips its images were cut from; the set goes when the video of one of them goes. Raises `UserError`
    where that happened meanwhile, and on a full disk; then neither disk nor database has changed.
    """
    import numpy as np

    from core.people import person_key

    set_id = content_id(image_set)
    if ws.read("SELECT 1 FROM image_sets WHERE id = ?", (set_id,)):
        return get(ws, set_id)
    height, width, channels = image_set.images.shape[1:]
    description = {
        "n_per_class": image_set.n_per_class,
        "height_px": height,
        "width_px": width,
        "channels": channels,
        "n_people": len({person_key(person) for person in image_set.people.tolist() if person}),
        "remarks": list(remarks),
    }
    file = ws.image_sets_dir / f"{secrets.token_hex(8)}.npz"
    told = (image_set.name, source, int(simulated), file.name, json.dumps(description), json.dumps(list(clip_ids)))
    with file_journal.adding(ws, file):
        with atomic_path(file) as part:
            np.savez_compressed(part, **{name: getattr(image_set, name) for name in _ARRAYS})
        with ws.transaction() as t:
            _check_videos(t, clip_ids)
            new = t.execute(
                "INSERT INTO image_sets (id, name, source, simulated, file, description, clips, added) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
                (set_id, *told, time.time()),
            ).rowcount
            if new:
                file_journal.entered(t, ws, file)
            else:  # another tab kept the same at the same moment
                file_journal.to_delete(t, ws, [file])
    file_journal.clear(ws)
    return get(ws, set_id)


def list_image_sets(ws: Workspace) -> list[KeptImageSet]:
    """All image sets, the newest first."""
    return [_kept(row) for row in ws.read("SELECT * FROM image_sets ORDER BY added DESC, id")]


def get(ws: Workspace, set_id: str) -> KeptImageSet:
    """One image set without its images; raises `UserError` where there is none."""
    return _kept(_row(ws, set_id))


def read(ws: Workspace, set_id: str) -> ImageSet:
    """The images of a set; raises `UserError` where there is none, and where its file is not as it was kept."""
    import numpy as np

    from core.images.dataset import ImageSet

    row = _row(ws, set_id)
    classes = tuple(json.loads(row["description"])["n_per_class"])
    try:
        with np.load(ws.image_sets_dir / row["file"], allow_pickle=False) as arrays:
            found = ImageSet(name=row["name"], classes=classes, **{name: arrays[name] for name in _ARRAYS})
        whole = content_id(found) == set_id
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile, zlib.error):
        whole = False
    if not whole:
        raise UserError(
            f"The images of {row['name']} are missing or damaged.",
            "Their file was changed or removed outside the program.",
            "Delete the image set and bring the images in again.",
        )
    return found


def delete(ws: Workspace, set_id: str) -> None:
    """Delete an image set for good, and every generator, search and study that was made of it."""
    with ws.transaction() as t:
        _gone(t, ws, t.execute("DELETE FROM image_sets WHERE id = ? RETURNING id, file", (set_id,)).fetchall())
    file_journal.clear(ws)


def delete_made_from(t: sqlite3.Connection, ws: Workspace, clip_ids: Sequence[str]) -> None:
    """In the transaction `t`, delete every set with images that were cut from one of these clips, as `delete` does."""
    rows = t.execute(
        "DELETE FROM image_sets WHERE EXISTS (SELECT 1 FROM json_each(image_sets.clips) c "
        "JOIN json_each(?) gone ON gone.value = c.value) RETURNING id, file",
        (json.dumps(list(clip_ids)),),
    ).fetchall()
    _gone(t, ws, rows)


def _gone(t: sqlite3.Connection, ws: Workspace, rows: Sequence[sqlite3.Row]) -> None:
    """What else goes with sets whose entries are gone: their files, and the runs whose networks may know an image by
    heart. A run that is still going on finds itself gone and stops."""
    file_journal.to_delete(t, ws, [ws.image_sets_dir / row["file"] for row in rows])
    runs = t.execute(
        "DELETE FROM jobs WHERE json_extract(settings, '$.images') IN (SELECT value FROM json_each(?)) RETURNING id",
        (json.dumps([row["id"] for row in rows]),),
    ).fetchall()
    t.executemany("DELETE FROM job_log WHERE job_id = ?", [(run["id"],) for run in runs])
    file_journal.to_delete(t, ws, [ws.runs_dir / run["id"] for run in runs])


def content_id(image_set: ImageSet) -> str:
    """SHA-256 of everything in a set but its name."""
    import numpy as np

    told = [list(image_set.images.shape), list(image_set.classes)]
    told += [getattr(image_set, name).tolist() for name in ("labels", "people", "hashes")]
    digest = hashlib.sha256(json.dumps(told).encode())
    digest.update(np.ascontiguousarray(image_set.images).data)
    return digest.hexdigest()


def _check_videos(t: sqlite3.Connection, clip_ids: Sequence[str]) -> None:
    """Raise `UserError` where the video of a clip went while faces were cut from it: they would outlive it."""
    here = t.execute(
        "SELECT count(*) FROM clips WHERE file <> '' AND id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(clip_ids)),),
    ).fetchone()[0]
    if here < len(clip_ids):
        raise UserError(
            "A video was deleted while faces were cut from it.",
            "Its faces must not be kept.",
            "Make the image set again from the clips that are left.",
        )


def _row(ws: Workspace, set_id: str) -> sqlite3.Row:
    rows = ws.read("SELECT * FROM image_sets WHERE id = ?", (set_id,))
    if not rows:
        raise UserError("This image set is not here any more.", "It was deleted.", "Choose another one.")
    return rows[0]


def _kept(row: sqlite3.Row) -> KeptImageSet:
    description = json.loads(row["description"])
    remarks = tuple(description.pop("remarks"))
    told = {name: row[name] for name in ("id", "name", "source", "added")}
    return KeptImageSet(simulated=bool(row["simulated"]), remarks=remarks, **told, **description)
