"""Votes of the whole procedure on people left out: each once, and by models that know nothing of them."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from core.rng import derived_seed
from core.screening.calibration import Calibration, calibrate
from core.screening.certainty import certainty, withheld_curve
from core.screening.cohort import N_OUTER, Training, held_out_votes
from core.screening.held_out import HeldOutVotes
from core.screening.pace import Pace
from core.screening.protocols import people_folds, people_of
from core.screening.verdict import decide
from core.settings import ScreeningSettings
from core.types import ACTION_UNITS, EMOTIONS, EmotionVote, Quiet
from core.workspace.demo import demo_table

QUICK = ScreeningSettings(n_folds=3)


def pace() -> Pace:
    return Pace(Quiet(), 10**6)


@pytest.fixture(scope="module")
def cohort() -> pd.DataFrame:
    return demo_table()


@pytest.fixture(scope="module")
def held_out(cohort: pd.DataFrame) -> HeldOutVotes:
    return held_out_votes(cohort, QUICK, pace())


def test_everybody_once_with_a_share_of_their_emotions(cohort: pd.DataFrame, held_out: HeldOutVotes) -> None:
    people, shares, y = held_out.shares()
    expected, labels = people_of(cohort)
    assert people.tolist() == expected.tolist()
    assert y.tolist() == labels.tolist()
    assert np.all((shares >= 0) & (shares <= 1))
    first = held_out.votes[people[0]]
    assert shares[0] == pytest.approx(np.mean([vote.weight_for_pd for vote in first]))
    assert [vote.emotion for vote in first] == [
        emotion for emotion in EMOTIONS if emotion in set(cohort.loc[cohort["subject"] == people[0], "emotion"])
    ]


def test_the_accuracy_is_counted_from_these_votes(cohort: pd.DataFrame, held_out: HeldOutVotes) -> None:
    accuracy = held_out.accuracy()
    verdicts = {person: decide(votes).decision for person, votes in held_out.votes.items()}
    right = sum(
        verdicts[p] == ("PD-like" if label else "control-like") for p, label in held_out.label_of_person.items()
    )
    assert accuracy["decided"]["correct"] == right
    assert accuracy["n_undecided"] == list(verdicts.values()).count("undecided")


def test_a_verdict_counts_where_a_calibration_on_everybody_else_bears_it_out(
    cohort: pd.DataFrame, held_out: HeldOutVotes
) -> None:
    found = held_out.calibrated_accuracy()
    assert found == Training(cohort, QUICK, pace()).calibrated_accuracy
    assert found["n_undecided"] >= held_out.accuracy()["n_undecided"]
    people, shares, y = held_out.shares()
    right = 0
    for person, label in held_out.label_of_person.items():
        calibration = None
        if person in people:
            others = people != person
            calibration = calibrate(shares[others], y[others])
        decision = decide(held_out.votes.get(person, ()), calibration).decision
        right += decision == ("PD-like" if label else "control-like")
    assert found["decided"]["correct"] == right


def test_certainty_tells_what_the_votes_are_worth(held_out: HeldOutVotes) -> None:
    _, shares, y = held_out.shares()
    calibration = calibrate(shares, y)
    votes = next(iter(held_out.votes.values()))
    told = certainty(votes, calibration, withheld_curve(held_out))
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert told["ci"][0] <= told["probability"] <= told["ci"][1]
    assert set(told["set"]) == set(calibration.conformal_set(told["share"]))
    assert Calibration.from_json(told["calibration"]) == calibration
    assert [point["coverage"] for point in told["risk_coverage"]] == sorted(
        point["coverage"] for point in told["risk_coverage"]
    )
    nothing = certainty((), calibration, [])
    assert nothing["probability"] is None


def test_what_a_person_shows_changes_nothing_for_those_left_out_with_them(
    cohort: pd.DataFrame, held_out: HeldOutVotes
) -> None:
    people, y = people_of(cohort)
    part = people_folds(people, y, N_OUTER, derived_seed(QUICK.random_state, "vote accuracy"))[0].tolist()
    poisoned = cohort.copy()
    mine = poisoned["subject"] == part[0]
    poisoned.loc[mine, list(ACTION_UNITS)] = 5 - poisoned.loc[mine, list(ACTION_UNITS)]
    after = held_out_votes(poisoned, QUICK, pace()).votes
    assert {p: after[p] for p in part[1:]} == {p: held_out.votes[p] for p in part[1:]}
    assert after[part[0]] != held_out.votes[part[0]]


def test_people_of_few_emotions_are_not_calibrated_on() -> None:
    def votes(n: int, n_unusable: int = 0) -> tuple[EmotionVote, ...]:
        usable = [EmotionVote(f"emotion {i}", 25, 20, 0.8, "PD") for i in range(n)]
        return (*usable, *(EmotionVote("broken", 0, 0, 0.0, "tie", usable=False) for _ in range(n_unusable)))

    held = HeldOutVotes({"a": 1, "b": 0, "c": 1, "d": 0}, {"b": votes(3, 2), "a": votes(2, 3), "d": votes(5)}, 2)
    people, shares, y = held.shares()
    assert (people.tolist(), shares.tolist(), y.tolist()) == (["b", "d"], pytest.approx([0.8, 0.8]), [0, 0])


def test_a_cohort_too_small_has_no_votes_and_says_why(cohort: pd.DataFrame) -> None:
    few = cohort[cohort["subject"].isin(cohort["subject"].unique()[:2])]
    held = held_out_votes(few, QUICK, pace())
    assert held.shares()[1].shape == (0,)
    accuracy = held.accuracy()
    assert (accuracy["decided"], accuracy["n_undecided"], accuracy["n_outer"]) == (None, None, 0)
    assert "people" in accuracy["reason"]
