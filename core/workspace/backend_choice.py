"""Which mesh this workspace measures with, and which clips another one measured."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from core.faces import backends
from core.workspace.clips import Clip
from core.workspace.store import Workspace

_KEY = "backend"


def chosen(ws: Workspace) -> str:
    """Name of the backend that was chosen, the default where none was. It may have gone since: `backends.why_not`."""
    name = ws.preference(_KEY, backends.FACE_MESH)
    return name if name in backends.BACKENDS else backends.FACE_MESH


def choose(ws: Workspace, name: str) -> None:
    """Measure with `name` from now on; raises `UserError` where it cannot be opened here."""
    if problem := backends.why_not(name):
        raise problem
    ws.remember(_KEY, name)


def extraction_settings(ws: Workspace, clip_ids: Iterable[str]) -> dict[str, Any]:
    """Settings of a job that measures these clips as chosen: with them, what it does is settled."""
    return {"clip_ids": sorted(clip_ids), "backend": chosen(ws)}


def measured_otherwise(ws: Workspace, films: Sequence[Clip]) -> list[Clip]:
    """Those of `films` that were measured with another backend than the chosen one and have their video still."""
    name = chosen(ws)
    return [clip for clip in films if clip.measured and clip.path and clip.backend not in ("", name)]
