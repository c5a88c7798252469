"""How close rows come to the people they were made from: a near-copy of a patient is a patient."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

NEAR = 0.5
"""A row nearer than this share of the usual distance between people is a near-copy: it points at one person."""


@dataclass(frozen=True)
class Closeness:
    """near_copy_share: 0 to 1. distance_ratio: 0 for copies, about 1 for other people. neighbour_ratio: 0 to 1."""

    near_copy_share: float | None = None
    distance_ratio: float | None = None
    neighbour_ratio: float | None = None


def closeness(made: np.ndarray, real: np.ndarray, people: np.ndarray) -> Closeness:
    """Of made rows (q, d) to the real rows (n, d) of their group, of `people` (n,), on standardised features.

    The usual distance u between people is the median over the real rows of the distance to the nearest row of
    another person. With d1 and d2 the distances of a made row to the closest and the second closest person:

        near_copy_share = share of made rows with d1 <= `NEAR` · u
        distance_ratio  = median of d1 / u       (distance to the closest record, Zhao et al. 2021, CTAB-GAN)
        neighbour_ratio = mean of d1 / d2        (nearest-neighbour distance ratio, ibid.; 1 where both are 0)

    Not defined without made rows or with fewer than two people; nor is distance_ratio where u is 0.
    """
    usual = usual_distance(real, people)
    if usual is None or not len(made):
        return Closeness()
    nearest, second = np.partition(_to_people(made, real, people), 1, axis=1)[:, :2].T
    ratio = np.divide(nearest, second, out=np.ones_like(nearest), where=second > 0)
    return Closeness(
        float(np.mean(nearest <= NEAR * usual)),
        float(np.median(nearest)) / usual if usual > 0 else None,
        float(np.mean(ratio)),
    )


def near_copy_share(X: np.ndarray, y: np.ndarray, X_made: np.ndarray, y_made: np.ndarray) -> float | None:
    """Of all made rows (q, d) beside the rows X (n, d), each of which is taken for a person; of any number of them.

    Standardised over X; classes with fewer than two rows are left out. None without made rows of the others.
    """
    from scipy.spatial import cKDTree

    mean, sd = X.mean(axis=0), X.std(axis=0)
    sd = np.where(sd > 0, sd, 1.0)
    near = []
    for label in np.unique(y):
        real, made = ((rows[which == label] - mean) / sd for rows, which in ((X, y), (X_made, y_made)))
        if len(real) > 1 and len(made):
            tree = cKDTree(real)
            usual = np.median(tree.query(real, [2])[0])
            near.append(tree.query(made, [1])[0][:, 0] <= NEAR * usual)
    return float(np.concatenate(near).mean()) if near else None


def usual_distance(real: np.ndarray, people: np.ndarray) -> float | None:
    """Median over the rows (n, d) of the distance to the nearest row of another person; None for a single person."""
    return None if len(np.unique(people)) < 2 else float(np.median(nearest_others(real, people)))


def nearest_others(real: np.ndarray, people: np.ndarray) -> np.ndarray:
    """(n,) of each real row (n, d) the distance to the nearest row of another person; infinite for a single person."""
    from scipy.spatial.distance import cdist

    distance = cdist(real, real)
    distance[people[:, None] == people[None, :]] = np.inf
    return np.asarray(distance.min(axis=1))


def nearest_people(made: np.ndarray, real: np.ndarray, people: np.ndarray) -> np.ndarray:
    """(q,) of each made row (q, d) the distance to the closest of the people of the real rows (n, d)."""
    return np.asarray(_to_people(made, real, people).min(axis=1))


def _to_people(made: np.ndarray, real: np.ndarray, people: np.ndarray) -> np.ndarray:
    """(q, people) distances of made rows to the nearest row of each person."""
    from scipy.spatial.distance import cdist

    order = np.argsort(people, kind="stable")
    starts = np.flatnonzero(np.r_[True, people[order][1:] != people[order][:-1]])
    return np.minimum.reduceat(cdist(made, real[order]), starts, axis=1)
