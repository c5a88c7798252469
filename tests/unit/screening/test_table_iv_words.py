"""The words on a validation follow from its numbers: the interval alone says whether a method helped."""

from __future__ import annotations

import pytest

from core.screening.table_iv.rows import MAJORITY
from core.screening.table_iv.words import HARMED, HELPED, NEITHER, controls, findings, points, rate, several


def row(method: str, classifier: str, tuned: float, test: float, nested: float) -> dict:
    return {
        "emotion": MAJORITY, "method": method, "classifier": classifier, "n_settings": 480,
        "validation": {"mean": tuned, "sd": None}, "test": {"accuracy": test, "n": 15, "ci": [0.5, 0.9]},
        "nested": {"accuracy": nested, "n": 59, "ci": [nested - 0.1, nested + 0.1]},
    }  # fmt: skip


def difference(method: str, classifier: str, mean: float, low: float, high: float) -> dict:
    return {"emotion": MAJORITY, "method": method, "classifier": classifier, "mean": mean, "ci": [low, high]}


def result(intervals: dict[str, tuple[float, float]], matched: float = 0.0) -> dict:
    """AGCL with each classifier, whose difference has that interval."""
    pairs = [(method, classifier) for classifier in intervals for method in ("none", "AGCL")]
    others = [("none", "kNN"), ("duplication", "kNN"), ("size-matched duplication", "kNN"),
              ("none", "logistic regression")]  # fmt: skip
    rows = [row(method, classifier, 0.8, 0.6, 0.7) for method, classifier in dict.fromkeys([*pairs, *others])]
    for each in rows:
        if each["method"] == "AGCL":
            each["validation"]["mean"], each["test"]["accuracy"] = 0.9, 0.8
    return {
        "compared": [list(pair) for pair in pairs],
        "rows": rows,
        "differences": [
            *(difference("AGCL", each, (low + high) / 2, low, high) for each, (low, high) in intervals.items()),
            difference("duplication", "kNN", -0.02, -0.05, 0.01),
            difference("size-matched duplication", "kNN", matched, matched, matched),
        ],
        "permuted": [row("none", "kNN", 0.62, 0.5, 0.49), row("AGCL", "kNN", 0.66, 0.5, 0.48)],
    }


@pytest.mark.parametrize(
    ("low", "high", "effect"),
    [(0.01, 0.09, HELPED), (-0.03, 0.07, NEITHER), (-0.1, -0.02, HARMED), (0.0, 0.1, NEITHER)],
)
def test_the_effect_follows_the_interval(low: float, high: float, effect: str) -> None:
    (found,) = findings(result({"kNN": (low, high)}))
    assert found.effect == effect
    assert found.headline == f"On this cohort AGCL {effect}"
    assert f"kNN 70.0 and 70.0 % ({points((low + high) / 2)} [{points(low)} to {points(high)}])" in found.sentences[0]


@pytest.mark.parametrize(
    ("intervals", "effect", "said"),
    [
        ({"kNN": (-0.1, 0.1), "SVM": (-0.2, 0.1)}, NEITHER, "did not help with any of 2 classifiers"),
        (
            {"kNN": (0.1, 0.2), "SVM": (-0.2, 0.1), "MLP": (0.1, 0.3)},
            HELPED,
            "helped with kNN and MLP, of 3 classifiers",
        ),
        ({"kNN": (0.1, 0.2), "SVM": (0.1, 0.2)}, HELPED, "helped with all 2"),
        ({"kNN": (-0.2, -0.1), "SVM": (-0.2, 0.1)}, HARMED, "did harm with kNN, of 2 classifiers"),
        ({"kNN": (0.1, 0.2), "SVM": (-0.2, -0.1)}, NEITHER, "helped with kNN and did harm with SVM, of 2 classifiers"),
    ],
)
def test_several_classifiers(intervals: dict, effect: str, said: str) -> None:
    (found,) = findings(result(intervals))
    assert (found.effect, found.headline) == (effect, f"On this cohort AGCL {said}")
    assert several(result(intervals)).startswith(f"{len(intervals)} comparisons")


def test_the_papers_gain_and_its_flattery_stand_beside() -> None:
    _, by_the_paper, flattery = findings(result({"kNN": (-0.1, 0.1)}))[0].sentences
    assert "+10.0 points in the tuned score and +20.0 on the 15 test people" in by_the_paper
    assert "20.0 points above the nested one" in flattery
    assert "480 settings" in flattery


def test_without_a_method_there_is_only_a_level() -> None:
    alone = result({"kNN": (0, 0)})
    alone["compared"] = [["none", "kNN"]]
    (found,) = findings(alone)
    assert found.headline == "No method was compared"
    assert "kNN 70.0 % [60–80]" in found.sentences[0]
    assert several(alone) == ""


def test_controls_are_told_even_where_they_fail() -> None:
    plain, copies, matched, chance = controls(result({"kNN": (0, 0)}))
    assert "70.0 % [60–80]" in plain
    assert "−2.0 [−5.0 to +1.0] points" in copies
    assert "by 0.0 points, as they must" in matched
    assert "kNN 62.0 % tuned and 49.0 % [39–59] nested; AGCL with kNN 66.0 % tuned" in chance
    assert "by +1.0 points, and should change nothing" in controls(result({"kNN": (0, 0)}, matched=0.01))[2]


def test_numbers() -> None:
    assert [points(each) for each in (0.053, -0.0204, 0.0004, -0.0004)] == ["+5.3", "−2.0", "0.0", "0.0"]
    assert rate({"accuracy": None, "ci": None}) == rate(None) == "–"
