"""Changes to a cohort by hand: labels of its people, rows taken out, a copy to work on. Each is one step of undo."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from core.errors import UserError
from core.types import COVARIATES, GROUPS
from core.workspace import cohorts
from core.workspace.cohorts import Cohort
from core.workspace.store import Workspace

if TYPE_CHECKING:
    import pandas as pd

LABELS = ("group", *COVARIATES)
"""What is said of a person, and so stands alike in all of their rows."""

_KEYS = ["subject", "emotion"]


def fixed_people(cohort: Cohort, table: pd.DataFrame) -> frozenset[str]:
    """People whose rows cannot be edited: the simulated ones of the demo, whose labels are what they were made with."""
    if cohort.id != cohorts.DEMO_ID:
        return frozenset()
    return frozenset(table.loc[table["simulated"].astype(bool), "subject"])


def relabel(ws: Workspace, cohort: Cohort, changes: Mapping[str, Mapping[str, object]]) -> Cohort:
    """Change group, age or sex of people, in all of their rows: `{"P07": {"group": "control"}}`.

    Columns that the table has not are not made. Raises `UserError` for a word that is no group, for somebody who is not
    in the cohort, for people of the demo, and where the cohort was changed elsewhere since `cohort` was read.
    """
    table = cohorts.read_table(ws, cohort.table_hash).copy()
    _check_free(cohort, table, changes)
    for subject, labels in changes.items():
        mine = table["subject"] == subject
        if not mine.any():
            raise UserError(
                f"{subject} is not in {cohort.name}.", "The rows were removed meanwhile.", "Look at the table again."
            )
        if labels.get("group", "") not in (*GROUPS, ""):
            raise UserError(
                f"{labels['group']!r} is not a group.",
                "A person is PD, control, or not known (empty).",
                "Choose one of these.",
            )
        for label, value in labels.items():
            if label in LABELS and label in table:
                table.loc[mine, label] = value
    return cohorts.replace_table(ws, cohort, table)


def remove_rows(ws: Workspace, cohort: Cohort, keys: Iterable[tuple[str, str]]) -> Cohort:
    """Take the rows of these (subject, emotion) out; raises `UserError` where none would be left, and as `relabel`."""
    import pandas as pd

    keys = list(keys)
    table = cohorts.read_table(ws, cohort.table_hash)
    _check_free(cohort, table, [subject for subject, _ in keys])
    kept = table[~pd.MultiIndex.from_frame(table[_KEYS]).isin(keys)]
    if kept.empty:
        raise UserError(
            f"No row of {cohort.name} would be left.",
            "A cohort has at least one row.",
            "Keep one, or use another cohort.",
        )
    return cohorts.replace_table(ws, cohort, kept.reset_index(drop=True))


def copy(ws: Workspace, cohort: Cohort) -> Cohort:
    """A cohort with the same table under a name of its own."""
    taken = {other.name for other in cohorts.list_cohorts(ws)}
    names = (f"{cohort.name}, copy{f' {n}' if n > 1 else ''}" for n in range(1, len(taken) + 2))
    return cohorts.create(
        ws, next(name for name in names if name not in taken), cohorts.read_table(ws, cohort.table_hash)
    )


def last_change(ws: Workspace, cohort: Cohort) -> str:
    """In words, what `cohorts.undo` would take back: `3 rows added`; empty where there is nothing to take back."""
    earlier = ws.read(
        "SELECT b.table_hash FROM cohorts c JOIN cohort_tables b ON b.cohort_id = c.id AND b.position = c.position - 1 "
        "WHERE c.id = ? AND c.version = ?",
        (cohort.id, cohort.version),
    )
    if not earlier:
        return ""
    before, after = (cohorts.read_table(ws, h).set_index(_KEYS) for h in (earlier[0]["table_hash"], cohort.table_hash))
    both = after.index.intersection(before.index)
    added, removed = len(after) - len(both), len(before) - len(both)
    parts = [f"{_rows(added)} added"] * bool(added) + [f"{_rows(removed)} removed"] * bool(removed)
    for label in LABELS:
        if label in before and label in after:
            old, new = before.loc[both, label], after.loc[both, label]
            people = both[~((old == new) | (old.isna() & new.isna()))].get_level_values("subject").nunique()
            parts += [f"{label} of {people} {'person' if people == 1 else 'people'} changed"] * bool(people)
    same = [column for column in after.columns if column in before and column not in LABELS]
    changed = int((~_equal(before.loc[both, same], after.loc[both, same])).sum())
    parts += [f"{_rows(changed)} replaced"] * bool(changed)
    return ", ".join(parts) or "a change that left every value as it was"


def _equal(old: pd.DataFrame, new: pd.DataFrame) -> pd.Series:
    return ((old == new) | (old.isna() & new.isna())).all(axis=1)


def _rows(n: int) -> str:
    return "1 row" if n == 1 else f"{n} rows"


def _check_free(cohort: Cohort, table: pd.DataFrame, people: Iterable[str]) -> None:
    fixed = sorted(set(people) & fixed_people(cohort, table))
    if fixed:
        raise UserError(
            f"{fixed[0]} belongs to the simulated demo cohort, which stays as it was made.",
            "Its labels are those that the people were simulated with: changed, they would be wrong.",
            "Make a copy of the cohort and change that.",
        )
