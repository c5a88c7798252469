"""What is told of a method: verdicts with their controls, the paper's tests, and JSON of all of it."""

from __future__ import annotations

import json

import numpy as np
import pytest

from core.latent.features import samples
from core.latent.fidelity.closeness import near_copy_share, nearest_others, nearest_people
from core.latent.fidelity.report import report
from core.latent.fidelity.splits import CANDIDATES
from core.latent.fidelity.spread import correlation_differences
from core.settings import SAMPLERS
from core.workspace.demo import demo_table


@pytest.mark.parametrize("method", ["AGCL", "duplication"])
def test_a_report_is_json_and_its_controls_hold(method: str) -> None:
    people = samples(demo_table(), "happiness", "Table II")
    told = report(people, SAMPLERS[method](), n_splits=6)
    assert json.loads(json.dumps(told, allow_nan=False)) == json.loads(
        json.dumps(report(people, SAMPLERS[method](), 6))
    )
    assert told["verdicts"]["real, held out"]["decision"] == "passes"
    assert told["verdicts"]["copies"]["decision"] == "fails"
    assert (told["verdicts"]["method"]["decision"] == "fails") == (method == "duplication")
    assert {candidate: len(tests) for candidate, tests in told["table_iii"].items()} == dict.fromkeys(CANDIDATES, 6)
    assert told["settings"]["alpha"] == 7.0
    assert method == "AGCL" or told["n_made"] == {"control": 7 * 30, "PD": 7 * 25}


def test_copies_pass_the_tests_of_the_paper_best_of_all() -> None:
    people = samples(demo_table(), "anger", "all 17")
    told = report(people, SAMPLERS["duplication"](alpha=1), n_splits=6)
    shares = [s for s in told["summaries"] if (s["measure"], s["group"]) == ("rejected_share", "all")]
    rejected = {share["candidate"]: share["mean"] for share in shares}
    assert rejected["copies"] < rejected["real, held out"]


def test_distances_to_people_by_hand() -> None:
    real, people = np.array([[0.0], [1.0], [5.0]]), np.array(["a", "a", "b"])
    assert nearest_others(real, people).tolist() == [5.0, 4.0, 4.0]
    assert nearest_people(np.array([[0.4], [4.0]]), real, people).tolist() == [0.4, 1.0]


def test_differences_of_correlations_by_hand() -> None:
    rising, falling = np.array([[0.0, 0, 1], [1, 1, 1], [2, 2, 1]]), np.array([[0.0, 2, 0], [1, 1, 1], [2, 0, 2]])
    found = correlation_differences(falling, rising)
    assert found[0, 1] == pytest.approx(-2.0)
    assert np.isnan(found[2]).all()
    assert np.isnan(correlation_differences(rising[:2], falling)).all()


def test_near_copies_among_rows_by_hand() -> None:
    X, y = np.array([[0.0], [2.0], [4.0], [50.0]]), np.array([0, 0, 0, 1])
    made = np.array([[0.9], [1.1], [3.1], [50.0]])  # 0.9, 0.9, 0.9 away; the last of a class that has one row only
    assert near_copy_share(X, y, made, np.array([0, 0, 0, 1])) == 1.0  # the usual distance is 2
    assert near_copy_share(X, y, made + 5.0, np.array([0, 0, 0, 1])) == 0.0
    assert near_copy_share(X, y, made[3:], np.array([1])) is None
