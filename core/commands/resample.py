"""`resample`: synthetic rows added to a table."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import UserError
from core.settings import AGCLSettings
from core.terminal import check_file, say

if TYPE_CHECKING:
    import pandas as pd


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
