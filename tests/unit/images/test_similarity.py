"""How alike images are to a centroid: worked by hand, the identity of equation 4, and real images."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.images.settings import SIMILARITIES
from core.images.similarity import MEASURES, centroid, eq4, ncc, zncc

CENTRE = np.array([4.0, 3.0])


def printed_eq4(a: np.ndarray, b: np.ndarray) -> float:
    return ((a - b) * (a - b)).sum() / np.sqrt((a * a).sum() * (b * b).sum())


def test_the_centroid_is_the_mean_of_set_and_originals() -> None:
    originals = np.array([[2.0, 1.0], [2.0, 5.0]])
    sets = np.array([[[1.0, 0.0], [3.0, 2.0]], [[1.0, 0.0], [7.0, 10.0]]])
    np.testing.assert_allclose(centroid(sets, originals), [[2, 2], [3, 4]])
    np.testing.assert_allclose(centroid(sets[1], originals), [3, 4])


def test_ncc_by_hand_does_not_see_brightness() -> None:
    # (3, 4) · (4, 3) = 24, both 5 long; (6, 8) is twice as bright; (4, 3) a copy; (3, −4) at right angles.
    images = np.array([[3.0, 4.0], [6.0, 8.0], [4.0, 3.0], [3.0, -4.0]])
    np.testing.assert_allclose(ncc(images, CENTRE), [0.96, 0.96, 1, 0], atol=1e-12)


def test_zncc_by_hand_does_not_see_contrast_and_level() -> None:
    # (0, 1, 1) less its mean is (−2, 1, 1) / 3, of (1, 2, 3) it is (−1, 0, 1): 1 / √(6/9 · 2) = √3 / 2.
    images = np.array([[0.0, 1.0, 1.0], [5.0, 7.0, 7.0], [3.0, 2.0, 1.0], [2.0, 4.0, 6.0]])
    np.testing.assert_allclose(zncc(images, np.array([1.0, 2.0, 3.0])), [0.75**0.5, 0.75**0.5, -1, 1])


def test_eq4_by_hand_is_the_printed_one_with_its_direction_put_right() -> None:
    # Printed: (1 + 1) / 25 = 0.08; (4 + 25) / 50 = 0.58; 0 for a copy.
    images = np.array([[3.0, 4.0], [6.0, 8.0], [4.0, 3.0]])
    assert [printed_eq4(image, CENTRE) for image in images] == pytest.approx([0.08, 0.58, 0])
    np.testing.assert_allclose(eq4(images, CENTRE), [-0.08, -0.58, 0], atol=1e-12)


@pytest.mark.parametrize("name", SIMILARITIES)
def test_images_without_a_direction_count_like_a_copy_of_the_centroid(name: str) -> None:
    similarity = MEASURES[name]
    images = np.array([[0.0, 0.0], CENTRE])
    np.testing.assert_allclose(similarity(images, CENTRE), similarity(CENTRE[None], CENTRE)[[0, 0]], atol=1e-12)
    np.testing.assert_allclose(similarity(images, np.zeros(2)), similarity(CENTRE[None], CENTRE)[[0, 0]], atol=1e-12)


@pytest.mark.parametrize("name", SIMILARITIES)
def test_a_population_is_judged_as_its_sets_one_by_one(name: str) -> None:
    rng = np.random.default_rng(0)
    population, originals = rng.random((4, 5, 9)), rng.random((3, 9))
    centres = centroid(population, originals)
    together = MEASURES[name](population, centres)
    assert together.shape == (4, 5)
    for one, images, centre in zip(together, population, centres, strict=True):
        np.testing.assert_allclose(centre, np.concatenate([images, originals]).mean(axis=0))
        np.testing.assert_allclose(one, MEASURES[name](images, centre))


def test_on_real_images_the_identity_of_equation_4_holds_in_single_precision(shared_data: Path) -> None:
    import cv2

    files = sorted((shared_data / "hushem").rglob("*.BMP"))[::9]
    grey = [cv2.imread(str(file), cv2.IMREAD_GRAYSCALE).ravel() for file in files]
    images = np.array(grey, np.float32) / 255
    assert images.shape[1] >= 131 * 131
    centre = images.mean(axis=0)
    exact, exact_centre = images.astype(float), centre.astype(float)
    printed = np.array([printed_eq4(image, exact_centre) for image in exact])
    cosine = exact @ exact_centre / np.linalg.norm(exact, axis=1) / np.linalg.norm(exact_centre)
    longer = np.linalg.norm(exact, axis=1) / np.linalg.norm(exact_centre)
    np.testing.assert_allclose(ncc(images, centre), cosine, atol=1e-5)
    np.testing.assert_allclose(longer + 1 / longer - 2 * ncc(images, centre), printed, atol=1e-5)
    np.testing.assert_allclose(eq4(images, centre), -printed, atol=1e-5)
    pearson = [np.corrcoef(image, exact_centre)[0, 1] for image in exact]
    np.testing.assert_allclose(zncc(images, centre), pearson, atol=1e-5)
    assert cosine.min() > 0.9  # as in Figure 4: NCC of these images lies close to 1, and zncc spreads
    assert np.ptp(pearson) > 3 * np.ptp(cosine)
