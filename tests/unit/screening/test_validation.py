"""The scores of a result, worked by hand from four people, and what each protocol has."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.errors import UserError
from core.screening.plain_table import Columns
from core.screening.statistics import wilson
from core.screening.table_iv.rows import MAJORITY, Findings, nested_key, paper_key
from core.screening.table_iv.scores import both_scores, result_rows
from core.screening.validation import validate
from core.settings import ValidationSettings

LABELS = {"p": 1, "q": 1, "c": 0, "d": 0}


def paper(tests: list, votes: dict, p: dict) -> dict:
    accuracy = [np.mean([(x > 0.5) == LABELS[person] for person, x in tests[i : i + 2]]) for i in (0, 2)]
    return {
        "setting": {"parameters": {"n_neighbors": 3}, "sampler": None}, "n_settings": 4, "n_folds": 2,
        "fold_accuracy": accuracy, "fold_tests": tests, "test": votes, "test_probability": p,
        "held_out": {person: float(x > 0.5) for person, x in tests},
    }  # fmt: skip


PART = paper([["p", 0.9], ["c", 0.2], ["q", 0.4], ["d", 0.6]], {"p": 1.0, "c": 0.5}, {"p": 0.8, "c": 0.6})
RESULTS = {
    paper_key("fear", "none", "kNN"): PART,
    nested_key("fear", "none", "kNN", 0, 0): {"test": {"p": 1.0, "c": 0.0}, "test_probability": {"p": 0.7, "c": 0.1}},
    nested_key("fear", "none", "kNN", 0, 1): {"test": {"q": 0.2, "d": 0.0}, "test_probability": {"q": 0.4, "d": 0.3}},
}
FINDINGS = Findings(RESULTS, LABELS, ["fear"], [("none", "kNN")], n_repeats=1)


def test_a_result_by_hand() -> None:
    (row,) = result_rows(FINDINGS, has_test=True)
    assert (row["emotion"], row["method"], row["classifier"]) == ("fear", "none", "kNN")
    tuned, nested, test = row["tuned_cv"], row["nested"], row["test"]
    # p and c are right, q and d wrong; of the pairs p-c, p-d, q-c, q-d all but the last are in order.
    assert [tuned[k] for k in ("n", "accuracy", "balanced_accuracy", "sensitivity", "specificity", "auroc")] == [
        4, 0.5, 0.5, 0.5, 0.5, 0.75
    ]  # fmt: skip
    assert tuned["brier"] == pytest.approx((0.01 + 0.04 + 0.36 + 0.36) / 4)
    assert tuned["accuracy_ci"] == pytest.approx(wilson(2, 4))
    assert (tuned["fold_mean"], tuned["fold_sd"], tuned["n_folds"], tuned["n_settings"]) == (0.5, 0.5, 2, 4)
    assert tuned["setting"] == {"parameters": {"n_neighbors": 3}, "sampler": None}
    assert [nested[k] for k in ("accuracy", "sensitivity", "specificity", "auroc")] == [0.75, 0.5, 1.0, 1.0]
    assert nested["brier"] == pytest.approx((0.09 + 0.01 + 0.36 + 0.09) / 4)
    # A vote that ties is wrong.
    assert [test[k] for k in ("n", "accuracy", "sensitivity", "specificity", "auroc")] == [2, 0.5, 1.0, 0.0, 1.0]
    scores = ("accuracy", "balanced_accuracy", "auroc", "brier", "sensitivity", "specificity")
    for part in (tuned, nested):
        assert all(part[f"{name}_ci"][0] <= part[name] <= part[f"{name}_ci"][1] for name in scores)


def test_what_a_protocol_does_not_have_is_none() -> None:
    (row,) = result_rows(replace(FINDINGS, n_repeats=0), has_test=False)
    assert row["nested"] is None
    assert row["test"] is None


def test_several_emotions_vote() -> None:
    other = {key.replace("fear", "anger"): value for key, value in RESULTS.items()}
    both = replace(FINDINGS, results={**RESULTS, **other}, emotions=["fear", "anger"])
    rows = result_rows(both, has_test=True)
    assert [row["emotion"] for row in rows] == ["fear", "anger", MAJORITY]
    assert rows[2]["nested"] == rows[0]["nested"]
    assert rows[2]["tuned_cv"]["accuracy"] == 0.5
    assert (rows[2]["tuned_cv"]["fold_mean"], rows[2]["tuned_cv"]["n_settings"]) == (None, 8)


def test_votes_call_and_probabilities_order() -> None:
    y, people = np.array([1, 1, 0, 0]), np.array(["p", "q", "c", "d"])
    found = both_scores([1, 1, 1, 0], [0.9, 0.8, 0.7, 0.1], y, people)
    assert (found["specificity"], found["auroc"]) == (0.5, 1.0)


def cohort(prefix: str, n: int, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    y = np.arange(n) % 2
    rows = pd.DataFrame({"who": [f"{prefix}{i}" for i in range(n)], "ill": np.where(y == 1, "PD", "control")})
    return rows.assign(a=rng.normal(y, 0.7), b=rng.normal(0, 1, n), age=rng.integers(50, 80, n)).astype(str)


COLUMNS = Columns("ill", "who", ("a", "b"))
SMALL = ValidationSettings(methods=("SMOTE",), alphas=(2.0,), n_folds=3)


def test_the_nested_protocol_on_a_table() -> None:
    parts: dict = {}
    found = validate(cohort("", 24, 0), cohort("T", 30, 1), COLUMNS, SMALL, on_result=parts.__setitem__)
    json.dumps(found, allow_nan=False)
    shown = [("none", "kNN"), ("SMOTE", "kNN"), ("none", "logistic regression")]
    assert [(row["method"], row["classifier"]) for row in found["results"]] == shown
    for row in found["results"]:
        assert [row[part]["n"] for part in ("nested", "test")] == [24, 30]
        assert row["tuned_cv"]["n"] == 6
        assert row["test"]["auroc"] > 0.6
    assert found["people"] == {"n": 24, "n_pd": 12, "n_control": 12, "n_train": 24, "n_test": 30}
    assert set(found["seeds"]) == {"seed", *parts}
    assert [row["column"] for row in found["confounders"]] == ["age"]
    assert {row["emotion"] for row in found["differences"]} == {"all"}
    again = validate(cohort("", 24, 0), cohort("T", 30, 1), COLUMNS, SMALL, finished=parts, on_result=parts.__delitem__)
    assert again == found


def test_the_test_people_change_nothing_but_the_test() -> None:
    first, second = (validate(cohort("", 24, 0), cohort("T", 30, seed), COLUMNS, SMALL) for seed in (1, 2))
    for one, other in zip(first["results"], second["results"], strict=True):
        assert one["test"] != other["test"]
        assert {**one, "test": None} == {**other, "test": None}


def test_the_paper_protocol_holds_people_out_by_itself() -> None:
    found = validate(cohort("", 24, 0), None, COLUMNS, SMALL, "paper")
    assert found["people"]["n_train"] + found["people"]["n_test"] == 24
    assert found["people"]["n_test"] == 6
    assert [row["test"]["n"] for row in found["results"]] == [6, 6, 6]
    assert all(row["nested"] is None for row in found["results"])
    assert found["differences"] == []


def test_without_a_test_table_the_nested_protocol_has_no_test() -> None:
    found = validate(cohort("", 24, 0), None, COLUMNS, SMALL)
    assert all(row["test"] is None for row in found["results"])


def test_permuted_labels_leave_those_of_the_test_table() -> None:
    alone = replace(SMALL, methods=())
    table, test = cohort("", 24, 0), cohort("T", 200, 1)
    found = [
        validate(table, test, COLUMNS, replace(alone, random_state=seed), permute_labels=True) for seed in range(6)
    ]
    areas = [each["results"][0]["test"]["auroc"] for each in found]
    assert np.mean(areas) == pytest.approx(0.5, abs=0.2)
    assert validate(table, test, COLUMNS, SMALL)["results"][0]["test"]["auroc"] > 0.75


def test_an_emotion_that_holding_out_leaves_too_few_people_of_is_told() -> None:
    whole = cohort("", 24, 0).assign(show="smile")
    both = pd.concat([whole, whole.head(6).assign(show="frown")], ignore_index=True)
    shown = replace(COLUMNS, emotion="show")
    found = [validate(both, None, shown, replace(SMALL, random_state=seed), "paper") for seed in range(4)]
    assert any(
        "frown" in each["skipped"] and {row["emotion"] for row in each["results"]} == {"smile"} for each in found
    )
    with pytest.raises(UserError, match="Without those held out"):
        validate(whole.head(6), None, COLUMNS, SMALL, "paper")
