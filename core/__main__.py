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


def extract(arguments: argparse.Namespace) -> None:
    """Measure clips: one OpenFace-compatible CSV a clip and `clips.csv` for all."""
    import pandas as pd

    from core.faces import au_tables, labels, measurement, video
    from core.workspace.files import atomic_path

    paths = list(clip_paths(arguments.clips))
    for path in paths:
        video.probe(path)
    people = [labels.labels_from_path(path) for path in paths]
    out: Path = arguments.out
    progress = Terminal()
    neutral = {
        subject: measurement.measure_neutral(path)
        for path, (subject, emotion) in zip(paths, people, strict=True)
        if emotion == "neutral" and subject
    }
    rows = []
    for i, (path, name, (subject, emotion)) in enumerate(zip(paths, csv_names(paths), people, strict=True)):
        progress.report(i, len(paths), path.name)
        measured = measurement.measure_clip(path, emotion, neutral=neutral.get(subject))
        out.mkdir(parents=True, exist_ok=True)
        with atomic_path(out / f"{name}.csv") as file:
            au_tables.write_openface_csv(measured, file)
        rows.append(au_tables.clips_csv_row(path, subject, measured))
    progress.report(len(paths), len(paths), "done")
    with atomic_path(out / "clips.csv") as file:
        pd.DataFrame(rows).to_csv(file, index=False)


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


def screen(arguments: argparse.Namespace) -> None:
    """Screen each person of a table, or the person in some clips, against a cohort."""
    import pandas as pd

    from core.faces import au_tables, labels, measurement
    from core.screening import screening
    from core.workspace.files import atomic_write

    cohort = au_tables.read_au_table(arguments.cohort)
    if all(path.suffix.lower() == ".csv" for path in arguments.subject):
        people = pd.concat([au_tables.read_au_table(path) for path in arguments.subject])
    else:
        clips = [(path, *labels.labels_from_path(path)) for path in clip_paths(arguments.subject)]
        people = pd.DataFrame(measurement.measure_people(clips, Terminal()))
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
