"""Who is near a person, whether anybody is, and how their expressions move beside both groups."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from core.screening.movement import movement
from core.screening.remarks import stranger_notes
from core.screening.screening import screen
from core.screening.surroundings import surroundings
from core.settings import ScreeningSettings
from core.types import Samples
from core.workspace.demo import demo_table


def line(*values: float) -> Samples:
    """People 0, 1, … with one feature each, the first half with PD; its standard deviation is 1."""
    X = np.array(values)[:, None]
    return Samples(X / X.std(), np.arange(len(X)) < len(X) // 2, np.array([f"P{i}" for i in range(len(X))]), ("AU12",))


def test_neighbours_by_hand() -> None:
    people = line(0.0, 1.0, 2.0, 3.0)
    unit = 1 / np.array([0.0, 1, 2, 3]).std()
    found = surroundings(np.array([2.2 * unit]), people)
    assert [(n.subject, n.group) for n in found.nearest] == [("P2", "control"), ("P3", "control"), ("P1", "PD")]
    assert [n.distance for n in found.nearest] == pytest.approx([0.2 * unit, 0.8 * unit, 1.2 * unit])
    assert found.far_from == pytest.approx(unit)
    assert not found.far
    assert found.outside == ()


def test_somebody_beyond_everybody_is_far_and_told() -> None:
    people = line(0.0, 1.0, 2.0, 3.0)
    found = surroundings(np.array([10.0]), people)
    assert found.far
    assert found.outside == ("AU12 above",)
    (told,) = stranger_notes([("fear", found)])
    assert "fear (AU12 above everybody)" in told
    assert stranger_notes([("fear", surroundings(people.X[0], people))]) == []


def test_several_rows_of_a_person_are_one_neighbour() -> None:
    X = np.array([[0.0], [0.1], [5.0], [9.0]])
    found = surroundings(np.array([0.0]), Samples(X, np.array([1, 1, 0, 0]), np.array(["A", "A", "B", "C"]), ("AU12",)))
    assert [n.subject for n in found.nearest] == ["A", "B", "C"]
    assert found.nearest[0].distance == 0


def test_movement_by_hand() -> None:
    others = pd.DataFrame({"emotion": "fear", "group": ["PD", "PD", "control"], "onset_s": [0.2, 0.4, 1.0]})
    person = pd.DataFrame({"emotion": ["fear", "fear", "anger"], "onset_s": [0.2, 0.6, 0.1], "hold_s": np.nan})
    alone, found = movement(person, others)
    assert (alone["emotion"], alone["percentile_pd"]) == ("anger", None)
    assert found == {"emotion": "fear", "measure": "onset_s", "value": pytest.approx(0.4), "percentile_pd": 75.0,
                     "percentile_control": 0.0}  # fmt: skip


def test_a_stranger_is_warned_of_and_the_result_is_json() -> None:
    table = demo_table()
    person = table[table["subject"] == "SIM01"].copy()
    quick = ScreeningSettings(n_folds=3)
    plain = screen(person, table, quick).to_json()
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
    assert all(emotion["surroundings"]["nearest"] for emotion in plain["emotions"])
    assert "SIM01" not in {n["subject"] for e in plain["emotions"] for n in e["surroundings"]["nearest"]}
    assert {record["measure"] for record in plain["movement"]} >= {"onset_s", "asymmetry"}
    strange = person.assign(subject="NEW1", AU05=5.0, AU12=5.0, AU17=5.0)
    told = screen(strange, table, quick).to_json()
    assert any("unlike everybody" in warning and "fear" in warning for warning in told["warnings"])
