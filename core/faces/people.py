"""The clips of many people: each person's face at rest, and the rows that their clips give to an AU table."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from core.errors import UserError
from core.faces.au_tables import peak_row
from core.faces.backends import FACE_MESH
from core.faces.expression import Neutral
from core.faces.measurement import measure_clip, measure_neutral
from core.people import check_spellings, person_key
from core.settings import Limits
from core.types import TABLE_KEYS, Progress, Quiet

_LIMITS, _QUIET = Limits(), Quiet()


def measure_rests(
    clips: Sequence[tuple[Path | str, str, str]],
    progress: Progress = _QUIET,
    limits: Limits = _LIMITS,
    backend: str = FACE_MESH,
) -> dict[str, Neutral]:
    """`person_key` -> face at rest of each person with a clip of the emotion `neutral` among (path, subject, emotion).

    Who shows no face in it has none, and `progress` hears that the first frames of their clips serve instead.
    """
    found = {}
    for path, person, emotion in clips:
        if person and emotion == "neutral":
            try:
                found[person_key(person)] = measure_neutral(path, progress, limits, backend)
            except UserError as error:
                instead = f"The first frames of each clip of {person} serve instead."
                progress.report(0, len(clips), f"{error.what} {error.why} {instead}")
    return found


def measure_people(
    clips: Sequence[tuple[Path | str, str, str]],
    progress: Progress = _QUIET,
    limits: Limits = _LIMITS,
    backend: str = FACE_MESH,
) -> list[dict[str, Any]]:
    """Rows of an AU table from (path, subject, emotion) of each clip, the usable ones; `progress` hears of the others.

    A person's clip of the emotion `neutral` is their rest reference (`measure_rests`) and gives no row itself. Raises
    `UserError` before any is measured where two codes differ only in case, and like `measure_clip`.
    """
    check_spellings((person for _, person, _ in clips), "The clips")
    rest = measure_rests(clips, progress, limits, backend)
    rows = []
    for number, (path, person, emotion) in enumerate(clips):
        if emotion == "neutral":
            continue
        progress.report(number, len(clips), f"Measuring {Path(path).name}")
        measured = measure_clip(path, emotion, rest.get(person_key(person)), progress, limits, backend)
        if measured.peak_frame is None:
            progress.report(number + 1, len(clips), f"{Path(path).name} is not usable: {measured.quality.reason}")
            continue
        keys = (person, emotion, "", backend, False)
        rows.append(dict(zip(TABLE_KEYS, keys, strict=True)) | peak_row(measured))
    return rows
