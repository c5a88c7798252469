"""`extract`: clips to action units."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from core.commands.clip_arguments import clip_paths, labelled
from core.people import person_key
from core.terminal import Terminal, check_folder, say

if TYPE_CHECKING:
    from core.types import Measurement

SUMMARY = "clips"
"""Name of the CSV with one line a clip."""


def extract(arguments: argparse.Namespace) -> None:
    """Measure clips: one OpenFace-compatible CSV a clip and `clips.csv` for all."""
    import pandas as pd

    from core.faces import au_tables
    from core.faces.measurement import measure_clip, measure_rests
    from core.workspace.files import atomic_path

    out: Path = arguments.out
    check_folder(out)
    clips = labelled(list(clip_paths(arguments.clips)))
    rows: list[dict[str, object]] = []
    with Terminal() as terminal:
        neutrals = measure_rests(clips, terminal)
        for (path, subject, emotion), name in zip(clips, csv_names([path for path, _, _ in clips]), strict=True):
            terminal.prefix = f"clip {len(rows) + 1} of {len(clips)}, {path.name}: "
            rest = None if emotion == "neutral" else neutrals.get(person_key(subject))
            found = measure_clip(path, emotion, rest, terminal)
            out.mkdir(parents=True, exist_ok=True)
            with atomic_path(out / f"{name}.csv") as file:
                au_tables.write_openface_csv(found, file)
            rows.append(au_tables.clips_csv_row(path, subject, found))
            tell_faults(path, found)
    table = pd.DataFrame(rows)
    frames = ["neutral_first", "neutral_last", "peak_frame"]
    table[frames] = table[frames].astype("Int64")
    with atomic_path(out / f"{SUMMARY}.csv") as file:
        table.to_csv(file, index=False)


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


def tell_faults(path: Path, found: Measurement) -> None:
    from core.faces.video import probe

    n_read, n_claimed = found.quality.frames_read, probe(path).n_frames_claimed
    if n_read < 0.9 * n_claimed:
        say(f"{path.name} is cut short: {n_read} of {n_claimed} frames could be read and were used.")
    if found.quality.reason:
        say(f"{path.name} is {found.quality.verdict}: {found.quality.reason}")
