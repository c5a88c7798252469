"""A cohort beside a kept model tells where a person lies, and changes nothing of the verdict."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.screening.bundle import Bundle
from core.screening.cohort_beside import beside
from core.screening.kept_model import screen_by
from core.screening.record import ComparedWith, Screening
from core.screening.report.content import sections
from core.screening.screening import screen
from core.screening.training import train
from core.types import TABLE_II
from core.workspace.demo import demo_table
from tests.unit.screening.kept import QUICK, kept, stranger

SHOWN = ("features", "surroundings")


@pytest.fixture(scope="module")
def whole() -> Bundle:
    """All five emotions."""
    return train(demo_table(), QUICK)


def judged(bundle: Bundle, person: pd.DataFrame) -> Screening:
    return screen_by(bundle, person)[0]


def without_what_is_shown(found: Screening) -> dict[str, object]:
    told = found.to_json()
    for name in ("notes", "movement", "compared_with"):
        told.pop(name)
    for emotion in told["emotions"]:
        for name in SHOWN:
            emotion.pop(name)
    return told


def test_the_person_lies_where_a_screening_by_the_cohort_says(whole: Bundle) -> None:
    """The cohort is the one that was trained on, so that both must tell the same."""
    alone = judged(whole, stranger())
    found = beside(alone, stranger(), demo_table())
    trained = screen(stranger(), demo_table(), QUICK).to_json()
    told = found.to_json()
    for mine, theirs in zip(told["emotions"], trained["emotions"], strict=True):
        for name in SHOWN:
            assert mine[name] == theirs[name]
    assert told["movement"] == trained["movement"]
    assert told["compared_with"]["hash"] == trained["cohort"]["hash"]
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert without_what_is_shown(found) == without_what_is_shown(alone)


def test_it_is_said_among_whom(whole: Bundle) -> None:
    found = beside(judged(whole, stranger()), stranger(), demo_table())
    assert found.compared_with is not None
    assert (found.compared_with.n_pd, found.compared_with.n_control, found.compared_with.simulated) == (29, 30, True)
    assert found.notes[-1] == (
        "Percentiles, people near and movement are among 59 simulated people of the cohort in use (29 with PD, 30 "
        "controls), not among those whom the model was trained on."
    )
    told = {section.heading: section for section in sections(found.to_json())}
    assert found.notes[-1] in told["Notes"].sentences
    assert ("rows compared with, SHA-256", found.compared_with.hash) in told["How it was made"].rows


def by_hand(
    emotion: str, pd_rows: list[float], control_rows: list[float], backend: str = "hypomimia-lab"
) -> pd.DataFrame:
    """A cohort of one emotion in which the first unit of Table II takes these values and the others are 1."""
    first, *others = TABLE_II[emotion]
    rows = [
        {"subject": f"{group}{i}", "emotion": emotion, "group": group, "backend": backend, "simulated": False,
         first: value, **dict.fromkeys(others, 1.0), "onset_s": value}
        for group, values in (("PD", pd_rows), ("control", control_rows)) for i, value in enumerate(values)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def test_percentiles_neighbours_and_movement_by_hand() -> None:
    first, second, third = TABLE_II["fear"]
    person = stranger()
    person = person[person["emotion"] == "fear"].assign(**{first: 2.1, second: 1.0, third: 1.0}, onset_s=2.1)
    cohort = by_hand("fear", [0.0, 1.0, 2.0, 3.0], [2.0, 3.0, 4.0])
    found = beside(judged(kept(), person), person, cohort)
    fear = next(report for report in found.emotions if report.vote.emotion == "fear")
    assert (fear.features[0].percentile_pd, fear.features[0].percentile_control) == (75.0, pytest.approx(100 / 3))
    assert [n.subject for n in fear.surroundings.nearest][2:] in (["PD3"], ["control1"])
    assert {n.subject for n in fear.surroundings.nearest[:2]} == {"PD2", "control0"}
    sd = np.std([0, 1, 2, 3, 2, 3, 4])
    assert fear.surroundings.nearest[0].distance == pytest.approx(0.1 / sd)
    (onset,) = found.movement
    assert (onset["measure"], onset["percentile_pd"], onset["percentile_control"]) == (
        "onset_s", 75.0, pytest.approx(100 / 3)
    )  # fmt: skip
    assert found.compared_with == ComparedWith(4, 3, False, found.compared_with.hash)
    assert "among 7 people of the cohort" in found.notes[-1]


@pytest.mark.parametrize("code", ["NEW", " new "])
def test_the_person_is_left_out_of_the_cohort(code: str) -> None:
    cohort = pd.concat([demo_table(), stranger(code).assign(group="PD")], ignore_index=True)
    found = beside(judged(kept(), stranger()), stranger(), cohort)
    expected = beside(judged(kept(), stranger()), stranger(), demo_table())
    assert found.emotions == expected.emotions
    assert found.compared_with == expected.compared_with
    assert "people of the cohort in use (29 with PD, 30 controls; the person was left out), not" in found.notes[-1]


def test_an_emotion_that_the_cohort_lacks_keeps_the_percentiles_of_the_model() -> None:
    cohort = demo_table()
    cohort.loc[cohort["emotion"] == "anger", "AU09"] = np.nan
    alone = judged(kept(), stranger())
    found = beside(alone, stranger(), cohort)
    assert found.emotions[0] == alone.emotions[0]
    assert found.emotions[3].surroundings is not None
    assert found.notes[-1] == "In anger percentiles are among the people of the model: the cohort lacks AU09."


@pytest.mark.parametrize(
    ("cohort", "why"),
    [
        (demo_table().assign(backend="openface"), "was measured by openface, and the person by hypomimia-lab."),
        (demo_table().drop(columns=["AU09", "AU05"]), "the cohort lacks AU09; the cohort lacks AU05."),
        (by_hand("fear", [1.0, 2.0], [1.0]), "2 people with PD and 1 controls in fear."),
        (demo_table().assign(group=""), "nobody else of a known group is in the cohort in use."),
        (stranger().assign(group="PD"), "nobody else of a known group is in the cohort in use."),
        (demo_table().assign(synthetic=True), "the cohort in use cannot be compared with, as "),
    ],
    ids=["backend", "features", "few", "no group", "alone", "synthetic"],
)
def test_where_nothing_can_be_compared_one_sentence_says_why(cohort: pd.DataFrame, why: str) -> None:
    alone = judged(kept(), stranger())
    found = beside(alone, stranger(), cohort)
    assert found == replace(alone, notes=found.notes)
    (*before, said) = found.notes
    assert tuple(before) == alone.notes
    assert said.startswith("People near and movement are not shown, and percentiles are among the people of the model")
    assert why in said
    assert said.endswith(".")
