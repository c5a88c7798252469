"""Peak, onset and blinks of rendered people, whose every frame is known, through the mesh and the intensities."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.faces import action_units, expression
from core.faces.dynamics import dynamics
from core.faces.face_mesh import FaceMesh
from core.faces.recording import Recording
from core.types import ActionUnits, Dynamics
from tools.rendering import people
from tools.rendering.face_model import FaceModel
from tools.rendering.films import Action, Film, Script, film

SHOWN = {
    "happiness": {"AU06": 0.7, "AU12": 0.85, "AU25": 0.6},
    "surprise": {"AU01": 0.8, "AU02": 0.8, "AU05": 0.6, "AU26": 0.7},
}
FPS = 25.0


@pytest.fixture(scope="module")
def model(shared_data: Path) -> FaceModel:
    return FaceModel.load(shared_data / "ict_facekit" / "ict_facekit.npz")


def measured(made: Film) -> ActionUnits:
    recording = Recording()
    with FaceMesh() as mesh:
        for time_s, image in zip(made.timestamp_s, made.frames(), strict=True):
            found = mesh.detect(np.ascontiguousarray(image), float(time_s))
            recording.add(float(time_s), found, np.ascontiguousarray(image[..., ::-1]))
    features, pose_deg, inter_eye_px = recording.shapes()
    time_s, confidence, n_faces = recording.frames()
    rest = expression.neutral_features(features, (0, 4)).features
    found = np.isfinite(inter_eye_px)
    return ActionUnits(time_s, confidence, found, n_faces, pose_deg, *action_units.intensities(features, rest))


def of(units: ActionUnits, emotion: str) -> tuple[int, Dynamics]:
    peak = expression.peak(expression.strength(units.intensity, units.timestamp_s, emotion))
    assert peak is not None
    return peak, dynamics(units, emotion, peak, (0, 4))


@pytest.mark.parametrize("amplitude", [1.0, 0.45])
@pytest.mark.parametrize(("emotion", "blinks_s"), [("happiness", (0.3, 2.6)), ("surprise", (2.2,))])
def test_a_rendered_expression_is_timed_and_its_blinks_are_counted(
    model: FaceModel,
    emotion: str,
    blinks_s: tuple[float, ...],
    amplitude: float,
) -> None:
    shown = {unit: round(amplitude * top, 3) for unit, top in SHOWN[emotion].items()}
    action = Action(shown, start_s=0.7, onset_s=0.7, hold_s=0.5, offset_s=0.6)
    script = Script(duration_s=3.0, fps=FPS, actions=(action,), blinks_s=blinks_s, sway=0.6, width=360, height=360)
    made = film(model, people.draw(model, 7, "timed", emotion), script)
    units = measured(made)
    peak, found = of(units, emotion)
    truth = replace(units, intensity=made.intensity, left=made.left, right=made.right)
    assert abs(peak - made.peak[0]) <= 5
    assert found.onset_frame == pytest.approx(made.onset[0], abs=3)
    assert found.onset_s == pytest.approx(of(truth, emotion)[1].onset_s, abs=5 / FPS)
    assert found.n_blinks == len(blinks_s)
