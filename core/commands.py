"""What the commands of `python -m core` do: read the arguments' files, call the rooms, write the result."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import UserError
from core.people import person_key
from core.settings import NOTICE, AGCLSettings, ScreeningSettings
from core.terminal import Terminal, check_file, check_folder, say

if TYPE_CHECKING:
    import pandas as pd

    from core.types import Measurement

CLIP_SUFFIXES = (".mp4", ".mov", ".avi", ".webm", ".mkv", ".gif")
SUMMARY = "clips"
"""Name of the CSV with one line a clip."""


def clip_paths(arguments: Sequence[Path]) -> Iterator[Path]:
    """Each clip named, and each clip below a folder that holds clips; a folder of frames is one clip itself."""
    for argument in arguments:
        inside = (
            sorted(p for p in argument.rglob("*") if p.suffix.lower() in CLIP_SUFFIXES) if argument.is_dir() else []
        )
        yield from inside or [argument]


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


def labelled(paths: Sequence[Path]) -> list[tuple[Path, str, str]]:
    """(path, subject, emotion) of each clip, looked at, so that a bad one is told at once and not after an hour."""
    from core.faces.labels import labels_from_path
    from core.faces.video import probe

    for path in paths:
        probe(path)
    return [(path, *labels_from_path(path)) for path in paths]


def tell_faults(path: Path, found: Measurement) -> None:
    from core.faces.video import probe

    n_read, n_claimed = found.quality.frames_read, probe(path).n_frames_claimed
    if n_read < 0.9 * n_claimed:
        say(f"{path.name} is cut short: {n_read} of {n_claimed} frames could be read and were used.")
    if found.quality.reason:
        say(f"{path.name} is {found.quality.verdict}: {found.quality.reason}")


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


def read_text_table(path: Path) -> pd.DataFrame:
    """A CSV with every cell as it is written, so that rows which are only passed on are not changed."""
    import pandas as pd

    try:
        table = pd.read_csv(path, skipinitialspace=True, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        reason = " ".join(str(error).split()).rstrip(".")
        raise UserError(
            f"{path.name} could not be read.", f"{reason}.", "Give a CSV file with a header line."
        ) from None
    if table.empty:
        raise UserError(f"{path.name} has no rows.", "It is only a header.", "Give a table with rows.")
    return table


def chosen_features(columns: Sequence[str], patterns: Sequence[str], label: str) -> list[str]:
    """The columns that match the names or globs in `patterns`; each pattern must match one."""
    for pattern in patterns:
        if not any(fnmatchcase(column, pattern) for column in columns):
            raise UserError(
                f"There is no column {pattern}.",
                f"The table has: {', '.join(columns)}.",
                "Name columns with --features.",
            )
    return [c for c in columns if c != label and any(fnmatchcase(c, pattern) for pattern in patterns)]


def resample(arguments: argparse.Namespace) -> None:
    """Add synthetic rows to a table and say of each where it came from."""
    from core.latent.au_space import augment
    from core.workspace.files import atomic_write

    check_file(arguments.out)
    table = read_text_table(arguments.table)
    features = chosen_features(list(table.columns), arguments.features, arguments.label)
    settings = AGCLSettings(arguments.alpha, arguments.threshold, arguments.k, arguments.rule, arguments.spread)
    augmented = augment(table, arguments.label, features, settings, arguments.seed)
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    atomic_write(arguments.out, augmented.to_csv(index=False, lineterminator="\n").encode())
    say(f"{len(table)} rows in, {len(augmented) - len(table)} synthetic rows added")


def people_in(arguments: Sequence[Path], terminal: Terminal) -> pd.DataFrame:
    """The AU table rows of the people in some tables, or in some clips that can be used."""
    import pandas as pd

    from core.faces.au_tables import read_au_table
    from core.faces.measurement import measure_people

    if all(path.suffix.lower() == ".csv" for path in arguments):
        return pd.concat([read_au_table(path) for path in arguments], ignore_index=True)
    rows = measure_people(labelled(list(clip_paths(arguments))), terminal)
    if not rows:
        raise UserError("None of the clips can be used.", "No expression was measured.", "Film again and try these.")
    return pd.DataFrame(rows)


def screen(arguments: argparse.Namespace) -> None:
    """Screen each person of a table, or the people in some clips, against a cohort."""
    from core.faces.au_tables import read_au_table
    from core.screening.screening import check_cohort, screen_people
    from core.workspace.files import atomic_write

    check_file(arguments.out)
    cohort = read_au_table(arguments.cohort)
    settings = ScreeningSettings(
        arguments.classifier, arguments.method, arguments.features, random_state=arguments.seed
    )
    check_cohort(cohort, settings)
    with Terminal() as terminal:
        people = people_in(arguments.subject, terminal)
        verdicts = [found.to_json() for found in screen_people(people, cohort, settings, terminal)]
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    atomic_write(arguments.out, json.dumps({"notice": NOTICE, "people": verdicts}, indent=2, allow_nan=False).encode())
