"""Fit the action units again: python -m tools.fit_action_units ../shared/data --examples FOLDER [--processes 2]

Renders simulated people with known activations, measures them with the real mesh, fits the regression of
`core.faces.regression`, and judges it on people it was not fitted on and on real clips beside OpenFace. Writes

- models/action_units.npz: the components of faces, and the network;
- models/action_units.json: the other coefficients, the settings, and how reliable each unit is;
- models/action_units.md: the card.

FOLDER keeps what was rendered and seen, so that a second fit takes a minute; making it takes some seconds of processor
time a person. The folder given first holds ict_facekit/ict_facekit.npz and clips/.
"""

from __future__ import annotations

import argparse
import io
import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from core.faces import components, regression
from core.faces.action_units import intensities
from core.faces.components import Components
from core.faces.reliability import Reliability
from core.faces.skin import LOOKS
from core.files import atomic_write
from core.types import ACTION_UNITS, SIDED_ACTION_UNITS
from tools.fitting import patterns
from tools.fitting.agreement import agreement
from tools.fitting.card import card
from tools.fitting.examples import Examples, cast_of, describe
from tools.fitting.fit import SETTINGS, document, fit, rates

N_FITTED, N_UNSEEN = 330, 30
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
    seen = cast_of(model, "fitted", N_FITTED, given.examples, given.processes)
    found = patterns.find(seen)
    fitted = [describe(person, found) for person in seen]
    coefficients, layers = fit(fitted)
    stored = document(coefficients)
    stored["fit"] = SETTINGS | {
        "n_people": len(fitted),
        "n_frames": int(sum(len(person.features) for person in fitted)),
        "n_people_unseen": N_UNSEEN,
        "versions": {name: version(name) for name in ("mediapipe", "numpy", "torch")},
    }
    atomic_write(regression.NETWORK_FILE, _arrays(found, layers))
    _write(stored)
    for cached in (components.fitted, regression.fitted):
        cached.cache_clear()
    # Its measurements are stamped with the coefficients that it finds when it is imported.
    from core.faces.measurement import measure_clip

    people = cast_of(model, "unseen", N_UNSEEN, given.examples, given.processes)
    unseen = [describe(person, components.fitted()) for person in people]
    turned, facing = rates(unseen, intensities), rates([near_home(person) for person in unseen], intensities)
    real = agreement(given.data / "clips", lambda path: measure_clip(path, "happiness").action_units)
    stored["reliability"] = {unit: vars(_reliability(unit, turned, real)) for unit in ACTION_UNITS}
    _write(stored)
    atomic_write(regression.FILE.with_suffix(".md"), card(stored, turned, facing, real).encode())
    return 0


def _arrays(found: Components, layers: dict[str, np.ndarray]) -> bytes:
    patterns_of = {"shape": found.shape} | dict(zip(LOOKS, found.looks, strict=True))
    file = io.BytesIO()
    np.savez_compressed(file, **{name: values.astype(np.float16) for name, values in patterns_of.items()}, **layers)
    return file.getvalue()


def _write(stored: dict[str, Any]) -> None:
    atomic_write(regression.FILE, (json.dumps(stored, separators=(",", ":")) + "\n").encode())


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
