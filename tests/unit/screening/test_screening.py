"""Screening a simulated person against the simulated cohort."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.errors import Cancelled, UserError
from core.screening.protocols import GuardError
from core.screening.screening import check_cohort, screen, screen_people
from core.screening.statistics import percentile
from core.settings import AGCLSettings, ScreeningSettings
from core.types import ACTION_UNITS, EMOTIONS
from core.workspace.demo import demo_table

QUICK = ScreeningSettings(n_folds=3)


@pytest.fixture(scope="module")
def cohort() -> pd.DataFrame:
    return demo_table()


def rows_of(cohort: pd.DataFrame, subject: str) -> pd.DataFrame:
    return cohort[cohort["subject"] == subject].reset_index(drop=True)


def complete_person(cohort: pd.DataFrame) -> str:
    counts = cohort["subject"].value_counts()
    return sorted(counts[counts == 5].index)[0]


@pytest.fixture(scope="module")
def plain(cohort: pd.DataFrame) -> dict:
    """The screening of a complete person, as JSON."""
    return screen(rows_of(cohort, complete_person(cohort)), cohort, QUICK).to_json()


def test_the_same_input_gives_the_same_bytes(cohort: pd.DataFrame) -> None:
    settings = replace(QUICK, method="AGCL", n_folds=2)
    person = rows_of(cohort, complete_person(cohort))
    first, second = (json.dumps(screen(person, cohort, settings).to_json(), allow_nan=False) for _ in range(2))
    assert first == second


def test_the_whole_result_hangs_together(cohort: pd.DataFrame, plain: dict) -> None:
    subject, result = complete_person(cohort), plain
    assert result["person"] == subject
    assert result["cohort"]["n_people"] == cohort["subject"].nunique() - 1
    assert result["cohort"]["simulated"] is True
    assert [emotion["n_models"] for emotion in result["emotions"]] == [3] * 5
    assert all(emotion["out_of_fold"]["n"] == 6 for emotion in result["emotions"])
    accuracy = result["vote_accuracy"]
    assert accuracy["decided"]["n"] + accuracy["n_undecided"] == accuracy["n_people"] == result["cohort"]["n_people"]
    reading = result["emotions"][0]["features"][0]
    own = rows_of(cohort, subject).set_index("emotion").loc["anger", reading["name"]]
    assert reading["value"] == own
    assert any("simulated" in warning for warning in result["warnings"])


@pytest.mark.parametrize("disguise", [str, str.lower, lambda code: f" {code} "])
def test_the_person_is_dropped_from_the_cohort(
    cohort: pd.DataFrame, plain: dict, disguise: Callable[[str], str]
) -> None:
    """Their rows in the cohort may say anything: nothing that is trained or reported changes."""
    subject = complete_person(cohort)
    person = rows_of(cohort, subject)
    poisoned = cohort.copy()
    mine = poisoned["subject"] == subject
    poisoned.loc[mine, list(ACTION_UNITS)] = 5 - poisoned.loc[mine, list(ACTION_UNITS)]
    poisoned.loc[mine, "group"] = "control" if (person["group"] == "PD").all() else "PD"
    poisoned.loc[mine, "subject"] = disguise(subject)
    assert screen(person, poisoned, QUICK).to_json() == plain


def test_the_label_of_the_person_is_not_used(cohort: pd.DataFrame, plain: dict) -> None:
    person = rows_of(cohort, complete_person(cohort))
    without = screen(person.assign(group=""), cohort, QUICK).to_json()
    assert without["emotions"] == plain["emotions"]
    assert any("the label was not used" in note for note in plain["notes"])
    assert not any("the label was not used" in note for note in without["notes"])


def test_unknown_groups_never_train(cohort: pd.DataFrame, plain: dict) -> None:
    person = rows_of(cohort, complete_person(cohort))
    stranger = person.assign(subject="stranger", group="", **dict.fromkeys(ACTION_UNITS, 4.9))
    result = screen(person, pd.concat([cohort, stranger]), QUICK).to_json()
    assert result["emotions"] == plain["emotions"]
    assert any("5 rows of unknown group" in note for note in result["notes"])


def test_few_usable_emotions_are_undecided(cohort: pd.DataFrame) -> None:
    person = rows_of(cohort, complete_person(cohort))
    two = person[person["emotion"].isin(["anger", "fear"])]
    result = screen(two, cohort, QUICK)
    assert result.verdict.decision == "undecided"
    reasons = {vote.emotion: vote.reason for vote in result.verdict.votes if not vote.usable}
    assert reasons == {emotion: f"There is no clip of {emotion}." for emotion in ("happiness", "disgust", "surprise")}


def test_an_unmeasured_action_unit_withholds_its_emotion(cohort: pd.DataFrame) -> None:
    person = rows_of(cohort, complete_person(cohort))
    person.loc[person["emotion"] == "anger", "AU10"] = np.nan
    anger = screen(person, cohort, QUICK).to_json()["emotions"][0]
    assert (anger["usable"], anger["reason"]) == (False, "AU10 of the person could not be measured.")


def test_a_missing_action_unit_of_the_cohort_is_named(cohort: pd.DataFrame) -> None:
    person = rows_of(cohort, complete_person(cohort))
    anger = screen(person, cohort.drop(columns="AU09"), QUICK).to_json()["emotions"][0]
    assert (anger["usable"], anger["reason"]) == (False, "The cohort lacks AU09.")


def test_incomplete_rows_of_the_cohort_are_left_out_aloud(cohort: pd.DataFrame, plain: dict) -> None:
    holed = cohort.copy()
    other = cohort.index[(cohort["emotion"] == "anger") & (cohort["subject"] != complete_person(cohort))][0]
    holed.loc[other, "AU09"] = np.nan
    person = rows_of(cohort, complete_person(cohort))
    result = screen(person, holed, QUICK).to_json()
    n_people = [sum(r["emotions"][0][key] for key in ("n_pd", "n_control")) for r in (result, plain)]
    assert n_people[0] == n_people[1] - 1
    assert any("unmeasured action units" in note for note in result["notes"])


def test_different_backends_are_warned_of(cohort: pd.DataFrame) -> None:
    person = rows_of(cohort, complete_person(cohort)).assign(backend="openface")
    assert any("not comparable" in warning for warning in screen(person, cohort, QUICK).warnings)


def test_several_clips_of_an_emotion_are_averaged(cohort: pd.DataFrame, plain: dict) -> None:
    person = rows_of(cohort, complete_person(cohort))
    twice = pd.concat([person, person])
    result = screen(twice, cohort, QUICK).to_json()
    assert result["emotions"] == plain["emotions"]
    assert any("were averaged" in note for note in result["notes"])


def test_agcl_that_finds_nothing_is_said(cohort: pd.DataFrame) -> None:
    settings = replace(QUICK, method="AGCL", agcl=AGCLSettings(threshold=1.0, n_clusters=1))
    result = screen(rows_of(cohort, complete_person(cohort)), cohort, settings)
    assert sum("AGCL had no pure cluster" in note for note in result.notes) == 5


def test_a_leaky_route_stops(cohort: pd.DataFrame) -> None:
    person = rows_of(cohort, complete_person(cohort))
    augmented = pd.concat([cohort.assign(synthetic=False), cohort.head(5).assign(synthetic=True)])
    for table in (augmented, pd.concat([cohort, cohort.head(3).assign(subject="")])):
        with pytest.raises(GuardError):
            screen(person, table, QUICK)


def test_one_person_at_a_time(cohort: pd.DataFrame) -> None:
    with pytest.raises(UserError, match="of 59 people"):
        screen(cohort, cohort, QUICK)
    with pytest.raises(UserError, match="No row of the person"):
        screen(cohort.head(0), cohort, QUICK)


def test_a_cohort_of_one_group_trains_nothing(cohort: pd.DataFrame) -> None:
    with pytest.raises(UserError, match="0 controls in anger"):
        screen(rows_of(cohort, complete_person(cohort)), cohort[cohort["group"] == "PD"], QUICK)


def test_a_cohort_that_can_train_nothing_is_refused_whoever_comes(cohort: pd.DataFrame) -> None:
    check_cohort(cohort, QUICK)
    check_cohort(cohort[cohort["emotion"] == "fear"], QUICK)
    with pytest.raises(UserError, match=r"0 controls in anger\..*0 controls in surprise\."):
        check_cohort(cohort[cohort["group"] == "PD"], QUICK)
    with pytest.raises(GuardError):
        check_cohort(cohort.assign(synthetic=True), QUICK)


def test_who_cannot_be_judged_costs_nobody_else_the_verdict(cohort: pd.DataFrame) -> None:
    judged, other = complete_person(cohort), sorted(cohort["subject"].unique())[5]
    bored = rows_of(cohort, other).head(1).assign(emotion="boredom")
    settings = replace(QUICK, n_folds=1)
    found = screen_people(pd.concat([rows_of(cohort, judged), bored]), cohort, settings)
    verdicts = {screening.person: screening.verdict for screening in found}
    assert verdicts[judged] == screen(rows_of(cohort, judged), cohort, settings).verdict
    assert verdicts[other].decision == "undecided"
    assert "No emotion can be used" in verdicts[other].reason
    assert {vote.reason for vote in verdicts[other].votes} == {
        f"There is no clip of {emotion}." for emotion in EMOTIONS
    }
    json.dumps([screening.to_json() for screening in found], allow_nan=False)


class Untouched:
    def report(self, done: float, total: float, message: str = "") -> None:
        raise AssertionError(f"{message}: nothing is to be trained")

    def cancelled(self) -> bool:
        return False


def test_where_nobody_can_be_judged_it_is_said_before_any_training(cohort: pd.DataFrame) -> None:
    bored = cohort.head(12).drop_duplicates("subject").assign(emotion="boredom")
    with pytest.raises(UserError, match=r"None of these people can be judged\. There is no clip of anger\."):
        screen_people(bored, cohort, QUICK, Untouched())
    with pytest.raises(UserError, match=r"The person cannot be judged\."):
        screen(bored.head(1), cohort, QUICK, Untouched())


class CancelAtOnce:
    def report(self, done: float, total: float, message: str = "") -> None:
        raise AssertionError("nothing is reported after a cancel")

    def cancelled(self) -> bool:
        return True


def test_a_cancel_stops(cohort: pd.DataFrame) -> None:
    with pytest.raises(Cancelled):
        screen(rows_of(cohort, complete_person(cohort)), cohort, QUICK, CancelAtOnce())


def test_percentile_by_hand() -> None:
    reference = np.array([1.0, 2.0, 2.0, 3.0])
    assert [percentile(value, reference) for value in (0.5, 2.0, 2.5, 9.0)] == [0.0, 50.0, 75.0, 100.0]


def test_people_who_share_their_training_are_judged_as_if_alone(cohort: pd.DataFrame) -> None:
    """Two people of the cohort, each left out of their own training, and two others, for whom all of it trains."""
    strangers = cohort.assign(subject="NEW" + cohort["subject"])
    strangers[list(ACTION_UNITS)] = (0.7 * strangers[list(ACTION_UNITS)] + 0.2).round(2)
    others = sorted(strangers["subject"].unique())[:2]
    inside = [complete_person(cohort), sorted(cohort["subject"].unique())[5]]
    people = pd.concat([rows_of(strangers, s) for s in others] + [rows_of(cohort, s) for s in inside])
    settings = replace(QUICK, n_folds=1)
    together = screen_people(people, cohort, settings)
    assert [screening.person for screening in together] == sorted(others + inside)
    for screening in together:
        table = strangers if screening.person in others else cohort
        assert screening.to_json() == screen(rows_of(table, screening.person), cohort, settings).to_json()
