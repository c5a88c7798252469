"""Which mesh measures a clip: its name, whether it is here, and how it is opened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from core.errors import UserError
from core.faces import face_landmarker
from core.faces.blended_mesh import BlendedMesh
from core.faces.face_mesh import FaceMesh, MeshBackend

FACE_MESH = FaceMesh.name
FACE_LANDMARKER = BlendedMesh.name
_MESHES: dict[str, type[FaceMesh] | type[BlendedMesh]] = {FACE_MESH: FaceMesh, FACE_LANDMARKER: BlendedMesh}
BACKENDS = tuple(_MESHES)
"""Every backend there can be, the default first. The name goes into measurements and AU tables."""


def available() -> tuple[str, ...]:
    """Names of the backends that can be opened here, the default first."""
    return tuple(name for name in BACKENDS if not why_not(name))


def why_not(name: str) -> UserError | None:
    """What keeps a backend from being opened here, and how to mend it; None where nothing does."""
    if name not in BACKENDS:
        why = f"There are: {', '.join(BACKENDS)}."
        return UserError(f"There is no mesh backend {name!r}.", why, "Choose one of these.")
    if name == FACE_LANDMARKER:
        try:
            face_landmarker.load_model()
        except UserError as error:
            return error
    return None


@contextmanager
def open_mesh(name: str = FACE_MESH, static: bool = False) -> Iterator[MeshBackend]:
    """The backend called `name`, freed at the end of the block; `static` for stills that do not follow one another.

    Raises the `UserError` of `why_not`.
    """
    if problem := why_not(name):
        raise problem
    with _MESHES[name](static) as mesh:
        yield mesh
