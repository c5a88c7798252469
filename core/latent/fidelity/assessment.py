"""A method measured over many splits of the people, beside real people and beside copies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import UserError
from core.latent.fidelity.marginal_tests import LABELS
from core.latent.fidelity.measures import ALL, NAMES, Measures, measure
from core.latent.samplers import synthetic_rows
from core.latent.synthesis import Bounds, Synthetic
from core.rng import derived_seed, generator
from core.settings import DuplicationSettings, SamplerSettings
from core.types import MAX_INTENSITY, Progress, Quiet, Samples, check_cancelled

if TYPE_CHECKING:
    import pandas as pd

METHOD, REAL, COPIES = "method", "real, held out", "copies"
CANDIDATES = (METHOD, REAL, COPIES)
"""What is measured in the place of synthetic rows."""

N_SPLITS = 20
FEWEST_PEOPLE = 6
"""In each group: three on each side of a split, below which a nearest distance is all chance."""

INTERVAL = (
    "95 % of the splits lie in the interval: it says how much depends on who the rows were made from, "
    "not what another cohort would show."
)

Maker = Callable[[Samples, int], Synthetic]
"""Makes synthetic rows of some people with a seed."""


@dataclass(frozen=True)
class Summary:
    """One measure of one candidate over the splits in which it is defined; None where that is none of them.

    candidate: one of `CANDIDATES`. group: `PD`, `control` or `all`. low, high: between them lie 95 % of the splits
    (2.5th and 97.5th percentile), see `INTERVAL`.
    """

    measure: str
    candidate: str
    group: str
    mean: float | None
    low: float | None
    high: float | None
    n_splits: int


@dataclass(frozen=True)
class Assessment:
    """What was measured, of whom and how. method: the name of the settings' class, empty for another maker.

    settings: of the method. n_people: by group. n_nothing: splits in which nothing was made of a group, by group.
    """

    method: str
    settings: dict[str, Any]
    features: tuple[str, ...]
    n_people: dict[str, int]
    n_splits: int
    random_state: int
    n_nothing: dict[str, int]
    summaries: tuple[Summary, ...]

    def summary(self, measure: str, candidate: str = METHOD, group: str = ALL) -> Summary:
        """Raises KeyError for what is not there."""
        for found in self.summaries:
            if (found.measure, found.candidate, found.group) == (measure, candidate, group):
                return found
        raise KeyError((measure, candidate, group))

    def mean(self, measure: str, candidate: str = METHOD, group: str = ALL) -> float | None:
        return self.summary(measure, candidate, group).mean

    def table(self) -> pd.DataFrame:
        """A row a summary, its fields the columns; NaN where not defined."""
        import pandas as pd

        numbers = {"mean": float, "low": float, "high": float}
        return pd.DataFrame([asdict(summary) for summary in self.summaries]).astype(numbers)

    def to_json(self) -> dict[str, Any]:
        """The fields, and what the interval is."""
        return {**asdict(self), "interval": INTERVAL}


def assess(
    samples: Samples,
    settings: SamplerSettings,
    bounds: Bounds | None = (0.0, MAX_INTENSITY),
    n_splits: int = N_SPLITS,
    random_state: int = 0,
    progress: Progress | None = None,
) -> Assessment:
    """`assess_maker` of the method that the settings describe. bounds: on the scale of X, see `synthetic_rows`."""
    found = assess_maker(samples, _maker(settings, bounds), n_splits, random_state, progress)
    return replace(found, method=type(settings).__name__, settings=asdict(settings))


def assess_maker(
    samples: Samples, make: Maker, n_splits: int = N_SPLITS, random_state: int = 0, progress: Progress | None = None
) -> Assessment:
    """Whatever makes rows of people, measured in `n_splits` random splits of the people into halves, group by group.

    In each split rows are made from one half, the larger of an odd number, and `measure`d beside it and beside the
    other half, which the maker never sees. So are, as if they were made rows: copies of the first half, and the people
    of the other half (for them the first half is both what they are compared with and whom they were not made from).
    Half the people make rows that are a little worse than all of them would.

    Raises UserError for fewer than `FEWEST_PEOPLE` people in a group or one in both, `Cancelled` when `progress` says.
    """
    progress = progress or Quiet()
    people = people_of(samples)
    found: dict[str, list[dict[str, Measures]]] = {candidate: [] for candidate in CANDIDATES}
    n_nothing = dict.fromkeys(LABELS, 0)
    copy = _maker(DuplicationSettings(), None)
    for number in range(n_splits):
        check_cancelled(progress)
        progress.report(number, n_splits, f"Split {number + 1} of {n_splits}")
        seed = derived_seed(random_state, "fidelity", number)
        makers, unseen = halves(samples, people, seed)
        made = make(makers, seed)
        for group, label in LABELS.items():
            n_nothing[group] += not (made.y == label).any()
        others = Synthetic(unseen.X, unseen.y, unseen.groups)
        found[METHOD].append(measure(made, makers, unseen, seed))
        found[REAL].append(measure(others, makers, makers, seed))
        found[COPIES].append(measure(copy(makers, seed), makers, unseen, seed))
    progress.report(n_splits, n_splits, "Done")
    summaries = tuple(
        _summary(name, candidate, group, [getattr(measures[group], name) for measures in found[candidate]])
        for name in NAMES
        for candidate in CANDIDATES
        for group in (ALL, *LABELS)
    )
    return Assessment(
        method="",
        settings={},
        features=tuple(samples.features),
        n_people={group: len(people[label]) for group, label in LABELS.items()},
        n_splits=n_splits,
        random_state=random_state,
        n_nothing=n_nothing,
        summaries=summaries,
    )


def _maker(settings: SamplerSettings, bounds: Bounds | None) -> Maker:
    return lambda makers, seed: synthetic_rows(makers.X, makers.y, settings, bounds, seed)


def people_of(samples: Samples) -> dict[int, np.ndarray]:
    """The people of each label, sorted."""
    people = {label: np.unique(samples.groups[samples.y == label]) for label in LABELS.values()}
    both = np.intersect1d(*people.values())
    if len(both):
        raise UserError(
            f"{both[0]} is in both groups.",
            "Nobody can be compared with themselves.",
            "Give each person one group.",
        )
    for group, label in LABELS.items():
        if len(people[label]) < FEWEST_PEOPLE:
            raise UserError(
                f"There are {len(people[label])} people of the group {group}.",
                f"Rows are made from half of them and compared with the other half: it takes {FEWEST_PEOPLE}.",
                "Add people of that group, or choose another expression.",
            )
    return people


def halves(samples: Samples, people: dict[int, np.ndarray], seed: int) -> tuple[Samples, Samples]:
    """Two parts of the samples, each of half of the people of every label (`people_of`)."""
    chosen = []
    for label, codes in people.items():
        chosen.append(generator(seed, "half", label).permutation(codes)[: (len(codes) + 1) // 2])
    first = np.isin(samples.groups, np.concatenate(chosen))
    makers, unseen = (
        replace(samples, X=samples.X[m], y=samples.y[m], groups=samples.groups[m]) for m in (first, ~first)
    )
    return makers, unseen


def _summary(name: str, candidate: str, group: str, values: Sequence[float | None]) -> Summary:
    known = [value for value in values if value is not None]
    if not known:
        return Summary(name, candidate, group, None, None, None, 0)
    low, high = np.percentile(known, [2.5, 97.5])
    return Summary(name, candidate, group, float(np.mean(known)), float(low), float(high), len(known))
