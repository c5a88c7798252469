"""A face drawn from action units as an SVG: calm lines in the colour of the text around them; no streamlit here.

Every shape names its fill and stroke, so that the file alone is complete; on a page, `assets/style.css` gives the
grounds a shade that suits light and dark.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import NamedTuple

import numpy as np

from core.faces.expression_drawing import AREAS, FaceLine, expression_lines
from core.settings import NOTICE
from core.types import ACTION_UNITS
from pages.parts.charts.palette import LOOKS as GROUP_LOOKS

UNITS_PER_SIDE = 1000
LEFT, TOP, WIDTH, HEIGHT = 105, 0, 790, 1000
"""The part of the unit box, in thousandths, that is drawn."""

CAPTION = 190
FOOT = f"Drawn from action units; nobody's face. {NOTICE}"

EXAGGERATION = 1.6
"""On a small picture three millimetres are lost; see `expression_lines`."""

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
    """`AU12 3.1, AU25 2.0`: the strongest units, for who cannot see the face."""
    active = sorted(((float(intensity.get(unit, 0.0)), unit) for unit in ACTION_UNITS), reverse=True)[:NAMED]
    named = ", ".join(f"{unit} {value:.1f}" for value, unit in active if value >= ACTIVE)
    return named or ("barely moves" if active[0][0] > 0 else "at rest")


def svg(intensity: Mapping[str, float], title: str) -> str:
    """The face of these intensities, 0 to 5. title: whose expression it is; the strongest units are named after it."""
    name = escape(f"{title}: {words(intensity)}", quote=True)
    return (
        f'<svg class="drawn-face" xmlns="http://www.w3.org/2000/svg" viewBox="{LEFT} {TOP} {WIDTH} {HEIGHT}" '
        f'role="img" aria-label="{name}" fill="none" stroke-linecap="round" stroke-linejoin="round">'
        f"<title>{name}</title>{_shapes(intensity)}</svg>"
    )


def _shapes(intensity: Mapping[str, float]) -> str:
    return "".join(_shape(line) for line in expression_lines(intensity, EXAGGERATION))


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


class Card(NamedTuple):
    """A face with its name. group: `PD`, `control` or empty. synthetic: hollow, as in every figure."""

    name: str
    group: str
    synthetic: bool
    intensity: Mapping[str, float]


def row_of(cards: Sequence[Card]) -> str:
    """HTML of faces beside each other, each with its mark, its name and its strongest units."""
    figures = "".join(
        f"<figure>{svg(card.intensity, card.name)}<figcaption>{_mark(card)}<b>{escape(card.name)}</b>"
        f"<br>{escape(words(card.intensity))}</figcaption></figure>"
        for card in cards
    )
    return f'<div class="drawn-faces">{figures}</div>'


def sheet(cards: Sequence[Card]) -> str:
    """One SVG file with all faces and their names."""
    width, height = len(cards) * WIDTH, HEIGHT + CAPTION
    faces = "".join(
        f'<g transform="translate({number * WIDTH - LEFT} 0)">{_shapes(card.intensity)}'
        f'<text x="{LEFT + WIDTH / 2}" y="{HEIGHT + 50}" fill="currentColor" font-weight="600">'
        f"{escape(card.name)}</text>"
        f'<text x="{LEFT + WIDTH / 2}" y="{HEIGHT + 95}" fill="currentColor">{escape(words(card.intensity))}</text></g>'
        for number, card in enumerate(cards)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" color="#22343A" fill="none" '
        f'stroke-linecap="round" stroke-linejoin="round"><rect width="{width}" height="{height}" fill="#FFFFFF"/>'
        f'<g font-family="sans-serif" font-size="34" text-anchor="middle">{faces}'
        f'<text x="{width / 2}" y="{height - 20}" font-size="26" fill="currentColor">{FOOT}</text></g></svg>\n'
    )


def _mark(card: Card) -> str:
    """The shape and colour of the group, filled for real rows."""
    look = GROUP_LOOKS[card.group]
    ground = "none" if card.synthetic else look.colour
    circle, square = 'circle cx="6" cy="6" r="4.5"', 'rect x="1.8" y="1.8" width="8.4" height="8.4"'
    form = circle if look.symbol == "circle" else square
    return (
        f'<svg class="mark" viewBox="0 0 12 12" aria-hidden="true"><{form} fill="{ground}" stroke="{look.colour}" '
        'stroke-width="1.6"/></svg>'
    )
