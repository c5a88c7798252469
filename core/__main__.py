"""The functions of the pages without a page: `python -m core extract | resample | screen`."""

from __future__ import annotations

import argparse
import io
import json
import sys
import time
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from core.errors import UserError
from core.settings import CLASSIFIERS, FEATURE_SETS, METHODS, RULES, SPREADS, AGCLSettings, ScreeningSettings

if TYPE_CHECKING:
    import pandas as pd

    from core.types import Measurement, Progress

CLIP_SUFFIXES = (".mp4", ".mov", ".avi", ".webm", ".mkv", ".gif")


class Terminal:
    """A `Progress` that tells on stderr, at most twice a second, where the work stands."""

    def __init__(self) -> None:
        self._last = 0.0

    def report(self, done: float, total: float, message: str = "") -> None:
        now = time.monotonic()
        if now - self._last >= 0.5 or done >= total:
            self._last = now
            print(f"{100 * done / max(total, 1):3.0f} %  {message}", file=sys.stderr, flush=True)

    def cancelled(self) -> bool:
        return False


class OneLineParser(argparse.ArgumentParser):
    """Refuses wrong arguments in one line and with status 2, like every other bad input."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\n")


def clip_paths(arguments: Sequence[Path]) -> Iterator[Path]:
    """Each clip named, and each clip below a folder that holds clips; a folder of frames is one clip itself."""
    for argument in arguments:
        inside = (
            sorted(p for p in argument.rglob("*") if p.suffix.lower() in CLIP_SUFFIXES) if argument.is_dir() else []
        )
        yield from inside or [argument]


def csv_names(paths: Sequence[Path]) -> list[str]:
    """A file name for each clip: its own, with its folder's name before it where two clips would share one."""
    stems = [path.stem for path in paths]
    names = [s if stems.count(s) == 1 else f"{p.parent.name}_{s}" for p, s in zip(paths, stems, strict=True)]
    return [n if names.count(n) == 1 else f"{n}_{i}" for i, n in enumerate(names)]


def measured(paths: Sequence[Path], progress: Progress) -> Iterator[tuple[Path, str, Measurement]]:
    """(path, subject, measurement) of each clip, against the neutral clip of its person where one is among them.

    Every path is looked at before the first is measured, so that one bad clip is told at once and not after an hour.
    """
    from core.faces import labels, measurement, video

    for path in paths:
        video.probe(path)
    people = [labels.labels_from_path(path) for path in paths]
    rest = {s: measurement.measure_neutral(p) for p, (s, e) in zip(paths, people, strict=True) if s and e == "neutral"}
    for i, (path, (subject, emotion)) in enumerate(zip(paths, people, strict=True)):
        progress.report(i, len(paths), path.name)
        yield (
            path,
            subject,
            measurement.measure_clip(path, emotion, None if emotion == "neutral" else rest.get(subject)),
        )
    progress.report(len(paths), len(paths), "done")


def extract(arguments: argparse.Namespace) -> None:
    """Measure clips: one OpenFace-compatible CSV a clip and `clips.csv` for all."""
    import pandas as pd

    from core.faces import au_tables
    from core.workspace.files import atomic_path

    paths = list(clip_paths(arguments.clips))
    out: Path = arguments.out
    rows = []
    for name, (path, subject, found) in zip(csv_names(paths), measured(paths, Terminal()), strict=True):
        out.mkdir(parents=True, exist_ok=True)
        with atomic_path(out / f"{name}.csv") as file:
            au_tables.write_openface_csv(found, file)
        rows.append(au_tables.clips_csv_row(path, subject, found))
        if not found.quality.usable:
            print(f"{path.name} is not usable: {found.quality.reason}", file=sys.stderr)
    table = pd.DataFrame(rows)
    frames = ["neutral_first", "neutral_last", "peak_frame"]
    table[frames] = table[frames].astype("Int64")
    with atomic_path(out / "clips.csv") as file:
        table.to_csv(file, index=False)


def read_csv(path: Path) -> pd.DataFrame:
    import pandas as pd

    try:
        return pd.read_csv(path, skipinitialspace=True)
    except (OSError, ValueError, pd.errors.ParserError) as error:
        reason = str(error).splitlines()[0]
        raise UserError(
            f"{path.name} could not be read.", f"{reason}.", "Give a CSV file with a header line."
        ) from None


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

    table = read_csv(arguments.table)
    features = chosen_features(list(table.columns), arguments.features, arguments.label)
    settings = AGCLSettings(arguments.alpha, arguments.threshold, arguments.k, arguments.rule, arguments.spread)
    augmented = augment(table, arguments.label, features, settings, arguments.seed)
    text = io.StringIO()
    augmented.to_csv(text, index=False)
    atomic_write(arguments.out, text.getvalue().encode())
    print(f"{len(table)} rows in, {len(augmented) - len(table)} synthetic rows added", file=sys.stderr)


