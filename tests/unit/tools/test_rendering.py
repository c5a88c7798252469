"""Rendered people: the same bytes every time, faces that the mesh finds and follows, and truths that hold."""

from __future__ import annotations

import numpy as np
import pytest

from core.faces.face_mesh import FaceMesh
from core.faces.geometry import measure_shape
from core.types import ACTION_UNITS, SIDED_ACTION_UNITS
from tools.rendering import activations, people
from tools.rendering.face_model import FaceModel
from tools.rendering.films import Action, Film, Script, film
from tools.rendering.renderer import Scene, render


def held(model: FaceModel, person: people.Person, shown: dict[str, float], **script: object) -> Film:
    """One frame of an expression at its top."""
    action = Action(shown, start_s=-2.0, onset_s=1.0, hold_s=2.0)
    return film(model, person, Script(duration_s=0.04, fps=25, actions=(action,), **script))  # type: ignore[arg-type]


def points(image: np.ndarray) -> np.ndarray:
    with FaceMesh(static=True) as mesh:
        found = mesh.detect(image).points
    assert found is not None
    return found


def test_the_same_person_and_scene_give_the_same_bytes(model: FaceModel) -> None:
    pictures = [
        render(
            model,
            Scene(
                people.draw(model, 3, "a"), {"mouthSmile_L": 0.5}, {"AU12_L": 0.5}, noise_frame=4, width=240, height=200
            ),
        )
        for _ in range(2)
    ]
    assert pictures[0].shape == (200, 240, 3)
    assert pictures[0].dtype == np.uint8
    assert np.array_equal(*pictures)
    other = render(model, Scene(people.draw(model, 3, "b"), width=240, height=200))
    assert not np.array_equal(pictures[0], other)


def test_the_mesh_finds_every_person_turned_or_not(model: FaceModel) -> None:
    with FaceMesh(static=True) as mesh:
        for number, pose in enumerate(((0, 0, 0), (0, 25, 0), (15, -25, 5), (-15, 10, -5), (0, 0, 10), (0, -20, 0))):
            person = people.draw(model, 1, number)
            image = render(model, Scene(person, pose_deg=pose, samples=1, field_cm=32))
            assert mesh.detect(image).n_faces == 1, (number, pose)


def test_the_head_turns_as_it_is_measured(model: FaceModel) -> None:
    person = people.draw(model, 1, "turning", variety=0)
    pose = {
        turned: measure_shape(points(render(model, Scene(person, pose_deg=turned)))[None]).pose_deg[0]
        for turned in ((0.0, 0.0, 0.0), (12.0, 0.0, 0.0), (0.0, 20.0, 0.0), (0.0, 0.0, 10.0))
    }
    straight = pose.pop((0.0, 0.0, 0.0))
    for turned, measured in pose.items():
        assert measured - straight == pytest.approx(turned, abs=4.0)


def test_landmarks_follow_what_is_shown(model: FaceModel) -> None:
    """In pixels at 480 × 480: brows, lids, lips and corners move where they are moved, by the amount that is due."""
    person = people.draw(model, 1, "moving", variety=0)
    rest = points(next(held(model, person, {}).frames()))

    def moved(*units: str) -> np.ndarray:
        return points(next(held(model, person, dict.fromkeys(units, 1.0)).frames())) - rest

    assert moved("AU12_L")[291, 0] > 5  # the person's left is on the right of the picture
    assert moved("AU12_R")[61, 0] < -5
    assert abs(moved("AU12_L")[61, :2]).max() < 4
    assert moved("AU01")[[107, 336], 1].max() < -3
    assert moved("AU02_L")[[300, 293], 1].max() < -4
    assert moved("AU04")[[107, 336], 1].min() > 2
    gap = moved("AU45")[[159, 386], 1] - moved("AU45")[[145, 374], 1]
    assert gap.min() > 4
    opened = moved("AU26")
    assert opened[14, 1] - opened[13, 1] > 15
    assert opened[152, 1] > 10


def test_truths_at_the_limits(model: FaceModel) -> None:
    person = people.draw(model, 2, 0)
    at_rest = held(model, person, {})
    assert at_rest.intensity.max() == 0
    everything = held(model, person, dict.fromkeys(ACTION_UNITS, 1.0))
    assert everything.intensity == pytest.approx(np.full((1, 17), 5.0))
    assert everything.left.min() == everything.right.min() == pytest.approx(5.0)
    one_side = held(model, person, {"AU12_L": 0.8})
    column, sided = ACTION_UNITS.index("AU12"), SIDED_ACTION_UNITS.index("AU12")
    assert (one_side.intensity[0, column], one_side.left[0, sided], one_side.right[0, sided]) == pytest.approx(
        (2, 4, 0)
    )


@pytest.mark.parametrize("shown", [{"AU99": 0.5}, {"AU12": 1.1}, {"AU17_L": 0.5}, {"AU12_R": -0.1}])
def test_what_cannot_be_activated_is_refused(shown: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="cannot be activated"):
        activations.shape_weights(shown)


def test_lips_are_parted_in_truth_whatever_parts_them(model: FaceModel) -> None:
    person = people.draw(model, 2, 1)
    au25, au26 = ACTION_UNITS.index("AU25"), ACTION_UNITS.index("AU26")
    truth = {unit: held(model, person, {unit: 0.5}).intensity[0] for unit in ("AU25", "AU26", "AU12", "AU23")}
    assert truth["AU25"][au25] > 1.5
    assert truth["AU25"][au26] == 0
    assert truth["AU26"][au25] > 2.5
    assert truth["AU26"][au26] == pytest.approx(2.5)
    assert truth["AU12"][au25] < 0.5
    assert truth["AU23"][au25] < 1.0


def test_onset_peak_offset_and_blinks_are_marked_where_they_are(model: FaceModel) -> None:
    action = Action({"AU12": 0.9}, start_s=0.4, onset_s=0.5, hold_s=0.6, offset_s=0.5)
    script = Script(duration_s=2.4, fps=50, actions=(action,), blinks_s=(1.9,))
    made = film(model, people.draw(model, 2, 2), script)
    smile = made.intensity[:, ACTION_UNITS.index("AU12")]
    assert np.argmax(smile) == made.peak[0] == 60
    assert smile.max() == pytest.approx(4.5)
    before, after = smile[made.onset[0] - 1], smile[made.onset[0]]
    assert before < 0.1 * smile.max() <= after
    assert smile[made.offset[0]] >= 0.9 * smile.max() > smile[made.offset[0] + 1]
    lids = made.intensity[:, ACTION_UNITS.index("AU45")]
    assert np.argmax(lids) == made.blinks[0] == 100
    assert lids.max() == pytest.approx(5.0)
    assert lids[:90].max() == 0
