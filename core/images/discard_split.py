"""Which training images the discard study discards, holds out to stop by, and trains on (Chen et al. 2023, 3.2.1).

The split in training and test images is the augmentation study's. Everything here happens among training images; each
repeat discards anew, and all arms of a repeat at one rate have the same images left.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import floor

import numpy as np

from core.errors import UserError
from core.images.settings import DiscardSettings
from core.images.study_split import StudyImages, units_of
from core.rng import generator

VALIDATED = 0.2
"""Share of the images of a class that is held out to stop the training by."""
FEWEST_TO_VALIDATE = 10
"""A class with fewer images left keeps them all to train on."""


@dataclass(frozen=True, eq=False)
class Deal:
    """What is there at one rate in one repeat, as numbers of the training images.

    rate: 0 where nothing is discarded. fit: to train on. validation: to stop by, may be empty. wanted: label -> how
    many images a class that lost some lacks of what it has in `fit` at rate 0.
    """

    rate: float
    repeat: int
    fit: np.ndarray
    validation: np.ndarray
    wanted: Mapping[int, int]


def n_left(n: int, rate: float) -> int:
    """How many of n images stay: rate · n are discarded, rounded down, so at least 1 stays.

    >>> [n_left(40, rate) for rate in (0.6, 0.8, 0.9, 0.95, 0.975)]
    [16, 8, 4, 2, 1]
    >>> n_left(37, 0.9), n_left(1, 0.975)
    (4, 1)
    """
    # 0.95 · 20 may come out below 19 by the last bit of a float.
    return n - floor(round(rate * n, 9))


def discarded_labels(settings: DiscardSettings, classes: Sequence[str]) -> tuple[int, ...]:
    """Labels of the classes that lose images. Raises `UserError` where there is no such class."""
    if settings.discarded is None:
        return tuple(range(len(classes)))
    if not 0 <= settings.discarded < len(classes):
        raise UserError(
            f"There is no class {settings.discarded}.",
            f"The study has the classes {', '.join(classes)}.",
            "Discard images of one of these, or take more classes.",
        )
    return (settings.discarded,)


def deals(train: StudyImages, settings: DiscardSettings) -> dict[tuple[float, int], Deal]:
    """(rate, repeat) -> `Deal`, rate 0 and then each of the settings' rates in every repeat.

    Images are discarded, not people, in one random order a repeat: what is discarded at a rate is discarded at each
    higher one. The images that are held out are drawn anew a repeat too, in one random order of the people for all
    rates. Raises what `discarded_labels` raises, and `ValueError` for rates that are not between 0 and 1 or
    come twice.
    """
    if len({rate for rate in settings.rates if 0 < rate < 1}) != len(settings.rates) or not settings.rates:
        raise ValueError(f"rates must be different shares between 0 and 1, not {settings.rates}")
    labels = discarded_labels(settings, train.classes)
    found = {}
    for repeat in range(settings.n_repeats):
        order = generator(settings.random_state, "discard", repeat).permutation(len(train))
        whole = _dealt(train, np.arange(len(train)), settings.random_state, repeat)
        n_whole = np.bincount(train.labels[whole[0]], minlength=len(train.classes))
        found[0.0, repeat] = Deal(0.0, repeat, *whole, {})
        for rate in settings.rates:
            left = _left(train, order, labels, rate)
            fit, validation = _dealt(train, left, settings.random_state, repeat)
            lacks = n_whole - np.bincount(train.labels[fit], minlength=len(train.classes))
            wanted = {label: int(lacks[label]) for label in labels if lacks[label] > 0}
            found[rate, repeat] = Deal(rate, repeat, fit, validation, wanted)
    return found


def _left(train: StudyImages, order: np.ndarray, labels: Sequence[int], rate: float) -> np.ndarray:
    """Sorted numbers of the images that stay: of each class of `labels` the last ones in the order."""
    stay = np.ones(len(train), bool)
    for label in labels:
        own = order[train.labels[order] == label]
        stay[own[: len(own) - n_left(len(own), rate)]] = False
    return np.flatnonzero(stay)


def _dealt(train: StudyImages, left: np.ndarray, random_state: int, repeat: int) -> tuple[np.ndarray, np.ndarray]:
    """The numbers `left` as (fit, validation), stratified by class; the images of a person stay together.

    People in random order are held out while one of their classes lacks images there, unless more than half of a class
    would be, or any image of a class with fewer than `FEWEST_TO_VALIDATE`.
    """
    labels, n_classes = train.labels[left], len(train.classes)
    n = np.bincount(labels, minlength=n_classes)
    want = np.where(n >= FEWEST_TO_VALIDATE, np.floor(VALIDATED * n), 0).astype(int)
    most = np.where(want > 0, n // 2, 0)
    _, unit_of = np.unique(units_of(train), return_inverse=True)
    held, count = np.zeros(len(left), bool), np.zeros(n_classes, int)
    for unit in generator(random_state, "held out to stop by", repeat).permutation(unit_of.max() + 1):
        theirs = unit_of[left] == unit
        own = np.bincount(labels[theirs], minlength=n_classes)
        if (count < want)[own > 0].any() and (count + own <= most)[own > 0].all():
            held |= theirs
            count += own
    return left[~held], left[held]
