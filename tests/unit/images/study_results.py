"""Results of studies with chosen accuracies, for words and tables."""

from __future__ import annotations

from typing import Any

from core.images.published_study import COLUMNS
from core.images.seed_statistics import share_interval
from core.images.study_rows import difference_rows


def result(accuracies: dict[str, list[float]], still_learning: tuple[str, ...] = (), left_out: int = 0) -> dict:
    """Arm -> accuracy of each seed; every other metric is 0.5 in all of them."""
    arms: list[dict[str, Any]] = []
    for arm, accuracy in accuracies.items():
        seeds = [{name: value if name == "accuracy" else 0.5 for name in COLUMNS} for value in accuracy]
        arms.append(
            {
                "arm": arm, "n_originals": 128.0, "n_synthetic": 0.0, "seeds": seeds,
                "metrics": {name: share_interval([seed[name] for seed in seeds]) for name in COLUMNS},
                "training_accuracy": [0.5, 1.0], "validation_accuracy": [0.4, 0.6],
                "still_learning": arm in still_learning,
            }
        )  # fmt: skip
    n_seeds = len(next(iter(accuracies.values())))
    return {
        "settings": {"n_seeds": n_seeds, "n_train": 40, "n_folds": 5, "epochs": 250, "network": "small CNN"},
        "classes": ["Normal", "Tapered"], "n_train": {"Normal": 40, "Tapered": 40},
        "n_test": {"Normal": 26, "Tapered": 26}, "n_left_out": left_out, "people": 0,
        "arms": arms, "differences": difference_rows(arms), "generators": {"Normal": {}}, "evolutions": [],
    }  # fmt: skip
