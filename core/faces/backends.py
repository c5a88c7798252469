"""Which mesh measures a clip: its name, whether it is here, and how it is opened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from core.errors import UserError
from core.faces.face_mesh import FaceMesh, MeshBackend

FACE_MESH = FaceMesh.name
FACE_LANDMARKER = "hypomimia-lab+blendshapes"
BACKENDS = (FACE_MESH, FACE_LANDMARKER)


def available() -> tuple[str, ...]:
    """Names of the backends that can be opened here, the default first."""
    return (FACE_MESH,)


@contextmanager
def open_mesh(name: str = FACE_MESH, static: bool = False) -> Iterator[MeshBackend]:
    """The backend called `name`, freed at the end of the block; `static` for stills that do not follow one another.

    Raises `UserError` for a name that is not in `available()`.
    """
    if name not in available():
        raise UserError(
            f"The mesh backend {name!r} is not here.",
            f"There are: {', '.join(available())}.",
            "Choose another one in Settings.",
        )
    mesh = FaceMesh(static)
    try:
        yield mesh
    finally:
        mesh.close()
