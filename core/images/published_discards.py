"""Tables 5, 6 and 7 of the S3VAE paper as printed (Chen et al. 2023), and what their own rows say.

Its F1.5 is of the images whose class was not discarded, on the training data (section 3.3). Accuracy is a share and
F1.5 a percentage there; both are shares here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from core.images.settings import C_VAE, DISCARD, DUPLICATE, FULL, S3VAE

BETA = 1.5
METRICS = ("accuracy", "precision", "recall", "f15", "macro_precision", "macro_recall", "macro_f15")
"""On test images: of all, of the classes that lost images, and the mean of all classes."""
PAPER_METRICS = ("precision", "recall", "f15")
"""As the paper has them: of the classes that lost none, on the training data."""
GROUPS = {FULL: 1, DISCARD: 2, S3VAE: 3, DUPLICATE: 4}
"""Arm -> the paper's experimental group number."""


@dataclass(frozen=True)
class PublishedRow:
    """table: 5, 6 or 7. dataset: as that table calls it. rate, accuracy, f15: shares."""

    table: int
    dataset: str
    rate: float
    arm: str
    accuracy: float
    f15: float


_TABLES_5_AND_6 = """
5 PlantVillage 0    1 0.917 97.643
5 PlantVillage 60   2 0.861 84.754
5 PlantVillage 60   3 0.889 89.451
5 PlantVillage 60   4 0.870 85.467
5 PlantVillage 80   2 0.613 75.164
5 PlantVillage 80   3 0.832 79.156
5 PlantVillage 80   4 0.772 75.364
5 PlantVillage 90   2 0.553 68.458
5 PlantVillage 90   3 0.765 73.487
5 PlantVillage 90   4 0.618 70.947
6 CIFAR        0    1 0.957 96.762
6 CIFAR        90   2 0.836 88.648
6 CIFAR        90   3 0.821 93.154
6 CIFAR        90   4 0.801 86.876
6 CIFAR        95   2 0.590 69.157
6 CIFAR        95   3 0.759 76.364
6 CIFAR        95   4 0.581 72.875
6 CIFAR        97.5 2 0.555 65.645
6 CIFAR        97.5 3 0.720 70.432
6 CIFAR        97.5 4 0.545 65.871
"""
_TABLE_7 = """
S3VAE CIFAR 60          0.889 89.451
C-VAE CIFAR 60          0.876 90.367
S3VAE CIFAR 80          0.832 79.156
C-VAE CIFAR 80          0.823 83.348
S3VAE CIFAR 90          0.765 73.487
C-VAE CIFAR 90          0.742 76.346
S3VAE PlantVillage 90   0.821 93.154
C-VAE PlantVillage 90   0.831 82.647
S3VAE PlantVillage 95   0.759 76.364
C-VAE PlantVillage 95   0.716 69.648
S3VAE PlantVillage 97.5 0.720 70.432
C-VAE PlantVillage 97.5 0.693 61.248
"""
RESOLUTIONS = {"CIFAR": "32×32", "PlantVillage": "256×256"}


def _share(per_cent: str) -> float:
    return round(float(per_cent) / 100, 5)


def _read() -> tuple[tuple[PublishedRow, ...], tuple[PublishedRow, ...]]:
    arms = {str(number): arm for arm, number in GROUPS.items()}
    groups, models = [], []
    for line in _TABLES_5_AND_6.strip().splitlines():
        table, dataset, rate, group, accuracy, f15 = line.split()
        groups.append(PublishedRow(int(table), dataset, _share(rate), arms[group], float(accuracy), _share(f15)))
    for line in _TABLE_7.strip().splitlines():
        arm, dataset, rate, accuracy, f15 = line.split()
        models.append(PublishedRow(7, dataset, _share(rate), arm, float(accuracy), _share(f15)))
    return tuple(groups), tuple(models)


TABLES_5_AND_6, TABLE_7 = _read()
"""In the order of the paper. Table 7 has L = 5, K = 0.1 and σ = 0.1 in every row, and no σ for the C-VAE."""


@dataclass(frozen=True)
class Compared:
    """Two arms of one dataset and rate in the paper: one less the other, as shares."""

    dataset: str
    rate: float
    accuracy: float
    f15: float


