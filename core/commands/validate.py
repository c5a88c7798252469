"""`validate`: how good models are on people they never saw."""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.commands.resample import chosen_features, method_name, option, read_text_table
from core.errors import UserError
from core.settings import CLASSIFIERS, MATCHED, NOTICE, RULES, SAMPLERS, SPREADS, ValidationSettings
from core.terminal import Terminal, check_file, say, within

if TYPE_CHECKING:
    from core.screening.plain_table import Columns

METHODS = ("none", *SAMPLERS, *(f"{MATCHED}{name}" for name in SAMPLERS))
"""Every name that --method takes, in the words of a result."""


def add_arguments(command: argparse.ArgumentParser) -> None:
    """What the command takes."""
    preset = ValidationSettings()
    names = ", ".join(map(option, SAMPLERS))
    column: dict[str, Any] = {"metavar": "COLUMN"}
    name: dict[str, Any] = {"metavar": "NAME", "nargs": "+"}
    command.add_argument("table", type=Path, metavar="TABLE")
    command.add_argument("--label", required=True, help="who has PD", **column)
    command.add_argument("--group", required=True, help="whose a row is: nobody is trained on and tested", **column)
    command.add_argument("--features", default=["AU*"], help="names or globs of columns", **name)
    command.add_argument("--emotion", help="expressions, each with models of its own, which vote; without it the "
                         "column emotion, where there is one", **column)  # fmt: skip
    command.add_argument("--positive", default="", metavar="LABEL", help="which means PD, where it is not clear")
    command.add_argument("--test", type=Path, metavar="TABLE", help="other people, who are tested only")
    command.add_argument("--protocol", choices=("nested", "paper"), default="nested")
    command.add_argument("--method", type=written_method, choices=METHODS, default=["duplication", "AGCL"],
                         help=f"compared with none: {names}; size-matched-NAME of each", **name)  # fmt: skip
    command.add_argument("--classifier", type=written_classifier, choices=CLASSIFIERS, default=list(CLASSIFIERS),
                         help=f"without it all: {', '.join(map(option, CLASSIFIERS))}", **name)  # fmt: skip
    command.add_argument("--rule", choices=RULES, default=preset.rule, help="AGCL")
    command.add_argument("--spread", choices=SPREADS, default=preset.spread, help="AGCL")
    command.add_argument("--permute-labels", action="store_true", help="deal the labels anew: what chance looks like")
    command.add_argument("--workers", type=within(int, 0), metavar="N", help="processes; without it one a core")
    command.add_argument("--seed", type=int, default=preset.random_state)
    command.add_argument("--out", type=Path, required=True, metavar="FILE")


def validate(arguments: argparse.Namespace) -> None:
    """Validate models on the people of a table: the tuned score, the nested one and that of a held-out table."""
    from core.files import atomic_write
    from core.screening import validation
    from core.screening.provenance import table_hash, versions
    from core.workspace.checkpoint import Checkpoint
    from core.workspace.files import sha256_of

    check_file(arguments.out)
    table = read_text_table(arguments.table)
    test = read_text_table(arguments.test) if arguments.test else None
    columns = chosen_columns(list(table.columns), arguments)
    settings = ValidationSettings(
        tuple(arguments.classifier), tuple(arguments.method), rule=arguments.rule, spread=arguments.spread,
        random_state=arguments.seed,
    )  # fmt: skip
    files = [arguments.table, *([arguments.test] if arguments.test else [])]
    hashes = {path.name: sha256_of(path) for path in files}
    made_from = {"hashes": hashes, "columns": repr(columns), "settings": repr(settings), "versions": versions(),
                 "protocol": arguments.protocol, "permuted": arguments.permute_labels,
                 "rows": table_hash(table)}  # fmt: skip
    checkpoint = Checkpoint(parts_folder(arguments.out), made_from)
    if checkpoint.finished:
        say(f"{len(checkpoint.finished)} parts are finished already, and are not repeated.")

    def keep(key: str, found: Any) -> None:
        parts_folder(arguments.out).mkdir(parents=True, exist_ok=True)
        checkpoint.add(key, found)

    with Terminal() as terminal:
        result = validation.validate(
            table, test, columns, settings, arguments.protocol, arguments.permute_labels, terminal,
            dict(checkpoint.finished), keep, arguments.workers,
        )  # fmt: skip
    tell(result)
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    written = {"notice": NOTICE, **result, "files": hashes}
    atomic_write(arguments.out, json.dumps(written, indent=2, allow_nan=False).encode())
    shutil.rmtree(parts_folder(arguments.out), ignore_errors=True)


def parts_folder(out: Path) -> Path:
    """Where the finished parts of a run lie until its result is written."""
    return out.with_name(f"{out.name}.parts")


def written_method(text: str) -> str:
    """The name in `METHODS` of what is written in small letters, with - between words."""
    prefix = MATCHED.strip().replace(" ", "-") + "-"
    if text.lower().startswith(prefix):
        return f"{MATCHED}{method_name(text[len(prefix) :])}"
    return method_name(text)


def written_classifier(text: str) -> str:
    """The name in `CLASSIFIERS` of what is written in small letters, with - between words."""
    return next((name for name in CLASSIFIERS if text.lower() in (option(name), name.lower())), text)


def chosen_columns(names: list[str], arguments: argparse.Namespace) -> Columns:
    """What the columns are; without --emotion the column `emotion`, where there is one."""
    from core.screening.plain_table import Columns

    for name, flag in ((arguments.label, "--label"), (arguments.group, "--group"), (arguments.emotion, "--emotion")):
        if name is not None and name not in names:
            raise UserError(f"There is no column {name}.", f"The table has: {', '.join(names)}.", f"Change {flag}.")
    emotion = arguments.emotion or ("emotion" if "emotion" in names else None)
    features = chosen_features(names, arguments.features, arguments.label)
    keys = {arguments.label, arguments.group, emotion, "synthetic"}
    kept = tuple(name for name in features if name not in keys)
    return Columns(arguments.label, arguments.group, kept, emotion, arguments.positive)


def tell(result: dict[str, Any]) -> None:
    for remark in result["remarks"]:
        say(remark)
    for emotion, reason in result["skipped"].items():
        say(f"{emotion} was left out: {reason}")
    for row in result["results"]:
        said = [
            f"{what} {100 * row[key]['balanced_accuracy']:.1f}"
            for key, what in (("tuned_cv", "tuned"), ("nested", "nested"), ("test", "test"))
            if row[key] and row[key]["balanced_accuracy"] is not None
        ]
        say(f"{row['emotion']}, {row['method']}, {row['classifier']}: balanced accuracy in %: {', '.join(said)}")
