"""Groups, ages and sexes find their people, and what contradicts is refused with its line."""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd
import pytest

from core.errors import UserError
from core.faces.importers import read_table
from core.faces.importers.participants import fill_in, read_participants
from core.types import ACTION_UNITS
from core.workspace import cohorts
from core.workspace.store import Workspace

BIDS = "participant_id\tgroup\tage\tsex\nsub-01\tPD\t71.5\tF\nsub-02\tcontrol\t89+\tmale\nsub-03\tn/a\tn/a\tn/a\n"


def participants(text: str = BIDS) -> pd.DataFrame:
    return read_participants(io.BytesIO(text.encode()), "participants.tsv")


def refusal(text: str) -> UserError:
    with pytest.raises(UserError) as caught:
        participants(text)
    return caught.value


def table(*subjects: str, **columns: object) -> pd.DataFrame:
    rows = pd.DataFrame({"subject": subjects, "emotion": "fear", **columns})
    rows[list(ACTION_UNITS)] = 1.5
    return read_table(io.BytesIO(rows.to_csv(index=False).encode()), "cohort.csv").table


def test_bids_words_are_understood() -> None:
    found = participants()
    assert found["group"].tolist() == ["PD", "control", ""]
    assert found["age"].tolist()[:2] == [71.5, 89.0]
    assert found["age"].isna().tolist() == [False, False, True]
    assert found["sex"].tolist() == ["F", "M", ""]


def test_people_are_found_with_and_without_sub_and_in_any_case() -> None:
    filled, remarks = fill_in(table("01", "SUB-02", "03", "99"), participants())
    assert filled["group"].tolist() == ["PD", "control", "", ""]
    assert filled["age"].tolist()[:2] == [71.5, 89.0]
    assert filled["sex"].tolist() == ["F", "M", "", ""]
    assert remarks == ("1 of 4 people are not among the participants: 99.",)
    assert fill_in(table("01"), participants())[1] == ("2 participants without a row in the table.",)


def test_what_the_table_says_already_stays() -> None:
    filled, _ = fill_in(table("01", "03", group=["PD", "control"], age=[60.0, 61.0]), participants())
    assert filled["group"].tolist() == ["PD", "control"]
    assert filled["age"].tolist() == [60.0, 61.0]


def test_two_groups_of_one_person_are_refused() -> None:
    with pytest.raises(UserError, match="differ in the group of 02"):
        fill_in(table("01", "02", group=["PD", "PD"]), participants())


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("participant_id,group\nA,PD\nB,patient\n", "line 3 is not PD, control or n/a in group"),
        ("participant_id,age\nA,old\n", "line 2 has no number in age"),
        ("participant_id,age\nA,60\nB,\nC,170\n", "line 4 is no age in age"),
        ("participant_id,sex\nA,2\n", "line 2 is not F, M, O or n/a in sex"),
        ("participant_id,sex\nA,F\n,M\n", "line 3 says nothing in participant_id"),
        ("participant_id,sex\nA,F\nA,F\n", "line 3 repeats somebody in participant_id"),
        ("participant_id,sex\nsub-A,F\nA,F\n", "line 3 repeats somebody in participant_id"),
        ("participant_id,sex\nP01,F\np01,F\n", "differ only in case or spaces"),
        ("subject,sex\nP01,F\n", "has no column participant_id"),
        ("participant_id,sex\n", "has no rows"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_line(text: str, what: str) -> None:
    assert what in refusal(text).what


def test_codes_stay_as_they_are_written() -> None:
    assert participants("participant_id\n007\nNA\n1e3\n")["participant_id"].tolist() == ["007", "NA", "1e3"]


def test_a_cohort_keeps_ages_and_sexes(tmp_path: Path) -> None:
    ws = Workspace.open(tmp_path / "home")
    filled, _ = fill_in(table("01", "02"), participants())
    cohort = cohorts.create(ws, "With ages", filled)
    stored = cohorts.read_table(ws, cohort.table_hash)
    pd.testing.assert_frame_equal(stored, filled)
    grown = cohorts.add_rows(ws, cohort, table("77"))
    ages = cohorts.read_table(ws, grown.table_hash).set_index("subject")["age"]
    assert ages["01"] == 71.5
    assert pd.isna(ages["77"])
    again = read_table(io.BytesIO(cohorts.read_table(ws, grown.table_hash).to_csv(index=False).encode()), "c.csv").table
    assert again["sex"].tolist() == ["F", "M", ""]
