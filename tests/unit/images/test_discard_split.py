"""How many images stay, which are held out, and that nobody is on two sides."""

from __future__ import annotations

from dataclasses import replace
from math import ceil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import UserError
from core.images.discard_split import FEWEST_TO_VALIDATE, Deal, deals, discarded_labels, n_left
from core.images.settings import DiscardSettings
from core.images.study_split import units_of
from tests.unit.images.discarded import TINY
from tests.unit.images.studied import noise_set, study_images


@pytest.mark.parametrize(
    ("n", "rate", "left"),
    [(500, 0.9, 50), (500, 0.975, 13), (40, 0.975, 1), (40, 0.95, 2), (20, 0.95, 1), (37, 0.9, 4), (10, 0.6, 4),
     (7, 0.6, 3), (3, 0.975, 1), (1, 0.975, 1), (5000, 0.975, 125)],
)  # fmt: skip
def test_so_many_stay(n: int, rate: float, left: int) -> None:
    assert n_left(n, rate) == left


@given(st.integers(1, 10_000), st.integers(1, 999))
def test_at_least_one_stays_and_never_more_than_asked_are_discarded(n: int, per_mille: int) -> None:
    left = n_left(n, per_mille / 1000)
    assert left >= 1
    assert left == ceil(n * (1000 - per_mille) / 1000 - 1e-9)


def dealt(n_per_class: int, settings: DiscardSettings, n_people: int = 0) -> tuple[object, dict]:
    labels = [label for label in range(3) for _ in range(n_per_class)]
    people = [f"p{i % n_people}" for i in range(len(labels))] if n_people else None
    images = study_images(noise_set(labels, people))
    return images, deals(images, settings)


def counts(images, numbers: np.ndarray) -> list[int]:
    return np.bincount(images.labels[numbers], minlength=3).tolist()


def test_forty_images_of_a_class_by_hand() -> None:
    images, found = dealt(40, replace(TINY, rates=(0.6, 0.9)))
    assert list(found) == [(rate, repeat) for repeat in range(2) for rate in (0.0, 0.6, 0.9)]
    for repeat in range(2):
        whole, some, few = (found[rate, repeat] for rate in (0.0, 0.6, 0.9))
        assert counts(images, whole.fit) == [32, 32, 32]
        assert counts(images, whole.validation) == [8, 8, 8]
        assert whole.wanted == {}
        # 16 of 40 stay, a fifth of them, 3, is held out: 13 to train on, 19 fewer than 32.
        assert counts(images, some.fit) == [32, 13, 32]
        assert counts(images, some.validation) == [8, 3, 8]
        assert some.wanted == {1: 19}
        # 4 stay, fewer than 10: all of them are trained on.
        assert counts(images, few.fit) == [32, 4, 32]
        assert counts(images, few.validation) == [8, 0, 8]
        assert few.wanted == {1: 28}


def test_each_repeat_discards_anew_and_a_higher_rate_discards_more_of_the_same() -> None:
    images, found = dealt(40, replace(TINY, rates=(0.9, 0.6)))

    def stay(rate: float, repeat: int) -> set[int]:
        deal = found[rate, repeat]
        every = np.concatenate([deal.fit, deal.validation])
        return set(every[images.labels[every] == 1].tolist())

    assert stay(0.9, 0) < stay(0.6, 0)
    assert stay(0.9, 1) < stay(0.6, 1)
    assert stay(0.6, 0) != stay(0.6, 1)
    again = deals(images, replace(TINY, rates=(0.9, 0.6)))
    assert all(np.array_equal(found[key].fit, again[key].fit) for key in found)
    other = deals(images, replace(TINY, rates=(0.9, 0.6), random_state=1))
    assert not np.array_equal(found[0.6, 0].fit, other[0.6, 0].fit)


def test_each_class_can_lose_images_until_none_can_be_held_out() -> None:
    images, found = dealt(40, replace(TINY, rates=(0.9,), discarded=None))
    few: Deal = found[0.9, 0]
    assert counts(images, few.fit) == [4, 4, 4]
    assert len(few.validation) == 0
    assert few.wanted == {0: 28, 1: 28, 2: 28}


@pytest.mark.parametrize("discarded", [1, None])
@pytest.mark.parametrize("n_people", [0, 8, 15])
def test_nobody_is_trained_on_and_held_out(n_people: int, discarded: int | None) -> None:
    settings = replace(TINY, rates=(0.6, 0.9, 0.975), discarded=discarded)
    images, found = dealt(40, settings, n_people)
    units = units_of(images)
    for deal in found.values():
        assert not set(units[deal.fit]) & set(units[deal.validation])
        assert len(set(deal.fit) | set(deal.validation)) == len(deal.fit) + len(deal.validation)
        n = np.bincount(images.labels[np.concatenate([deal.fit, deal.validation])], minlength=3)
        held = np.bincount(images.labels[deal.validation], minlength=3)
        assert (held[n < FEWEST_TO_VALIDATE] == 0).all()
        assert (2 * held <= n).all()


def test_a_class_that_is_not_there_and_rates_that_discard_nothing_or_all() -> None:
    with pytest.raises(UserError, match="no class 3"):
        discarded_labels(replace(TINY, discarded=3), ("a", "b", "c"))
    for rates in ((), (0.0,), (0.5, 1.0), (0.5, 0.5)):
        with pytest.raises(ValueError, match="rates must be"):
            dealt(4, replace(TINY, rates=rates))
