"""The synthetic images of the discard study: for every VAE, rate and repeat one set, kept as a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from core.errors import UserError
from core.images.discard_split import Deal
from core.images.published_discards import per_cent
from core.images.set_files import SetFiles
from core.images.settings import VAES, DiscardSettings
from core.images.study_split import StudyImages
from core.images.synthetic_sets import FOLDER, SET
from core.one_thread import one_thread
from core.parallel import Piece, Pool, Tally, outcomes
from core.rng import derived_seed
from core.types import Progress

IMAGES_PER_STEP = 160.0
"""As many images does the small CNN train on in about the time of one step of a VAE: for the progress alone."""


class Refiller(Protocol):
    """Who makes the synthetic images of a class. The same arguments must give the same.

    It is sent to other processes, so it is picklable. It sees the images that a model is trained on, of all classes,
    and never one that was discarded, held out or tested on; torch has one thread.
    """

    def refill(
        self, remaining: StudyImages, wanted: Mapping[int, int], arm: str, random_state: int, progress: Progress
    ) -> StudyImages:
        """For each label in `wanted` so many synthetic images, made from `remaining` alone. arm: of `VAES`."""


def vae_refiller(settings: DiscardSettings) -> Refiller | None:
    """The VAEs among the arms of the settings; None without any."""
    if not settings.vaes:
        return None
    from core.images.vae_sets import VaeSets

    refiller: Refiller = VaeSets(settings.vaes)
    return refiller


@dataclass(frozen=True)
class _Order:
    arm: str
    wanted: Mapping[int, int]
    random_state: int


def set_key(arm: str, rate: float, repeat: int) -> str:
    """Name of a set among the results."""
    return f"{SET}{arm}/{rate}/{repeat}"


def steps_of(settings: DiscardSettings, dealt: Mapping[tuple[float, int], Deal]) -> dict[str, float]:
    """Every set that the arms need, by its key, with its size for the progress."""
    return dict.fromkeys(_orders(settings, dealt), settings.vae_steps * IMAGES_PER_STEP)


def make_sets(
    train: StudyImages,
    dealt: Mapping[tuple[float, int], Deal],
    settings: DiscardSettings,
    refiller: Refiller | None,
    folder: Path,
    pool: Pool,
    tally: Tally,
    finished: Mapping[str, Any],
    on_result: Callable[[str, Any], None],
) -> dict[str, Any]:
    """Every set, key -> `file`, `sha256` and `n`; its images are kept in the folder `FOLDER` of `folder`.

    What is in `finished` (see `core.images.synthetic_sets.still_there`) is taken over. Raises what the refiller raises,
    and `ValueError` for images that are not what was asked for.
    """
    files = SetFiles(folder / FOLDER)
    orders = _orders(settings, dealt)
    if orders and refiller is None:
        raise ValueError("VAEs among the arms need a refiller")
    steps = steps_of(settings, dealt)
    found = {key: finished[key] for key in orders if key in finished}
    waiting = (
        Piece(
            key, f"{order.arm}: {per_cent(deal.rate, ' ')} discarded, repeat {deal.repeat + 1}", steps[key], _refill,
            (refiller, train.at(deal.fit), order),
        )
        for key, (order, deal) in orders.items()
        if key not in found
    )  # fmt: skip
    for piece, outcome in outcomes(waiting, pool, tally):
        found[piece.key] = files.keep(piece.key.replace("/", "-"), outcome)
        on_result(piece.key, found[piece.key])
    return {key: found[key] for key in orders}


def loaded(sets: Mapping[str, Any], folder: Path, train: StudyImages, arm: str, deal: Deal) -> StudyImages:
    """The set of an arm for a deal, marked synthetic. Raises `UserError` where its file is gone or changed."""
    images = SetFiles(folder / FOLDER).load(sets[set_key(arm, deal.rate, deal.repeat)])
    if images is None:
        raise UserError(
            "A synthetic set of this study is gone.",
            "Its file was removed or changed while the study ran.",
            "Start the study again; what is finished is not repeated.",
        )
    labels = np.repeat(sorted(deal.wanted), [deal.wanted[label] for label in sorted(deal.wanted)]).astype(int)
    return as_synthetic(images, labels, train.classes)


def as_synthetic(images: np.ndarray, labels: np.ndarray, classes: tuple[str, ...]) -> StudyImages:
    """Images that show nobody and are nobody's to be judged by."""
    nobody = np.full(len(labels), "")
    return StudyImages(images, labels, classes, nobody, nobody, np.ones(len(labels), bool))


def _orders(settings: DiscardSettings, dealt: Mapping[tuple[float, int], Deal]) -> dict[str, tuple[_Order, Deal]]:
    # The VAEs of a repeat share their seed: what differs between them is the method.
    return {
        set_key(arm, deal.rate, deal.repeat): (
            _Order(arm, deal.wanted, derived_seed(settings.random_state, "refill", deal.rate, deal.repeat)),
            deal,
        )
        for deal in dealt.values()
        for arm in settings.arms
        if arm in VAES and deal.wanted
    }


def _refill(refiller: Refiller, remaining: StudyImages, order: _Order, progress: Progress) -> np.ndarray:
    """(n, c, s, s) of the labels in their order."""
    with one_thread():
        made = refiller.refill(remaining, order.wanted, order.arm, order.random_state, progress)
    n_made = {label: int(n) for label, n in enumerate(np.bincount(made.labels)) if n}
    if n_made != dict(order.wanted) or not made.synthetic.all():
        raise ValueError(f"synthetic images {dict(order.wanted)} by label are needed, not {n_made}")
    if made.images.shape[1:] != remaining.images.shape[1:] or made.images.dtype != np.float32:
        raise ValueError(f"float32 images of {remaining.images.shape[1:]} are needed, not {made.images.shape[1:]}")
    if not (made.images.min() >= 0 and made.images.max() <= 1):
        raise ValueError("synthetic images must lie in [0, 1]")
    return made.images[np.argsort(made.labels, kind="stable")]
