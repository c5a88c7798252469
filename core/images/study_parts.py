"""The fold models of the augmentation study: what each arm trains on, and how it does on the test images."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.images.settings import ARMS, CLASSIC, COPIES, ORIGINAL, StudySettings
from core.images.study_split import StudyImages, check_apart, folds, joined
from core.images.synthetic_sets import KINDS
from core.parallel import Piece, Pool, Tally, gathered
from core.rng import derived_seed, generator
from core.types import Progress

Sets = Callable[[str, int], StudyImages]
"""Kind and seed -> the synthetic images of all classes."""


@dataclass(frozen=True, eq=False)
class Part:
    """One fold model. train, validation: numbers of training images. random_state: the same for every arm, so that
    they begin with the same weights on the same folds."""

    arm: str
    seed: int
    fold: int
    train: np.ndarray
    validation: np.ndarray
    random_state: int

    @property
    def n_shown(self) -> int:
        """Images of an epoch."""
        return len(self.train) * (1 if self.arm == ORIGINAL else 2)


def fit_key(arm: str, seed: int, fold: int) -> str:
    """Name of a fold model among the results."""
    return f"fit/{arm}/{seed}/{fold}"


def parts_of(train: StudyImages, settings: StudySettings) -> dict[str, Part]:
    """Every fold model by its key, seed by seed. Raises what `folds` raises, `ValueError` for unknown arms."""
    if ORIGINAL not in settings.arms or not set(settings.arms) <= set(ARMS):
        raise ValueError(f"arms must be of {ARMS}, with {ORIGINAL!r} among them, not {settings.arms}")
    found = {}
    for seed in range(settings.n_seeds):
        dealt = folds(train, settings.n_folds, derived_seed(settings.random_state, "folds", seed))
        for arm in settings.arms:
            for fold, (kept, validated) in enumerate(dealt):
                state = derived_seed(settings.random_state, "fold model", seed, fold)
                found[fit_key(arm, seed, fold)] = Part(arm, seed, fold, kept, validated, state)
    return found


def enlarged(arm: str, originals: StudyImages, synthetic: StudyImages | None, random_state: int) -> StudyImages:
    """What a model of an arm is shown in an epoch: the originals, and but for `ORIGINAL` as many images again.

    These are the originals once more (for `CLASSIC` too, which changes all of them each time), or of each class as many
    `synthetic` ones, drawn from its set without repetition. So all the arms that are compared take the same number of
    steps, and duplication tells what the steps alone do.
    """
    if arm == ORIGINAL:
        return originals
    if arm in (CLASSIC, COPIES):
        return joined(originals, originals)
    if synthetic is None:
        raise ValueError(f"{arm} needs synthetic images")
    rng = generator(random_state, "synthetic images of the fold")
    drawn = [
        rng.permutation(np.flatnonzero(synthetic.labels == label))[:n]
        for label, n in enumerate(originals.n_per_class.values())
    ]
    return joined(originals, synthetic.at(np.concatenate(drawn)))


def evaluate(
    train: StudyImages,
    test: StudyImages,
    synthetic: StudyImages | None,
    part: Part,
    settings: StudySettings,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Train one fold model and judge it on the test images, as a dict for JSON.

    Keys: metrics (name -> value on the test images), training_accuracy and validation_accuracy (one an epoch, see
    `TrainedClassifier`), n_originals, n_synthetic. Raises `GuardError` where an image or a person would be both trained
    on and judged, or a synthetic image would be judged; `Cancelled`.
    """
    from core.images import classifier
    from core.images.class_metrics import class_metrics

    originals, validation = train.at(part.train), train.at(part.validation)
    shown = enlarged(part.arm, originals, synthetic, part.random_state)
    check_apart(shown, validation, test)
    fitted = classifier.train(
        shown.images,
        shown.labels,
        len(train.classes),
        settings.network,
        settings.epochs,
        part.random_state,
        augmented=part.arm == CLASSIC,
        validation=(validation.images, validation.labels),
        progress=progress,
    )
    n_synthetic = int(shown.synthetic.sum())
    return {
        "metrics": class_metrics(test.labels, fitted.probabilities(test.images, progress)),
        "training_accuracy": list(fitted.training_accuracy),
        "validation_accuracy": list(fitted.validation_accuracy),
        "n_originals": len(originals),
        "n_synthetic": n_synthetic,
    }


def evaluate_all(
    train: StudyImages,
    test: StudyImages,
    parts: Mapping[str, Part],
    sets: Sets,
    settings: StudySettings,
    pool: Pool,
    tally: Tally,
    finished: Mapping[str, Any],
    on_result: Callable[[str, Any], None],
) -> dict[str, Any]:
    """What `evaluate` finds for each part, in their order; those in `finished` are taken over.

    The result is the same whoever works: a part knows its own seed. Raises what `evaluate` raises.
    """

    def piece_of(key: str) -> Piece:
        part = parts[key]
        synthetic = sets(KINDS[part.arm], part.seed) if part.arm in KINDS else None
        title = f"Classifier: {part.arm}, seed {part.seed}, fold {part.fold}"
        return Piece(key, title, fit_steps(part, settings), evaluate, (train, test, synthetic, part, settings))

    return gathered(parts, piece_of, finished, pool, tally, on_result)


def fit_steps(part: Part, settings: StudySettings) -> float:
    """Images that a part trains on, each counted as often as it is shown."""
    return float(part.n_shown * settings.epochs)
