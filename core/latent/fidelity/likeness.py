"""How one set of made rows lies beside the people of its groups: what the figures of a page show, at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.latent.fidelity.closeness import NEAR, nearest_others, nearest_people, usual_distance
from core.latent.fidelity.marginal_tests import LABELS
from core.latent.fidelity.spread import correlation_differences
from core.latent.synthesis import Synthetic
from core.types import GROUPS, Samples


@dataclass(frozen=True, eq=False)
class Likeness:
    """Of each group that rows were made of, `PD` or `control`, on features standardised over all of the people.

    distances: by (group, made), of made rows (q,) to the nearest person, and of the people's rows (n,) to the nearest
    row of somebody else. correlation_differences: (d, d), see `spread`. near_limits: the distance up to which a row is
    a near-copy, see `closeness`; missing where the usual distance is not defined or 0.
    """

    distances: dict[tuple[str, bool], np.ndarray]
    correlation_differences: dict[str, np.ndarray]
    near_limits: dict[str, float]

    @property
    def near_copy_share(self) -> float | None:
        """0 to 1, of the made rows of all groups that have a limit; None where none has."""
        near = [self.distances[group, True] <= limit for group, limit in self.near_limits.items()]
        return float(np.concatenate(near).mean()) if near else None


def likeness(made: Synthetic, people: Samples) -> Likeness:
    """Made rows X (q, d), y (q,) beside the rows (n, d) of the people, each group by itself."""
    mean, sd = people.X.mean(axis=0), people.X.std(axis=0)
    sd = np.where(sd > 0, sd, 1.0)
    distances, differences, limits = {}, {}, {}
    for group in GROUPS:
        label = LABELS[group]
        rows, real = (made.X[made.y == label] - mean) / sd, (people.X[people.y == label] - mean) / sd
        codes = people.groups[people.y == label]
        if not len(rows):
            continue
        differences[group] = correlation_differences(rows, real)
        distances[group, True], distances[group, False] = nearest_people(rows, real, codes), nearest_others(real, codes)
        usual = usual_distance(real, codes)
        if usual:
            limits[group] = NEAR * usual
    return Likeness(distances, differences, limits)
