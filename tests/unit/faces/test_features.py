"""What a mirror does to features, on a made-up face and its real mirror image."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from core.faces.components import SHAPE_COMPONENTS, fitted
from core.faces.features import FEATURES, mirrored
from core.faces.geometry import DISTANCES, LEFT_OF, measure_shape
from core.faces.recording import appearance
from core.faces.texture import TEXTURES
from tests.unit.faces.conftest import to_pixels


def test_a_mirror_exchanges_sides_and_turns_yaw_roll_and_odd_components_about() -> None:
    features = np.arange(1.0, 1 + len(FEATURES))
    seen = dict(zip(FEATURES, mirrored(features), strict=True))
    before = dict(zip(FEATURES, features, strict=True))
    assert seen["lid_aperture_L"] == before["lid_aperture_R"]
    assert seen["nasolabial_fold_R"] == before["nasolabial_fold_L"]
    for name in ("lip_gap", "pitch", "shape_even_03", "glabella_furrows", "shade_even_00"):
        assert seen[name] == before[name]
    for name in ("yaw", "roll", "shape_odd_03", "across_odd_00"):
        assert seen[name] == -before[name]


def test_twice_in_the_mirror_is_the_face_itself() -> None:
    features = np.random.default_rng(0).normal(size=(3, len(FEATURES)))
    np.testing.assert_array_equal(mirrored(mirrored(features)), features)


@pytest.fixture(scope="module")
def partner() -> np.ndarray:
    """(478,) landmark of the other side, from the components: in the mirror an even one is what it was."""
    even = fitted().shape[:50].reshape(50, -1, 3)
    n = even.shape[1]
    gap = np.abs(even[:, :, None] - even[:, None, :] * (-1.0, 1.0, 1.0)).sum(axis=(0, 3))
    return np.r_[gap.argmin(axis=1), n:478]


def test_components_know_the_landmarks_of_both_sides(partner: np.ndarray) -> None:
    for right, left in LEFT_OF.items():
        assert partner[right] == left


def test_the_mirror_image_of_a_face_has_the_mirrored_features(rest_face: np.ndarray, partner: np.ndarray) -> None:
    """All but the textures: their patches are not quite alike on both sides of an even number of pixels."""
    rng = np.random.default_rng(0)
    image = cv2.GaussianBlur(rng.integers(60, 200, (480, 641, 3), dtype=np.uint8), (0, 0), 4)
    points = to_pixels(rest_face) + rng.normal(0, 2, (478, 3)).astype(np.float32)
    other = points[partner]
    other[:, 0] = image.shape[1] - 1 - other[:, 0]

    def features(image: np.ndarray, points: np.ndarray) -> np.ndarray:
        texture, skin = np.split(appearance(image, points), [len(TEXTURES)])
        return np.concatenate([measure_shape(points[None]).features[0], texture, fitted().of_skin(skin[None])[0]])

    found, expected = features(np.ascontiguousarray(image[:, ::-1]), other), mirrored(features(image, points))
    shape = slice(0, len(DISTANCES) + 3 + len(SHAPE_COMPONENTS))
    np.testing.assert_allclose(found[shape], expected[shape], atol=2e-3)
    skin = slice(shape.stop + len(TEXTURES), None)
    assert np.corrcoef(found[skin], expected[skin])[0, 1] > 0.95
