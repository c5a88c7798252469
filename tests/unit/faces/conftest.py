"""A made-up face at rest, symmetric and of average proportions."""

from __future__ import annotations

import numpy as np
import pytest

from core.faces import geometry

OUTER_EYE_PX = 100.0
CENTRE_PX = (320.0, 240.0, 0.0)
EYE_AND_BROW = {(55, 107, 66): (-0.12, 0.22), (70, 63, 105, 46): (-0.45, 0.27)}
LIDS = {(159, 158, 160): (-0.34, 0.04), (145, 153, 144): (-0.34, -0.06)}
CHEEK_AND_NOSE = {(117, 118, 50, 101): (-0.4, -0.25), (129, 64, 98): (-0.17, -0.4), (97, 2): (0.0, -0.5)}
MOUTH = {
    (61, 78): (-0.28, -0.75),
    (37, 39, 40): (-0.1, -0.66),
    (0, 13, 82): (0.0, -0.68),
    (14, 17, 84, 87): (0.0, -0.8),
}
CHIN = {(199, 200, 18): (0.0, -1.0), (152, 148): (0.0, -1.15)}


def to_pixels(face: np.ndarray) -> np.ndarray:
    """From x to the person's left, y up, z to the camera in outer-eye distances, to image pixels."""
    return (face * (OUTER_EYE_PX, -OUTER_EYE_PX, -OUTER_EYE_PX) + CENTRE_PX).astype(np.float32)


@pytest.fixture(scope="session")
def rest_face() -> np.ndarray:
    """(478, 3) in outer-eye distances: x to the person's left, y up, z to the camera."""
    face = np.zeros((478, 3))
    for groups in (EYE_AND_BROW, LIDS, CHEEK_AND_NOSE, MOUTH, CHIN):
        for points, (x, y) in groups.items():
            for number, point in enumerate(points):
                face[point] = (x - 0.01 * number if x else 0.0, y, 0.1)
    for point, place in {**geometry.STABLE_RIGHT, **geometry.STABLE_MIDLINE}.items():
        face[point] = place
    for right, left in geometry.LEFT_OF.items():
        face[left] = face[right] * (-1, 1, 1)
    return face
