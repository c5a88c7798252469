"""Fit the action units again: python -m tools.fit_action_units ../shared/data --examples FOLDER [--processes 2]

Renders simulated people with known activations, measures them with the real mesh, fits the regression of
`core.faces.regression`, and judges it on people it was not fitted on and on real clips beside OpenFace. Writes

- models/action_units.json: the coefficients, the settings, and how reliable each unit is;
- models/action_units.md: the card.

FOLDER keeps the examples, so that a second fit takes a minute; making them takes about five seconds of processor time a
person. The folder given first holds ict_facekit/ict_facekit.npz and clips/.
"""

from __future__ import annotations

import argparse
import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from core.faces import regression
from core.faces.action_units import mixed
from core.faces.expression import moves, neutral_features, neutral_range, still_range
from core.faces.reliability import Reliability
from core.types import ACTION_UNITS, SIDED_ACTION_UNITS, ActionUnits
from core.workspace.files import atomic_write
from tools.fitting.agreement import agreement
from tools.fitting.card import card
from tools.fitting.examples import Examples, cast_of
from tools.fitting.fit import SETTINGS, document, fit, rates

N_FITTED, N_UNSEEN = 110, 30
NEAR_DEG = 6.0
HIGH, LOW = (0.6, 0.7), 0.5
"""A unit is highly reliable where r on rendered truth and agreement with OpenFace are both at least 0.6 and their mean
at least 0.7; of low reliability where their mean is below 0.5; of medium reliability otherwise."""


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--examples", type=Path, required=True)
    parser.add_argument("--processes", type=int, default=2)
    given = parser.parse_args(arguments)
    model = given.data / "ict_facekit" / "ict_facekit.npz"
    unseen = cast_of(model, "unseen", N_UNSEEN, given.examples, given.processes)
    fitted = cast_of(model, "fitted", N_FITTED, given.examples, given.processes)
    stored = document(fit(fitted))
    found = regression.read_regression(stored)

    def measure(features: np.ndarray, neutral: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return mixed(found, features, neutral)

    turned, facing = rates(unseen, measure), rates([near_home(person) for person in unseen], measure)
    real = agreement(given.data / "clips", lambda path: _measured(path, found))
    stored["fit"] = SETTINGS | {
        "n_people": len(fitted),
        "n_frames": int(sum(len(person.features) for person in fitted)),
        "n_people_unseen": len(unseen),
        "versions": {name: version(name) for name in ("mediapipe", "numpy", "scikit-learn")},
    }
    stored["reliability"] = {unit: vars(_reliability(unit, turned, real)) for unit in ACTION_UNITS}
    atomic_write(regression.FILE, (json.dumps(stored, separators=(",", ":")) + "\n").encode())
    atomic_write(regression.FILE.with_suffix(".md"), card(stored, turned, facing, real).encode())
    return 0


def near_home(person: Examples) -> Examples:
    """Of a person's frames, those turned by no more than `NEAR_DEG` about any axis from their rest."""
    home = np.median(person.pose_deg[person.kind == 0], axis=0)
    near = (np.abs(person.pose_deg - home) <= NEAR_DEG).all(axis=1)
    return Examples(
        features=person.features[near],
        neutral=person.neutral,
        kind=person.kind[near],
        pose_deg=person.pose_deg[near],
        intensity=person.intensity[near],
        left=person.left[near],
        right=person.right[near],
    )


def _measured(path: Path, found: regression.Regression) -> ActionUnits:
    from core.faces.face_mesh import FaceMesh
    from core.faces.measurement import record

    with FaceMesh() as mesh:
        recording = record(path, mesh)
    timestamp_s, confidence, n_faces = recording.frames()
    features, pose_deg, inter_eye_px = recording.shapes()
    success = np.isfinite(inter_eye_px)
    frames = neutral_range(success)
    if frames is None:
        raise SystemExit(f"{path.name} shows no face.")
    if moves(features, frames):
        frames = still_range(features, timestamp_s) or frames
    rest = neutral_features(features, frames).features
    return ActionUnits(timestamp_s, confidence, success, n_faces, pose_deg, *mixed(found, features, rest))


def _reliability(unit: str, turned: dict[str, np.ndarray], real: dict[str, list[float]]) -> Reliability:
    column = ACTION_UNITS.index(unit)
    r = round(float(turned["r"][column]), 2)
    with_openface = round(float(np.median(real[unit])), 2) if real[unit] else None
    both = [value for value in (r, with_openface) if value is not None]
    level = "medium"
    if min(both) >= HIGH[0] and np.mean(both) >= HIGH[1]:
        level = "high"
    elif np.mean(both) < LOW:
        level = "low"
    side: Any = None
    if unit in SIDED_ACTION_UNITS:
        side = round(float(turned["side_r_shown"][SIDED_ACTION_UNITS.index(unit)]), 2)
    return Reliability(level, r, round(float(turned["mae"][column]), 2), side, with_openface)


if __name__ == "__main__":
    raise SystemExit(main())
