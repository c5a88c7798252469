"""Images to train on and images to test on, with nobody among both."""

from __future__ import annotations

import numpy as np

from core.errors import UserError
from core.images.dataset import ImageSet
from core.people import person_key
from core.rng import generator

_N_DRAWS = 50
"""Where people bring several images, or several classes, of so many random orders the closest to the share is taken."""


def split(image_set: ImageSet, test_share: float, random_state: int) -> tuple[ImageSet, ImageSet]:
    """(train, test): of each class about `test_share` of the images, 0 to 1, drawn at random, to test on.

    All images of a person are on one side, whatever their class and however the case of the code; an image of whom
    nobody knows stands for itself. Without people a class of n has round(test_share · n) images in the test, and at
    least one on each side. Raises `UserError` where no draw leaves every class on both sides.
    """
    if not 0 < test_share < 1:
        raise ValueError(f"test_share must lie between 0 and 1, not {test_share}")
    keys = np.array([person_key(person) for person in image_set.people])
    n_classes = len(image_set.classes)
    n_of_class = np.bincount(image_set.labels, minlength=n_classes)
    wanted = np.clip(np.rint(test_share * n_of_class), 1, n_of_class - 1)
    rng = generator(random_state, "split")
    best, least = None, np.inf
    for _ in range(_N_DRAWS if (keys != "").any() else 1):
        in_test = _drawn(keys, image_set.labels, wanted, rng)
        n_in_test = np.bincount(image_set.labels[in_test], minlength=n_classes)
        away = float(np.abs(n_in_test - wanted).sum())
        if away < least and ((n_in_test > 0) & (n_in_test < n_of_class)).all():
            best, least = in_test, away
    if best is None:
        raise UserError(
            "These images cannot be split.",
            "With nobody on both sides, a class would be missing on one of them: it shows too few people.",
            "Add images of more people to each class.",
        )
    return image_set.at(~best), image_set.at(best)


def _drawn(keys: np.ndarray, labels: np.ndarray, wanted: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """(n,) which images are tested on: people in random order, then images of nobody known to fill up, and for a class
    without either the person with the fewest of its images.

    A person is taken where there is room for them, or where too many are closer to `wanted` than what can fill up.
    """
    in_test = np.zeros(len(labels), bool)
    count, spare = np.zeros(len(wanted)), np.bincount(labels[keys == ""], minlength=len(wanted))

    def away(n: np.ndarray) -> float:
        return float(np.square(np.maximum(n - wanted, 0) + np.maximum(wanted - n - spare, 0)).sum())

    for key in rng.permutation(np.unique(keys[keys != ""])):
        theirs = np.bincount(labels[keys == key], minlength=len(wanted))
        if (count + theirs <= wanted).all() or away(count + theirs) < away(count):
            in_test |= keys == key
            count += theirs
    for label, missing in enumerate(wanted - count):
        free = np.flatnonzero((labels == label) & (keys == ""))
        if missing > 0:
            in_test[rng.permutation(free)[: int(missing)]] = True
        if not in_test[labels == label].any():
            people, n_images = np.unique(keys[labels == label], return_counts=True)
            in_test |= keys == people[n_images.argmin()]
    return in_test
