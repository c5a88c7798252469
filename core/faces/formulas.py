"""Action units by formulas that are set by hand from the anatomy of each unit (Ekman, Friesen and Hager, FACS, 2002).

A displacement since rest is divided by the largest one that adults commonly reach, so that 5 is maximal and 2 to 3
plain to see. No coefficient is estimated from data; where two sound forms were at hand, agreement with OpenFace on
seven clips and with the truth of rendered faces decided. The results are signed: below 0, a face does the opposite.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.faces.features import FEATURES
from core.faces.geometry import CENTRE_FEATURES, DISTANCES, OUTER_EYE_DISTANCE_MM, SIDED_FEATURES
from core.faces.texture import CENTRE_TEXTURES
from core.types import ACTION_UNITS, MAX_INTENSITY, SIDED_ACTION_UNITS

if TYPE_CHECKING:
    import numpy as np

_FIRST_CENTRE_TEXTURE = FEATURES.index(CENTRE_TEXTURES[0])
_CENTRE_TEXTURES = slice(_FIRST_CENTRE_TEXTURE, _FIRST_CENTRE_TEXTURE + len(CENTRE_TEXTURES))


def displacements(features: np.ndarray, neutral: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Signed intensities (n, 17) of the person's right and of the left side, from features (n, d) and neutral (d,).

    Units without sides are the same in both. NaN where a frame has no face.
    """
    import numpy as np

    n_sided = len(SIDED_FEATURES)
    moved = (features - neutral).astype(np.float64)
    moved_mm = moved[:, : len(DISTANCES)] * OUTER_EYE_DISTANCE_MM
    rest_mm = neutral.astype(np.float64) * OUTER_EYE_DISTANCE_MM
    centre = dict(zip(CENTRE_FEATURES, moved_mm[:, 2 * n_sided :].T, strict=True))
    skin = dict(zip(CENTRE_TEXTURES, moved[:, _CENTRE_TEXTURES].T, strict=True))
    sides = []
    for first in (0, n_sided):
        side = dict(zip(SIDED_FEATURES, moved_mm[:, first : first + n_sided].T, strict=True))
        rest = dict(zip(SIDED_FEATURES, rest_mm[first : first + n_sided], strict=True))
        values = _sided(side, centre, skin, rest) | _central(side, centre)
        sides.append(MAX_INTENSITY * np.stack([values[unit] for unit in ACTION_UNITS], axis=1))
    right, left = sides
    for unit in set(ACTION_UNITS) - set(SIDED_ACTION_UNITS):
        column = ACTION_UNITS.index(unit)
        right[:, column] = left[:, column] = (right[:, column] + left[:, column]) / 2
    return right, left


def _sided(
    side: dict[str, np.ndarray], centre: dict[str, np.ndarray], skin: dict[str, np.ndarray], rest: dict[str, float]
) -> dict[str, np.ndarray]:
    """Activation of each sided unit, 1 for a maximal one, from displacements in millimetres up, outward or forward."""
    import numpy as np

    nose = centre["nose_base_height"]
    corner_up = side["mouth_corner_height"] - nose
    corner_above_lips = side["mouth_corner_height"] - centre["lip_middle_height"]
    corner_out = side["mouth_corner_width"]
    inner_brow_up, outer_brow_up = side["inner_brow_height"], side["outer_brow_height"]
    cheek_up, wing_up, lower_lid_up = side["cheek_height"], side["nasal_wing_height"], side["lower_lid_height"]
    closing = -side["lid_aperture"]
    thinning = -(centre["upper_lip_thickness"] + centre["lower_lip_thickness"])
    # A smile drags nasal wings and upper lip along with the corners; what it explains is taken off AU09 and AU10, and
    # what opening and stretching the mouth explain of its thinner red is taken off AU23. Brows that are drawn together
    # hardly move in the mesh: the furrows and the shadow between them tell more of AU04.
    wing_beyond_smile = wing_up - corner_out / 4
    lip_beyond_smile = side["upper_lip_height"] - nose - 0.4 * corner_up
    frown = skin["glabella_furrows"] / 0.8 + skin["glabella_darkness"] / 0.2
    return {
        "AU01": (inner_brow_up - outer_brow_up / 2) / 6,
        "AU02": (outer_brow_up + inner_brow_up / 2) / 10,
        "AU04": (frown + np.maximum(-inner_brow_up, 0.0) / 5) / 3,
        "AU05": -closing / 4,
        "AU06": (cheek_up / 4.5 + lower_lid_up / 10 + closing / 8 + corner_out / 9 + corner_above_lips / 6) / 4.5,
        "AU07": closing / 5.5,
        "AU09": (wing_beyond_smile / 4.5 - inner_brow_up / 5) / 2,
        "AU10": (lip_beyond_smile / 6 + wing_up / 4.5) / 2,
        "AU12": (corner_out + corner_above_lips / 2 + corner_up / 2) / 18,
        "AU14": (corner_out - side["mouth_corner_depth"]) / 18,
        "AU15": -(corner_up + corner_above_lips) / 9,
        "AU20": (corner_out - corner_above_lips / 2 - corner_up / 2) / 14,
        "AU23": thinning / 5.5 - centre["lip_gap"] / 10 - corner_out / 10,
        "AU45": closing / max(rest["lid_aperture"], 1.0),
    }


def _central(side: dict[str, np.ndarray], centre: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    import numpy as np

    # An opening mouth drags the chin about; a closing one only shows that the mouth was not shut at rest. A raised chin
    # pushes the upper lip up above the corners; a smile does the opposite. Of lips that part, the mesh gives some of
    # the opening to the red of the lower one; half a millimetre comes and goes with the size of a face.
    opening = np.maximum(centre["lip_gap"], 0.0)
    corner_above_lip = side["mouth_corner_height"] - side["upper_lip_height"]
    nose = centre["nose_base_height"]
    chin_boss_up = centre["chin_boss_height"]
    chin_up = centre["chin_height"]
    parted = centre["lip_gap"] + 0.75 * centre["lower_lip_thickness"] + (side["upper_lip_height"] - nose) / 2
    return {
        "AU17": (chin_boss_up - nose - (chin_up - nose) / 2 - opening - corner_above_lip / 2) / 5,
        "AU25": (parted - 0.5) / 15,
        "AU26": -chin_boss_up / 18,
    }
