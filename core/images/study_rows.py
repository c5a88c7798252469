"""The finished parts of the augmentation study as numbers: each arm's seeds, means, differences and curves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

import numpy as np

from core.images.published_study import COLUMNS
from core.images.seed_statistics import paired_difference, share_interval
from core.images.settings import COPIES, EVOLVED_SET, ORIGINAL, StudySettings
from core.images.study_parts import fit_key
from core.images.synthetic_sets import EVOLVED, set_key

METRICS = tuple(COLUMNS)

STILL_LEARNING = 0.02
"""By how much the mean training accuracy of the last tenth of the epochs lies above the tenth before."""


def arm_rows(results: Mapping[str, Any], settings: StudySettings) -> list[dict[str, Any]]:
    """One row an arm. Keys: arm; n_originals and n_synthetic, of a fold model, means; seeds, one mapping a seed of
    metric -> mean over its fold models; metrics, metric -> `share_interval` over the seeds; training_accuracy and
    validation_accuracy, (epochs,) means over seeds and folds; still_learning, whether the epochs ended too early.
    """
    rows = []
    for arm in settings.arms:
        models = [
            [results[fit_key(arm, seed, fold)] for fold in range(settings.n_folds)] for seed in range(settings.n_seeds)
        ]
        flat = [model for seed in models for model in seed]
        seeds = [{name: fmean(model["metrics"][name] for model in seed) for name in METRICS} for seed in models]
        curves = {
            what: np.mean([model[what] for model in flat], axis=0).tolist()
            for what in ("training_accuracy", "validation_accuracy")
        }
        rows.append(
            {
                "arm": arm,
                "n_originals": fmean(model["n_originals"] for model in flat),
                "n_synthetic": fmean(model["n_synthetic"] for model in flat),
                "seeds": seeds,
                "metrics": {name: share_interval([seed[name] for seed in seeds]) for name in METRICS},
                **curves,
                "still_learning": still_learning(curves["training_accuracy"]),
            }
        )
    return rows


def difference_rows(arms: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Each arm less `ORIGINAL`, each less `COPIES`, and the evolved set less every other arm. Keys: arm, than, and
    metrics, metric -> `paired_difference` by seed."""
    by_name = {row["arm"]: row["seeds"] for row in arms}
    pairs = [(arm, than) for than in (ORIGINAL, COPIES) if than in by_name for arm in by_name]
    pairs += [(EVOLVED_SET, arm) for arm in by_name if EVOLVED_SET in by_name]
    pairs = [(arm, than) for arm, than in dict.fromkeys(pairs) if arm not in (than, ORIGINAL)]
    return [
        {
            "arm": arm,
            "than": than,
            "metrics": {
                name: paired_difference(*([seed[name] for seed in by_name[each]] for each in (arm, than)))
                for name in METRICS
            },
        }
        for arm, than in pairs
    ]


def evolution_rows(results: Mapping[str, Any], settings: StudySettings, classes: Sequence[str]) -> list[dict[str, Any]]:
    """How the sets evolved, a row a class: name of what is told -> (generations + 1,) mean over the seeds."""
    rows = []
    for label, name in enumerate(classes):
        keys = [set_key(EVOLVED, label, seed) for seed in range(settings.n_seeds)]
        told = [results[key]["history"] for key in keys if key in results]
        if not told:
            continue
        names = [what for what in told[0] if all(what in each for each in told)]
        rows.append({"class": name, "history": {what: _mean_curve([each[what] for each in told]) for what in names}})
    return rows


def still_learning(accuracy: Sequence[float]) -> bool:
    """Whether a mean training curve still rose by more than `STILL_LEARNING` at its end."""
    tenth = len(accuracy) // 10
    if not tenth:
        return False
    return fmean(accuracy[-tenth:]) - fmean(accuracy[-2 * tenth : -tenth]) > STILL_LEARNING


def _mean_curve(curves: Sequence[Sequence[float]]) -> list[float]:
    shortest = min(map(len, curves))
    return [float(value) for value in np.mean([curve[:shortest] for curve in curves], axis=0)]
