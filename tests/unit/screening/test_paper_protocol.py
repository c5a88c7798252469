"""Both protocols on the simulated cohort: resumable, by person, and at chance where there is nothing to learn."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from core.errors import Cancelled, GuardError, UserError
from core.latent.features import samples
from core.screening.controls import permuted
from core.screening.method_grids import Plan
from core.screening.paper_protocol import run
from core.screening.parts import N_OUTER, N_REPEATS, Part, evaluate
from core.screening.plans import nested_parts
from core.settings import ValidationSettings
from core.workspace.demo import demo_table

SMALL = ValidationSettings(alphas=(2.0, 7.0), n_thresholds=3, n_folds=4)


@pytest.fixture(scope="module")
def cohort() -> pd.DataFrame:
    table = demo_table()
    return table[table["emotion"].isin(["anger", "fear"])].reset_index(drop=True)


@pytest.fixture(scope="module")
def finished(cohort: pd.DataFrame) -> tuple[dict, dict]:
    parts: dict = {}
    result = run(cohort, SMALL, on_result=lambda key, part: parts.update({key: part}))
    return result, parts


def test_layout(finished: tuple[dict, dict], cohort: pd.DataFrame) -> None:
    result, _ = finished
    json.dumps(result, allow_nan=False)
    compared = [("none", "kNN"), ("AGCL", "kNN"), ("none", "logistic regression")]
    shown = [*compared, ("duplication", "kNN"), ("size-matched duplication", "kNN")]
    assert result["compared"] == [list(pair) for pair in compared]
    assert [(row["emotion"], row["method"], row["classifier"]) for row in result["rows"]] == [
        (emotion, *pair) for emotion in ("anger", "fear", "majority vote") for pair in shown
    ]
    assert [row["n_settings"] for row in result["rows"]] == [4, 24, 2, 8, 8] * 2 + [8, 48, 4, 16, 16]
    assert [row["emotion"] for row in result["differences"]] == ["anger", "fear", "majority vote"] * 3
    assert [(row["method"], row["classifier"]) for row in result["permuted"]] == [("none", "kNN"), ("AGCL", "kNN")] * 3
    assert [row["n_people"] for row in result["learning_curve"]][::5] == [6, 46]
    assert "too narrow" in result["intervals"]
    assert set(result["skipped"]) == {"happiness", "disgust", "surprise"}
    anger = cohort[(cohort["emotion"] == "anger")]["subject"].nunique()
    assert result["rows"][0]["nested"]["n"] == anger
    assert result["people"]["n_train"] + result["people"]["n_test"] == result["people"]["n"]


def test_nobody_is_tuned_on_and_tested(finished: tuple[dict, dict]) -> None:
    _, parts = finished
    assert all(not set(part["held_out"]) & set(part["test"]) for part in parts.values())
    for repeat in "01":
        tested = [
            person
            for key, part in parts.items()
            if key.startswith(f"nested/anger/AGCL/kNN/{repeat}/")
            for person in part["test"]
        ]
        assert len(tested) == len(set(tested))


def test_both_methods_share_their_folds(finished: tuple[dict, dict]) -> None:
    _, parts = finished
    assert set(parts["paper/anger/none/kNN"]["held_out"]) == set(parts["paper/anger/AGCL/kNN"]["held_out"])
    assert set(parts["nested/fear/none/kNN/1/2"]["held_out"]) == set(parts["nested/fear/AGCL/kNN/1/2"]["held_out"])


def test_a_resumed_run_repeats_nothing_and_ends_the_same(finished: tuple[dict, dict], cohort: pd.DataFrame) -> None:
    result, parts = finished
    stored = json.loads(json.dumps(parts))
    last = "nested/fear/AGCL/kNN/1/4"
    del stored[last]
    redone: list[str] = []
    assert run(cohort, SMALL, None, stored, lambda key, part: redone.append(key)) == result
    assert redone == [last]


def test_a_cancel_keeps_what_is_finished(cohort: pd.DataFrame) -> None:
    class CancelAfterTwo:
        def report(self, done: float, total: float, message: str = "") -> None:
            assert 0 <= done <= total

        def cancelled(self) -> bool:
            return len(kept) >= 2

    kept: list[str] = []
    with pytest.raises(Cancelled):
        run(cohort, SMALL, CancelAfterTwo(), None, lambda key, part: kept.append(key))
    assert 2 <= len(kept) < 66


def test_copies_that_are_matched_in_size_change_nothing_and_say_so(finished: tuple[dict, dict]) -> None:
    rows = [row for row in finished[0]["differences"] if row["method"] == "size-matched duplication"]
    assert [(row["mean"], row["auroc"]["difference"], row["test"]["p"]) for row in rows] == [(0, 0, 1)] * 3


def test_scores_agree_with_the_rows(finished: tuple[dict, dict]) -> None:
    result, _ = finished
    for row, scored in zip(result["rows"], result["scores"], strict=True):
        assert scored["nested"]["accuracy"] == pytest.approx(row["nested"]["accuracy"])
        assert scored["test"]["accuracy"] == pytest.approx(row["test"]["accuracy"])
        assert sum(each["n"] for each in scored["nested"]["calibration"]) == row["nested"]["n"]


def test_progress_ends_full(cohort: pd.DataFrame) -> None:
    class Listener:
        last = (0.0, 1.0)

        def report(self, done: float, total: float, message: str = "") -> None:
            assert done >= self.last[0]
            self.last = (done, total)

        def cancelled(self) -> bool:
            return False

    listener = Listener()
    anger = cohort[cohort["emotion"] == "anger"]
    run(anger, ValidationSettings(methods=("none",), n_folds=2), listener)
    fits = 4 + 2 + 2 * 12 * 4  # kNN, plain logistic regression, copies twice
    nested = 4 + 2 + 2 * 4 * 4
    by_chance = 11 * 4
    assert listener.last[0] == listener.last[1] == 2 * (fits + 10 * nested + by_chance)


def test_without_augmentation_there_is_no_difference_to_show(cohort: pd.DataFrame) -> None:
    result = run(cohort, ValidationSettings(("logistic regression",), ("none",), n_folds=2))
    assert {row["method"] for row in result["differences"]} == {"duplication", "size-matched duplication"}
    assert result["compared"] == [["none", "logistic regression"]]
    assert result["nested"]["inner"]["logistic regression"]["n_folds"] == 10


def test_leaky_routes_stop(cohort: pd.DataFrame) -> None:
    people = np.unique(cohort["subject"].to_numpy(object))
    augmented = pd.concat([cohort.assign(synthetic=False), cohort.head(9).assign(synthetic=True)])
    with pytest.raises(GuardError, match="9 synthetic rows"):
        run(augmented, SMALL)
    plan = Plan("kNN", "none", n_folds=2)
    with pytest.raises(GuardError, match="both trained on and tested"):
        evaluate(samples(cohort, "anger", "Table II"), Part("anger", plan, people[:40], people[39:], 0))


def test_test_people_change_nothing_but_their_own_votes(cohort: pd.DataFrame) -> None:
    people = np.unique(cohort["subject"].to_numpy(object))
    part = Part("anger", Plan("kNN", "AGCL", alphas=(2.0,), n_thresholds=3, n_folds=4), people[10:], people[:10], 0)
    changed = cohort.copy()
    tested = changed["subject"].isin(part.test)
    changed.loc[tested, "AU09"] = 5 - changed.loc[tested, "AU09"]
    changed.loc[tested, "group"] = changed.loc[tested, "group"].map({"PD": "control", "control": "PD"})
    first, second = (evaluate(samples(table, "anger", "Table II"), part) for table in (cohort, changed))
    own = ("test", "test_probability")
    assert {**first, **dict.fromkeys(own)} == {**second, **dict.fromkeys(own)}
    assert first["test"] != second["test"]


def test_too_few_people_are_refused(cohort: pd.DataFrame) -> None:
    few = cohort[cohort["subject"].isin(sorted(cohort["subject"].unique())[:3])]
    with pytest.raises(UserError):
        run(few, SMALL)


def test_shuffled_labels_are_at_chance(cohort: pd.DataFrame) -> None:
    """Six label permutations of 54 people: the mean nested accuracy lies within 4 standard errors of one half."""
    anger = samples(cohort, "anger", "Table II")
    known = dict(zip(anger.groups.tolist(), anger.y.tolist(), strict=True))
    people = np.array(sorted(known), dtype=object)
    right: dict[str, list[bool]] = {"none": [], "AGCL": []}
    for seed in range(6):
        settings = ValidationSettings(alphas=(2.0, 12.0), n_thresholds=2, n_folds=3, random_state=seed)
        shuffled, labels = permuted({"anger": anger}, known, seed)
        y = np.array([labels[person] for person in people])
        for method, accuracies in right.items():
            for part in nested_parts(["anger"], [(method, "kNN")], settings, people, y).values():
                votes = evaluate(shuffled["anger"], part)["test"]
                accuracies += [(vote > 0.5) == labels[person] for person, vote in votes.items()]
    for accuracies in right.values():
        assert len(accuracies) == 6 * N_REPEATS * len(people)
        assert abs(np.mean(accuracies) - 0.5) < 0.11


def test_sizes_are_stated(finished: tuple[dict, dict]) -> None:
    result, _ = finished
    assert result["nested"]["n_outer"] == N_OUTER
    assert result["nested"]["n_repeats"] == N_REPEATS
