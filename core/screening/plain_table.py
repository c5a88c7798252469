"""Any table of people as material for the protocols: which column is the label, whose a row is, what is measured."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from core.errors import UserError
from core.screening.protocols import MIN_PEOPLE, check_disjoint, check_input
from core.types import MAX_INTENSITY, Samples

if TYPE_CHECKING:
    import pandas as pd

EVERY_ROW = "all"
"""The emotion of a table that does not tell any."""

_POSITIVE = ("pd", "1", "yes", "true", "positive", "patient", "parkinson", "parkinson's", "parkinson's disease")
_MISSING = ("", "na", "n/a", "nan", "null", "none", "<na>")
_INTENSITY = re.compile(r"(^|_)AU\d\d(_r|_L|_R|_mean)?$")


@dataclass(frozen=True)
class Columns:
    """What the columns of a table are. person: whose a row is. emotion: None where all rows show the same.

    positive: the label that means PD, "" to tell it by itself.
    """

    label: str
    person: str
    features: tuple[str, ...]
    emotion: str | None = None
    positive: str = ""


@dataclass(frozen=True)
class Material:
    """samples: of each emotion, the rows of both tables. train, test: person -> 1 for PD, 0 for control.

    remarks: what was left out. skipped: emotion -> why. positive, negative: what the labels are called.
    """

    samples: dict[str, Samples]
    train: dict[str, int]
    test: dict[str, int]
    positive: str
    negative: str
    remarks: list[str] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)


def material(table: pd.DataFrame, test: pd.DataFrame | None, columns: Columns) -> Material:
    """The complete, labelled rows of `table`, which is trained on, and of `test`, which never is; cells are text.

    Rows without a label, an emotion or a number in a feature are left out and told, and so are people with two
    labels. A feature named as an action unit's intensity (AU06, AU06_r, smile_AU06_mean) lies within 0 and 5, which
    limits synthetic rows; others have no limits.

    Raises `GuardError` for synthetic rows, rows of nobody, and a person in both tables; `UserError` for columns that
    are not there, cells that are no numbers, labels that are not two, and too few people.
    """
    import pandas as pd

    given = {"the table": table, **({} if test is None else {"the test table": test})}
    for where, rows in given.items():
        _check_columns(rows, columns, where)
        check_input(rows.rename(columns={columns.person: "subject"}))
    if test is not None:
        check_disjoint(table[columns.person].to_numpy(object), test[columns.person].to_numpy(object))
    remarks: list[str] = []
    words = _label_words(table[columns.label])
    positive, negative = _sides(words, columns)
    kept, people = [], []
    for where, rows in given.items():
        y = _label_words(rows[columns.label]).map({positive: 1.0, negative: 0.0, "": np.nan}, na_action="ignore")
        _check_known(rows, y, columns, (positive, negative), where)
        complete = _complete(rows, y, columns, where, remarks)
        kept.append(complete)
        first = complete.drop_duplicates("person")
        people.append(dict(zip(first["person"], first["y"].astype(int).tolist(), strict=True)))
    found = Material({}, people[0], people[1] if test is not None else {}, positive, negative, remarks)
    _add_samples(found, pd.concat(kept, ignore_index=True), columns.features)
    return found


def _add_samples(found: Material, rows: pd.DataFrame, features: Sequence[str]) -> None:
    intensity = [_INTENSITY.search(name) is not None for name in features]
    limits = np.where(intensity, 0.0, -np.inf), np.where(intensity, MAX_INTENSITY, np.inf)
    for emotion in dict.fromkeys(rows["emotion"]):
        shown = rows[rows["emotion"] == emotion]
        sides = [found.train[person] for person in shown["person"].unique() if person in found.train]
        n_pd, n_control = sides.count(1), sides.count(0)
        if min(n_pd, n_control) < MIN_PEOPLE:
            found.skipped[emotion] = f"{n_pd} people are {found.positive} and {n_control} are {found.negative}."
            continue
        found.samples[emotion] = Samples(
            shown[list(features)].to_numpy(float), shown["y"].to_numpy(int), shown["person"].to_numpy(str),
            tuple(features), limits=limits,
        )  # fmt: skip
    if not found.samples:
        raise UserError(
            f"Too few people can be trained on: {next(iter(found.skipped.values()), 'there are none.')}",
            f"People who were not trained on can be tested where each side has at least {MIN_PEOPLE}.",
            "Give a table with more people.",
        )


def _check_columns(rows: pd.DataFrame, columns: Columns, where: str) -> None:
    emotion = () if columns.emotion is None else (columns.emotion,)
    for name in (columns.label, columns.person, *emotion, *columns.features):
        if name not in rows.columns:
            raise UserError(
                f"There is no column {name} in {where}.", f"It has: {', '.join(rows.columns)}.", "Name another column."
            )
    if not columns.features:
        raise UserError("No feature columns are left.", "A model needs something to go by.", "Name them.")


def _label_words(labels: pd.Series) -> pd.Series:
    words = labels.fillna("").astype(str).str.strip().str.replace(r"^(-?\d+)\.0+$", r"\1", regex=True)
    return words.where(~words.str.casefold().isin(_MISSING), "")


def _sides(words: pd.Series, columns: Columns) -> tuple[str, str]:
    values = sorted(set(words) - {""})
    if len(values) != 2:
        shown = ", ".join(values[:5]) + (", ..." if len(values) > 5 else "")
        raise UserError(
            f"The column {columns.label} holds {len(values)} labels ({shown}).",
            "The models tell two groups apart.",
            "Name the column that says who has PD, and leave out rows of other groups.",
        )
    likely = [value for value in values if value.casefold() in _POSITIVE]
    if columns.positive:
        likely = [value for value in values if value.casefold() == columns.positive.strip().casefold()]
    if len(likely) != 1:
        raise UserError(
            f"It is not clear which label of {columns.label} means PD.",
            f"The labels are {values[0]} and {values[1]}.",
            "Name the one that does with --positive.",
        )
    return likely[0], next(value for value in values if value != likely[0])


def _check_known(rows: pd.DataFrame, y: pd.Series, columns: Columns, sides: tuple[str, str], where: str) -> None:
    strange = y.isna() & (_label_words(rows[columns.label]) != "")
    if strange.any():
        word = rows[columns.label][strange].iloc[0]
        raise UserError(
            f"{where.capitalize()} has the label {word!r}.", f"Known are {sides[0]} and {sides[1]}.", "Correct it."
        )


def _complete(rows: pd.DataFrame, y: pd.Series, columns: Columns, where: str, remarks: list[str]) -> pd.DataFrame:
    """The rows that can be used: person, emotion, y and the features."""
    found = _numbers(rows, columns.features, where)
    found["person"], found["y"] = rows[columns.person].astype(str), y
    found["emotion"] = (
        EVERY_ROW if columns.emotion is None else rows[columns.emotion].fillna("").astype(str).str.strip()
    )
    torn = _torn(found)
    for what, bad in (
        ("without a label", found["y"].isna()),
        ("without an emotion", found["emotion"] == ""),
        (f"of people with two labels ({', '.join(torn[:5])})", found["person"].isin(torn)),
        ("with a missing value in a feature", ~np.isfinite(found[list(columns.features)]).all(axis=1)),
    ):
        if bad.any():
            n_people = found["person"][bad].nunique()
            remarks.append(f"{where.capitalize()}: {int(bad.sum())} rows {what} left out, of {n_people} people.")
    usable = found[found["y"].notna() & (found["emotion"] != "") & ~found["person"].isin(torn)]
    return usable[np.isfinite(usable[list(columns.features)]).all(axis=1)]


def _torn(found: pd.DataFrame) -> list[str]:
    told: Mapping[str, int] = found.dropna(subset="y").groupby("person")["y"].nunique()
    return sorted(person for person, n in told.items() if n > 1)


def _numbers(rows: pd.DataFrame, features: Sequence[str], where: str) -> pd.DataFrame:
    import pandas as pd

    columns = {}
    for name in features:
        words = rows[name].fillna("").astype(str).str.strip()
        empty = words.str.casefold().isin(_MISSING)
        numbers = pd.to_numeric(words.where(~empty, np.nan), errors="coerce")
        wrong = numbers.isna() & ~empty
        if wrong.any():
            line = int(np.flatnonzero(wrong)[0]) + 2
            raise UserError(
                f"{where.capitalize()} has no number in {name} in line {line}, but {words.iloc[line - 2]!r}.",
                "Features are numbers.",
                "Name the columns that are features with --features.",
            )
        if empty.all():
            raise UserError(f"{where.capitalize()} has no value in {name}.", "No row is complete.", "Leave it out.")
        columns[name] = numbers.astype(float)
    return pd.DataFrame(columns, index=rows.index)
