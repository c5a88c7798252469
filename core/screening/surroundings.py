"""Where a person lies among those trained on: who is near, and whether anybody is."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from core.types import CONTROL, PD, Samples

N_NEAREST = 3
FAR_SHARE = 0.95
"""A person is far who is farther from the nearest than this share of the people are from theirs."""


@dataclass(frozen=True)
class Neighbour:
    """distance: in standard deviations of the features over the people trained on, all features together."""

    subject: str
    group: str
    distance: float


@dataclass(frozen=True)
class Surroundings:
    """One emotion of a person among the people trained on.

    nearest: the `N_NEAREST` people, nearest first. far_from: the distance to the nearest that `FAR_SHARE` of the people
    keep within among themselves. outside: features whose value lies below or above that of everybody, as `AU05 above`.
    """

    nearest: tuple[Neighbour, ...]
    far_from: float
    outside: tuple[str, ...]

    @property
    def far(self) -> bool:
        """Whether models are asked about somebody unlike all whom they know."""
        return bool(self.nearest) and self.nearest[0].distance > self.far_from

    def to_json(self) -> dict[str, Any]:
        return {
            "nearest": [asdict(neighbour) for neighbour in self.nearest],
            "far_from": self.far_from,
            "far": self.far,
            "outside": list(self.outside),
        }


def surroundings(x: np.ndarray, material: Samples) -> Surroundings:
    """Of a person's features x (d,) among the rows of `material`; people with several rows by the nearest of these."""
    sd = material.X.std(axis=0)
    scaled = material.X / np.where(sd > 0, sd, 1.0)
    people, first, row_of = np.unique(material.groups, return_index=True, return_inverse=True)
    distance = _nearest_by_person(np.linalg.norm(scaled - x / np.where(sd > 0, sd, 1.0), axis=1), row_of, len(people))
    order = np.argsort(distance, kind="stable")[:N_NEAREST]
    apart = np.linalg.norm(scaled[:, None, :] - scaled[None, :, :], axis=2)
    apart[row_of[:, None] == row_of[None, :]] = np.inf
    among = _nearest_by_person(apart.min(axis=1), row_of, len(people))
    low, high = material.X.min(axis=0), material.X.max(axis=0)
    outside = [
        f"{name} {'above' if value > top else 'below'}"
        for name, value, bottom, top in zip(material.features, x, low, high, strict=True)
        if not bottom <= value <= top
    ]
    return Surroundings(
        tuple(Neighbour(str(people[i]), PD if material.y[first[i]] else CONTROL, float(distance[i])) for i in order),
        float(np.quantile(among, FAR_SHARE)),
        tuple(outside),
    )


def _nearest_by_person(distance: np.ndarray, row_of: np.ndarray, n_people: int) -> np.ndarray:
    nearest = np.full(n_people, np.inf)
    np.minimum.at(nearest, row_of, distance)
    return nearest
