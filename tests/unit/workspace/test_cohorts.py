"""Cohorts point to immutable tables: changes are new tables, undo goes back, and no tab overwrites another's change."""

from __future__ import annotations

import pandas as pd
import pytest

from core.errors import UserError
from core.types import ACTION_UNITS
from core.workspace import cohorts
from core.workspace.store import Workspace


def table(*keys: tuple[str, str], intensity: float = 1.0, simulated: bool = False) -> pd.DataFrame:
    """One row for each (subject, emotion)."""
    units = dict.fromkeys(ACTION_UNITS, intensity)
    about = {"group": "PD", "backend": "hypomimia-lab", "simulated": simulated}
    return pd.DataFrame([{"subject": s, "emotion": e, **about, **units} for s, e in keys])


def test_a_cohort_gives_back_the_table_it_was_made_of(ws: Workspace) -> None:
    rows = table(("P1", "anger"), ("P1", "fear"), ("P2", "anger"))
    cohort = cohorts.create(ws, " Ward 3 ", rows)
    assert (cohort.name, cohort.n_people, cohort.n_rows, cohort.simulated) == ("Ward 3", 2, 3, False)
    pd.testing.assert_frame_equal(cohorts.read_table(ws, cohort.table_hash), rows)
    assert cohorts.list_cohorts(ws) == [cohort]


def test_the_same_table_is_stored_once(ws: Workspace) -> None:
    a = cohorts.create(ws, "a", table(("P1", "anger")))
    b = cohorts.create(ws, "b", table(("P1", "anger")))
    assert a.table_hash == b.table_hash
    assert len(list(ws.tables_dir.iterdir())) == 1


def test_added_rows_replace_those_of_the_same_person_and_emotion(ws: Workspace) -> None:
    cohort = cohorts.create(ws, "a", table(("P1", "anger"), ("P2", "anger")))
    cohort = cohorts.add_rows(ws, cohort, table(("P2", "anger"), ("P3", "fear"), intensity=4.0))
    found = cohorts.read_table(ws, cohort.table_hash).set_index(["subject", "emotion"])["AU12"].to_dict()
    assert found == {("P1", "anger"): 1.0, ("P2", "anger"): 4.0, ("P3", "fear"): 4.0}
    assert (cohort.n_people, cohort.n_rows) == (3, 3)


def test_undo_goes_back_step_by_step_and_no_further(ws: Workspace) -> None:
    first = cohorts.create(ws, "a", table(("P1", "anger")))
    second = cohorts.add_rows(ws, first, table(("P2", "anger")))
    third = cohorts.add_rows(ws, second, table(("P3", "anger")))
    back = cohorts.undo(ws, third)
    assert back.table_hash == second.table_hash
    other = cohorts.add_rows(ws, back, table(("P4", "anger")))
    assert set(cohorts.read_table(ws, other.table_hash)["subject"]) == {"P1", "P2", "P4"}
    start = cohorts.undo(ws, cohorts.undo(ws, other))
    assert (start.table_hash, start.undoable) == (first.table_hash, False)
    with pytest.raises(UserError, match="nothing to undo"):
        cohorts.undo(ws, start)


def test_the_second_tab_is_told_that_the_first_changed_the_cohort(ws: Workspace) -> None:
    seen = cohorts.create(ws, "a", table(("P1", "anger")))
    cohorts.add_rows(ws, seen, table(("P2", "anger")))
    with pytest.raises(UserError, match="changed elsewhere"):
        cohorts.add_rows(ws, seen, table(("P3", "anger")))
    now = cohorts.get_cohort(ws, seen.id)
    assert set(cohorts.read_table(ws, now.table_hash)["subject"]) == {"P1", "P2"}


def test_a_cohort_with_any_simulated_person_is_called_simulated(ws: Workspace) -> None:
    cohort = cohorts.create(ws, "a", table(("SIM01", "anger"), simulated=True))
    assert cohorts.add_rows(ws, cohort, table(("P1", "anger"))).simulated


def test_rows_without_a_person_or_an_emotion_are_refused(ws: Workspace) -> None:
    cohort = cohorts.create(ws, "a", table(("P1", "anger")))
    for rows in (table(("", "anger")), table(("P2", "")), table(("P2", "fear")).iloc[:0]):
        with pytest.raises(UserError):
            cohorts.add_rows(ws, cohort, rows)
    assert cohorts.get_cohort(ws, cohort.id) == cohort


def test_one_person_under_two_spellings_is_refused(ws: Workspace) -> None:
    cohort = cohorts.create(ws, "a", table(("SIM01", "anger")))
    with pytest.raises(UserError, match="differ only in case"):
        cohorts.add_rows(ws, cohort, table(("sim01", "fear")))
    with pytest.raises(UserError, match="differ only in case"):
        cohorts.create(ws, "b", table(("P1", "anger"), (" p1", "fear")))
    assert cohorts.list_cohorts(ws) == [cohort]


def test_a_damaged_table_is_noticed(ws: Workspace) -> None:
    cohort = cohorts.create(ws, "a", table(("P1", "anger")))
    path = ws.tables_dir / f"{cohort.table_hash}.parquet"
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    for table_hash in (cohort.table_hash, "0" * 64, "../lab.sqlite"):
        with pytest.raises(UserError, match="missing or damaged"):
            cohorts.read_table(ws, table_hash)


def test_the_cohort_in_use_is_none_until_chosen_and_after_removal(ws: Workspace) -> None:
    cohort = cohorts.create(ws, "a", table(("P1", "anger")))
    assert cohorts.in_use(ws) is None
    cohorts.use(ws, cohort.id)
    assert cohorts.in_use(ws) == cohort
    cohorts.remove(ws, cohort)
    assert cohorts.in_use(ws) is None
    assert cohorts.list_cohorts(ws) == []
    with pytest.raises(UserError):
        cohorts.use(ws, cohort.id)


def test_the_demo_is_one_cohort_however_often_it_is_loaded(ws: Workspace) -> None:
    demo = cohorts.load_demo(ws)
    assert cohorts.load_demo(ws) == demo
    assert (demo.n_people, demo.simulated) == (59, True)
    cohorts.remove(ws, demo)
    assert cohorts.load_demo(ws).table_hash == demo.table_hash
    assert len(cohorts.list_cohorts(ws)) == 1
