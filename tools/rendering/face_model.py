"""The ICT face model: vertices of a person's face with an expression on it, in centimetres.

Axes: x towards the person's left, y up, z forward (out of the face). The model is ICT-FaceKit's (Li et al., "Learning
formation of physically-based face attributes", CVPR 2020; MIT licence) as one npz: a neutral face, 57 expression
shapes and 60 identity modes scaled so that coefficients of people are standard normal.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numba import njit

_STILL_CM = 1e-3


@dataclass(frozen=True, eq=False)
class FaceModel:
    """neutral (n, 3), triangles (m, 3), material (m,) indices into `materials`, all of the mean person at rest.

    expressions: name -> (vertices (k,), displacements (k, 3)) of those that it moves. identities: (60, n, 3).
    landmarks: (68,) vertices of the 68-point layout of iBUG.
    """

    neutral: np.ndarray
    triangles: np.ndarray
    material: np.ndarray
    materials: tuple[str, ...]
    expressions: dict[str, tuple[np.ndarray, np.ndarray]]
    identities: np.ndarray
    landmarks: np.ndarray

    @classmethod
    def load(cls, path: Path | str) -> FaceModel:
        """The model in the npz at `path`."""
        with np.load(path, allow_pickle=False) as stored:
            quads, material = stored["quads"], stored["material_of_quad"].astype(np.int32)
            expressions = {}
            for name, moved in zip(stored["expression_names"], stored["expressions"].astype(np.float32), strict=True):
                vertices = np.flatnonzero(np.abs(moved).max(axis=1) > _STILL_CM)
                expressions[str(name)] = vertices, np.ascontiguousarray(moved[vertices])
            return cls(
                neutral=stored["neutral"].astype(np.float32),
                triangles=np.ascontiguousarray(np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])),
                material=np.concatenate([material, material]),
                materials=tuple(str(name).removeprefix("M_") for name in stored["material_names"]),
                expressions=expressions,
                identities=stored["identities"].astype(np.float32),
                landmarks=stored["landmarks68"],
            )

    def rest(self, identity: np.ndarray) -> np.ndarray:
        """(n, 3) float32 face at rest of the person with these (60,) identity coefficients."""
        vertices = self.neutral.copy()
        # One mode after the other instead of a matrix product, whose rounding depends on the processor.
        for coefficient, mode in zip(identity.astype(np.float32), self.identities, strict=True):
            vertices += coefficient * mode
        return vertices

    def express(self, rest: np.ndarray, weights: dict[str, float]) -> np.ndarray:
        """`rest` (n, 3) with the expression shapes added, each times its weight."""
        vertices = rest.copy()
        for name, weight in weights.items():
            if weight:
                _add(vertices, *self.expressions[name], np.float32(weight))
        return vertices

    @cached_property
    def faces_of_vertex(self) -> tuple[np.ndarray, np.ndarray]:
        """For smooth normals: triangles around each vertex, (starts (n + 1,), triangle numbers)."""
        corners = self.triangles.ravel()
        order = np.argsort(corners, kind="stable")
        starts = np.concatenate([[0], np.cumsum(np.bincount(corners, minlength=len(self.neutral)))])
        return starts.astype(np.int32), (order // 3).astype(np.int32)


@njit(cache=True)
def _add(vertices: np.ndarray, moved: np.ndarray, displacement: np.ndarray, weight: np.float32) -> None:
    for i in range(len(moved)):
        for axis in range(3):
            vertices[moved[i], axis] += weight * displacement[i, axis]
