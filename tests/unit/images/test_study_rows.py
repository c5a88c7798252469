"""Seeds are means over their folds, curves means over both, and evolutions means over the seeds."""

from __future__ import annotations

import pytest

from core.images.published_study import COLUMNS
from core.images.settings import COPIES, EVOLVED_SET, ORIGINAL, StudySettings
from core.images.study_parts import fit_key
from core.images.study_rows import arm_rows, difference_rows, evolution_rows, still_learning
from core.images.synthetic_sets import EVOLVED, set_key

SETTINGS = StudySettings(n_seeds=2, n_folds=2, arms=(ORIGINAL, EVOLVED_SET, COPIES))


def model(accuracy: float) -> dict:
    metrics = dict.fromkeys(COLUMNS, 0.5) | {"accuracy": accuracy}
    return {
        "metrics": metrics, "n_originals": 8, "n_synthetic": 4,
        "training_accuracy": [accuracy, 1.0], "validation_accuracy": [0.0, accuracy],
    }  # fmt: skip


ACCURACIES = {ORIGINAL: [0.5, 0.6, 0.7, 0.8], EVOLVED_SET: [0.6, 0.7, 0.9, 1.0], COPIES: [0.5, 0.5, 0.5, 0.5]}
RESULTS = {
    fit_key(arm, i // 2, i % 2): model(value) for arm, values in ACCURACIES.items() for i, value in enumerate(values)
}


def test_a_seed_is_the_mean_of_its_fold_models_and_an_arm_of_its_seeds() -> None:
    original, evolved, _ = arm_rows(RESULTS, SETTINGS)
    assert [seed["accuracy"] for seed in original["seeds"]] == pytest.approx([0.55, 0.75])
    assert [seed["accuracy"] for seed in evolved["seeds"]] == pytest.approx([0.65, 0.95])
    assert original["metrics"]["accuracy"]["mean"] == pytest.approx(0.65)
    assert original["metrics"]["f1"] == {"mean": 0.5, "ci": None}
    assert original["training_accuracy"] == pytest.approx([0.65, 1.0])
    assert original["validation_accuracy"] == pytest.approx([0.0, 0.65])
    assert (original["n_originals"], original["n_synthetic"]) == (8, 4)


def test_differences_are_of_the_seeds() -> None:
    rows = {(row["arm"], row["than"]): row["metrics"] for row in difference_rows(arm_rows(RESULTS, SETTINGS))}
    assert list(rows) == [(EVOLVED_SET, ORIGINAL), (COPIES, ORIGINAL), (EVOLVED_SET, COPIES)]
    # 0.10 and 0.20: mean 0.15, half the interval 12.706 · 0.05.
    found = rows[EVOLVED_SET, ORIGINAL]["accuracy"]
    assert found["mean"] == pytest.approx(0.15)
    assert found["ci"] == pytest.approx([0.15 - 12.7062 * 0.05, 0.15 + 12.7062 * 0.05], abs=1e-4)
    assert rows[EVOLVED_SET, COPIES]["accuracy"]["mean"] == pytest.approx(0.30)
    assert rows[COPIES, ORIGINAL]["f1"]["ci"] == [0.0, 0.0]


def test_evolutions_are_means_over_the_seeds_of_a_class() -> None:
    kept = {
        set_key(EVOLVED, 0, 0): {"history": {"best": [1.0, 0.8, 0.7], "gate": [0.1]}},
        set_key(EVOLVED, 0, 1): {"history": {"best": [0.9, 0.6]}},
    }
    assert evolution_rows(kept, SETTINGS, ["Normal", "Tapered"]) == [
        {"class": "Normal", "history": {"best": [pytest.approx(0.95), pytest.approx(0.7)]}}
    ]


def test_a_curve_that_still_rises_is_found() -> None:
    assert still_learning([i / 100 for i in range(50)])
    assert not still_learning([min(1.0, i / 10) for i in range(50)])
    assert not still_learning([0.1, 0.9])