def compared(rows: Sequence[PublishedRow], arm: str, than: str) -> list[Compared]:
    """arm less than, wherever rows have both, in their order."""
    found = {(row.dataset, row.rate, row.arm): row for row in rows}
    pairs = [(row, found.get((row.dataset, row.rate, than))) for row in rows if row.arm == arm]
    return [
        Compared(one.dataset, one.rate, round(one.accuracy - other.accuracy, 3), round(one.f15 - other.f15, 5))
        for one, other in pairs
        if other is not None
    ]


def per_cent(rate: float, space: str = "") -> str:
    """A rate as the paper's tables write it, `60%` or `97.5%`; space: of a text, between number and sign."""
    return f"{100 * rate:.4g}{space}%"


def labels_swapped() -> dict[str, str]:
    """Dataset as Table 7 calls it -> as Table 5 or 6 calls the very same S3VAE rows, where all of them are found."""
    known = {(row.rate, row.accuracy, row.f15): row.dataset for row in TABLES_5_AND_6 if row.arm == S3VAE}
    found: dict[str, str] = {}
    for dataset in dict.fromkeys(row.dataset for row in TABLE_7):
        numbers = [(r.rate, r.accuracy, r.f15) for r in TABLE_7 if r.dataset == dataset and r.arm == S3VAE]
        names = {known.get(each, "") for each in numbers}
        if len(names) == 1 and (name := names.pop()):
            found[dataset] = name
    return found


def contradictions() -> list[str]:
    """Where the paper's rows are at odds with each other or with its words, a sentence each, computed from the rows."""
    swapped = labels_swapped()
    names = " and ".join(f"those called {here} are the {there} rows of Table {5 if there == 'PlantVillage' else 6}"
                         for here, there in swapped.items() if here != there)  # fmt: skip
    models = compared(TABLE_7, S3VAE, C_VAE)
    worse, f15_worse = ([each for each in models if getattr(each, what) < 0] for what in ("accuracy", "f15"))
    not_grown = [
        (one, other)
        for one, other in pairwise(models)
        if one.dataset == other.dataset and other.accuracy < one.accuracy
    ]
    left = [each for each in compared(TABLES_5_AND_6, S3VAE, DISCARD) if each.accuracy < 0]
    copies = [each for each in compared(TABLES_5_AND_6, DUPLICATE, DISCARD) if each.accuracy < 0]
    return [
        f"Table 7 exchanges its datasets: of its S3VAE rows {names}.",
        f"The test accuracy of S3VAE is said to be higher than that of C-VAE in all cases: in {len(worse)} of "
        f"{len(models)} it is lower ({_listed(worse, S3VAE, C_VAE)}).",
        f"F1.5 of S3VAE is below that of C-VAE in {len(f15_worse)} of {len(models)} rows of Table 7.",
        "The advantage of S3VAE over C-VAE is said to grow with the discard rate: in Table 7 it shrinks "
        + " and ".join(_shrinks(one, other) for one, other in not_grown)
        + ".",
        "Where S3VAE is no better than the images that are left, the paper says, its images do not show their classes: "
        f"so it is for {_listed(left, S3VAE, DISCARD)}.",
        f"Copies are worse than nothing in {len(copies)} of {len(compared(TABLES_5_AND_6, DUPLICATE, DISCARD))} rows "
        "of accuracy, and the paper does not say why.",
        "Table 1 gives a mean of 5,000 images a class with a greatest number of 500, for both datasets.",
        "Its words on large sets differ: in section 4.3 C-VAE is the worse there, in its first conclusion the better.",
        "One class is unbalanced in section 3.2.1, and in the same section each dataset category.",
        "Its accuracy is that on the validation set, by which its trainings were stopped: nothing was kept apart to be "
        "tested on.",
    ]


def _listed(rows: Sequence[Compared], arm: str, than: str) -> str:
    tables = {True: TABLE_7, False: TABLES_5_AND_6}[than == C_VAE]
    value = {(row.dataset, row.rate, row.arm): row.accuracy for row in tables}
    return ", ".join(
        f"{row.dataset} at {per_cent(row.rate, ' ')}: {_bare(value[row.dataset, row.rate, arm])} < "
        f"{_bare(value[row.dataset, row.rate, than])}"
        for row in rows
    )


def _shrinks(one: Compared, other: Compared) -> str:
    between = f"{per_cent(one.rate, ' ')} and {per_cent(other.rate, ' ')} of what it calls {one.dataset}"
    return f"from {100 * one.accuracy:.1f} to {100 * other.accuracy:.1f} points between {between}"


def _bare(share: float) -> str:
    return f"{share:.3f}".removeprefix("0")
