"""`resample`: synthetic rows added to a table."""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Sequence
from dataclasses import fields
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import UserError
from core.settings import SAMPLERS, SamplerSettings
from core.terminal import check_file, say

if TYPE_CHECKING:
    import pandas as pd

_CALLED = {"n_clusters": "k"}
"""What a setting is called on the command line, where that differs."""


def resample(arguments: argparse.Namespace) -> None:
    """Add synthetic rows to a table and say of each where it came from."""
    from core.files import atomic_write
    from core.latent.au_space import augment
    from core.latent.fidelity.verdict import NEAR_COPIES
    from core.latent.row_sampler import Told

    check_file(arguments.out)
    table = read_text_table(arguments.table)
    features = chosen_features(list(table.columns), arguments.features, arguments.label)
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always", Told)
        augmented = augment(table, arguments.label, features, chosen_settings(arguments), arguments.seed)
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    atomic_write(arguments.out, augmented.to_csv(index=False, lineterminator="\n").encode())
    say(f"{len(table)} rows in, {len(augmented) - len(table)} synthetic rows added")
    for warning in heard:
        if issubclass(warning.category, Told):
            say(str(warning.message))
    made = augmented.loc[augmented["synthetic"], arguments.label]
    if (share := near_copies(augmented, arguments.label, features)) > NEAR_COPIES:
        say(f"{share:.0%} of them are near-copies of a real row, nearer than half the usual distance between two rows: "
            "a near-copy of a patient is a patient")  # fmt: skip
    for label in sorted(set(table[arguments.label]) - set(made)):
        cluster = f"no cluster holds {label} alone, or " if arguments.method == "AGCL" else ""
        say(f"none of them is {label}: {cluster}alpha rounds to no rows")


def near_copies(augmented: pd.DataFrame, label: str, features: Sequence[str]) -> float:
    """Share of the synthetic rows of `augment`, 0 where there are none."""
    from core.latent.fidelity.closeness import near_copy_share

    values, labels = augmented[list(features)].astype(float).to_numpy(), augmented[label].to_numpy(str)
    new = augmented["synthetic"].to_numpy(bool)
    return near_copy_share(values[~new], labels[~new], values[new], labels[new]) or 0.0


def method_name(text: str) -> str:
    """The name in `SAMPLERS` of what is written in small letters, with - between words."""
    return next((name for name in SAMPLERS if option(name) == text.lower()), text)


def option(method: str) -> str:
    """How a method is written on the command line."""
    return method.lower().replace(" ", "-")


def chosen_settings(arguments: argparse.Namespace) -> SamplerSettings:
    """The settings of the method, of those options that were given; raises UserError for one of another method."""
    kind = SAMPLERS[arguments.method]
    names = {_CALLED.get(field.name, field.name): field.name for field in fields(kind)}
    options = dict.fromkeys(_CALLED.get(field.name, field.name) for each in SAMPLERS.values() for field in fields(each))
    given = {name: value for name in options if (value := getattr(arguments, name)) is not None}
    if strange := [name for name in given if name not in names]:
        raise UserError(
            f"{arguments.method} has no {_written(strange[0])}.",
            f"It takes {', '.join(map(_written, names))}.",
            "Leave it out, or choose another method.",
        )
    return kind(**{names[name]: value for name, value in given.items()})


def _written(name: str) -> str:
    return f"--{name.replace('_', '-')}"


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
