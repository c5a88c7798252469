"""The drawn face: still at rest, linear, alike on both sides, and every unit where anatomy has it (y down)."""

from __future__ import annotations

import numpy as np
import pytest

from core.faces.expression_drawing import PARTS, FaceLine, expression_lines
from core.types import ACTION_UNITS


def part(lines: tuple[FaceLine, ...], name: str, number: int = -1) -> np.ndarray:
    """Points of one line of a part; of a pair, the last is on the person's left, which is right in the picture."""
    return [line.points for line in lines if line.part == name][number]


def opening(lines: tuple[FaceLine, ...]) -> float:
    """Largest height between the lips."""
    upper, lower = np.split(part(lines, "mouth"), 2)
    return float((lower[::-1, 1] - upper[:, 1]).max())


def mouth_corner(lines: tuple[FaceLine, ...]) -> np.ndarray:
    mouth = part(lines, "mouth")
    return mouth[np.argmax(mouth[:, 0])]


def creases(lines: tuple[FaceLine, ...]) -> float:
    return sum(line.opacity for line in lines if line.part == "crease")


def everything(lines: tuple[FaceLine, ...]) -> np.ndarray:
    return np.concatenate([line.points for line in lines])


REST = expression_lines({})


def test_zeros_nothing_and_what_is_missing_are_rest() -> None:
    for at_rest in (np.zeros(17), dict.fromkeys(ACTION_UNITS, 0.0), {"AU12": float("nan"), "other": 3.0}):
        lines = expression_lines(at_rest)
        assert [line.part for line in lines] == [line.part for line in REST]
        assert np.array_equal(everything(lines), everything(REST))
    assert opening(REST) == 0


@pytest.mark.parametrize("unit", ACTION_UNITS)
def test_a_face_stays_in_its_box_and_both_sides_are_alike(unit: str) -> None:
    lines = expression_lines({unit: 5.0})
    assert {line.part for line in lines} <= set(PARTS)
    points = everything(lines)
    assert points.min() >= 0
    assert points.max() <= 1
    mirrored = points * (-1, 1) + (1, 0)
    nearest = np.abs(points[:, None] - mirrored[None]).max(axis=2).min(axis=1)
    assert nearest.max() < 1e-9
    moved = any(not np.array_equal(now.points, before.points) for now, before in zip(lines, REST, strict=False))
    assert moved


@pytest.mark.parametrize("unit", ACTION_UNITS)
def test_lines_move_linearly_with_the_intensity(unit: str) -> None:
    faces = [expression_lines({unit: intensity}) for intensity in (0.0, 1.5, 3.0)]
    for name in ("outline", "brow", "nose", "nostril"):
        rest, half, full = (part(lines, name) for lines in faces)
        assert half - rest == pytest.approx((full - rest) / 2)


def test_units_of_different_places_add_up() -> None:
    both, brows, smile = (expression_lines(u) for u in ({"AU01": 4, "AU12": 3}, {"AU01": 4}, {"AU12": 3}))
    for name in ("outline", "brow", "nose"):
        moved = [part(lines, name) - part(REST, name) for lines in (both, brows, smile)]
        assert moved[0] == pytest.approx(moved[1] + moved[2])


def test_an_array_and_a_mapping_draw_the_same_and_other_lengths_none() -> None:
    values = np.linspace(0, 4, 17)
    by_name = dict(zip(ACTION_UNITS, values, strict=True))
    assert np.array_equal(everything(expression_lines(values)), everything(expression_lines(by_name)))
    with pytest.raises(ValueError, match="17 intensities"):
        expression_lines(np.zeros(3))


def test_intensities_off_the_scale_are_cut_off() -> None:
    assert np.array_equal(everything(expression_lines({"AU12": 9})), everything(expression_lines({"AU12": 5})))
    assert np.array_equal(everything(expression_lines({"AU12": -2})), everything(REST))


def test_the_mouth() -> None:
    rest = mouth_corner(REST)
    smile, frown, stretch = (mouth_corner(expression_lines({unit: 3.0})) for unit in ("AU12", "AU15", "AU20"))
    assert smile[1] < rest[1] - 0.01
    assert smile[0] > rest[0] + 0.005
    assert frown[1] > rest[1] + 0.01
    assert stretch[0] > rest[0] + 0.005
    jaw = expression_lines({"AU26": 4.0})
    assert opening(jaw) > 0.03
    assert part(jaw, "outline")[:, 1].max() > part(REST, "outline")[:, 1].max() + 0.02
    assert opening(expression_lines({"AU25": 5.0})) == pytest.approx(1.2 / 25, rel=0.2)  # 12 mm in a box of 25 cm


