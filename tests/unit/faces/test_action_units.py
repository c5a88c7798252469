"""What holds for the intensities of any face, whatever the coefficients."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from core.faces.action_units import intensities
from core.faces.components import SHAPE_COMPONENTS, SKIN_COMPONENTS
from core.faces.features import FEATURES, mirrored
from core.faces.geometry import CENTRE_FEATURES, DISTANCES, SIDED_FEATURES
from core.faces.texture import TEXTURES
from core.types import ACTION_UNITS, CENTRE_ACTION_UNITS, SIDED_ACTION_UNITS

SIDED = [ACTION_UNITS.index(unit) for unit in SIDED_ACTION_UNITS]
REST = np.full(len(FEATURES), 0.1, np.float32)


def changed(seed: int, n: int = 6) -> np.ndarray:
    """(n, d) features of faces that moved by 3 mm or so since rest, turned by a few degrees, with other skin."""
    rng = np.random.default_rng(seed)
    sizes = (DISTANCES, 0.03), (range(3), 0.1), (SHAPE_COMPONENTS, 0.05), (TEXTURES, 0.2), (SKIN_COMPONENTS, 0.3)
    size = np.concatenate([np.full(len(which), each) for which, each in sizes])
    return (REST + size * rng.normal(size=(n, len(FEATURES)))).astype(np.float32)


def test_rest_has_no_action_unit() -> None:
    for values in intensities(REST[None], REST):
        np.testing.assert_allclose(values, 0.0, atol=1e-6)


@settings(deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_every_intensity_is_from_0_to_5(seed: int) -> None:
    for values in intensities(REST + 4 * (changed(seed) - REST), REST):
        assert values.min() >= 0
        assert values.max() <= 5


@settings(deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_a_face_in_the_mirror_has_its_sides_exchanged(seed: int) -> None:
    face = changed(seed)
    both, left, right = intensities(face, REST)
    other = intensities(mirrored(face), mirrored(REST))
    for values, expected in zip(other, (both, right, left), strict=True):
        np.testing.assert_allclose(values, expected, atol=1e-4)


@settings(deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_the_intensity_is_the_mean_of_both_sides_and_what_is_not_shown_has_none(seed: int) -> None:
    both, left, right = intensities(changed(seed), REST)
    free = (left < 5) & (right < 5)
    np.testing.assert_allclose(((left + right) / 2)[free], both[:, SIDED][free], atol=1e-5)
    assert (np.abs(left - right)[both[:, SIDED] == 0] == 0).all()


def test_frames_are_measured_each_by_itself() -> None:
    faces = changed(3, 40)
    together = intensities(faces, REST)
    for k, values in enumerate(together):
        alone = np.concatenate([intensities(face[None], REST)[k] for face in faces])
        np.testing.assert_allclose(values, alone, atol=1e-5)


def test_a_frame_without_a_face_has_no_intensity() -> None:
    faces = changed(0, 3)
    faces[1] = np.nan
    for values in intensities(faces, REST):
        assert np.isnan(values[1]).all()
        assert np.isfinite(values[[0, 2]]).all()


def test_units_of_the_middle_have_no_sides() -> None:
    assert set(ACTION_UNITS) - set(SIDED_ACTION_UNITS) == set(CENTRE_ACTION_UNITS)
    assert len(DISTANCES) == 2 * len(SIDED_FEATURES) + len(CENTRE_FEATURES)
