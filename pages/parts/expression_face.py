"""A face drawn from action units as an SVG: calm lines in the colour of the text around them; no streamlit here.

Every shape names its fill and stroke, so that the file alone is complete; on a page, `assets/style.css` gives the
grounds a shade that suits light and dark.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import NamedTuple

import numpy as np

from core.faces.expression_drawing import AREAS, FaceLine, expression_lines
from core.types import ACTION_UNITS

UNITS_PER_SIDE = 1000
LEFT, TOP, WIDTH, HEIGHT = 105, 0, 790, 1000
"""The part of the unit box, in thousandths, that is drawn."""

EXAGGERATION = 1.6
NAMED = 3
ACTIVE = 0.5
"""Intensity from which a unit is named as part of an expression."""


class Look(NamedTuple):
    """fill: a colour or none. stroke: its width in thousandths of the unit box, 0 for none. opacity: of both."""

    fill: str
    stroke: float
    opacity: float


LOOKS = {
    "outline": Look("#FBFCFC", 7, 1.0),
    "hair": Look("currentColor", 0, 0.13),
    "ear": Look("none", 6, 0.8),
    "neck": Look("none", 6, 0.5),
    "fine": Look("none", 4.5, 0.55),
    "brow": Look("currentColor", 0, 0.82),
    "eye": Look("#FFFFFF", 4, 0.75),
    "iris": Look("currentColor", 0, 0.42),
    "pupil": Look("currentColor", 0, 0.95),
    "lid": Look("none", 10, 0.95),
    "nose": Look("none", 6, 0.75),
    "nostril": Look("currentColor", 0, 0.6),
    "mouth": Look("currentColor", 7, 0.85),
    "teeth": Look("#FFFFFF", 0, 1.0),
    "lip": Look("currentColor", 0, 0.2),
    "crease": Look("none", 5, 0.75),
}


def words(intensity: Mapping[str, float]) -> str:
    """`AU12 3.1, AU25 2.0`: the strongest units, for who cannot see the face; `at rest` where none is active."""
    active = sorted(((float(intensity.get(unit, 0.0)), unit) for unit in ACTION_UNITS), reverse=True)[:NAMED]
    return ", ".join(f"{unit} {value:.1f}" for value, unit in active if value >= ACTIVE) or "at rest"


def svg(intensity: Mapping[str, float], title: str) -> str:
    """The face of these intensities, 0 to 5. title: whose expression it is; the strongest units are named after it."""
    name = escape(f"{title}: {words(intensity)}", quote=True)
    shapes = "".join(_shape(line) for line in expression_lines(intensity, EXAGGERATION))
    return (
        f'<svg class="drawn-face" xmlns="http://www.w3.org/2000/svg" viewBox="{LEFT} {TOP} {WIDTH} {HEIGHT}" '
        f'role="img" aria-label="{name}" fill="none" stroke-linecap="round" stroke-linejoin="round">'
        f"<title>{name}</title>{shapes}</svg>"
    )


def _shape(line: FaceLine) -> str:
    look = LOOKS[line.part]
    ends = "Z" if line.part in AREAS else ""
    stroke = f' stroke="currentColor" stroke-width="{look.stroke:g}"' if look.stroke else ""
    return (
        f'<path class="{line.part}" d="{_path(line.points)}{ends}" fill="{look.fill}"{stroke} '
        f'opacity="{look.opacity * line.opacity:.2f}"/>'
    )


def _path(points: np.ndarray) -> str:
    numbers = np.rint(points * UNITS_PER_SIDE * 10) / 10
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in numbers)
