"""All measures of one set of made rows, on features standardised over the people they were made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace

import numpy as np

from core.latent.fidelity.closeness import closeness
from core.latent.fidelity.manifold import manifold
from core.latent.fidelity.marginal_tests import LABELS, marginal_tests, rejected_share
from core.latent.fidelity.spread import correlation_difference, out_of_range_share, variance_ratio
from core.latent.fidelity.trained import learned, told_apart_auroc
from core.latent.synthesis import Synthetic
from core.rng import derived_seed, generator
from core.types import Samples

ALL = "all"
"""Both groups together: the mean of the two, or measured on both at once where one cannot be measured alone."""

DECIMALS = 9
"""Of a standard deviation: scaling there and back loses later ones, and copies must equal their originals."""


@dataclass(frozen=True)
class Measures:
    """None where a measure is not defined. See `closeness`, `manifold`, `spread`, `marginal_tests` and `trained`.

    Against the people whom the rows were made from: near_copy_share, distance_ratio, neighbour_ratio, variance_ratio,
    correlation_difference, out_of_range_share, rejected_share (of Table III's tests). Against people whom they were
    not made from: precision, recall, density, coverage, told_apart_auroc, learned_auroc, learned_accuracy. Of both
    groups together only: the last three.
    """

    near_copy_share: float | None = None
    distance_ratio: float | None = None
    neighbour_ratio: float | None = None
    variance_ratio: float | None = None
    correlation_difference: float | None = None
    out_of_range_share: float | None = None
    rejected_share: float | None = None
    precision: float | None = None
    recall: float | None = None
    density: float | None = None
    coverage: float | None = None
    told_apart_auroc: float | None = None
    learned_auroc: float | None = None
    learned_accuracy: float | None = None


NAMES = tuple(field.name for field in fields(Measures))
_OF_A_GROUP = NAMES[: NAMES.index("told_apart_auroc")]


def measure(made: Synthetic, makers: Samples, unseen: Samples, random_state: int = 0) -> dict[str, Measures]:
    """Made rows beside `makers`, the people they were made from, and `unseen`, people they were not made from.

    By group (`PD`, `control`) and for `ALL`. Where numbers must be equal (see `manifold`, `told_apart_auroc`) as many
    made rows are taken as there are unseen rows in the group, evenly over what they were made from; fewer of both
    where there are fewer. The order of the rows changes nothing. Raises ValueError for a value that is not finite.
    """
    for rows in (made.X, makers.X, unseen.X):
        if not np.isfinite(rows).all():
            raise ValueError("a row with a value that is not a finite number has no distance to the others")
    made, makers, unseen = _scaled_and_sorted(made, makers, unseen)
    tests = marginal_tests(makers.X, makers.y, made.X, made.y, makers.features, derived_seed(random_state, "tests"))
    by_group, alike, partners = {}, [], []
    for group, label in LABELS.items():
        ours, theirs, others = np.flatnonzero(made.y == label), makers.y == label, np.flatnonzero(unseen.y == label)
        n_alike = min(len(ours), len(others))
        alike.append(ours[evenly(made.source[ours], n_alike, generator(random_state, "made", group))])
        partners.append(generator(random_state, "unseen", group).permutation(others)[:n_alike])
        rows, originals = made.X[ours], makers.X[theirs]
        by_group[group] = Measures(
            **asdict(closeness(rows, originals, makers.groups[theirs])),
            **asdict(manifold(made.X[alike[-1]], unseen.X[partners[-1]])),
            variance_ratio=variance_ratio(rows, originals),
            correlation_difference=correlation_difference(rows, originals),
            out_of_range_share=out_of_range_share(rows, originals),
            rejected_share=rejected_share([test for test in tests if test.group == group]),
        )
    chosen, compared = np.concatenate(alike), np.concatenate(partners)
    auroc, accuracy = learned(made.X, made.y, len(makers.y), unseen.X, unseen.y)
    both = Measures(
        **{name: _mean([getattr(measures, name) for measures in by_group.values()]) for name in _OF_A_GROUP},
        told_apart_auroc=told_apart_auroc(
            made.X[chosen], unseen.X[compared], unseen.groups[compared], derived_seed(random_state, "told apart")
        ),
        learned_auroc=auroc,
        learned_accuracy=accuracy,
    )
    return {ALL: both, **by_group}


def evenly(source: np.ndarray, n: int, rng: np.random.Generator) -> np.ndarray:
    """Positions (n,) of n of the rows, taken from every source (q,) as often as its share of the rows says.

    Systematic sampling: drawn freely, a third of as many rows as there are people would share their source with
    another, and a classifier would find twins where there is one row of each in truth.
    """
    order = np.lexsort((rng.random(len(source)), np.unique(source, return_inverse=True)[1]))
    return order[((np.arange(n) + rng.random()) * len(source) / max(n, 1)).astype(int)]


def _scaled_and_sorted(made: Synthetic, makers: Samples, unseen: Samples) -> tuple[Synthetic, Samples, Samples]:
    mean, sd = makers.X.mean(axis=0), makers.X.std(axis=0)
    sd = np.where(sd > 0, sd, 1.0)

    def prepared(X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        scaled = np.round((X - mean) / sd, DECIMALS)
        return scaled, np.lexsort(scaled.T[::-1])

    X, order = prepared(made.X)
    sides = []
    for rows in (makers, unseen):
        scaled, by_value = prepared(rows.X)
        sides.append(replace(rows, X=scaled[by_value], y=rows.y[by_value], groups=rows.groups[by_value]))
    return Synthetic(X[order], made.y[order], made.source[order]), sides[0], sides[1]


def _mean(values: Sequence[float | None]) -> float | None:
    """Over the groups where it is defined."""
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None
