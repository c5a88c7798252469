"""The finished parts of both protocols as the rows of the paper's Table IV, with the nested number beside each.

Light: counts and intervals only. A vote that ties for a person counts as wrong; a tie of the emotions is broken by the
mean share of votes for PD, since the paper's table knows no undecided people. What the intervals hold for: `INTERVALS`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean, pstdev
from typing import Any

from core.screening.statistics import Rate, mean_interval

MAJORITY = "majority vote"
PAPER, NESTED = "paper", "nested"

INTERVALS = (
    "The 95 % intervals tell how the score would vary with other people tested on these fitted models, each person "
    "counted once. People of one part share their models, and what training on other people would change is not in the "
    "intervals: they are too narrow for the method itself, those of the differences too."
)

Shares = Mapping[str, float]
"""Person -> share of the votes for PD, 0 to 1."""


def paper_key(emotion: str, method: str) -> str:
    """Name of a part of the paper's protocol among the results."""
    return f"{PAPER}/{emotion}/{method}"


def nested_key(emotion: str, method: str, repeat: int, part: int) -> str:
    """Name of a part of the nested estimate among the results."""
    return f"{NESTED}/{emotion}/{method}/{repeat}/{part}"


def table_rows(
    results: Mapping[str, Any],
    labels: Mapping[str, int],
    emotions: Sequence[str],
    methods: Sequence[str],
    classifier: str,
) -> list[dict[str, Any]]:
    """One row an emotion and method, then the majority vote of each method.

    Keys: emotion, method, classifier; validation {mean, sd (population, over folds), n_folds, n_people}, sd and n_folds
    None for the majority vote, where people are counted; test and nested {correct, n, accuracy, ci}; setting,
    n_settings, n_one_sided and unweighted of the paper's part (None for the majority vote but n_settings, the sum).
    """
    rows = []
    for emotion in emotions:
        for method in methods:
            part = results[paper_key(emotion, method)]
            validation = {
                "mean": fmean(part["fold_accuracy"]), "sd": pstdev(part["fold_accuracy"]),
                "n_folds": part["n_folds"], "n_people": len(part["held_out"]),
            }  # fmt: skip
            rows.append(
                {
                    "emotion": emotion, "method": method, "classifier": classifier, "validation": validation,
                    "test": rate([part["test"]], labels).to_json(),
                    "nested": rate(_nested_shares(results, emotion, method), labels).to_json(),
                    **{key: part[key] for key in ("setting", "n_settings", "n_one_sided", "unweighted")},
                }
            )  # fmt: skip
    return [*rows, *(_majority_row(results, labels, emotions, method, classifier) for method in methods)]


def difference_rows(
    results: Mapping[str, Any], labels: Mapping[str, int], emotions: Sequence[str], methods: Sequence[str]
) -> list[dict[str, Any]]:
    """Nested accuracy of each method less that of no augmentation on the same people, an emotion a row, majority last.

    Keys: emotion, method, mean, ci (Student's t over people, each the mean of their repeats; too narrow for the method
    itself, see `INTERVALS`), n; mean and ci None where fewer than two people could be tested.
    """
    rows = []
    for method in methods:
        if method == "none":
            continue
        for emotion in (*emotions, MAJORITY):
            with_it, without = (
                correctness(_nested_majority(results, emotions, m) if emotion == MAJORITY else
                            _nested_shares(results, emotion, m), labels)
                for m in (method, "none")
            )  # fmt: skip
            row: dict[str, Any] = {"emotion": emotion, "method": method, "mean": None, "ci": None, "n": len(with_it)}
            if len(with_it) > 1:
                row["mean"], *row["ci"] = mean_interval([with_it[p] - without[p] for p in with_it])
            rows.append(row)
    return rows


def correctness(repeats: Sequence[Shares], labels: Mapping[str, int]) -> dict[str, float]:
    """Person -> share of the repeats in which the vote was right."""
    right: dict[str, list[bool]] = {}
    for shares in repeats:
        for person, share in shares.items():
            right.setdefault(person, []).append(share != 0.5 and (share > 0.5) == bool(labels[person]))
    return {person: fmean(tests) for person, tests in sorted(right.items())}


def rate(repeats: Sequence[Shares], labels: Mapping[str, int]) -> Rate:
    """People whose vote was right, each counted once by the share of the repeats."""
    right = correctness(repeats, labels)
    return Rate(sum(right.values()), len(right))


def majority(by_emotion: Sequence[Shares]) -> dict[str, float]:
    """Person -> share of their emotions that voted PD, or, where the emotions tie, the mean of their shares."""
    shares: dict[str, list[float]] = {}
    for emotion in by_emotion:
        for person, share in emotion.items():
            shares.setdefault(person, []).append(share)
    result = {}
    for person, votes in sorted(shares.items()):
        for_pd, for_control = sum(v > 0.5 for v in votes), sum(v < 0.5 for v in votes)
        result[person] = fmean(votes) if for_pd == for_control else for_pd / (for_pd + for_control)
    return result


def _majority_row(
    results: Mapping[str, Any], labels: Mapping[str, int], emotions: Sequence[str], method: str, classifier: str
) -> dict[str, Any]:
    parts = [results[paper_key(emotion, method)] for emotion in emotions]
    held_out = rate([majority([part["held_out"] for part in parts])], labels)
    return {
        "emotion": MAJORITY, "method": method, "classifier": classifier,
        "validation": {"mean": held_out.value, "sd": None, "n_folds": None, "n_people": held_out.n},
        "test": rate([majority([part["test"] for part in parts])], labels).to_json(),
        "nested": rate(_nested_majority(results, emotions, method), labels).to_json(),
        "setting": None, "n_settings": sum(part["n_settings"] for part in parts),
        "n_one_sided": None, "unweighted": None,
    }  # fmt: skip


def _nested_shares(results: Mapping[str, Any], emotion: str, method: str) -> list[dict[str, float]]:
    """One mapping a repeat."""
    repeats: dict[str, dict[str, float]] = {}
    for key, part in results.items():
        if key.startswith(f"{NESTED}/{emotion}/{method}/"):
            repeats.setdefault(key.split("/")[3], {}).update(part["test"])
    return [repeats[repeat] for repeat in sorted(repeats)]


def _nested_majority(results: Mapping[str, Any], emotions: Sequence[str], method: str) -> list[dict[str, float]]:
    by_emotion = [_nested_shares(results, emotion, method) for emotion in emotions]
    return [majority(repeat) for repeat in zip(*by_emotion, strict=True)]
