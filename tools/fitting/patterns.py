"""The components of `core.faces.components`, from simulated people."""

from __future__ import annotations

import numpy as np
from scipy.optimize import linear_sum_assignment

from core.faces.components import N_LOOK, N_SHAPE, Components
from core.faces.skin import LOOKS, N_PLACES
from tools.fitting.examples import REST, Sight


def find(cast: list[Sight]) -> Components:
    """Principal components of the changes since rest, the even and the odd part of each change apart.

    Rounded to half precision, as they are kept.
    """
    partner = mirror(cast)
    sideways = np.tile((-1.0, 1.0, 1.0), N_PLACES)
    shape = _principal(cast, "aligned", slice(None), _of_points(partner), sideways, N_SHAPE).astype(np.float64)
    looks = []
    for number in range(len(LOOKS)):
        columns = slice(number * N_PLACES, (number + 1) * N_PLACES)
        looks.append(_principal(cast, "skin", columns, partner, np.ones(N_PLACES), N_LOOK))
    return Components(shape, tuple(looks))


def mirror(cast: list[Sight]) -> np.ndarray:
    """(468,) the landmark of the other side for each landmark, by the mean of the people's faces at rest."""
    rest = np.mean([np.median(person.aligned[person.kind == REST], axis=0) for person in cast], axis=0)
    distance = np.linalg.norm(rest[:, None] * (-1.0, 1.0, 1.0) - rest[None], axis=2)
    partner = linear_sum_assignment(distance)[1]
    if not (partner[partner] == np.arange(len(partner))).all():
        raise ValueError("The mesh of these people has no two like sides.")
    return partner


def _of_points(partner: np.ndarray) -> np.ndarray:
    return (3 * partner[:, None] + np.arange(3)).ravel()


def _principal(
    cast: list[Sight], what: str, columns: slice, order: np.ndarray, sign: np.ndarray, wanted: tuple[int, int]
) -> np.ndarray:
    """(even + odd, d) components; in a mirror, column k becomes column order[k] times sign."""
    scatter = [np.zeros((len(order), len(order))) for _ in wanted]
    for person in cast:
        seen = getattr(person, what).reshape(len(person.kind), -1)[:, columns].astype(np.float64)
        change = seen - np.median(seen[person.kind == REST], axis=0)
        other = change[:, order] * sign
        for total, part in zip(scatter, ((change + other) / 2, (change - other) / 2), strict=True):
            total += part.T @ part
    found = []
    for total, n in zip(scatter, wanted, strict=True):
        vectors = np.linalg.eigh(total)[1][:, ::-1].T[:n]
        largest = np.take_along_axis(vectors, np.abs(vectors).argmax(axis=1)[:, None], axis=1)
        found.append(vectors * np.sign(largest))
    return np.concatenate(found).astype(np.float16).astype(np.float32)
