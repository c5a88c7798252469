"""Changes by hand reach every row of a person, are told in words, and each is one step back."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from core.errors import UserError
from core.types import ACTION_UNITS
from core.workspace import cohort_edits, cohorts
from core.workspace.store import Workspace


def table(**columns: object) -> pd.DataFrame:
    """P1 with two rows and P2 with one."""
    rows = pd.DataFrame({"subject": ["P1", "P1", "P2"], "emotion": ["anger", "fear", "anger"]})
    rows = rows.assign(group="PD", backend="hypomimia-lab", simulated=False, **columns)
    return rows.assign(**dict.fromkeys(ACTION_UNITS, 1.0))


def groups(ws: Workspace, cohort: cohorts.Cohort) -> list[str]:
    return cohorts.read_table(ws, cohort.table_hash)["group"].tolist()


def test_a_group_changes_in_all_rows_of_the_person_and_undo_brings_it_back(ws: Workspace) -> None:
    before = cohorts.create(ws, "Ward", table())
    after = cohort_edits.relabel(ws, before, {"P1": {"group": "control"}})
    assert groups(ws, after) == ["control", "control", "PD"]
    assert groups(ws, before) == ["PD", "PD", "PD"]  # the earlier table is as it was
    assert cohort_edits.last_change(ws, after) == "group of 1 person changed"
    back = cohorts.undo(ws, after)
    assert back.table_hash == before.table_hash
    assert cohort_edits.last_change(ws, back) == ""


def test_age_and_sex_change_where_the_table_has_them_and_are_not_made_where_not(ws: Workspace) -> None:
    with_age = cohorts.create(ws, "a", table(age=[70.0, 70.0, math.nan], sex=["F", "F", ""]))
    changed = cohort_edits.relabel(ws, with_age, {"P2": {"age": 61.0, "sex": "M"}})
    rows = cohorts.read_table(ws, changed.table_hash)
    assert (rows["age"].tolist(), rows["sex"].tolist()) == ([70.0, 70.0, 61.0], ["F", "F", "M"])
    assert cohort_edits.last_change(ws, changed) == "age of 1 person changed, sex of 1 person changed"
    without = cohort_edits.relabel(ws, cohorts.create(ws, "b", table()), {"P2": {"age": 61.0, "group": ""}})
    assert "age" not in cohorts.read_table(ws, without.table_hash)
    assert groups(ws, without) == ["PD", "PD", ""]


@pytest.mark.parametrize("changes", [{"P9": {"group": "PD"}}, {"P1": {"group": "ill"}}])
def test_a_stranger_and_an_unknown_word_are_refused_and_nothing_changes(ws: Workspace, changes) -> None:
    cohort = cohorts.create(ws, "a", table())
    with pytest.raises(UserError):
        cohort_edits.relabel(ws, cohort, {"P2": {"group": "control"}, **changes})
    assert cohorts.get_cohort(ws, cohort.id) == cohort


def test_the_second_tab_is_told(ws: Workspace) -> None:
    seen = cohorts.create(ws, "a", table())
    cohort_edits.relabel(ws, seen, {"P1": {"group": "control"}})
    for change in (
        lambda: cohort_edits.relabel(ws, seen, {"P2": {"group": "control"}}),
        lambda: cohort_edits.remove_rows(ws, seen, [("P2", "anger")]),
    ):
        with pytest.raises(UserError, match="changed elsewhere"):
            change()


def test_rows_are_removed_by_person_and_emotion_and_one_must_stay(ws: Workspace) -> None:
    cohort = cohorts.create(ws, "a", table())
    fewer = cohort_edits.remove_rows(ws, cohort, [("P1", "fear"), ("P2", "fear")])
    rows = cohorts.read_table(ws, fewer.table_hash)
    assert list(zip(rows["subject"], rows["emotion"], strict=True)) == [("P1", "anger"), ("P2", "anger")]
    assert cohort_edits.last_change(ws, fewer) == "1 row removed"
    with pytest.raises(UserError, match="would be left"):
        cohort_edits.remove_rows(ws, fewer, [("P1", "anger"), ("P2", "anger")])


def test_added_and_replaced_rows_are_told_too(ws: Workspace) -> None:
    cohort = cohorts.create(ws, "a", table())
    new = table().assign(subject=["P2", "P3", "P4"], AU12=[2.0, 1.0, 1.0], emotion="anger")
    assert cohort_edits.last_change(ws, cohorts.add_rows(ws, cohort, new)) == "2 rows added, 1 row replaced"


def test_people_of_the_demo_stay_as_they_were_made_until_copied(ws: Workspace) -> None:
    demo = cohorts.load_demo(ws)
    person = cohorts.read_table(ws, demo.table_hash)["subject"].iloc[0]
    for change in (
        lambda: cohort_edits.relabel(ws, demo, {person: {"group": "control"}}),
        lambda: cohort_edits.remove_rows(ws, demo, [(person, "anger")]),
    ):
        with pytest.raises(UserError, match="Make a copy"):
            change()
    own = cohorts.add_rows(ws, demo, table())
    assert set(groups(ws, cohort_edits.relabel(ws, own, {"P1": {"group": "control"}}))) == {"PD", "control"}
    copied = cohort_edits.copy(ws, demo)
    assert (copied.name, copied.simulated) == (f"{demo.name}, copy", True)
    assert cohort_edits.copy(ws, demo).name == f"{demo.name}, copy 2"
    relabelled = cohort_edits.relabel(ws, copied, {person: {"group": ""}})
    assert cohort_edits.last_change(ws, relabelled) == "group of 1 person changed"
