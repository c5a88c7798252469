"""Folds leave out one of each, by person, evenly; guards stop."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import UserError
from core.screening.protocols import (
    GuardError,
    check_disjoint,
    check_input,
    leave_two_out,
    people_folds,
    people_of,
    split_people,
)

sizes = st.integers(2, 12)


def people(n_pd: int, n_control: int) -> tuple[np.ndarray, np.ndarray]:
    codes = np.array([f"P{i:02d}" for i in range(n_pd)] + [f"C{i:02d}" for i in range(n_control)])
    return codes, np.array([1] * n_pd + [0] * n_control)


@given(sizes, sizes, st.integers(1, 40), st.integers(1, 3), st.integers(0, 5))
@settings(deadline=None)
def test_leave_two_out(n_pd: int, n_control: int, n_folds: int, rows_each: int, seed: int) -> None:
    codes, labels = people(n_pd, n_control)
    order = np.random.default_rng(seed).permutation(len(codes) * rows_each)
    groups, y = np.tile(codes, rows_each)[order], np.tile(labels, rows_each)[order]
    folds = leave_two_out(y, groups, n_folds, seed)
    assert len(folds) == min(n_folds, n_pd * n_control)
    pairs = [tuple(sorted(set(groups[fold.test]))) for fold in folds]
    assert len(set(pairs)) == len(pairs)
    for fold, (control, patient) in zip(folds, pairs, strict=True):
        assert control[0] == "C"
        assert patient[0] == "P"
        assert not set(groups[fold.train]) & set(groups[fold.test])
        assert sorted([*fold.train, *fold.test]) == list(range(len(y)))
    for side in (0, 1):
        members = codes[labels == 1 - side]
        uses = [sum(member in pair for pair in pairs) for member in members]
        assert max(uses) - min(uses) <= 1


def test_every_pair_is_met_once() -> None:
    codes, y = people(4, 6)
    pairs = {tuple(sorted(codes[fold.test])) for fold in leave_two_out(y, codes, 1000, 0)}
    assert len(pairs) == 24


def test_folds_follow_the_seed() -> None:
    codes, y = people(9, 9)
    first, again, other = (leave_two_out(y, codes, 5, seed) for seed in (1, 1, 2))
    assert all(np.array_equal(a.test, b.test) for a, b in zip(first, again, strict=True))
    assert not all(np.array_equal(a.test, b.test) for a, b in zip(first, other, strict=True))


def test_leave_two_out_needs_two_of_each() -> None:
    codes, y = people(1, 5)
    with pytest.raises(UserError, match="1 people with PD"):
        leave_two_out(y, codes, 5, 0)


@given(st.integers(4, 40), st.integers(4, 40), st.floats(0.05, 0.5), st.integers(0, 3))
@settings(deadline=None)
def test_split_people_keeps_the_groups_even(n_pd: int, n_control: int, share: float, seed: int) -> None:
    codes, y = people(n_pd, n_control)
    train, test = split_people(codes, y, share, seed)
    assert sorted([*train, *test]) == sorted(codes)
    for letter, n in (("P", n_pd), ("C", n_control)):
        assert sum(code[0] == letter for code in test) == max(1, round(share * n))


def test_split_people_refuses_tiny_groups() -> None:
    codes, y = people(2, 9)
    with pytest.raises(UserError, match="group PD"):
        split_people(codes, y, 0.25, 0)


@given(st.integers(3, 30), st.integers(3, 30), st.integers(0, 3))
@settings(deadline=None)
def test_people_folds_test_everybody_once(n_pd: int, n_control: int, seed: int) -> None:
    codes, y = people(n_pd, n_control)
    parts = people_folds(codes, y, 5, seed)
    assert sorted(np.concatenate(parts)) == sorted(codes)
    for letter in "PC":
        counts = [sum(code[0] == letter for code in part) for part in parts]
        assert min(counts) >= 1
        assert max(counts) - min(counts) <= 1


def test_people_folds_refuses_tiny_groups() -> None:
    with pytest.raises(UserError, match="smaller group has 2"):
        people_folds(*people(2, 9), 5, 0)


def test_a_person_on_both_sides_stops() -> None:
    check_disjoint(np.array(["a", "b"]), np.array(["c"]))
    with pytest.raises(GuardError, match="b is both trained on and tested"):
        check_disjoint(np.array(["a", "b"]), np.array(["b", "c"]))


def test_a_person_written_in_another_case_is_the_same_person() -> None:
    with pytest.raises(GuardError, match="sim01 is both trained on and tested"):
        check_disjoint(np.array(["SIM01", "SIM02"]), np.array(["sim01"]))
    codes, y = people(3, 3)
    codes = np.array([*codes, "p00"])
    table = pd.DataFrame({"subject": codes, "group": np.where([*y, 1], "PD", "control")})
    for split in (lambda: leave_two_out(np.array([*y, 1]), codes, 5, 0), lambda: people_of(table)):
        with pytest.raises(GuardError, match="'P00' and 'p00' differ only in case"):
            split()
    with pytest.raises(GuardError, match="'P00' and 'p00' differ only in case"):
        check_input(table)


@pytest.mark.parametrize("mark", [True, 1, "True", "yes", None])
def test_a_table_with_synthetic_rows_is_refused(mark: object) -> None:
    table = pd.DataFrame({"subject": ["a", "b"], "synthetic": pd.Series([False, mark], dtype=object)})
    with pytest.raises(GuardError, match="1 synthetic rows"):
        check_input(table)


@pytest.mark.parametrize("mark", [False, 0, "false", 0.0])
def test_a_table_marked_real_is_taken(mark: object) -> None:
    check_input(pd.DataFrame({"subject": ["a", "b"], "synthetic": [mark, mark]}))


@pytest.mark.parametrize("nobody", ["", "  ", None])
def test_rows_of_nobody_are_refused(nobody: str | None) -> None:
    with pytest.raises(GuardError, match="1 rows name no person"):
        check_input(pd.DataFrame({"subject": ["a", nobody]}))


def test_a_guard_is_a_value_error_with_a_remedy() -> None:
    error = GuardError("a", "b", "c")
    assert isinstance(error, ValueError)
    assert isinstance(error, UserError)
    assert error.remedy == "c"


def test_a_person_in_both_groups_stops() -> None:
    table = pd.DataFrame({"subject": ["a", "a", "b"], "group": ["PD", "control", "PD"]})
    with pytest.raises(GuardError, match="a is labelled PD in one row and control in another"):
        people_of(table)


def test_people_of_leaves_out_the_unknown() -> None:
    table = pd.DataFrame({"subject": ["b", "a", "c", "b"], "group": ["PD", "control", "", "PD"]})
    codes, y = people_of(table)
    assert codes.tolist() == ["a", "b"]
    assert y.tolist() == [0, 1]
