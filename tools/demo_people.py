"""Who is in the demo cohort, and how each of them makes five expressions: every distribution that it is drawn from.

PD-like people move less, begin more slowly, are less even and blink less (hypomimia; Bologna et al. 2013, Parkinsonism
Relat. Disord. 19(12)). All distributions of the two groups overlap widely, so that no single figure tells them apart.
The sizes are chosen so that a classifier separates the simulated groups about as well as real ones are: they are
estimates of no patient.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.rng import generator
from core.types import CENTRE_ACTION_UNITS, CONTROL, EMOTIONS, PD
from tools.rendering.films import BLINK_S, Action, Script

N_PEOPLE = {PD: 29, CONTROL: 30}
TABLE_I = {
    PD: {"anger": 26, "happiness": 25, "disgust": 26, "fear": 25, "surprise": 29},
    CONTROL: {"anger": 28, "happiness": 30, "disgust": 27, "fear": 30, "surprise": 26},
}
"""Clips per emotion and group in the AGCL paper (its Table I; anger is its rage, happiness its laugh)."""

PROFILES = {
    "anger": {
        "AU04": 0.6,
        "AU05": 0.35,
        "AU07": 0.45,
        "AU09": 0.25,
        "AU10": 0.25,
        "AU17": 0.25,
        "AU20": 0.22,
        "AU23": 0.5,
    },
    "happiness": {"AU06": 0.55, "AU12": 0.65, "AU15": 0.15, "AU17": 0.2, "AU25": 0.45},
    "disgust": {"AU04": 0.4, "AU07": 0.3, "AU09": 0.55, "AU10": 0.5, "AU17": 0.25, "AU23": 0.25, "AU25": 0.3},
    "fear": {"AU01": 0.55, "AU02": 0.4, "AU04": 0.3, "AU05": 0.55, "AU12": 0.2, "AU17": 0.2, "AU20": 0.5, "AU25": 0.45},
    "surprise": {"AU01": 0.6, "AU02": 0.6, "AU04": 0.15, "AU05": 0.5, "AU15": 0.15, "AU25": 0.25, "AU26": 0.5},
}
"""Activation of the units that make up an expression in a median control: those that name it, and weaker ones."""

EXTRAS = {
    "anger": ("AU14", "AU15"),
    "happiness": ("AU02", "AU07", "AU10", "AU14", "AU26"),
    "disgust": ("AU06", "AU14", "AU15", "AU20"),
    "fear": ("AU07", "AU10", "AU15", "AU26"),
    "surprise": ("AU06", "AU20"),
}
"""Units that some people add as their own style, each with `EXTRA_CHANCE`, at `EXTRA` of a median control."""

EXTRA_CHANCE, EXTRA = 0.25, 0.25

MEDIAN_EXPRESSIVITY = {PD: 0.62, CONTROL: 1.0}
EXPRESSIVITY_SD = 0.30
MEDIAN_ONSET_S = {PD: 0.75, CONTROL: 0.55}
ONSET_SD = 0.25
ASYMMETRY_SD = {PD: 0.16, CONTROL: 0.08}
MEDIAN_BLINKS_PER_MIN = {PD: 10.0, CONTROL: 17.0}
BLINKS_SD = 0.4
STYLE_SD, CLIP_SD = 0.25, 0.15
"""Standard deviations of natural logarithms, but for the asymmetry, which is one of relative side differences."""

DURATION_S, FPS = 2.8, 25.0
SIZE_PX, FIELD_CM = 208, 26.0
_STILL_S = 0.3
_LEAST_BETWEEN_BLINKS_S = 0.5


@dataclass(frozen=True)
class DemoPerson:
    """code: SIM01 … SIM59. emotions: those this person was filmed in, in the order of `EMOTIONS`."""

    code: str
    group: str
    emotions: tuple[str, ...]


def cast(random_state: int = 0) -> tuple[DemoPerson, ...]:
    """All 59 people, PD-like and control-like in random order, filmed so often in each emotion as `TABLE_I` says.

    Those who were not filmed in an emotion follow one another in a random order, so that nobody misses more than one.
    """
    rng = generator(random_state, "demo cast")
    groups = rng.permutation([group for group, count in N_PEOPLE.items() for _ in range(count)]).tolist()
    codes = [f"SIM{number:02d}" for number in range(1, len(groups) + 1)]
    misses: dict[str, str] = {}
    for group in N_PEOPLE:
        members = [code for code, its_group in zip(codes, groups, strict=True) if its_group == group]
        shuffled = iter(rng.permutation(members).tolist())
        for emotion, count in TABLE_I[group].items():
            misses |= {next(shuffled): emotion for _ in range(len(members) - count)}
    return tuple(
        DemoPerson(code, group, tuple(e for e in EMOTIONS if e != misses.get(code)))
        for code, group in zip(codes, groups, strict=True)
    )


def script(person: DemoPerson, emotion: str, random_state: int = 0) -> Script:
    """The film of a person making an expression.

    The person's expressivity, onset time and blink rate are log-normal about the group's medians, the asymmetry is
    N(0, `ASYMMETRY_SD`²): left = activation · (1 + asymmetry), right = activation · (1 - asymmetry). The activation of
    a unit is profile · expressivity · style · clip, the last two log-normal about 1, cut off at 1.
    """
    own = generator(random_state, "demo person", person.code)
    expressivity = MEDIAN_EXPRESSIVITY[person.group] * _spread(own, EXPRESSIVITY_SD)
    onset_s = MEDIAN_ONSET_S[person.group] * _spread(own, ONSET_SD)
    asymmetry = own.normal(0, ASYMMETRY_SD[person.group])
    blinks_per_min = MEDIAN_BLINKS_PER_MIN[person.group] * _spread(own, BLINKS_SD)
    facing = own.normal(0, (2.5, 4.0, 1.5))
    rng = generator(random_state, "demo clip", person.code, emotion)
    profile = dict(PROFILES[emotion])
    profile |= {unit: EXTRA for unit in EXTRAS[emotion] if rng.random() < EXTRA_CHANCE}
    whole = expressivity * _spread(rng, CLIP_SD)
    shown: dict[str, float] = {}
    for unit, typical in profile.items():
        activation = typical * whole * _spread(rng, STYLE_SD)
        uneven = asymmetry + rng.normal(0, 0.04)
        if unit in CENTRE_ACTION_UNITS:
            shown[unit] = _activation(activation)
        else:
            shown[f"{unit}_L"] = _activation(activation * (1 + uneven))
            shown[f"{unit}_R"] = _activation(activation * (1 - uneven))
    action = Action(
        shown,
        start_s=round(float(rng.uniform(0.35, 0.55)), 3),
        onset_s=round(float(np.clip(onset_s * _spread(rng, CLIP_SD), 0.25, 1.3)), 3),
        hold_s=round(float(rng.uniform(0.4, 0.7)), 3),
        offset_s=round(float(np.clip(1.1 * onset_s * _spread(rng, CLIP_SD), 0.3, 1.2)), 3),
    )
    return Script(
        duration_s=DURATION_S,
        fps=FPS,
        actions=(action,),
        blinks_s=_blinks(blinks_per_min, rng),
        pose_deg=((0.0, tuple(np.round(facing + rng.normal(0, (1.0, 1.5, 0.5)), 3).tolist())),),
        gaze_deg=((0.0, tuple(np.round(rng.normal(0, 1.5, 2), 3).tolist())),),
        sway=round(float(rng.uniform(0.3, 1.2)), 3),
        width=SIZE_PX,
        height=SIZE_PX,
        field_cm=FIELD_CM,
        samples=2,
    )


def _spread(rng: np.random.Generator, sd: float) -> float:
    return float(np.exp(rng.normal(0, sd)))


def _activation(value: float) -> float:
    return round(float(np.clip(value, 0.0, 1.0)), 4)


def _blinks(per_min: float, rng: np.random.Generator) -> tuple[float, ...]:
    """When blinks begin: at random, not while the face is at rest at first, nor within half a second of each other."""
    begun: list[float] = []
    at = _STILL_S
    while True:
        at += rng.exponential(60.0 / per_min)
        if at > DURATION_S - BLINK_S - 0.1:
            return tuple(begun)
        begun.append(round(float(at), 3))
        at += _LEAST_BETWEEN_BLINKS_S