def measured_people(paths: Sequence[Path]) -> pd.DataFrame:
    """The AU table rows of the usable clips of some people."""
    import pandas as pd

    from core.faces.au_tables import peak_row

    rows = []
    for path, subject, found in measured(paths, Terminal()):
        if found.quality.usable:
            keys = {"subject": subject, "emotion": found.emotion, "group": "", "backend": found.backend}
            rows.append({**keys, "simulated": False, **peak_row(found)})
        else:
            print(f"{path.name} is not usable: {found.quality.reason}", file=sys.stderr)
    if not rows:
        raise UserError("None of the clips can be used.", "No expression was measured.", "Film again and try these.")
    return pd.DataFrame(rows)


def screen(arguments: argparse.Namespace) -> None:
    """Screen each person of a table, or the people in some clips, against a cohort."""
    import pandas as pd

    from core.faces.au_tables import read_au_table
    from core.screening import screening
    from core.workspace.files import atomic_write

    cohort = read_au_table(arguments.cohort)
    if all(path.suffix.lower() == ".csv" for path in arguments.subject):
        people = pd.concat([read_au_table(path) for path in arguments.subject], ignore_index=True)
    else:
        people = measured_people(list(clip_paths(arguments.subject)))
    settings = ScreeningSettings(
        arguments.classifier, arguments.method, arguments.features, random_state=arguments.seed
    )
    verdicts = [screening.screen(rows, cohort, settings, Terminal()).to_json() for _, rows in people.groupby("subject")]
    atomic_write(arguments.out, json.dumps({"people": verdicts}, indent=2, allow_nan=False).encode())


def parser() -> argparse.ArgumentParser:
    root = OneLineParser(prog="python -m core", description=__doc__)
    commands = root.add_subparsers(required=True, metavar="command")

    command = commands.add_parser("extract", help="clips to action units", description=extract.__doc__)
    command.add_argument("clips", nargs="+", type=Path, metavar="CLIP", help="clips, or folders of clips or frames")
    command.add_argument("--out", type=Path, required=True, metavar="DIR")
    command.set_defaults(function=extract)

    preset = AGCLSettings()
    command = commands.add_parser("resample", help="add synthetic rows", description=resample.__doc__)
    command.add_argument("table", type=Path, metavar="TABLE")
    command.add_argument("--label", required=True, metavar="COLUMN")
    command.add_argument("--features", nargs="+", default=["AU*"], metavar="NAME", help="names or globs of columns")
    command.add_argument("--method", choices=["agcl"], default="agcl")
    command.add_argument("--alpha", type=float, default=preset.alpha, help="synthetic rows per row of a pure cluster")
    command.add_argument("--threshold", type=float, default=preset.threshold)
    command.add_argument("--k", type=int, default=preset.n_clusters, help="clusters at the root; without it the elbow")
    command.add_argument("--rule", choices=RULES, default=preset.rule)
    command.add_argument("--spread", choices=SPREADS, default=preset.spread)
    command.add_argument("--seed", type=int, default=0)
    command.add_argument("--out", type=Path, required=True, metavar="FILE")
    command.set_defaults(function=resample)

    usual = ScreeningSettings()
    command = commands.add_parser("screen", help="screen people by majority vote", description=screen.__doc__)
    command.add_argument("subject", nargs="+", type=Path, metavar="TABLE|CLIP")
    command.add_argument("--cohort", type=Path, required=True, metavar="TABLE")
    command.add_argument("--classifier", choices=CLASSIFIERS, default=usual.classifier)
    command.add_argument("--method", choices=METHODS, default=usual.method)
    command.add_argument("--features", choices=FEATURE_SETS, default=usual.features)
    command.add_argument("--seed", type=int, default=usual.random_state)
    command.add_argument("--out", type=Path, required=True, metavar="FILE")
    command.set_defaults(function=screen)
    return root


def main(arguments: Sequence[str] | None = None) -> int:
    chosen = parser().parse_args(arguments)
    try:
        chosen.function(chosen)
    except UserError as error:
        print(" ".join(str(error).split()), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
