"""Many clips at once, each after the neutral clip of its person, wherever there is room to measure them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from core.errors import UserError
from core.faces.expression import Neutral, neutral_features
from core.parallel import Piece, Pool, Tally, run
from core.types import Measurement, Progress


@dataclass(frozen=True)
class Turn:
    """A clip as it is when its turn to be measured comes.

    key: what its measurement is known by; name: what its owner calls it. frames: about how many it has. rest: key and
    path of the neutral clip of its person, None for one itself and where there is none. mesh_file: where the landmarks
    go, if anywhere.
    """

    key: str
    name: str
    path: Path
    emotion: str
    frames: float
    rest: tuple[str, Path] | None = None
    mesh_file: Path | None = None


@dataclass(frozen=True)
class Outcome:
    """What came of a clip. found: the `UserError` where it could not be measured, None where `look` said not to.

    rest: the key of the neutral clip that served, None where none did.
    """

    key: str
    turn: Turn | None
    found: Measurement | UserError | None
    rest: str | None = None


def measure_all(
    keys: Iterable[str], look: Callable[[str], Turn | None], pool: Pool, tally: Tally, backend: str
) -> Iterator[Outcome]:
    """The outcome of each clip as soon as it is known; who asks for the next one has dealt with it.

    keys: in the order in which they should be measured. look: asked for a clip when its turn comes; None: not any more.
    A clip waits for its neutral clip, and nobody waits for anything else. A neutral clip that is among `keys` is read
    once, any other one as well, for its face at rest alone. Raises like `core.parallel.run`.
    """
    queue = _Queue(list(keys), look, pool.remote, backend)
    for piece, found in run(queue.take, pool, tally):
        yield from queue.skipped()
        if outcome := queue.settle(piece, found):
            yield outcome
    yield from queue.skipped()


class _Queue:
    """Which clip comes next. rests: faces at rest by the key of their clip, None where no face is in it."""

    def __init__(self, keys: list[str], look: Callable[[str], Turn | None], remote: bool, backend: str) -> None:
        self._keys, self._look, self._remote, self._backend = keys, look, remote, backend
        self._rests: dict[str, Neutral | None] = {}
        self._under_way: dict[str, Turn] = {}
        self._skipped: list[Outcome] = []

    def take(self) -> Piece | None:
        """The first clip that need not wait, or the neutral clip that it waits for; None where there is none."""
        for key in list(self._keys):
            turn = self._look(key)
            if turn is None:
                self._keys.remove(key)
                self._skipped.append(Outcome(key, None, None))
            elif turn.rest is None or turn.rest[0] in self._rests:
                self._keys.remove(key)
                return self._begin(turn)
            elif turn.rest[0] not in self._under_way and turn.rest[0] not in self._keys:
                return self._begin_rest(turn, *turn.rest)
        return None

    def skipped(self) -> Iterator[Outcome]:
        while self._skipped:
            yield self._skipped.pop(0)

    def settle(self, piece: Piece, found: _Found | UserError) -> Outcome | None:
        """Take note of a face at rest; the outcome where it was a clip's own turn."""
        turn = self._under_way.pop(piece.key)
        if turn.key != piece.key or turn.emotion == "neutral":
            self._rests[piece.key] = None if isinstance(found, UserError) else found.rest
        if turn.key != piece.key:
            return None
        if isinstance(found, UserError):
            return Outcome(turn.key, turn, found)
        if turn.mesh_file and found.mesh is not None:
            turn.mesh_file.write_bytes(found.mesh)
        served = turn.rest[0] if turn.rest and self._rests[turn.rest[0]] else None
        return Outcome(turn.key, turn, found.measurement, served)

    def _begin(self, turn: Turn) -> Piece:
        self._under_way[turn.key] = turn
        rest = self._rests[turn.rest[0]] if turn.rest else None
        arguments = (self._sent(turn.path), turn.emotion, rest, self._backend, turn.mesh_file)
        return Piece(turn.key, f"Measuring {turn.name}", turn.frames, _measure, arguments)

    def _begin_rest(self, turn: Turn, key: str, path: Path) -> Piece:
        self._under_way[key] = turn
        title = f"Looking at the face at rest for {turn.name}"
        return Piece(key, title, 0.0, _measure_rest, (self._sent(path), self._backend))

    def _sent(self, path: Path) -> Path | Sent:
        return Sent.of(path) if self._remote else path


@dataclass(frozen=True)
class Sent:
    """The content of a clip on its way to a machine that cannot see its file: (name, content) of each of its files."""

    name: str
    files: tuple[tuple[str, bytes], ...]
    is_folder: bool

    @classmethod
    def of(cls, path: Path) -> Sent:
        inside = sorted(path.iterdir()) if path.is_dir() else [path]
        files = tuple((file.name, file.read_bytes()) for file in inside if file.is_file())
        return cls(path.name, files, path.is_dir())


@dataclass(frozen=True)
class _Found:
    """measurement: None where only the face at rest was asked for. mesh: content of the mesh file, if it was sent."""

    measurement: Measurement | None
    rest: Neutral | None
    mesh: bytes | None = None


def _measure(
    clip: Path | Sent, emotion: str, rest: Neutral | None, backend: str, mesh_file: Path | None, progress: Progress
) -> _Found:
    from core.faces.measurement import measure_clip

    with _at_hand(clip) as (path, folder):
        mesh = folder / "mesh.npy" if folder and mesh_file else mesh_file
        measurement = measure_clip(path, emotion, rest, progress, backend=backend, mesh_file=mesh)
        own_rest = _rest_in(measurement) if emotion == "neutral" else None
        sent = mesh.read_bytes() if folder and mesh and mesh.is_file() else None
    return _Found(measurement, own_rest, sent)


def _measure_rest(clip: Path | Sent, backend: str, progress: Progress) -> _Found:
    from core.faces.measurement import measure_neutral

    with _at_hand(clip) as (path, _):
        return _Found(None, measure_neutral(path, progress, backend=backend))


def _rest_in(measurement: Measurement) -> Neutral | None:
    """What `measure_neutral` finds in a neutral clip that has been measured already; None where no face is in it."""
    import numpy as np

    found = np.flatnonzero(measurement.action_units.success)
    if not len(found):
        return None
    assert measurement.features is not None
    return neutral_features(measurement.features, (int(found[0]), int(found[-1])))


@contextmanager
def _at_hand(clip: Path | Sent) -> Iterator[tuple[Path, Path | None]]:
    """The path of a clip on this machine, and the folder that is made for it, and removed, where it was sent."""
    if isinstance(clip, Path):
        yield clip, None
        return
    with TemporaryDirectory(prefix="hypomimia-lab-") as made:
        folder = Path(made)
        path = folder / clip.name
        if clip.is_folder:
            path.mkdir()
        for name, content in clip.files:
            (path / name if clip.is_folder else path).write_bytes(content)
        yield path, folder
