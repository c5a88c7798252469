"""A method measured over many splits of the people, beside real people and beside copies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from core.latent.fidelity.marginal_tests import LABELS, MarginalTest, marginal_tests
from core.latent.fidelity.measures import ALL, NAMES, Measures, measure
from core.latent.fidelity.splits import CANDIDATES, METHOD, Maker, maker, people_of, split
from core.latent.synthesis import Bounds
from core.rng import derived_seed
from core.settings import SAMPLERS, SamplerSettings
from core.types import MAX_INTENSITY, Progress, Quiet, Samples, check_cancelled

N_SPLITS = 20

INTERVAL = (
    "95 % of the splits lie in the interval: it says how much depends on who the rows were made from, "
    "not what another cohort would show."
)


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
    """What was measured, of whom and how.

    method: its name in `SAMPLERS`, empty for another maker. settings: of the method. n_people: by group. n_nothing:
    splits in which nothing was made of a group, by group.
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
    found = assess_maker(samples, maker(settings, bounds), n_splits, random_state, progress)
    name = next(name for name, kind in SAMPLERS.items() if kind is type(settings))
    return replace(found, method=name, settings=asdict(settings))


def assess_maker(
    samples: Samples, make: Maker, n_splits: int = N_SPLITS, random_state: int = 0, progress: Progress | None = None
) -> Assessment:
    """Whatever makes rows of people, measured in `n_splits` random splits of the people into halves.

    In each split rows are made from one half, and `measure`d beside it and beside the other half, which the maker never
    sees. So are, as if they were made rows, copies of the first half and the people of the other half (for them the
    first half is both what they are compared with and whom they were not made from). Half the people make rows that are
    a little worse, and nearer to single persons, than all of them would.

    Raises UserError for fewer than `FEWEST_PEOPLE` people in a group or somebody in both, ValueError for a value that
    is not finite, `Cancelled` when `progress` says so.
    """
    progress = progress or Quiet()
    people = people_of(samples)
    found: dict[str, list[dict[str, Measures]]] = {candidate: [] for candidate in CANDIDATES}
    n_nothing = dict.fromkeys(LABELS, 0)
    # On matrices this small, threads only wait for one another.
    with threadpool_limits(1, user_api="blas"):
        for number in range(n_splits):
            check_cancelled(progress)
            progress.report(number, n_splits, f"Split {number + 1} of {n_splits}")
            seed = derived_seed(random_state, "fidelity", number)
            halves = split(samples, make, seed)
            for candidate in CANDIDATES:
                measured = measure(halves.rows[candidate], halves.makers, halves.strangers(candidate), seed)
                found[candidate].append(measured)
            for group, label in LABELS.items():
                n_nothing[group] += not (halves.rows[METHOD].y == label).any()
    progress.report(n_splits, n_splits, "Done")
    summaries = tuple(
        _summary(name, candidate, group, [getattr(measures[group], name) for measures in found[candidate]])
        for name in NAMES
        for candidate in CANDIDATES
        for group in (ALL, *LABELS)
    )
    n_people = {group: len(people[label]) for group, label in LABELS.items()}
    return Assessment("", {}, tuple(samples.features), n_people, n_splits, random_state, n_nothing, summaries)


def marginal_tests_beside(
    samples: Samples,
    settings: SamplerSettings,
    bounds: Bounds | None = (0.0, MAX_INTENSITY),
    random_state: int = 0,
) -> dict[str, tuple[MarginalTest, ...]]:
    """Table III of one split, by candidate: made rows, people who were held out, and copies, each against the same
    people. Raises UserError as `assess_maker` does.
    """
    seed = derived_seed(random_state, "fidelity", 0)
    halves = split(samples, maker(settings, bounds), seed)
    X, y = halves.makers.X, halves.makers.y
    return {
        candidate: marginal_tests(X, y, made.X, made.y, samples.features, seed)
        for candidate, made in halves.rows.items()
    }


def _summary(name: str, candidate: str, group: str, values: Sequence[float | None]) -> Summary:
    known = [value for value in values if value is not None]
    if not known:
        return Summary(name, candidate, group, None, None, None, 0)
    low, high = np.percentile(known, [2.5, 97.5])
    return Summary(name, candidate, group, float(np.mean(known)), float(low), float(high), len(known))
