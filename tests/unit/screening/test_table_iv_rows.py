"""The rows of Table IV from parts worked by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.screening.table_iv.rows import (
    MAJORITY,
    Findings,
    correctness,
    difference_rows,
    majority,
    nested_key,
    paper_key,
    rate,
    table_rows,
)

LABELS = {"p": 1, "q": 1, "c": 0, "d": 0}


def test_a_tie_is_wrong_for_both_groups() -> None:
    assert correctness([{"p": 0.5, "c": 0.5, "q": 0.51, "d": 0.49}], LABELS) == {"p": 0, "c": 0, "q": 1, "d": 1}


def test_repeats_average_within_a_person() -> None:
    result = rate([{"p": 0.9, "c": 0.9}, {"p": 0.2, "c": 0.1}, {"p": 0.8, "c": 0.8}], LABELS)
    assert (result.correct, result.n) == (pytest.approx(1.0), 2)


def test_majority_of_emotions() -> None:
    emotions = [{"p": 0.9, "q": 0.9, "c": 0.5}, {"p": 0.6, "q": 0.2, "c": 0.1}, {"p": 0.1}]
    result = majority(emotions)
    assert result["p"] == pytest.approx(2 / 3)
    # One vote each way: the mean share 0.55 decides.
    assert result["q"] == pytest.approx(0.55)
    # A tied emotion has no say.
    assert result["c"] == 0.0


def part(fold_accuracy: list[float], held_out: dict, test: dict) -> dict:
    return {
        "setting": {"parameters": {}, "sampler": None}, "n_settings": 4, "n_folds": len(fold_accuracy),
        "n_one_sided": 0, "fold_accuracy": fold_accuracy, "held_out": held_out, "test": test, "test_probability": test,
        "unweighted": False,
    }  # fmt: skip


def nested(shares: dict[str, float]) -> dict:
    return {"test": shares, "test_probability": shares}


RESULTS = {
    paper_key("fear", "none", "kNN"): part([0.0, 0.5, 1.0, 0.5], {"p": 0.4, "c": 0.3}, {"q": 0.7, "d": 0.8}),
    paper_key("fear", "AGCL", "kNN"): part([1.0, 1.0], {"p": 0.6, "c": 0.3}, {"q": 0.7, "d": 0.2}),
    nested_key("fear", "none", "kNN", 0, 0): nested({"p": 0.9, "c": 0.9}),
    nested_key("fear", "none", "kNN", 0, 1): nested({"q": 0.9, "d": 0.1}),
    nested_key("fear", "AGCL", "kNN", 0, 0): nested({"p": 0.9, "c": 0.1}),
    nested_key("fear", "AGCL", "kNN", 0, 1): nested({"q": 0.9, "d": 0.1}),
}
FINDINGS = Findings(RESULTS, LABELS, ["fear"], [("none", "kNN"), ("AGCL", "kNN")], n_repeats=1)


def test_rows() -> None:
    rows = table_rows(FINDINGS)
    none, agcl, vote_none, vote_agcl = rows
    assert none["validation"] == {"mean": 0.5, "sd": pytest.approx(0.125**0.5), "n_folds": 4, "n_people": 2}
    assert (none["test"]["correct"], none["test"]["n"], none["test"]["accuracy"]) == (1, 2, 0.5)
    assert (none["nested"]["accuracy"], agcl["nested"]["accuracy"]) == (0.75, 1.0)
    assert (vote_none["emotion"], vote_none["validation"]["mean"], vote_agcl["validation"]["mean"]) == (
        MAJORITY,
        0.5,
        1,
    )
    assert vote_agcl["test"]["accuracy"] == 1.0


def test_difference_is_paired_by_person() -> None:
    fear, vote = difference_rows(FINDINGS)
    assert (fear["mean"], fear["n"], vote["mean"]) == (0.25, 4, 0.25)
    # Differences 0, 0, 1, 0: sd 0.5, standard error 0.25, t(0.975, 3) = 3.1824.
    assert fear["ci"] == pytest.approx([0.25 - 0.7956, 0.25 + 0.7956], abs=1e-4)


def test_pairs_are_tested_by_mcnemar_and_delong() -> None:
    fear, _ = difference_rows(FINDINGS)
    # Of the test people q and d, no augmentation is wrong about d alone.
    assert fear["test"] == {"only_a": 1, "only_b": 0, "n": 2, "p": 1.0}
    # Without: p and q at .9 above d at .1 and level with c: .75; with: all four pairs in order.
    assert (fear["auroc"]["auroc_a"], fear["auroc"]["auroc_b"]) == (1.0, 0.75)


def test_no_difference_where_nobody_could_be_tested() -> None:
    empty = {key: {**value, "test": {}, "test_probability": {}} for key, value in RESULTS.items()}
    row = difference_rows(replace(FINDINGS, results=empty))[0]
    assert (row["mean"], row["auroc"], row["test"]["n"]) == (None, None, 0)
