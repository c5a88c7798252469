"""The people in two halves: rows are made from one, the other stands for people whom nobody made anything from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from core.errors import UserError
from core.latent.fidelity.marginal_tests import LABELS
from core.latent.samplers import synthetic_rows
from core.latent.synthesis import Bounds, Synthetic
from core.rng import generator
from core.settings import DuplicationSettings, SamplerSettings
from core.types import Samples

METHOD, REAL, COPIES = "method", "real, held out", "copies"
CANDIDATES = (METHOD, REAL, COPIES)
"""What is measured in the place of synthetic rows."""

FEWEST_PEOPLE = 6
"""In each group: three on each side of a split, below which a nearest distance is all chance."""

Maker = Callable[[Samples, int], Synthetic]
"""Makes synthetic rows of some people with a seed."""


@dataclass(frozen=True, eq=False)
class Split:
    """makers: the half that rows are made from. unseen: the other half. rows: of each of `CANDIDATES`."""

    makers: Samples
    unseen: Samples
    rows: dict[str, Synthetic]

    def strangers(self, candidate: str) -> Samples:
        """The half that the rows of a candidate were not made from."""
        return self.makers if candidate == REAL else self.unseen


def maker(settings: SamplerSettings, bounds: Bounds | None) -> Maker:
    """The method that the settings describe. bounds: on the scale of X, see `synthetic_rows`."""
    return lambda makers, seed: synthetic_rows(makers.X, makers.y, settings, bounds, seed)


def split(samples: Samples, make: Maker, random_state: int) -> Split:
    """A random half of the people of each group, the larger of an odd number, and what is made from it.

    Raises UserError for fewer than `FEWEST_PEOPLE` people in a group or somebody in both.
    """
    chosen = [
        generator(random_state, "half", label).permutation(codes)[: (len(codes) + 1) // 2]
        for label, codes in people_of(samples).items()
    ]
    first = np.isin(samples.groups, np.concatenate(chosen))
    makers, unseen = (
        replace(samples, X=samples.X[side], y=samples.y[side], groups=samples.groups[side]) for side in (first, ~first)
    )
    rows = {
        METHOD: make(makers, random_state),
        REAL: Synthetic(unseen.X, unseen.y, unseen.groups),
        COPIES: maker(DuplicationSettings(), None)(makers, random_state),
    }
    return Split(makers, unseen, rows)


def people_of(samples: Samples) -> dict[int, np.ndarray]:
    """The people of each label, sorted. Raises as `split` does."""
    people = {label: np.unique(samples.groups[samples.y == label]) for label in LABELS.values()}
    both = np.intersect1d(*people.values())
    if len(both):
        raise UserError(
            f"{both[0]} is in both groups.", "Nobody can be compared with themselves.", "Give each person one group."
        )
    for group, label in LABELS.items():
        if len(people[label]) < FEWEST_PEOPLE:
            raise UserError(
                f"The group {group} has {len(people[label])} of the {FEWEST_PEOPLE} people that it takes.",
                "Rows are made from half of them and compared with the other half.",
                "Add people of that group, or choose another expression.",
            )
    return people
