"""From an AU table to the arrays of one emotion: which action units, which rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from core.errors import UserError
from core.settings import FEATURE_SETS
from core.types import (
    ACTION_UNITS,
    CENTRE_ACTION_UNITS,
    DYNAMICS_COLUMNS,
    EMOTIONS,
    GROUPS,
    PD,
    SIDED_ACTION_UNITS,
    TABLE_II,
    Samples,
)

if TYPE_CHECKING:
    import pandas as pd


AUTOMATIC = "automatic"
COLUMNS = {
    "all 17": ACTION_UNITS,
    "left and right": (*(f"{unit}_{side}" for unit in SIDED_ACTION_UNITS for side in "LR"), *CENTRE_ACTION_UNITS),
    "dynamics": DYNAMICS_COLUMNS,
    AUTOMATIC: ACTION_UNITS,
}
"""The feature sets that are the same for every emotion."""


EVERY_EMOTION = "every emotion"
"""In place of an emotion: the rows of all of them, for looking at them on one map."""


def rows_of(table: pd.DataFrame, emotion: str) -> pd.DataFrame:
    """The rows of an AU table with this emotion, or of `EVERY_EMOTION`."""
    return table[table["emotion"].isin(EMOTIONS)] if emotion == EVERY_EMOTION else table[table["emotion"] == emotion]


def feature_names(emotion: str, feature_set: str) -> tuple[str, ...]:
    """Columns of `feature_set`, one of `FEATURE_SETS`, for an emotion; of `automatic` the candidates.

    Raises UserError for an emotion that Table II does not list, ValueError for an unknown feature set.
    """
    if feature_set not in FEATURE_SETS:
        raise ValueError(f"feature_set must be one of {FEATURE_SETS}, not {feature_set!r}")
    if feature_set in COLUMNS:
        return COLUMNS[feature_set]
    if emotion not in TABLE_II:
        raise UserError(
            f"There is no Table II feature set for {emotion!r}.",
            f"The paper chose action units for {', '.join(TABLE_II)} only.",
            "Use all 17 action units for this expression.",
        )
    return TABLE_II[emotion]


def complete_rows(table: pd.DataFrame, emotion: str, feature_set: str) -> pd.DataFrame:
    """The rows of an AU table with this emotion in which no action unit of `feature_set` is missing, in their order.

    Raises UserError where an action unit is missing from every one of them, as in tables of programs that lack it.
    """
    rows = rows_of(table, emotion)
    measured = rows.reindex(columns=list(feature_names(emotion, feature_set))).notna()
    if len(rows):
        _check_measured(unmeasured(rows, emotion, feature_set), emotion, feature_set)
    return rows[measured.all(axis=1)]


def unmeasured(rows: pd.DataFrame, emotion: str, feature_set: str) -> list[str]:
    """The action units of `feature_set` for an emotion that none of the `rows` has, which may be no rows at all."""
    return [name for name in feature_names(emotion, feature_set) if name not in rows or rows[name].isna().all()]


def group_means(rows: pd.DataFrame, features: Sequence[str]) -> pd.DataFrame:
    """(groups, d) the mean of every feature over the rows of each known group that has some, in the order of `GROUPS`.

    Missing values do not count.
    """
    means = rows.groupby("group")[list(features)].mean()
    return means.reindex([group for group in GROUPS if group in means.index])


def samples(table: pd.DataFrame, emotion: str, feature_set: str, scaled: bool = False) -> Samples:
    """The rows of an AU table with this emotion and a known group, in the table's order.

    scaled: each feature minus its mean and divided by its standard deviation over these rows, for looking at one
    cohort only: a model scales inside its own folds.
    Raises UserError where features are missing or not numbers, or where not both groups are present.
    """
    names = feature_names(emotion, feature_set)
    _check_measured([name for name in names if name not in table.columns], emotion, feature_set)
    rows = rows_of(table, emotion)
    rows = rows[rows["group"].isin(GROUPS)]
    absent = [group for group in GROUPS if not (rows["group"] == group).any()]
    if absent:
        raise UserError(
            f"For {emotion} there is nobody with the group {' or '.join(absent)}.",
            "Separation, synthetic points and models compare two groups.",
            "Add people of that group, or choose another emotion.",
        )
    X = rows[list(names)].to_numpy(float)
    unusable = rows["subject"].to_numpy(str)[~np.isfinite(X).all(axis=1)]
    if len(unusable):
        raise UserError(
            f"{len(unusable)} of {len(X)} rows for {emotion} have a missing intensity ({', '.join(unusable[:5])}).",
            "A point with an unknown coordinate has no distance to the others.",
            "Measure these clips again or leave the rows out.",
        )
    if scaled:
        deviation = X.std(axis=0)
        X = (X - X.mean(axis=0)) / np.where(deviation > 0, deviation, 1.0)
    y = (rows["group"] == PD).to_numpy(int)
    return Samples(X, y, rows["subject"].to_numpy(str), names, feature_set == AUTOMATIC)


def some_of(names: Sequence[str]) -> str:
    """Names for a sentence; of a long list the first ones and how many there are.

    >>> some_of(["AU01_L", "AU01_R"]), some_of([f"AU{i:02}" for i in range(1, 32)])
    ('AU01_L, AU01_R', 'AU01, AU02, AU03 and 28 more')
    """
    whole = len(names) <= len(ACTION_UNITS)
    return ", ".join(names) if whole else f"{', '.join(names[:3])} and {len(names) - 3} more"


def _check_measured(missing: list[str], emotion: str, feature_set: str) -> None:
    if missing:
        raise UserError(
            f"The table has no {some_of(missing)}.",
            f"{feature_set} for {emotion} needs {some_of(feature_names(emotion, feature_set))}.",
            "Choose another feature set or load a table that has these columns.",
        )
