"""Who is trained on and who is tested in the augmentation study: split once, by person where people are known.

The guards stop a study; they never warn.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np

from core.errors import GuardError, UserError
from core.images.dataset import ImageSet, resized, tensor
from core.people import person_key
from core.rng import derived_seed, generator

_N_DRAWS = 50
"""Where people bring several images, the best of so many random orders is taken."""


@dataclass(frozen=True, eq=False)
class StudyImages:
    """Images of one size, real ones and synthetic ones.

    images: (n, c, s, s) float32 in [0, 1]. labels: (n,) int, index into classes. people: (n,) str, "" where unknown.
    hashes: (n,) str, SHA-256 of the pixels, "" for synthetic ones. synthetic: (n,) bool.
    """

    images: np.ndarray
    labels: np.ndarray
    classes: tuple[str, ...]
    people: np.ndarray
    hashes: np.ndarray
    synthetic: np.ndarray

    @classmethod
    def of(cls, image_set: ImageSet, size_px: int, channels: int, n_classes: int | None = None) -> StudyImages:
        """Real images as a study takes them, of the first `n_classes` classes, or of all of them for None."""
        if n_classes is not None and n_classes < len(image_set.classes):
            first = image_set.at(image_set.labels < n_classes)
            image_set = replace(first, classes=image_set.classes[:n_classes])
        fitted = resized(image_set, size_px, channels)
        real = np.zeros(len(fitted), bool)
        return cls(tensor(fitted.images), fitted.labels, fitted.classes, fitted.people, fitted.hashes, real)

    def __len__(self) -> int:
        return len(self.images)

    def at(self, chosen: np.ndarray) -> StudyImages:
        """The images that `chosen`, numbers or a mask of (n,), picks."""
        return replace(self, **{name: getattr(self, name)[chosen] for name in _BY_IMAGE})

    @property
    def n_per_class(self) -> dict[str, int]:
        return dict(zip(self.classes, np.bincount(self.labels, minlength=len(self.classes)).tolist(), strict=True))


_BY_IMAGE = ("images", "labels", "people", "hashes", "synthetic")


def joined(one: StudyImages, other: StudyImages) -> StudyImages:
    """Both, in this order."""
    return replace(one, **{name: np.concatenate([getattr(one, name), getattr(other, name)]) for name in _BY_IMAGE})


@dataclass(frozen=True, eq=False)
class Split:
    """Numbers of images. left_out: of people who are trained on, beyond the images that are wanted of a class."""

    train: np.ndarray
    test: np.ndarray
    left_out: np.ndarray


def study_split(images: StudyImages, n_train: int, random_state: int) -> Split:
    """`n_train` images of each class to train on, drawn at random, and the others to test on.

    All images of a person are on one side, whatever the class and however the case of the code; an image of whom nobody
    knows stands for itself. Where people bring several images, a class may end with fewer than `n_train`: of many
    random orders of the people the one with the most to train on is taken, then the most to test on. Raises
    `UserError` where a class has no more than `n_train` images, or where no order leaves every class on both sides.
    """
    n_of_class = images.n_per_class
    for label, n in n_of_class.items():
        if n <= n_train:
            raise UserError(
                f"Class {label} has {n} images.",
                f"With {n_train} of each class to train on, none of it is left to test on.",
                "Choose fewer images to train on, or add images to the class.",
            )
    rng = generator(random_state, "study split")
    units = units_of(images)
    best, best_score = None, (0, 0)
    for _ in range(_N_DRAWS if (images.people != "").any() else 1):
        taken = _drawn(units, images.labels, n_train, rng)
        n_taken = np.bincount(images.labels[taken], minlength=len(images.classes))
        score = int(np.minimum(n_taken, n_train).sum()), int((~taken).sum())
        if score > best_score and n_taken.all():
            best, best_score = taken, score
    if best is None:
        raise UserError(
            "These images cannot be split.",
            "With nobody on both sides, a class would be missing on one of them: it shows too few people.",
            "Add images of more people to each class.",
        )
    order = rng.permutation(np.flatnonzero(best))
    train = np.concatenate([order[images.labels[order] == c][:n_train] for c in range(len(images.classes))])
    left_out = np.setdiff1d(np.flatnonzero(best), train)
    return Split(np.sort(train), np.flatnonzero(~best), left_out)


def folds(train: StudyImages, n_folds: int, random_state: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """(training, validation) numbers of the images `train`, for each of `n_folds` folds.

    Stratified by class; the images of a person stay in one fold. Raises `UserError` where a class has fewer people, or
    images of nobody known, than folds.
    """
    from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

    units = units_of(train)
    for label, name in enumerate(train.classes):
        n = len(np.unique(units[train.labels == label]))
        if n < n_folds:
            raise UserError(
                f"Class {name} has {n} people or images to train on.",
                f"They cannot be dealt into {n_folds} folds.",
                "Choose fewer folds, or add images of more people.",
            )
    seed = derived_seed(random_state, "study folds")
    if (train.people != "").any():
        dealt = StratifiedGroupKFold(n_folds, shuffle=True, random_state=seed).split(train.labels, train.labels, units)
    else:
        dealt = StratifiedKFold(n_folds, shuffle=True, random_state=seed).split(train.labels, train.labels)
    found = list(dealt)
    for kept, validated in found:
        if len(np.unique(train.labels[kept])) < len(train.classes) or not len(validated):
            raise UserError(
                "The training images cannot be dealt into folds.",
                "A fold would lack a class, since too few people bring too many of its images.",
                "Choose fewer folds, or add images of more people.",
            )
    return found


def check_apart(train: StudyImages, validation: StudyImages, test: StudyImages) -> None:
    """Raise `GuardError` where a synthetic image would be validated or tested on, or an image or a person, in whatever
    case the code is written, is in two of the three."""
    for what, images in (("validated", validation), ("tested", test)):
        if n := int(images.synthetic.sum()):
            raise GuardError(
                f"{n} synthetic images would be {what} on.",
                "A score on images that a method made says nothing of real ones.",
                "This is a fault of the program: synthetic images are only ever trained on.",
            )
    real = {
        what: images.at(~images.synthetic)
        for what, images in (("trained", train), ("validated", validation), ("tested", test))
    }
    for one, other in (("trained", "tested"), ("trained", "validated"), ("validated", "tested")):
        same_unit = np.isin(units_of(real[other]), units_of(real[one]))
        if n := int((same_unit | np.isin(real[other].hashes, real[one].hashes)).sum()):
            raise GuardError(
                f"{n} images, or people whom they show, would be both {one} and {other} on.",
                "They would be recognised, not judged, and every score would be too good.",
                "Give each person one code, and each image once.",
            )


def check_once(images: StudyImages) -> None:
    """Raise `GuardError` where an image is there more than once, or is synthetic: a study begins with real ones."""
    if images.synthetic.any():
        raise GuardError(
            f"{int(images.synthetic.sum())} of the images are synthetic.",
            "A study of what synthetic images bring begins with real ones.",
            "Choose a set of real images.",
        )
    again = sum(n - 1 for n in Counter(images.hashes.tolist()).values())
    if again:
        raise GuardError(
            f"{again} images are copies of others.",
            "A copy could be trained on while the image is tested.",
            "Give each image once.",
        )


def units_of(images: StudyImages) -> np.ndarray:
    """(n,) str: what must stay together, the person where one is known and else the image itself."""
    keys = [person_key(person) for person in images.people]
    return np.array([f"person {key}" if key else f"image {h}" for key, h in zip(keys, images.hashes, strict=True)])


def _drawn(units: np.ndarray, labels: np.ndarray, n_train: int, rng: np.random.Generator) -> np.ndarray:
    """(n,) which images are trained on: units in random order, each taken where one of its classes lacks images and
    none would be left without images to test on."""
    left = np.bincount(labels)
    count = np.zeros_like(left)
    taken = np.zeros(len(labels), bool)
    _, unit_of = np.unique(units, return_inverse=True)
    for unit in rng.permutation(unit_of.max() + 1):
        theirs = unit_of == unit
        n = np.bincount(labels[theirs], minlength=len(count))
        if (count[n > 0] < n_train).any() and (n[n > 0] < left[n > 0]).all():
            taken |= theirs
            count += n
            left -= n
    return taken
