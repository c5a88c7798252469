"""Intensities of the 17 action units from what a face's distances did since rest.

The formulas are set by hand from the anatomy of each unit (Ekman, Friesen and Hager, FACS, 2002); no coefficient is
estimated from data. A displacement is divided by the largest one that adults commonly reach, so that 5 is maximal and 2
to 3 plain to see. For AU05, 09, 10, 23 and 26, two sound forms were at hand, and agreement with OpenFace decided.

How far they follow OpenFace 2 over the frames of one clip, both smoothed over 5 frames (Pearson r, median over seven
clips, mean over the 17 units): .51 where OpenFace's own standard deviation is beyond 0.25, .42 without that condition.
With it, at least .55 in AU01, 05, 06, 07, 09, 10, 12, 14, 25, 26 and 45; AU15 .27 and AU23 .28; AU02, 04, 17 and 20 lie
at .10 to .17 and tell next to nothing about single frames. Each unit varies enough in one to six of the clips only (one
for AU05 and AU06), so these are rough figures. OpenFace is no truth either, and nothing here says how intensities
compare between people.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.faces.blendshapes import blend
from core.faces.geometry import CENTRE_FEATURES, DISTANCES, FEATURES, OUTER_EYE_DISTANCE_MM, SIDED_FEATURES
from core.types import ACTION_UNITS, MAX_INTENSITY, SIDED_ACTION_UNITS

if TYPE_CHECKING:
    import numpy as np


def intensities(
    features: np.ndarray, neutral: np.ndarray, timestamp_s: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Intensity (n, 17), left (n, 14) and right (n, 14) of features (n, d) against the person's neutral (d,).

    0 to 5, clipped; NaN where a frame has no face. The intensity of a sided unit is that of the mean of both sides.
    Where the 52 blendshapes follow the features, `blend` adds what they tell.
    """
    import numpy as np

    if features.shape[1] > len(FEATURES):
        own, further = slice(len(FEATURES)), slice(len(FEATURES), None)
        measured = intensities(features[:, own], neutral[own], timestamp_s)
        return blend(*measured, features[:, further], neutral[further])
    n_sided = len(SIDED_FEATURES)
    moved_mm = (features - neutral).astype(np.float64) * OUTER_EYE_DISTANCE_MM
    rest_mm = neutral.astype(np.float64) * OUTER_EYE_DISTANCE_MM
    centre = dict(zip(CENTRE_FEATURES, moved_mm[:, 2 * n_sided : len(DISTANCES)].T, strict=True))
    sides = []
    for first in (n_sided, 0):
        side = dict(zip(SIDED_FEATURES, moved_mm[:, first : first + n_sided].T, strict=True))
        rest = dict(zip(SIDED_FEATURES, rest_mm[first : first + n_sided], strict=True))
        sides.append(_sided_activations(side, centre, rest))
    left, right = sides
    both = {unit: (left[unit] + right[unit]) / 2 for unit in SIDED_ACTION_UNITS} | _centre_activations(centre)
    return (
        _scaled([both[unit] for unit in ACTION_UNITS]),
        _scaled([left[unit] for unit in SIDED_ACTION_UNITS]),
        _scaled([right[unit] for unit in SIDED_ACTION_UNITS]),
    )


def _scaled(activations: list[np.ndarray]) -> np.ndarray:
    import numpy as np

    return np.clip(MAX_INTENSITY * np.stack(activations, axis=1), 0.0, MAX_INTENSITY).astype(np.float32)


def _sided_activations(
    side: dict[str, np.ndarray], centre: dict[str, np.ndarray], rest: dict[str, float]
) -> dict[str, np.ndarray]:
    """Activation of each sided unit, 1 for a maximal one, from displacements in millimetres up, outward or forward."""
    nose = centre["nose_base_height"]
    corner_up = side["mouth_corner_height"] - nose
    corner_out = side["mouth_corner_width"]
    corner_back = -side["mouth_corner_depth"]
    inner_brow_up = side["inner_brow_height"]
    wing_up = side["nasal_wing_height"]
    lower_lid_up = side["lower_lid_height"]
    closing = -side["lid_aperture"]
    thinning = -(centre["upper_lip_thickness"] + centre["lower_lip_thickness"])
    # A smile drags nasal wings and upper lip along with the corners; what it explains is taken off AU09 and AU10, and
    # what opening and stretching the mouth explain of its thinner red is taken off AU23.
    wing_beyond_smile = wing_up - corner_out / 4
    lip_beyond_smile = side["upper_lip_height"] - nose - 0.4 * corner_up
    return {
        "AU01": inner_brow_up / 9,
        "AU02": side["outer_brow_height"] / 7,
        "AU04": (-inner_brow_up / 5 - side["inner_brow_width"] / 2.5) / 2,
        "AU05": side["lid_aperture"] / 4,
        "AU06": (side["cheek_height"] / 4.5 + lower_lid_up / 2.7 + corner_out / 9) / 3,
        "AU07": (lower_lid_up / 2.7 + closing / 5.5) / 2,
        "AU09": (wing_beyond_smile / 4.5 - inner_brow_up / 5) / 2,
        "AU10": (lip_beyond_smile / 6 + wing_up / 4.5) / 2,
        "AU12": (corner_out / 9 + corner_up / 9) / 2,
        "AU14": (corner_out / 9 + corner_back / 9) / 2,
        "AU15": -(corner_up - (centre["lip_middle_height"] - nose) / 2) / 4.5,
        "AU20": (corner_out / 7 - corner_up / 7) / 2,
        "AU23": thinning / 5.5 - centre["lip_gap"] / 10 - corner_out / 10,
        "AU45": closing / max(rest["lid_aperture"], 1.0),
    }


def _centre_activations(centre: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    import numpy as np

    # An opening mouth drags the chin about; a closing one only shows that the mouth was not shut at rest.
    opening = np.maximum(centre["lip_gap"], 0.0)
    nose = centre["nose_base_height"]
    chin_boss_up = centre["chin_boss_height"]
    chin_up = centre["chin_height"]
    return {
        "AU17": (chin_boss_up - nose - (chin_up - nose) / 2 - opening) / 5,
        "AU25": centre["lip_gap"] / 15,
        "AU26": -chin_boss_up / 18,
    }