def test_a_mouth_is_not_opened_twice() -> None:
    """AU25 is the gap whatever makes it: a jaw that opens more than that by itself is not added to."""
    jaw = {"AU26": 3.0}
    assert opening(expression_lines(jaw | {"AU25": 3.0})) == pytest.approx(opening(expression_lines(jaw)))
    assert opening(expression_lines({"AU26": 1.0, "AU25": 5.0})) > opening(expression_lines({"AU26": 1.0})) + 0.02


def test_lips_are_as_far_apart_as_au25_says_however_the_upper_one_is_raised() -> None:
    parted = {"AU25": 3.0}
    for exaggeration in (1.0, 1.6):
        sneer = expression_lines(parted | {"AU09": 2.0, "AU10": 2.0}, exaggeration)
        assert opening(sneer) == pytest.approx(opening(expression_lines(parted)), rel=0.25)
    assert opening(expression_lines({"AU10": 3.0})) < 0.15 * opening(expression_lines(parted))


def test_pressed_lips_meet_and_do_not_cross() -> None:
    lines = expression_lines({"AU17": 5.0, "AU23": 5.0})
    upper, lower = np.split(part(lines, "mouth"), 2)
    assert (lower[::-1, 1] - upper[:, 1]).min() >= 0


def test_the_eyes() -> None:
    def aperture(lines: tuple[FaceLine, ...]) -> float:
        return float(np.ptp(part(lines, "eye")[:, 1]))

    def gap(lines: tuple[FaceLine, ...]) -> float:
        upper, lower = np.split(part(lines, "eye"), 2)
        return float((lower[::-1, 1] - upper[:, 1]).max())

    closed = expression_lines({"AU45": 5.0, "AU05": 4.0, "AU07": 3.0})
    assert gap(expression_lines({"AU45": 5.0})) < 1e-3
    assert gap(closed) < 0.15 * gap(REST) + 0.01
    assert not [line for line in expression_lines({"AU45": 5.0}) if line.part in ("iris", "pupil")]
    assert gap(expression_lines({"AU07": 4.0})) < gap(REST) < gap(expression_lines({"AU05": 4.0}))
    assert aperture(expression_lines({"AU45": 2.5})) < aperture(REST)
    iris = part(REST, "iris")
    eye = part(REST, "eye")
    assert eye[:, 1].min() - 1e-9 <= iris[:, 1].min()
    assert iris[:, 1].max() <= eye[:, 1].max() + 1e-9


def test_the_brows() -> None:
    def heights(lines: tuple[FaceLine, ...]) -> tuple[float, float]:
        """Of the inner and the outer end, up."""
        brow = part(lines, "brow")
        return -float(brow[np.argmin(brow[:, 0]), 1]), -float(brow[np.argmax(brow[:, 0]), 1])

    inner, outer = heights(REST)
    raised = heights(expression_lines({"AU01": 4.0}))
    assert raised[0] - inner > 2 * abs(raised[1] - outer)
    assert raised[0] - inner > 0.01
    assert heights(expression_lines({"AU02": 4.0}))[1] > outer + 0.005
    assert heights(expression_lines({"AU04": 4.0}))[0] < inner - 0.005


@pytest.mark.parametrize("unit", ["AU01", "AU02", "AU04", "AU06", "AU07", "AU09", "AU10", "AU12", "AU15", "AU17"])
def test_folds_show_with_the_unit_that_makes_them(unit: str) -> None:
    shown = [creases(expression_lines({unit: intensity})) for intensity in (0.0, 1.0, 2.5)]
    assert shown[0] < shown[1] < shown[2]


def test_exaggeration_takes_small_movements_further_and_wide_ones_not() -> None:
    smile = [mouth_corner(expression_lines({"AU12": 2.0}, factor)) - mouth_corner(REST) for factor in (1.0, 2.0)]
    assert smile[1] == pytest.approx(2 * smile[0])
    assert opening(expression_lines({"AU26": 3.0}, 2.0)) == opening(expression_lines({"AU26": 3.0}))
