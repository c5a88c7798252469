"""Table 4 of the GAN + GA paper as printed (Fernandes, Correia and Machado 2020), and what its own rows say.

Test results on 56 images of the HuSHeM set: 216, of which 4 times 40 were trained on. Each row is the mean of five fold
models; Model-X and Seed-X began with the same weights, and with other folds and sets in an unknown measure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.images.seed_statistics import welch_p

N_TEST = 216 - 4 * 40
COLUMNS = {
    "accuracy": "Acc", "precision": "Prec", "recall": "Rec", "f1": "F1", "auroc": "AUROC",
    "average_precision": "Avg-Prec",
}  # fmt: skip
"""Metric -> the head of its column in the paper."""

_PRINTED = """
Original  0.578 0.623 0.580 0.582 0.719 0.487
Model-0   0.593 0.610 0.598 0.592 0.731 0.508
Model-1   0.575 0.648 0.580 0.588 0.719 0.497
Model-2   0.571 0.599 0.569 0.563 0.712 0.469
Model-3   0.571 0.621 0.575 0.581 0.715 0.472
Model-4   0.579 0.641 0.580 0.587 0.718 0.486
Augmented 0.586 0.633 0.590 0.594 0.725 0.496
Seed-0    0.589 0.645 0.587 0.594 0.724 0.498
Seed-1    0.589 0.632 0.596 0.596 0.729 0.495
Seed-2    0.539 0.586 0.534 0.537 0.689 0.446
Seed-3    0.596 0.642 0.604 0.609 0.734 0.508
Seed-4    0.618 0.663 0.629 0.633 0.750 0.536
"""


def _read() -> dict[str, dict[str, float]]:
    rows = {}
    for line in _PRINTED.strip().splitlines():
        name, *values = line.split()
        rows[name] = dict(zip(COLUMNS, map(float, values), strict=True))
    return rows


TABLE_4: Mapping[str, Mapping[str, float]] = _read()
"""Row -> metric -> what the paper prints."""


def seeds(name: str) -> list[Mapping[str, float]]:
    """The five rows `Model` or `Seed`."""
    return [TABLE_4[f"{name}-{seed}"] for seed in range(5)]


@dataclass(frozen=True)
class PaperSays:
    """What follows from the printed accuracies. gain: Augmented less Original. p: Welch's test of the five seeds
    against the five models, of which the table does not say that they are pairs. best: Seed with the highest accuracy,
    and by how much it lies above Original. In images: of the `N_TEST` test images."""

    gain: float
    p: float
    best: str
    best_gain: float

    @property
    def images_gained(self) -> float:
        return self.gain * N_TEST

    @property
    def images_of_best(self) -> int:
        return round(self.best_gain * N_TEST)


def of_the_paper() -> PaperSays:
    """From the rows of the table and nothing else."""
    models, augmented = ([row["accuracy"] for row in seeds(name)] for name in ("Model", "Seed"))
    best = max(range(5), key=augmented.__getitem__)
    original = TABLE_4["Original"]["accuracy"]
    p = welch_p(augmented, models)
    assert p is not None  # five rows a side that vary
    return PaperSays(
        gain=TABLE_4["Augmented"]["accuracy"] - original,
        p=p,
        best=f"Seed-{best}",
        best_gain=augmented[best] - original,
    )
