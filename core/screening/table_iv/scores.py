"""Every score of the finished parts of both protocols: what was tuned, what is nested, what is tested."""

from __future__ import annotations

from dataclasses import asdict
from statistics import fmean, pstdev
from typing import TYPE_CHECKING, Any

import numpy as np

from core.screening.metrics import calibration_curve, scores
from core.screening.table_iv.rows import MAJORITY, Findings, majority, mean_share

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


def result_rows(findings: Findings, has_test: bool) -> list[dict[str, Any]]:
    """One row an emotion, method and classifier, of several emotions also their majority vote.

    Keys: emotion, method, classifier; tuned_cv, nested and test: each what `both_scores` gives, None where there is no
    such thing. tuned_cv has besides fold_mean and fold_sd (of the accuracy over the folds, population), n_folds,
    n_settings (tried) and setting (chosen); nested has besides calibration (see `calibration_curve`).
    """
    return [
        {
            "emotion": emotion,
            "method": method,
            "classifier": classifier,
            "tuned_cv": _tuned(findings, emotion, method, classifier),
            "nested": _nested(findings, emotion, method, classifier) if findings.n_repeats else None,
            "test": _test(findings, emotion, method, classifier) if has_test else None,
        }
        for emotion in shown(findings)
        for method, classifier in findings.combinations
    ]


def shown(findings: Findings) -> list[str]:
    """The emotions, and their majority vote where there are several."""
    return [*findings.emotions, *([MAJORITY] if len(findings.emotions) > 1 else [])]


def _tuned(findings: Findings, emotion: str, method: str, classifier: str) -> dict[str, Any]:
    if emotion == MAJORITY:
        parts = [findings.paper(each, method, classifier) for each in findings.emotions]
        votes = majority([part["held_out"] for part in parts])
        p = mean_share([_mean_by_person(part["fold_tests"]) for part in parts])
        more = {"fold_mean": None, "fold_sd": None, "n_folds": None, "setting": None}
        n_settings = sum(part["n_settings"] for part in parts)
        return {**_scores(findings, [(votes, p)]), **more, "n_settings": n_settings}
    part = findings.paper(emotion, method, classifier)
    people = np.array([person for person, _ in part["fold_tests"]], object)
    probability = np.array([each for _, each in part["fold_tests"]])
    y = np.array([findings.labels[person] for person in people])
    accuracy = part["fold_accuracy"]
    return {
        **both_scores(probability > 0.5, probability, y, people),
        "fold_mean": fmean(accuracy),
        "fold_sd": pstdev(accuracy),
        **{key: part[key] for key in ("n_folds", "n_settings", "setting")},
    }


def _nested(findings: Findings, emotion: str, method: str, classifier: str) -> dict[str, Any]:
    votes, p = (findings.nested(emotion, method, classifier, what) for what in ("test", "test_probability"))
    repeats = list(zip(votes, p, strict=True))
    return {**_scores(findings, repeats), "calibration": _calibration(findings, p)}


def _calibration(findings: Findings, repeats: list[dict[str, float]]) -> list[dict[str, Any]]:
    tests = [(person, each) for p in repeats for person, each in p.items()]
    people = np.array([person for person, _ in tests], object)
    y = np.array([findings.labels[person] for person in people], int)
    return [asdict(each) for each in calibration_curve(np.array([p for _, p in tests], float), y, people)]


def _test(findings: Findings, emotion: str, method: str, classifier: str) -> dict[str, Any]:
    votes, p = (findings.tested(emotion, method, classifier, what) for what in ("test", "test_probability"))
    return _scores(findings, [(votes, p)])


def _scores(findings: Findings, repeats: list[tuple[dict[str, float], dict[str, float]]]) -> dict[str, Any]:
    tests = [(person, votes[person], p[person]) for votes, p in repeats for person in votes]
    people = np.array([person for person, _, _ in tests], object)
    y = np.array([findings.labels[person] for person in people], int)
    return both_scores([vote for _, vote, _ in tests], [p for _, _, p in tests], y, people)


def both_scores(votes: ArrayLike, p: ArrayLike, y: np.ndarray, people: np.ndarray) -> dict[str, Any]:
    """`Scores` as JSON: AUROC and Brier of the probabilities p (t,), everything else of the votes (t,).

    A person is called by the majority of the weighted votes, as in the paper. But votes of models that hardly differ
    tie at 0 and 1, so that an AUROC of their shares loses the order among most people, and a Brier score of them takes
    agreement for certainty.
    """
    called, ordered = (scores(np.asarray(each, float), y, people).to_json() for each in (votes, p))
    return called | {name: value for name, value in ordered.items() if name.startswith(("auroc", "brier"))}


def _mean_by_person(tests: list[tuple[str, float]]) -> dict[str, float]:
    return mean_share([{person: p} for person, p in tests])
