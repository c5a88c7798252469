"""The models of the discard study: what each arm trains on, and how it does on the test images."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.images.discard_sets import as_synthetic
from core.images.discard_split import Deal, discarded_labels
from core.images.published_discards import per_cent
from core.images.settings import CLASSIC, DISCARD, DISCARD_ARMS, DUPLICATE, FULL, VAES, DiscardSettings
from core.images.study_split import StudyImages, check_apart, joined
from core.parallel import Piece, Pool, Tally, gathered
from core.rng import derived_seed, generator
from core.types import Progress


@dataclass(frozen=True, eq=False)
class Part:
    """One model. random_state: the same for all arms and rates of a repeat: they begin with the same weights."""

    arm: str
    deal: Deal
    random_state: int

    @property
    def n_shown(self) -> int:
        """Images of an epoch."""
        return len(self.deal.fit) + (0 if self.arm == DISCARD else sum(self.deal.wanted.values()))


def fit_key(arm: str, rate: float, repeat: int) -> str:
    """Name of a model among the results. `FULL` is trained once a repeat, at rate 0."""
    return f"fit/{arm}/{rate}/{repeat}"


def parts_of(dealt: Mapping[tuple[float, int], Deal], settings: DiscardSettings) -> dict[str, Part]:
    """Every model by its key, repeat by repeat. Raises `ValueError` for unknown arms."""
    if not {FULL, DISCARD} <= set(settings.arms) <= set(DISCARD_ARMS):
        raise ValueError(f"arms must be of {DISCARD_ARMS}, with {FULL!r} and {DISCARD!r} among them")
    return {
        fit_key(arm, deal.rate, deal.repeat): Part(
            arm, deal, derived_seed(settings.random_state, "discard model", deal.repeat)
        )
        for deal in dealt.values()
        for arm in settings.arms
        if (arm == FULL) == (deal.rate == 0)
    }


def refilled(
    arm: str, left: StudyImages, wanted: Mapping[int, int], synthetic: StudyImages | None, random_state: int
) -> StudyImages:
    """What a model of an arm is shown in an epoch: the images that are left and, but for `FULL` and `DISCARD`, so many
    more of each class that lost some that it is as large as before.

    These are the images left over again, each as often as the others or once more, in random order; for `CLASSIC` each
    copy is flipped, shifted and turned, once for the whole training, as a VAE's images stay the same too; or the
    `synthetic` ones. The paper's own text adds as many copies as are left, 50 to 50 of 500: then the arms would not
    take the same number of steps.
    """
    if arm in (FULL, DISCARD) or not wanted:
        return left
    if arm in VAES:
        if synthetic is None:
            raise ValueError(f"{arm} needs synthetic images")
        return joined(left, synthetic)
    rng = generator(random_state, "copies")
    chosen = []
    for label, n in wanted.items():
        own = rng.permutation(np.flatnonzero(left.labels == label))
        chosen.append(np.resize(own, n))
    copies = left.at(np.concatenate(chosen))
    if arm == DUPLICATE:
        return joined(left, copies)
    return joined(left, as_synthetic(_moved(copies.images, random_state), copies.labels, left.classes))


def evaluate(
    train: StudyImages,
    test: StudyImages,
    synthetic: StudyImages | None,
    part: Part,
    settings: DiscardSettings,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Train one model and judge it on the test images, as a dict for JSON.

    Keys: metrics (see `discard_metrics`, on the test images), paper_metrics (on what it was trained on, or None),
    training_accuracy and validation_accuracy (one an epoch; the latter empty where nothing is held out),
    stopped_early, n_left, n_added (of which by copying, turning or a VAE) and n_validation. Raises `GuardError` where
    an image or a person would be both trained on and judged, or a synthetic image would be judged; `Cancelled`.
    """
    from core.images import classifier
    from core.images.discard_metrics import discard_metrics, paper_metrics

    left, validation = train.at(part.deal.fit), train.at(part.deal.validation)
    shown = refilled(part.arm, left, part.deal.wanted, synthetic, part.random_state)
    check_apart(shown, validation, test)
    fitted = classifier.train(
        shown.images,
        shown.labels,
        len(train.classes),
        settings.network,
        settings.epochs,
        part.random_state,
        validation=(validation.images, validation.labels) if len(validation) else None,
        progress=progress,
        schedule=settings.schedule,
    )
    discarded = discarded_labels(settings, train.classes)
    said, said_of_shown = (fitted.probabilities(x.images, progress).argmax(axis=1) for x in (test, shown))
    return {
        "metrics": discard_metrics(test.labels, said, discarded, len(train.classes)),
        "paper_metrics": paper_metrics(shown.labels, said_of_shown, discarded),
        "training_accuracy": list(fitted.training_accuracy),
        "validation_accuracy": list(fitted.validation_accuracy),
        "stopped_early": fitted.stopped_early,
        "n_left": len(left),
        "n_added": len(shown) - len(left),
        "n_validation": len(validation),
    }


def evaluate_all(
    train: StudyImages,
    test: StudyImages,
    parts: Mapping[str, Part],
    set_of: Callable[[str, Deal], StudyImages],
    settings: DiscardSettings,
    pool: Pool,
    tally: Tally,
    finished: Mapping[str, Any],
    on_result: Callable[[str, Any], None],
) -> dict[str, Any]:
    """What `evaluate` finds for each part, in their order; those in `finished` are taken over.

    set_of: the synthetic images of a VAE for a deal. The result is the same whoever works: a part knows its own seed.
    Raises what `evaluate` raises.
    """

    def piece_of(key: str) -> Piece:
        part = parts[key]
        synthetic = set_of(part.arm, part.deal) if part.arm in VAES and part.deal.wanted else None
        title = f"Classifier: {part.arm}, {per_cent(part.deal.rate, ' ')} discarded, repeat {part.deal.repeat + 1}"
        return Piece(key, title, fit_steps(part, settings), evaluate, (train, test, synthetic, part, settings))

    return gathered(parts, piece_of, finished, pool, tally, on_result)


def fit_steps(part: Part, settings: DiscardSettings) -> float:
    """Images that a part trains on at most, each counted as often as it is shown."""
    return float(part.n_shown * settings.epochs)


def _moved(images: np.ndarray, random_state: int) -> np.ndarray:
    import torch

    from core.images.classic_augmentation import classic
    from core.one_thread import one_thread

    rng = torch.Generator().manual_seed(derived_seed(random_state, CLASSIC))
    with one_thread():
        moved: np.ndarray = classic(torch.from_numpy(np.ascontiguousarray(images)), rng).numpy()
    return moved
