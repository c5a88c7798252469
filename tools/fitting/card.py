"""The card that goes with the coefficients: how they were fitted, on what, and how far each unit can be trusted."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.faces.components import SHAPE_COMPONENTS, SKIN_COMPONENTS
from core.faces.geometry import DISTANCES
from core.faces.texture import TEXTURES
from core.types import ACTION_UNITS, SIDED_ACTION_UNITS

_HEAD = """# Action units: coefficients and how good they are

Made by `tools/fit_action_units.py`; do not edit. The numbers are in `action_units.json`.

## How intensities are made

Features are changes since the person's own rest: {n_distances} distances of the aligned face, its pose, {n_textures}
textures of patches, {n_shape} components of where the landmarks lie, and {n_skin} of how the skin looks at them: how
light it is, and how much it changes across and up. Two sources are mixed unit by unit: **formulas** set by hand from
anatomy (`core/faces/formulas.py`), from which what turning the head adds to them is taken away, and a **network**: the
mean of {networks} with one hidden layer of {hidden} rectified linear units each, asked about the face and about the
face in a mirror. `share` is the network's part. Left minus right is the network's alone. What turning alone may cause
is taken off, as far as it takes for 19 of 20 still faces that turn by 20° to stay below 0.5. Components and network
are in `action_units.npz`.

## Fitted on

{n_people} simulated people, {n_frames} frames, rendered from ICT-FaceKit (Li et al., CVPR 2020, MIT licence) and seen
through mediapipe FaceMesh: identity, skin, light, noise, gaze and size (240 to 560 pixels) vary; pose within ±15°
pitch, ±25° yaw, ±8° roll; single units, two to four at random, and those of emotions, one side often weaker; blinks;
some faces lie at an edge of the picture. A third of the people have no furrows painted, so that nothing leans on them.
The true intensity is 5 times the activation, so that the FACS levels A to E are its fifths. No real face and no
output of OpenFace was fitted to. Fit: {settings}. Versions: {versions}. Making the examples takes some seconds of
processor time a person, the fit less than a minute.

The shares take three values (0.1, 0.45, 0.6) and were set by hand, not fitted: the formula goes first where flesh
bulges in people and not in the model (AU06, AU10) and where it is as good as the network (AU12); the network where the
formula is weak on rendered truth (AU02, AU17, AU20) or moves with the size or turn of a still face (AU05, AU25). The
seven real clips were in view when formulas and shares were chosen, so that agreement on them is a little better than
it would be on new ones. So were the {n_unseen} people below when some 60 kinds of features, networks and shares were
compared.

## Judged on

- **Rendered people that nothing was fitted on** ({n_unseen}, the same variety): mean r {r:.2f}, mean absolute error
  {mae:.2f} of 5; of the frames within 6° of their rest, r {near_r:.2f}, error {near_mae:.2f}. Left minus right: r
  {side:.2f} over frames that show the unit ({side_near:.2f} near rest), {side_all:.2f} over all frames. The sides of
  AU23 cannot be trusted, those of AU05, AU06 and AU07 little.
- **Still faces that turn by 20° to either side**, 24 others, and **half the size**: `benchmarks/still_faces.py` tells
  the largest intensity that any unit seems to have (targets: 0.7 and 0.3).
- **Real clips beside OpenFace 2** (seven for development; Pearson r within a clip, both averaged over 5 frames, where
  OpenFace is confident and its own standard deviation exceeds 0.25; median over clips): mean over the units
  {real:.2f}. OpenFace is another instrument, not the truth; most units vary in one to six of the clips only.

Reliability: **high** where rendered r and agreement are both at least 0.6 and their mean at least 0.7; **low** where
their mean is below 0.5; **medium** otherwise.

| unit | reliability | network's share | rendered r | error | r near rest | side r | agreement with OpenFace (clips) |
|---|---|---|---|---|---|---|---|
"""


def card(
    stored: dict[str, Any], turned: dict[str, np.ndarray], facing: dict[str, np.ndarray], real: dict[str, list[float]]
) -> str:
    """Markdown, from the document of the coefficients, `fit.rates` of all and of nearly still frames, and agreement."""
    fit = dict(stored["fit"])
    counts = {name: fit.pop(name) for name in ("n_people", "n_frames", "n_people_unseen")}
    versions = fit.pop("versions")
    text = _HEAD.format(
        n_distances=len(DISTANCES),
        n_textures=len(TEXTURES),
        n_shape=len(SHAPE_COMPONENTS),
        n_skin=len(SKIN_COMPONENTS),
        networks=fit["networks"],
        hidden=fit["hidden"],
        n_people=counts["n_people"],
        n_frames=counts["n_frames"],
        n_unseen=counts["n_people_unseen"],
        settings=", ".join(f"{name} {value}" for name, value in fit.items()),
        versions=", ".join(f"{name} {value}" for name, value in versions.items()),
        r=turned["r"].mean(),
        mae=turned["mae"].mean(),
        near_r=facing["r"].mean(),
        near_mae=facing["mae"].mean(),
        side=turned["side_r_shown"].mean(),
        side_near=facing["side_r_shown"].mean(),
        side_all=turned["side_r"].mean(),
        real=np.mean([np.median(found) for found in real.values() if found]),
    )
    for column, unit in enumerate(ACTION_UNITS):
        known = stored["reliability"][unit]
        side = f"{known['side_r']:.2f}" if unit in SIDED_ACTION_UNITS else "–"
        clips = " ".join(f"{value:.2f}" for value in real[unit])
        agreed = "–" if known["agreement"] is None else f"{known['agreement']:.2f} ({clips})"
        text += (
            f"| {unit} | {known['level']} | {stored['coefficients']['share'][column]:.2f} | {known['r']:.2f} | "
            f"{known['mae']:.2f} | {facing['r'][column]:.2f} | {side} | {agreed} |\n"
        )
    return text
