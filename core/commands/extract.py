"""`extract`: clips to action units."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.commands.clip_arguments import clip_paths, content_hash, labelled
from core.errors import UserError
from core.people import person_key
from core.terminal import Terminal, check_folder, say

if TYPE_CHECKING:
    from core.faces.batch import Outcome, Turn
    from core.types import Measurement

SUMMARY = "clips"
"""Name of the CSV with one line a clip."""


def extract(arguments: argparse.Namespace) -> None:
    """Measure clips: one OpenFace-compatible CSV a clip and `clips.csv` for all. Goes on where it was stopped."""
    from core.faces import backends
    from core.faces.batch import measure_all
    from core.parallel import Tally, open_pool
    from core.workspace.provenance import measuring_with, versions

    if problem := backends.why_not(arguments.backend):
        raise problem
    check_folder(arguments.out)
    clips = clips_of(arguments.clips)
    results = Results(arguments.out, clips, {"versions": versions(), "backend": arguments.backend})
    left = [clip for clip in in_order(clips) if clip.name not in results.rows]
    if results.rows:
        say(f"{len(results.rows)} of {len(clips)} clips are measured already, and are not measured again.")
    total, todo = sum(clip.frames for clip in clips), sum(clip.frames for clip in left)
    turns = {clip.name: turn_of(clip, f"clip {n} of {len(left)}") for n, clip in enumerate(left, 1)}
    with Terminal() as terminal, open_pool(arguments.workers, partial(measuring_with, arguments.backend)) as pool:
        tally = Tally(terminal, total - todo, total)
        for outcome in measure_all(turns, turns.get, pool, tally, arguments.backend):
            results.keep(outcome)
            turn = turns[outcome.key]
            tally.add(turn.frames, f"Measured {turn.name}")
    results.write_summary()


@dataclass(frozen=True)
class Clip:
    """A clip that was given. name: of its table, without ending. frames: that it claims to have, at least 1.

    content: its hash. neutral: the clip that shows its person at rest; None for that itself and where there is none.
    """

    name: str
    path: Path
    subject: str
    emotion: str
    frames: int
    content: str
    neutral: Clip | None = None


def clips_of(arguments: Sequence[Path]) -> list[Clip]:
    """The clips below the arguments, each looked at, so that a bad one is told before any work."""
    from core.faces.video import probe

    given = labelled(list(clip_paths(arguments)))
    found = [
        Clip(name, path, subject, emotion, max(probe(path).n_frames_claimed, 1), content_hash(path))
        for (path, subject, emotion), name in zip(given, csv_names([path for path, _, _ in given]), strict=True)
    ]
    neutrals = {person_key(clip.subject): clip for clip in found if clip.subject and clip.emotion == "neutral"}
    return [
        clip if clip.emotion == "neutral" else replace(clip, neutral=neutrals.get(person_key(clip.subject)))
        for clip in found
    ]


def in_order(clips: Sequence[Clip]) -> list[Clip]:
    """Person after person as they were given, of each the neutral clip first, because the others wait for it."""
    first: dict[str, int] = {}
    for place, clip in enumerate(clips):
        first.setdefault(person_key(clip.subject), place)
    return sorted(clips, key=lambda clip: (first[person_key(clip.subject)], clip.emotion != "neutral"))


def turn_of(clip: Clip, place: str) -> Turn:
    from core.faces.batch import Turn

    rest = (clip.neutral.name, clip.neutral.path) if clip.neutral else None
    return Turn(clip.name, f"{place}, {clip.path.name}", clip.path, clip.emotion, clip.frames, rest)


class Results:
    """The folder of the tables, which knows what each was made from. rows: of `clips.csv`, by the name of the table.

    made_from: what every table depends on. A table that is whole, and was made from the same content by the same
    programs, is taken over from an earlier time.
    """

    def __init__(self, folder: Path, clips: Sequence[Clip], made_from: dict[str, Any]) -> None:
        from core.workspace.checkpoint import Checkpoint

        self._folder = folder
        self._clips = {clip.name: clip for clip in clips}
        self._checkpoint = Checkpoint(folder, made_from)
        self.rows: dict[str, dict[str, Any]] = {}
        for clip in clips:
            kept = self._checkpoint.finished.get(clip.name, {})
            table = self._table(clip)
            if kept.get("made_from") == self._source(clip) and table.is_file() and kept["table"] == content_hash(table):
                self.rows[clip.name] = {**kept["row"], "file": str(clip.path), "subject": clip.subject}

    def keep(self, outcome: Outcome) -> None:
        """Write the table of a clip and note what it was made from; one that cannot be measured has only a row."""
        from core.faces.au_tables import clips_csv_row, write_openface_csv
        from core.files import atomic_path

        clip, found = self._clips[outcome.key], outcome.found
        if clip.neutral and not outcome.rest:
            say(f"{clip.neutral.path.name} cannot serve as neutral. No face was found in it. "
                f"The first frames of {clip.path.name} serve instead.")  # fmt: skip
        if found is None or isinstance(found, UserError):
            reason = f"{found.what} {found.why}" if found else ""
            say(f"{clip.path.name} could not be measured: {reason}")
            self.rows[clip.name] = unmeasured_row(clip, reason)
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        table = self._table(clip)
        with atomic_path(table) as file:
            write_openface_csv(found, file)
        row = clips_csv_row(clip.path, clip.subject, found)
        kept = {"made_from": self._source(clip), "table": content_hash(table), "row": row}
        self._checkpoint.add(clip.name, kept)
        self.rows[clip.name] = row
        tell_faults(clip, found)

    def write_summary(self) -> None:
        """`clips.csv`, one line a clip, in the order in which they were given."""
        import pandas as pd

        from core.files import atomic_path

        table = pd.DataFrame([self.rows[name] for name in self._clips])
        frames = ["neutral_first", "neutral_last", "peak_frame"]
        table[frames] = table[frames].astype("Int64")
        self._folder.mkdir(parents=True, exist_ok=True)
        with atomic_path(self._folder / f"{SUMMARY}.csv") as file:
            table.to_csv(file, index=False)

    def _table(self, clip: Clip) -> Path:
        return self._folder / f"{clip.name}.csv"

    def _source(self, clip: Clip) -> dict[str, Any]:
        neutral = clip.neutral.content if clip.neutral else None
        return {"clip": clip.content, "emotion": clip.emotion, "neutral": neutral}


def unmeasured_row(clip: Clip, reason: str) -> dict[str, Any]:
    """The line of `clips.csv` of a clip of which nothing could be measured."""
    return {
        "file": str(clip.path),
        "subject": clip.subject,
        "emotion": clip.emotion,
        "n_frames": 0,
        "face_found": 0.0,
        "neutral_first": None,
        "neutral_last": None,
        "peak_frame": None,
        "usable": False,
        "reason": reason,
    }


def csv_names(paths: Sequence[Path]) -> list[str]:
    """A file name for each clip: its own, with its folder's before it where two clips or `clips.csv` would share it."""
    stems = [path.stem for path in paths]
    taken = {SUMMARY}
    names = []
    for path in paths:
        own = path.stem if stems.count(path.stem) == 1 and path.stem != SUMMARY else f"{path.parent.name}_{path.stem}"
        name, number = own, 1
        while name in taken:
            number += 1
            name = f"{own}_{number}"
        taken.add(name)
        names.append(name)
    return names


def tell_faults(clip: Clip, found: Measurement) -> None:
    n_read = found.quality.frames_read
    if n_read < 0.9 * clip.frames:
        say(f"{clip.path.name} is cut short: {n_read} of {clip.frames} frames could be read and were used.")
    if found.quality.reason:
        say(f"{clip.path.name} is {found.quality.verdict}: {found.quality.reason}")
