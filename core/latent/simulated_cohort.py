"""A cohort that no camera ever saw: simulated AU intensities, so that every page has something to show at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.rng import generator
from core.types import ACTION_UNITS, CONTROL, EMOTIONS, MAX_INTENSITY, PD, SIDED_ACTION_UNITS

if TYPE_CHECKING:
    import pandas as pd

N_PEOPLE = {PD: 29, CONTROL: 30}
TABLE_I = {
    PD: {"anger": 26, "happiness": 25, "disgust": 26, "fear": 25, "surprise": 29},
    CONTROL: {"anger": 28, "happiness": 30, "disgust": 27, "fear": 30, "surprise": 26},
}
"""Clips per emotion and group in the AGCL paper (its Table I; anger is its rage, happiness its laugh)."""

PROFILES = {
    "anger": {"AU04": 2.6, "AU05": 1.2, "AU07": 2.0, "AU09": 1.4, "AU10": 1.5, "AU17": 1.2, "AU20": 1.1, "AU23": 1.8},
    "happiness": {
        "AU06": 2.4,
        "AU07": 1.0,
        "AU12": 3.2,
        "AU14": 1.1,
        "AU15": 0.6,
        "AU17": 0.9,
        "AU25": 2.4,
        "AU26": 1.0,
    },
    "disgust": {"AU04": 1.7, "AU07": 1.4, "AU09": 2.4, "AU10": 2.2, "AU17": 1.5, "AU23": 1.0, "AU25": 1.4, "AU45": 0.9},
    "fear": {"AU01": 2.3, "AU02": 1.6, "AU04": 1.6, "AU05": 2.4, "AU12": 0.9, "AU17": 0.8, "AU20": 1.9, "AU25": 1.8},
    "surprise": {"AU01": 2.8, "AU02": 2.6, "AU04": 0.7, "AU05": 2.3, "AU15": 0.6, "AU25": 2.2, "AU26": 2.5},
}
"""Typical peak intensity of the units that take part in an expression; all others rest at `_REST`."""

_REST = 0.25
_PERSON_SD = 0.3
_CLIP_SD = 0.45
_FLOOR_SD = 0.15
_PD_EXPRESSIVITY = 0.58
_ASYMMETRY_SD = {PD: 0.16, CONTROL: 0.07}


def simulate_cohort(random_state: int = 0) -> pd.DataFrame:
    """An AU table of 59 simulated people SIM01 … SIM59, 29 PD and 30 controls in random order, 272 rows as in Table I.

    Columns: `core.types.TABLE_KEYS` (backend "simulated", simulated True), the 17 AUs, then `AU01_L`, `AU01_R` … of the
    14 sided ones; intensities 0 to 5, two decimals. The same seed gives the same table, byte for byte. Drawn as:

    - which clips are missing: consecutive people of a random order, so nobody misses more than one expression;
    - a person's expressivity e: log-normal, median 1 for controls and 0.58 for PD (hypomimia), sd of its logarithm 0.3;
    - a unit's intensity in a clip: profile · e · exp(N(0, 0.45²)) + N(0, 0.15²), cut off at 0 and 5, where profile is
      `PROFILES[emotion]`, or 0.25 for units that take no part in the expression;
    - a person's asymmetry s, the relative left-right difference: N(0, 0.16²) for PD and N(0, 0.07²) for controls, plus
      N(0, 0.05²) per unit and clip: left = intensity · (1 + s), right = intensity · (1 − s), cut off at 0 and 5.
    """
    import pandas as pd

    rng = generator(random_state, "simulated cohort")
    groups = rng.permutation([group for group, count in N_PEOPLE.items() for _ in range(count)])
    codes = np.array([f"SIM{number:02d}" for number in range(1, len(groups) + 1)])
    filmed = {group: _filmed(codes[groups == group], TABLE_I[group], rng) for group in N_PEOPLE}
    rows = []
    for code, group in zip(codes, groups.tolist(), strict=True):
        median = _PD_EXPRESSIVITY if group == PD else 1.0
        expressivity = median * np.exp(rng.normal(0, _PERSON_SD))
        asymmetry = rng.normal(0, _ASYMMETRY_SD[group])
        for emotion in EMOTIONS:
            keys = {"subject": code, "emotion": emotion, "group": group, "backend": "simulated", "simulated": True}
            units = _clip(emotion, expressivity, asymmetry, rng)
            if code in filmed[group][emotion]:
                rows.append(keys | units)
    return pd.DataFrame(rows)


def _filmed(codes: np.ndarray, counts: dict[str, int], rng: np.random.Generator) -> dict[str, set[str]]:
    """Who was filmed in each emotion: those left out follow one another in a random order of the people."""
    shuffled, first = rng.permutation(codes), 0
    filmed = {}
    for emotion, count in counts.items():
        missing = shuffled[first : first + len(codes) - count]
        first += len(missing)
        filmed[emotion] = set(codes) - set(missing)
    return filmed


def _clip(emotion: str, expressivity: float, asymmetry: float, rng: np.random.Generator) -> dict[str, float]:
    profile = np.array([PROFILES[emotion].get(unit, _REST) for unit in ACTION_UNITS])
    intensity = profile * expressivity * np.exp(rng.normal(0, _CLIP_SD, len(profile)))
    intensity = np.clip(intensity + rng.normal(0, _FLOOR_SD, len(profile)), 0, MAX_INTENSITY)
    difference = asymmetry + rng.normal(0, 0.05, len(profile))
    units = dict(zip(ACTION_UNITS, intensity.round(2).tolist(), strict=True))
    for unit, value, share in zip(ACTION_UNITS, intensity, difference, strict=True):
        if unit in SIDED_ACTION_UNITS:
            for side, sign in (("L", 1), ("R", -1)):
                units[f"{unit}_{side}"] = round(float(np.clip(value * (1 + sign * share), 0, MAX_INTENSITY)), 2)
    return units
