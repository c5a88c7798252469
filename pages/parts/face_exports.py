"""What can be taken away of one clip: its curves, its dynamics, and the frame in view."""

from __future__ import annotations

import io
import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import numpy as np

from core.faces import au_tables
from core.settings import NOTICE
from core.types import ACTION_UNITS
from pages.parts import charts, face_clip
from pages.parts.shell import Download

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PIL.Image import Image

    from core.faces.exporters import Export
    from pages.parts.face_clip import Face


def of(face: Face) -> list[Download]:
    """Curves as tables and dynamics as JSON, for the header of the page."""
    stem = _stem(face)
    return [
        Download("Curves as CSV (OpenFace's columns)", f"{stem}.csv", "text/csv", lambda: _csv(face)),
        Download("Curves as Parquet", f"{stem}.parquet", "application/vnd.apache.parquet",
                 lambda: _frames(face).parquet),
        Download("What the Parquet holds, as JSON", f"{stem}.json", "application/json", lambda: _frames(face).json),
        Download("Dynamics and quality as JSON", f"{stem}_dynamics.json", "application/json", lambda: _json(face)),
    ]  # fmt: skip


def pictures(face: Face, frame: int, image: Image | None, units: Sequence[str]) -> list[Download]:
    """The frame in view as it is shown, and the curves that are drawn."""
    stem, found = _stem(face), face.measurement
    title = f"{face_clip.name_of(face.clip)} · {found.backend}"
    curves = [
        Download(f"Curves as {kind.upper()}", f"{stem}_curves.{kind}", mime,
                 lambda kind=kind: charts.au_curves_file(found, units, title, kind))
        for kind, mime in (("png", "image/png"), ("svg", "image/svg+xml"))
    ]  # fmt: skip
    if image is None:
        return curves
    return [Download("Frame as PNG", f"{stem}_{frame + 1}.png", "image/png", lambda: _png(image)), *curves]


def _stem(face: Face) -> str:
    return face.clip.name.rpartition(".")[0] or face.clip.name


def _png(image: Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def _frames(face: Face) -> Export:
    from core.faces.exporters import export_frames

    return export_frames(face.measurement, [(face.clip.name, face.clip.sha256)])


def _csv(face: Face) -> str:
    return au_tables.frame_table(face.measurement).to_csv(index=False)


def _json(face: Face) -> str:
    found, clip = face.measurement, face.clip
    dynamics = asdict(found.dynamics) if found.dynamics else {}
    for name in ("au_mean", "au_variance", "au_entropy"):
        if name in dynamics:
            dynamics[name] = dict(zip(ACTION_UNITS, dynamics[name].tolist(), strict=True))
    for name in ("onset_frame", "offset_frame"):
        dynamics[name] = _from_one(dynamics.get(name))
    content = {
        "notice": NOTICE,
        "clip": clip.name,
        "sha256": clip.sha256,
        "subject": clip.subject,
        "emotion": found.emotion,
        "simulated": clip.simulated,
        "backend": found.backend,
        "versions": found.versions,
        "neutral_frames": [frame + 1 for frame in found.neutral] if found.neutral else None,
        "peak_frame": _from_one(found.peak_frame),
        "peak_s": float(face.seconds[found.peak_frame]) if found.peak_frame is not None else None,
        "corrected_by_hand": found.corrected,
        "dynamics": dynamics,
        "quality": asdict(found.quality),
    }
    return json.dumps(_plain(content), indent=2, allow_nan=False)


def _from_one(frame: int | None) -> int | None:
    """The number of a frame as in the tables, which count from 1."""
    return None if frame is None else frame + 1


def _plain(value: object) -> object:
    """Without numpy, and with null for what is not defined: JSON has no NaN."""
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not np.isfinite(value) else value
