"""Image sets: what networks take of them, and what scaling does to pixels."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from core.images.dataset import ImageSet, digits, letterboxed, pixel_hash, pixels, resized, scaled, tensor


def image_set(images: np.ndarray) -> ImageSet:
    n = len(images)
    return ImageSet("made", images, np.arange(n) % 2, ("a", "b"), np.full(n, ""), np.array([f"{i}" for i in range(n)]))


def test_a_tensor_is_in_0_to_1_and_gives_every_pixel_back() -> None:
    images = np.arange(256, dtype=np.uint8).reshape(2, 8, 16, 1).repeat(3, axis=3)
    images[..., 1] //= 2
    x = tensor(images)
    assert (x.shape, x.dtype, x.min(), x.max()) == ((2, 3, 8, 16), np.float32, 0.0, 1.0)
    assert x[1, 1, 7, 15] == np.float32(127) / np.float32(255)
    np.testing.assert_array_equal(pixels(x), images)


def test_pixels_are_rounded_and_what_lies_outside_is_cut_off() -> None:
    x = np.array([-0.2, 0.0, 0.4 / 255, 0.6 / 255, 1.0, 1.7], np.float32).reshape(1, 1, 2, 3)
    assert pixels(x).ravel().tolist() == [0, 0, 0, 1, 255, 255]


def test_made_smaller_a_pixel_is_the_mean_of_its_area() -> None:
    checks = np.indices((32, 32)).sum(axis=0).astype(np.uint8) % 2 * 254  # would alias to all black or all white
    small = resized(image_set(checks[None, ..., None]), 8, 1)
    assert small.images.shape == (1, 8, 8, 1)
    assert (small.images == 127).all()


def test_what_has_the_size_already_stays_to_the_last_bit() -> None:
    images = np.random.default_rng(0).integers(0, 256, (3, 16, 16, 3), np.uint8)
    np.testing.assert_array_equal(resized(image_set(images), 16, 3).images, images)
    np.testing.assert_array_equal(resized(resized(image_set(images[..., :1]), 16, 3), 16, 1).images, images[..., :1])


def test_grey_is_luma() -> None:
    colours = np.array([[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255], [0, 0, 0]], np.uint8)
    grey = resized(image_set(colours.reshape(5, 1, 1, 3)), 1, 1).images.ravel()
    assert grey.tolist() == [76, 150, 29, 255, 0]  # 0.299, 0.587, 0.114 of 255


def test_a_wide_image_keeps_its_proportions_and_its_edges_continue() -> None:
    wide = np.array([[10, 20, 30, 40], [50, 60, 70, 80]], np.uint8)[..., None]
    square = letterboxed(wide, 4, 4)[..., 0]
    np.testing.assert_array_equal(square, wide[[0, 0, 1, 1], :, 0])
    np.testing.assert_array_equal(resized(image_set(wide[None]), 4, 1).images[0, ..., 0], square)
    assert scaled(np.zeros((30, 90, 3), np.uint8), 45).shape == (15, 45, 3)
    assert scaled(np.zeros((1, 900, 1), np.uint8), 9).shape == (1, 9, 1)


def test_a_subset_keeps_everything_of_its_images() -> None:
    whole = digits()
    threes = whole.at(whole.labels == 3)
    assert (len(threes), threes.classes, threes.n_per_class["3"]) == (183, whole.classes, 183)
    assert threes.hashes[0] == whole.hashes[3]


def test_the_digits_are_those_of_scikit_learn() -> None:
    found = digits()
    assert found.images.shape == (1797, 8, 8, 1)
    assert sum(found.n_per_class.values()) == 1797
    assert found.n_per_class["0"] == 178
    assert (found.images.min(), found.images.max()) == (0, 255)
    assert found.images[0, 0, 2:6, 0].tolist() == [80, 207, 143, 16]  # 5, 13, 9, 1 of 16
    assert set(found.people) == {""}


def test_a_hash_is_of_the_pixels_and_their_shape_but_not_of_the_mode() -> None:
    grey = np.arange(6, dtype=np.uint8).reshape(2, 3, 1)
    assert pixel_hash(grey) == pixel_hash(grey.repeat(3, axis=2))
    assert pixel_hash(grey) == hashlib.sha256(b"2x3:" + grey.repeat(3, axis=2).tobytes()).hexdigest()
    assert pixel_hash(grey) != pixel_hash(grey.reshape(3, 2, 1))


def test_what_is_no_set_is_refused() -> None:
    with pytest.raises(ValueError, match="uint8"):
        image_set(np.zeros((2, 4, 4, 1)))
    with pytest.raises(ValueError, match="one length"):
        ImageSet("x", np.zeros((2, 4, 4, 1), np.uint8), np.zeros(3, int), ("a",), np.full(2, ""), np.full(2, ""))
    with pytest.raises(ValueError, match="channels"):
        resized(digits(), 16, 2)
