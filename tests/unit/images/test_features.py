"""Features are the same for the same seed, tell the classes, and are standardised over the originals."""

from __future__ import annotations

import numpy as np
import pytest

from core.errors import Cancelled
from core.images import features as features_module
from core.images.features import Features
from core.images.metrics import kid
from core.types import Quiet

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def fitted(one_thread: None, digits: tuple[np.ndarray, np.ndarray]) -> Features:
    images, labels = digits
    return Features.fit(images[:150], labels[:150], 0)


def test_unseen_digits_are_told_apart(fitted: Features, digits: tuple[np.ndarray, np.ndarray]) -> None:
    images, labels = digits
    probabilities = fitted.probabilities(images[150:])
    assert probabilities.shape == (len(images) - 150, 3)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    assert np.mean(probabilities.argmax(axis=1) == labels[150:]) > 0.95


def test_features_are_standardised_over_the_originals(fitted: Features, digits: tuple[np.ndarray, np.ndarray]) -> None:
    found = fitted.of(digits[0][:150])
    np.testing.assert_allclose(found.mean(axis=0), 0, atol=1e-9)
    varied = found.std(axis=0) > 0
    np.testing.assert_allclose(found.std(axis=0)[varied], 1)
    assert varied.mean() > 0.5


def test_kid_of_held_out_images_is_small_beside_that_of_another_class(
    fitted: Features, digits: tuple[np.ndarray, np.ndarray]
) -> None:
    images, labels = digits
    old, new = (images[part][labels[part] == 0] for part in (slice(150), slice(150, None)))
    same, other = kid(fitted.of(old), fitted.of(new)), kid(fitted.of(old), fitted.of(images[labels == 1]))
    assert same is not None
    assert other is not None
    assert abs(same) < 0.5 < 3 < other


def test_what_is_blurred_is_far_from_what_it_was(fitted: Features, digits: tuple[np.ndarray, np.ndarray]) -> None:
    from scipy.ndimage import gaussian_filter

    originals = digits[0][:150]
    far = kid(fitted.of(originals), fitted.of(gaussian_filter(originals, (0, 0, 1, 1))))
    assert far is not None
    assert far > 1


def test_an_image_has_its_features_whatever_lies_beside_it(
    fitted: Features, digits: tuple[np.ndarray, np.ndarray]
) -> None:
    images = digits[0][:20]
    np.testing.assert_allclose(fitted.of(images)[7:8], fitted.of(images[7:8]), atol=1e-4)


def test_the_same_seed_gives_the_same_features_and_another_gives_others(
    digits: tuple[np.ndarray, np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(features_module, "N_STEPS", 5)
    one, same, other = (Features.fit(digits[0][:40], digits[1][:40], seed) for seed in (0, 0, 1))
    assert one.digest == same.digest != other.digest
    np.testing.assert_array_equal(one.of(digits[0]), same.of(digits[0]))


def test_of_a_single_class_features_are_those_of_random_convolutions(digits: tuple[np.ndarray, np.ndarray]) -> None:
    zeros = digits[0][digits[1] == 0]
    found = Features.fit(zeros[:40], np.zeros(40, int), 0)
    near, far = (kid(found.of(zeros[:40]), found.of(others)) for others in (zeros[40:], digits[0][digits[1] == 1]))
    assert near is not None
    assert far is not None
    assert abs(near) < 0.5 < 10 < far
    np.testing.assert_array_equal(found.probabilities(zeros[:3]), np.ones((3, 1)))


def test_fitting_stops_when_asked(digits: tuple[np.ndarray, np.ndarray]) -> None:
    class Stopped(Quiet):
        def cancelled(self) -> bool:
            return True

    with pytest.raises(Cancelled):
        Features.fit(*digits, 0, Stopped())
