"""The card that goes with the coefficients: how they were fitted, on what, and how far each unit can be trusted."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.types import ACTION_UNITS, SIDED_ACTION_UNITS

_HEAD = """# Action units: coefficients and how good they are

Made by `tools/fit_action_units.py`; do not edit. The numbers are in `action_units.json`.

## How intensities are made

Features are changes since the person's own rest: {n_distances} distances of the aligned face, its pose, and
{n_textures} textures. Two sources are mixed unit by unit: **formulas** set by hand from anatomy
(`core/faces/formulas.py`), from which what turning the head adds to them is taken away, and a **network** with one
hidden layer of {hidden} rectified linear units, one for both sides (the left is mirrored). `share` is the network's
part. Left minus right comes from a ridge regression on the features' own left minus right. What turning alone
may cause is taken off, as far as it takes for 19 of 20 still faces that turn by 20° to stay below 0.5.

## Fitted on

{n_people} simulated people, {n_frames} frames, rendered from ICT-FaceKit (Li et al., CVPR 2020, MIT licence) and seen
through mediapipe FaceMesh: identity, skin, light, noise, gaze and size (320 to 560 pixels) vary; pose within ±15°
pitch, ±25° yaw, ±8° roll; single units, two to four at random, and those of emotions, one side often weaker; blinks.
The true intensity is 5 times the activation, so that the FACS levels A to E are its fifths. No real face and no
output of OpenFace was fitted to. Fit: {settings}. Versions: {versions}. Making the examples takes about five seconds
of processor time a person, the fit less than a minute.

The shares take three values (0.2, 0.4, 0.7) and were set by hand, not fitted: the formula goes first where it is as
good on rendered truth (AU12, AU25), and has more than half where flesh bulges or skin folds in people and not in
the model (AU05, AU06, AU07, AU10); elsewhere the network goes first. The seven real clips were in view when
formulas and shares were chosen, so that agreement on them is a little better than it would be on new ones. So were
the {n_unseen} people below when some 25 settings of shares and of what is taken off for turning were compared.

## Judged on

- **Rendered people that nothing was fitted on** ({n_unseen}, the same variety): mean r {r:.2f}, mean absolute error
  {mae:.2f} of 5; of the frames within 6° of their rest, r {near_r:.2f}, error {near_mae:.2f}. Left minus right: r
  {side:.2f} over frames that show the unit ({side_near:.2f} near rest), {side_all:.2f} over all frames. The mesh
  draws faces more symmetric than they are: sides of AU12, AU45, AU09, AU02 and AU10 can be trusted, those of AU06,
  AU07, AU14, AU17, AU20 and AU23 cannot.
- **Still faces that turn by 20° to either side** (`benchmarks/still_faces.py`), 24 others: in 19 of them no unit passes
  0.7; the largest was 1.2 (AU04). At half the size no unit passes 0.3 in 20 of them; the largest was 0.5 (AU05). Taking
  more off for turning mended few of these and cost agreement.
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
    n_textures = sum(name.startswith(("nasolabial", "glabella_f", "glabella_d")) for name in stored["features"])
    text = _HEAD.format(
        n_distances=len(stored["features"]) - n_textures - 3,
        n_textures=n_textures,
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
            f"| {unit} | {known['level']} | {stored['coefficients']['share'][column]:.1f} | {known['r']:.2f} | "
            f"{known['mae']:.2f} | {facing['r'][column]:.2f} | {side} | {agreed} |\n"
        )
    return text
