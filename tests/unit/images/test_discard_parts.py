"""What each arm is shown: as many images as there were, made of what is left alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.errors import GuardError
from core.images.discard_parts import evaluate, parts_of, refilled
from core.images.discard_split import deals
from core.images.settings import C_VAE, CLASSIC, DISCARD, DISCARD_ARMS, DUPLICATE, FULL, S3VAE
from core.images.study_split import joined
from tests.unit.images.discarded import TINY, noisy
from tests.unit.images.studied import few_digits, marked, study_images


@pytest.fixture(scope="module")
def left():
    """Ten images of class 0, three of class 1."""
    images = study_images(few_digits(10))
    return images.at(np.r_[0:10, 10:13])


def test_every_arm_but_the_discarded_has_the_old_count(left) -> None:
    synthetic = noisy(left, {1: 7}, 0)
    shown = {arm: refilled(arm, left, {1: 7}, synthetic, 5) for arm in DISCARD_ARMS}
    assert {arm: np.bincount(images.labels)[:2].tolist() for arm, images in shown.items()} == {
        FULL: [10, 3], DISCARD: [10, 3], S3VAE: [10, 10], DUPLICATE: [10, 10], C_VAE: [10, 10], CLASSIC: [10, 10],
    }  # fmt: skip
    for images in shown.values():
        assert np.array_equal(images.images[:13], left.images)
    assert [int(shown[arm].synthetic.sum()) for arm in (S3VAE, C_VAE, CLASSIC, DUPLICATE)] == [7, 7, 7, 0]


def test_copies_are_spread_evenly_and_classic_ones_are_changed_copies(left) -> None:
    copies = refilled(DUPLICATE, left, {1: 7}, None, 5).at(np.arange(13, 20))
    _, how_often = np.unique(copies.hashes, return_counts=True)
    assert sorted(how_often) == [2, 2, 3]
    assert set(copies.hashes) == set(left.hashes[10:])
    classic = refilled(CLASSIC, left, {1: 7}, None, 5).at(np.arange(13, 20))
    assert classic.images.dtype == np.float32
    assert classic.images.min() >= 0
    assert classic.images.max() <= 1
    assert not any(np.array_equal(one, other) for one, other in zip(classic.images, copies.images, strict=True))
    assert len(np.unique(classic.images, axis=0)) == 7
    assert set(classic.hashes) == {""}
    again = refilled(CLASSIC, left, {1: 7}, None, 5).at(np.arange(13, 20))
    assert np.array_equal(classic.images, again.images)


def test_a_vae_needs_images_and_nothing_lacking_needs_none(left) -> None:
    with pytest.raises(ValueError, match="needs synthetic images"):
        refilled(S3VAE, left, {1: 7}, None, 5)
    assert refilled(S3VAE, left, {}, None, 5) is left


def test_models_of_a_repeat_begin_alike_and_the_full_one_is_trained_once() -> None:
    images = study_images(few_digits(12))
    parts = parts_of(deals(images, TINY), TINY)
    assert len(parts) == 2 * (1 + 2 * 5)
    assert [key for key in parts if key.startswith("fit/full")] == ["fit/full/0.0/0", "fit/full/0.0/1"]
    for repeat in range(2):
        assert len({part.random_state for part in parts.values() if part.deal.repeat == repeat}) == 1
    assert len({part.random_state for part in parts.values()}) == 2
    refilled_to = {part.n_shown for key, part in parts.items() if "/discard/" not in key}
    assert len(refilled_to) == 1
    for wrong in ((DISCARD, S3VAE), (FULL, DISCARD, "GAN")):
        with pytest.raises(ValueError, match="arms must be of"):
            parts_of({}, replace(TINY, arms=wrong))


def test_no_model_judges_what_it_was_trained_on() -> None:
    images = study_images(few_digits(12))
    train, test = images.at(np.arange(0, 120, 2)), images.at(np.arange(1, 120, 2))
    settings = replace(TINY, epochs=1)
    part = parts_of(deals(train, settings), settings)["fit/duplicate/0.6/0"]
    with pytest.raises(GuardError, match="synthetic images would be tested on"):
        evaluate(train, joined(test, marked(test)), None, part, settings)
    with pytest.raises(GuardError, match="both trained and tested on"):
        evaluate(train, joined(test, train), None, part, settings)
    wrong = replace(part, deal=replace(part.deal, validation=part.deal.fit))
    with pytest.raises(GuardError, match="both trained and validated on"):
        evaluate(train, test, None, wrong, settings)
    wrong = replace(part, deal=replace(part.deal, validation=np.arange(len(train), len(train) + 5)))
    with pytest.raises(GuardError, match="synthetic images would be validated on"):
        evaluate(joined(train, marked(test)), test, None, wrong, settings)
