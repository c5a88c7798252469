"""Who is trained on and who is tested: always split by person, and guarded.

The guards stop a run; they never warn. Nothing here is fitted, and augmentation has no way in: folds are index arrays
over real rows, and what a sampler adds lives and dies inside the training of one fold.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.errors import GuardError, UserError
from core.people import person_key, two_spellings
from core.rng import generator
from core.types import CONTROL, GROUPS, PD

if TYPE_CHECKING:
    import pandas as pd

MIN_PEOPLE = 3
"""People a group needs before one can be left out and the rest still vary."""


@dataclass(frozen=True)
class Fold:
    """Row indices of one split. train: (n_train,), test: (n_test,)."""

    train: np.ndarray
    test: np.ndarray


def leave_two_out(y: np.ndarray, groups: np.ndarray, n_folds: int, random_state: int) -> list[Fold]:
    """Folds that leave out one person with PD and one control, the pairs unique (section V.C of the AGCL paper).

    y: (n,) 1 for PD and 0 for control. groups: (n,) person of each row; all rows of a person go together. At most
    `n_folds` folds, fewer where fewer pairs exist. Within each group nobody is left out more than once more than
    anybody else. Raises `UserError` when a group has under two people and `GuardError` when a person is in both groups
    or is written in two ways.
    """
    labels = _label_of_person(y, groups)
    people = [[p for p, label in labels.items() if label == side] for side in (1, 0)]
    if min(len(side) for side in people) < 2:
        raise UserError(
            f"There are {len(people[0])} people with PD and {len(people[1])} controls.",
            "Leaving one of each out needs at least two of each.",
            "Add people to the cohort or choose another emotion.",
        )
    rng = generator(random_state, "leave two out")
    pd_people, controls = ([side[i] for i in rng.permutation(len(side))] for side in people)
    n_pd, n_control = len(pd_people), len(controls)
    round_length = math.lcm(n_pd, n_control)
    folds = []
    for i in range(min(n_folds, n_pd * n_control)):
        # Walking both circles in step meets each pair once; after lcm steps the controls are shifted by one.
        pair = (pd_people[i % n_pd], controls[(i + i // round_length) % n_control])
        left_out = np.isin(groups, pair)
        fold = Fold(np.flatnonzero(~left_out), np.flatnonzero(left_out))
        check_disjoint(groups[fold.train], groups[fold.test])
        folds.append(fold)
    return folds


def split_people(
    people: np.ndarray, y: np.ndarray, test_share: float, random_state: int
) -> tuple[np.ndarray, np.ndarray]:
    """Hold out a share of the people of each group: (training people, test people), each sorted.

    people: (n,) one entry a person; y: (n,) their label. Raises `UserError` when a group is too small.
    """
    rng = generator(random_state, "test people")
    test: list[str] = []
    for side in (1, 0):
        members = people[y == side]
        n_test = max(1, round(test_share * len(members)))
        if len(members) - n_test < MIN_PEOPLE - 1:
            raise UserError(
                f"There are {len(members)} people in the group {PD if side else CONTROL}.",
                f"Holding out {n_test} of them leaves too few to train on.",
                "Add people to the cohort.",
            )
        test.extend(rng.permutation(members)[:n_test])
    held_out = np.isin(people, test)
    return np.sort(people[~held_out]), np.sort(people[held_out])


def people_folds(people: np.ndarray, y: np.ndarray, n_folds: int, random_state: int) -> list[np.ndarray]:
    """Parts of the people, each tested once, with both groups spread evenly: the outer folds of a nested estimate.

    At most `n_folds` parts, never more than the smaller group has people. Raises `UserError` where a part's training
    people would be too few.
    """
    smaller = min(int(np.sum(y == side)) for side in (1, 0))
    if smaller < MIN_PEOPLE:
        raise UserError(
            f"The smaller group has {smaller} people.",
            f"Testing people who were not trained on needs at least {MIN_PEOPLE} in each group.",
            "Add people to the cohort.",
        )
    rng = generator(random_state, "people folds")
    order = np.concatenate([rng.permutation(people[y == 1]), rng.permutation(people[y == 0])])
    n = min(n_folds, smaller)
    return [np.sort(order[start::n]) for start in range(n)]


def people_of(table: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """People of known group: (codes (n,), y (n,) 1 for PD), by code.

    Raises `GuardError` for one in both groups or written in two ways.
    """
    known = table[table["group"].isin(GROUPS)]
    labels = _label_of_person((known["group"] == PD).to_numpy(int), known["subject"].to_numpy(object))
    people = sorted(labels)
    return np.array(people, dtype=object), np.array([labels[p] for p in people], dtype=int)


def check_disjoint(train_groups: np.ndarray, test_groups: np.ndarray) -> None:
    """Raise `GuardError` when a person is on both sides of a split, in whatever case their code is written."""
    trained = set(map(person_key, train_groups))
    both = sorted(str(person) for person in set(test_groups) if person_key(person) in trained)
    if both:
        raise GuardError(
            f"{both[0]} is both trained on and tested.",
            "A model that knows the person is not tested on them.",
            "Split by person.",
        )


def check_real(table: pd.DataFrame) -> None:
    """Raise `GuardError` when a row is marked synthetic, or not marked clearly, in a column `synthetic`.

    Synthetic rows are made from the people who trained: tested, they give back the training score; split among people,
    they carry the tested ones into training (measured: 98 % on real data).
    """
    if "synthetic" not in table.columns:
        return
    marks = table["synthetic"].astype(str).str.strip().str.casefold()
    n_synthetic = int((~marks.isin(("false", "0", "0.0"))).sum())
    if n_synthetic:
        raise GuardError(
            f"The table has {n_synthetic} synthetic rows.",
            "Rows made before people are split carry the tested people into training.",
            "Give the table of real rows; augmentation happens inside each fold.",
        )


def check_input(table: pd.DataFrame) -> None:
    """Raise `GuardError` for a table that must not be split.

    That is one with synthetic rows, with rows that belong to nobody, or with a person under two spellings of a code.
    """
    check_real(table)
    nobody = int((table["subject"].isna() | (table["subject"].astype(str).str.strip() == "")).sum())
    if nobody:
        raise GuardError(
            f"{nobody} rows name no person.",
            "People can only be kept apart when every row says whose it is.",
            "Fill in the column subject.",
        )
    _check_one_spelling(table["subject"].unique())


def _check_one_spelling(subjects: Iterable[object]) -> None:
    both = two_spellings(subjects)
    if both:
        raise GuardError(
            f"{both[0]!r} and {both[1]!r} differ only in case or spaces.",
            "Split as two people, one person would be both trained on and tested.",
            "Write the code of one person in one way, and the codes of two people more differently.",
        )


def _label_of_person(y: np.ndarray, groups: np.ndarray) -> dict[str, int]:
    _check_one_spelling(dict.fromkeys(groups))
    labels: dict[str, int] = {}
    for person, label in zip(groups, y, strict=True):
        if labels.setdefault(person, int(label)) != int(label):
            raise GuardError(
                f"{person} is labelled PD in one row and control in another.",
                "A person belongs to one group.",
                "Correct the group of this person.",
            )
    return dict(sorted(labels.items()))
