"""The finished parts of both protocols as the rows of the paper's Table IV, with the nested number beside each.

Light: counts and intervals only. A vote that ties for a person counts as wrong; a tie of the emotions is broken by the
mean share of votes for PD, since the paper's table knows no undecided people. What the intervals hold for: `INTERVALS`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, pstdev
from typing import Any

import numpy as np

from core.screening.paired_tests import delong, mcnemar
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


def paper_key(emotion: str, method: str, classifier: str) -> str:
    """Name of a part of the paper's protocol among the results."""
    return f"{PAPER}/{emotion}/{method}/{classifier}"


def nested_key(emotion: str, method: str, classifier: str, repeat: int, part: int) -> str:
    """Name of a part of the nested estimate among the results."""
    return f"{NESTED}/{emotion}/{method}/{classifier}/{repeat}/{part}"


@dataclass(frozen=True)
class Findings:
    """The finished parts by their keys, and what they are about. labels: person -> 1 for PD, 0 for control.

    combinations: of method and classifier. n_repeats: of the nested estimate, 0 where there is none.
    """

    results: Mapping[str, Any]
    labels: Mapping[str, int]
    emotions: Sequence[str]
    combinations: Sequence[tuple[str, str]]
    n_repeats: int

    def paper(self, emotion: str, method: str, classifier: str) -> Mapping[str, Any]:
        return self.results[paper_key(emotion, method, classifier)]

    def tested(self, emotion: str, method: str, classifier: str, what: str = "test") -> dict[str, float]:
        """Person of the test people -> share of the votes (or `test_probability`); of `MAJORITY` over emotions."""
        if emotion != MAJORITY:
            return dict(self.paper(emotion, method, classifier)[what])
        join = majority if what == "test" else mean_share
        return join([self.paper(each, method, classifier)[what] for each in self.emotions])

    def nested(self, emotion: str, method: str, classifier: str, what: str = "test") -> list[dict[str, float]]:
        """Person -> share of the votes (or `test_probability`), one mapping a repeat; of `MAJORITY` over emotions."""
        if emotion == MAJORITY:
            by_emotion = [self.nested(each, method, classifier, what) for each in self.emotions]
            join = majority if what == "test" else mean_share
            return [join(repeat) for repeat in zip(*by_emotion, strict=True)]
        repeats: list[dict[str, float]] = []
        for repeat in range(self.n_repeats):
            shares: dict[str, float] = {}
            part = 0
            while (key := nested_key(emotion, method, classifier, repeat, part)) in self.results:
                shares.update(self.results[key][what])
                part += 1
            repeats.append(shares)
        return repeats


def table_rows(findings: Findings) -> list[dict[str, Any]]:
    """One row an emotion, method and classifier, then the majority vote of each method and classifier.

    Keys: emotion, method, classifier; validation {mean, sd (population, over folds), n_folds, n_people}, sd and n_folds
    None for the majority vote, where people are counted; test and nested {correct, n, accuracy, ci}; setting,
    n_settings, n_one_sided and unweighted of the paper's part (None for the majority vote but n_settings, the sum).
    """
    labels = findings.labels
    rows = []
    for emotion in (*findings.emotions, MAJORITY):
        for method, classifier in findings.combinations:
            if emotion == MAJORITY:
                paper = _majority_part([findings.paper(each, method, classifier) for each in findings.emotions], labels)
                paper["test"] = rate([findings.tested(MAJORITY, method, classifier)], labels).to_json()
            else:
                part = findings.paper(emotion, method, classifier)
                validation = {
                    "mean": fmean(part["fold_accuracy"]), "sd": pstdev(part["fold_accuracy"]),
                    "n_folds": part["n_folds"], "n_people": len(part["held_out"]),
                }  # fmt: skip
                paper = {"validation": validation, "test": rate([part["test"]], labels).to_json()} | {
                    key: part[key] for key in ("setting", "n_settings", "n_one_sided", "unweighted")
                }
            nested = rate(findings.nested(emotion, method, classifier), labels).to_json()
            rows.append({"emotion": emotion, "method": method, "classifier": classifier, "nested": nested, **paper})
    return rows


def difference_rows(findings: Findings) -> list[dict[str, Any]]:
    """Nested accuracy of each method less that of no augmentation with the same classifier on the same people, an
    emotion a row, majority last.

    Keys: emotion, method, classifier, mean, ci (Student's t over people, each the mean of their repeats; too narrow for
    the method itself, see `INTERVALS`), n; mean and ci None where fewer than two people could be tested; auroc, the
    `AUROCDifference` of the nested probabilities, None where a group has nobody; test, `McNemar` of the test people.
    """
    rows = []
    for method, classifier in findings.combinations:
        if method == "none":
            continue
        for emotion in (*findings.emotions, MAJORITY):
            with_it, without = (
                correctness(findings.nested(emotion, each, classifier), findings.labels) for each in (method, "none")
            )
            row: dict[str, Any] = {
                "emotion": emotion, "method": method, "classifier": classifier, "mean": None, "ci": None,
                "n": len(with_it),
            }  # fmt: skip
            if len(with_it) > 1:
                row["mean"], *row["ci"] = mean_interval([with_it[p] - without[p] for p in with_it])
            row["auroc"] = _auroc_difference(findings, emotion, method, classifier)
            row["test"] = _test_difference(findings, emotion, method, classifier)
            rows.append(row)
    return rows


def _auroc_difference(findings: Findings, emotion: str, method: str, classifier: str) -> dict[str, Any] | None:
    with_it, without = (findings.nested(emotion, each, classifier, "test_probability") for each in (method, "none"))
    tests = [(person, a[person], b[person]) for a, b in zip(with_it, without, strict=True) for person in a]
    people = np.array([person for person, _, _ in tests], object)
    y = np.array([findings.labels[person] for person in people], int)
    if len(set(y.tolist())) < 2:
        return None
    p_with, p_without = (np.array([test[i] for test in tests], float) for i in (1, 2))
    return delong(p_with, p_without, y, people).to_json()


def _test_difference(findings: Findings, emotion: str, method: str, classifier: str) -> dict[str, Any]:
    with_it, without = (
        correctness([findings.tested(emotion, each, classifier)], findings.labels) for each in (method, "none")
    )
    return mcnemar(np.array([*with_it.values()]), np.array([without[person] for person in with_it])).to_json()


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


def mean_share(by_emotion: Sequence[Shares]) -> dict[str, float]:
    """Person -> mean of their emotions."""
    shares: dict[str, list[float]] = {}
    for emotion in by_emotion:
        for person, share in emotion.items():
            shares.setdefault(person, []).append(share)
    return {person: fmean(each) for person, each in sorted(shares.items())}


def _majority_part(parts: Sequence[Mapping[str, Any]], labels: Mapping[str, int]) -> dict[str, Any]:
    held_out = rate([majority([part["held_out"] for part in parts])], labels)
    return {
        "validation": {"mean": held_out.value, "sd": None, "n_folds": None, "n_people": held_out.n},
        "setting": None, "n_settings": sum(part["n_settings"] for part in parts),
        "n_one_sided": None, "unweighted": None,
    }  # fmt: skip
