"""The synthetic sets of the augmentation study: a generator a class, and of it a set for every kind and seed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from core.errors import UserError
from core.images.set_files import SetFiles
from core.images.settings import EVOLVED_SET, RANDOM_SET, StudySettings
from core.images.study_split import StudyImages
from core.one_thread import one_thread
from core.parallel import Piece, Pool, Tally
from core.parallel import run as run_pieces
from core.rng import derived_seed
from core.types import Progress

EVOLVED, RANDOM = "evolved", "random"
KINDS = {RANDOM_SET: RANDOM, EVOLVED_SET: EVOLVED}
"""Arm of the study -> the kind of set that it adds."""

SET, FOLDER = "set/", "sets"
STEPS = {"generator": 300_000.0, EVOLVED: 8_000.0, RANDOM: 500.0}
"""As many images does the small CNN train on in about the time that each takes with the live settings: for the progress
alone."""


@dataclass(frozen=True, eq=False)
class SyntheticSet:
    """images: (m, c, s, s) float32 in [0, 1] of one class. history: of an evolution, one number a generation by name,
    `best` among them; empty for a random set."""

    images: np.ndarray
    history: Mapping[str, Sequence[float]] = field(default_factory=dict)


class SetMaker(Protocol):
    """Who makes the sets. The same arguments must give the same.

    It is sent to other processes of this machine, so it is picklable and keeps its generators in files. It is given the
    training images of all classes and never an image that is tested on, and torch has one thread.
    """

    def prepare(self, originals: StudyImages, label: int, progress: Progress) -> dict[str, Any]:
        """Train the generator of class `label`; what is to be told of it, as JSON."""

    def make(
        self, originals: StudyImages, label: int, random_state: int, kind: str, progress: Progress
    ) -> SyntheticSet:
        """A set of at least as many images as class `label` has originals. kind: `EVOLVED` or `RANDOM`.

        `prepare` was called before, maybe by an earlier attempt; a generator whose file is gone is trained again.
        """


@dataclass(frozen=True)
class _Order:
    label: int
    kind: str
    seed: int
    random_state: int


def generator_key(label: int) -> str:
    """Name of a class's generator among the results."""
    return f"generator/{label}"


def set_key(kind: str, label: int, seed: int) -> str:
    """Name of a set among the results."""
    return f"{SET}{kind}/{label}/{seed}"


def steps_of(settings: StudySettings, n_classes: int) -> dict[str, float]:
    """Every generator and set that the arms of the settings need, by its key, with its size for the progress."""
    kinds = [KINDS[arm] for arm in settings.arms if arm in KINDS]
    found = {generator_key(label): STEPS["generator"] for label in range(n_classes) if kinds}
    for key, order in _orders(settings, n_classes).items():
        found[key] = STEPS[order.kind]
    return found


def make_sets(
    originals: StudyImages,
    settings: StudySettings,
    maker: SetMaker,
    folder: Path,
    pool: Pool,
    tally: Tally,
    finished: Mapping[str, Any],
    on_result: Callable[[str, Any], None],
) -> dict[str, Any]:
    """Every generator, then every set of it: key -> what is to be told, in the order of `steps_of`.

    Of a generator that is what `SetMaker.prepare` gives, of a set `file`, `sha256`, `n` and `history`; its images are
    kept in the folder `FOLDER` of `folder`. What is in `finished` (see `still_there`) is taken over. Raises what the
    maker raises, and `ValueError` for sets that are not what was asked for.
    """
    files = SetFiles(folder / FOLDER)
    wanted = list(steps_of(settings, len(originals.classes)))
    orders = _orders(settings, len(originals.classes))
    found = {key: finished[key] for key in wanted if key in finished}
    waiting = [key for key in wanted if key not in found]

    def take() -> Piece | None:
        for key in waiting:
            order = orders.get(key)
            if order is None or generator_key(order.label) in found:
                waiting.remove(key)
                return _piece(key, order, originals, maker)
        return None

    for piece, outcome in run_pieces(take, pool, tally):
        if isinstance(outcome, UserError):
            raise outcome
        if order := orders.get(piece.key):
            outcome = _kept(files, piece.key, _checked(outcome, originals, order.label))
        found[piece.key] = outcome
        on_result(piece.key, outcome)
        tally.add(piece.steps, piece.title)
    return {key: found[key] for key in wanted}


def still_there(finished: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Of finished parts of a study those that can be taken over: sets only while their file holds the same pixels."""
    files = SetFiles(folder / FOLDER)
    return {key: part for key, part in finished.items() if not key.startswith(SET) or files.load(part) is not None}


def loaded(results: Mapping[str, Any], folder: Path, originals: StudyImages, kind: str, seed: int) -> StudyImages:
    """The sets of a kind and seed, one a class, as images that are marked synthetic."""
    files = SetFiles(folder / FOLDER)
    sets = [files.load(results[set_key(kind, label, seed)]) for label in range(len(originals.classes))]
    images = [each for each in sets if each is not None]
    if len(images) < len(sets):
        raise UserError(
            "A synthetic set of this study is gone.",
            "Its file was removed or changed while the study ran.",
            "Start the study again; what is finished is not repeated.",
        )
    labels = np.repeat(np.arange(len(images)), [len(each) for each in images])
    nobody = np.full(len(labels), "")
    return StudyImages(np.concatenate(images), labels, originals.classes, nobody, nobody, np.ones(len(labels), bool))


def _orders(settings: StudySettings, n_classes: int) -> dict[str, _Order]:
    kinds = [KINDS[arm] for arm in settings.arms if arm in KINDS]
    return {
        set_key(kind, label, seed): _Order(
            label, kind, seed, derived_seed(settings.random_state, "synthetic set", kind, label, seed)
        )
        for seed in range(settings.n_seeds)
        for kind in kinds
        for label in range(n_classes)
    }


def _piece(key: str, order: _Order | None, originals: StudyImages, maker: SetMaker) -> Piece:
    if order is None:
        label = int(key.rpartition("/")[2])
        title = f"Generator of {originals.classes[label]}"
        return Piece(key, title, STEPS["generator"], _prepare, (maker, originals, label))
    title = f"Set of {originals.classes[order.label]}, {order.kind}, seed {order.seed}"
    return Piece(key, title, STEPS[order.kind], _make, (maker, originals, order))


def _prepare(maker: SetMaker, originals: StudyImages, label: int, progress: Progress) -> dict[str, Any]:
    with one_thread():
        return maker.prepare(originals, label, progress)


def _make(maker: SetMaker, originals: StudyImages, order: _Order, progress: Progress) -> SyntheticSet:
    with one_thread():
        return maker.make(originals, order.label, order.random_state, order.kind, progress)


def _checked(made: SyntheticSet, originals: StudyImages, label: int) -> SyntheticSet:
    n, shape, images = int((originals.labels == label).sum()), originals.images.shape[1:], made.images
    if images.shape[1:] != shape or images.dtype != np.float32 or len(images) < n:
        raise ValueError(f"at least {n} float32 images of {shape} are needed, not {images.shape} {images.dtype}")
    if not (images.min() >= 0 and images.max() <= 1):
        raise ValueError("synthetic images must lie in [0, 1]")
    return made


def _kept(files: SetFiles, key: str, made: SyntheticSet) -> dict[str, Any]:
    history = {name: [float(value) for value in values] for name, values in made.history.items()}
    return {**files.keep(key.replace("/", "-"), made.images), "history": history}
