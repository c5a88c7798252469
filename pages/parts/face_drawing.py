"""One frame as a picture: the face or only its mesh, and the active action units where they act; no streamlit here.

The ground is dark in light and dark alike, as on the screen that a clinician reads films from, so that what is
exported looks as it did on the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from core.types import ACTION_UNITS, MAX_INTENSITY, SIDED_ACTION_UNITS, ActionUnits
from pages.parts import mesh_edges

if TYPE_CHECKING:
    from PIL.Image import Image

MESH, BLURRED, SHOWN = "Mesh only", "Blurred", "Shown"
VIEWS = (MESH, BLURRED, SHOWN)
"""How a face is shown; the mesh alone unless the reader asks, so that a demonstration shows no one's face."""

WIDTH, HEIGHT = 720, 760
MARKED_FROM = 1.0
"""Intensity from which a unit is marked: FACS A, a trace."""

_GROUND = (24, 33, 37)
_FAINT, _FIRM, _LEADER = (62, 84, 91), (143, 176, 184), (150, 166, 171)
_WEAK, _STRONG = np.array((79.0, 179, 186)), np.array((245.0, 214, 70))
_LABELS_PX, _LINE_PX, _FONT_PX = 116, 28, 21
_BLOCKS = 10
_OUTLINE = [10, 152, 234, 454]
"""Landmarks at the top, the chin and both sides of a face."""

_FOLLOWED_S = 0.3


class Mark(NamedTuple):
    """An active unit on the face. side: `R`, `L` (the person's) or empty on the midline."""

    unit: str
    side: str
    intensity: float
    landmark: int


class Cutout(NamedTuple):
    """The part of a frame that is drawn. scale: pixels drawn for one of the video; x, y: of its left top corner."""

    scale: float
    x: float
    y: float


def marks(units: ActionUnits, frame: int) -> list[Mark]:
    """The units that are active in a frame, each side by its own intensity."""
    found = []
    for unit in ACTION_UNITS:
        places = mesh_edges.PLACES[unit]
        if unit in SIDED_ACTION_UNITS:
            column = SIDED_ACTION_UNITS.index(unit)
            found += [Mark(unit, "R", float(units.right[frame, column]), places[0]),
                      Mark(unit, "L", float(units.left[frame, column]), places[1])]  # fmt: skip
        else:
            found.append(Mark(unit, "", float(units.intensity[frame, ACTION_UNITS.index(unit)]), places[0]))
    return [mark for mark in found if mark.intensity >= MARKED_FROM]


def cutouts(mesh: np.ndarray | None, timestamp_s: np.ndarray, size: tuple[int, int]) -> list[Cutout]:
    """The part of every frame that is drawn: it follows the face as slowly as a camera would, with room for labels.

    mesh: (n, 478, 2) in fractions of `size`, (width, height) of the video in pixels; None: all of the frame.
    """
    middle, extent, room = np.full((len(timestamp_s), 2), size) / 2, np.array(size, float), np.array([WIDTH, HEIGHT])
    if mesh is not None and len(mesh) == len(timestamp_s):
        outline = np.asarray(mesh[:, _OUTLINE], float) * size
        found = np.flatnonzero(np.isfinite(outline).all(axis=(1, 2)))
        if len(found):
            outline = outline[found]
            extent = np.percentile(np.ptp(outline, axis=1), 95, axis=0)
            room = np.array([WIDTH - 2.4 * _LABELS_PX, 0.84 * HEIGHT])
            middle = _followed(timestamp_s[found], outline.mean(axis=1), timestamp_s)
    scale = float(np.min(room / np.maximum(extent, 1.0)))
    corners = middle - np.array([WIDTH, HEIGHT]) / 2 / scale
    return [Cutout(scale, float(x), float(y)) for x, y in corners]


def _followed(seconds: np.ndarray, places: np.ndarray, wanted_s: np.ndarray) -> np.ndarray:
    """(n, 2) mean of the places (k, 2) within `_FOLLOWED_S` around each wanted time, of the nearest where none is."""
    sums = np.concatenate([np.zeros((1, 2)), np.cumsum(places, axis=0)])
    first = np.searchsorted(seconds, wanted_s - _FOLLOWED_S / 2, side="left")
    last = np.searchsorted(seconds, wanted_s + _FOLLOWED_S / 2, side="right")
    empty = first == last
    first[empty] = np.minimum(first[empty], len(seconds) - 1)
    last[empty] = first[empty] + 1
    return np.asarray((sums[last] - sums[first]) / (last - first)[:, None])


def cut(image_bgr: np.ndarray, part: Cutout) -> np.ndarray:
    """That part of a frame at the size it is drawn, (HEIGHT, WIDTH, 3) RGB; plain ground outside the frame."""
    import cv2

    if part.scale < 0.5:  # first down by whole pixels: a warp alone would pick single ones
        shrink = float(2 * part.scale)
        image_bgr = cv2.resize(image_bgr, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
        part = Cutout(part.scale / shrink, part.x * shrink, part.y * shrink)
    place = np.array([[part.scale, 0, -part.x * part.scale], [0, part.scale, -part.y * part.scale]])
    image = cv2.warpAffine(image_bgr, place, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR, borderValue=_GROUND[::-1])
    return cv2.cvtColor(image, cv2.COLOR_BGR2RGB)


def draw(
    how: str,
    picture: np.ndarray | None,
    points: np.ndarray | None,
    size: tuple[int, int],
    part: Cutout,
    active: Sequence[Mark],
) -> Image:
    """The frame as the reader wants it. how: one of `VIEWS`. picture: what `cut` gave, None where there is none.

    points: (478, 2) in fractions of `size`, None or NaN where no face was found: then nothing is drawn over the frame.
    """
    import cv2
    from PIL import Image

    canvas = np.full((HEIGHT, WIDTH, 3), _GROUND, np.uint8)
    if picture is not None and how != MESH:
        canvas = picture.copy() if how == SHOWN else _blurred(picture)
    if points is None or not np.isfinite(points).all():
        return Image.fromarray(canvas)
    xy = (np.asarray(points, float) * size - (part.x, part.y)) * part.scale
    bare = how == MESH or picture is None
    fixed = np.round(xy * 16).astype(np.int32)  # four bits of subpixel
    mesh = canvas if bare else canvas.copy()
    cv2.polylines(mesh, fixed[mesh_edges.mesh()], False, _FAINT if bare else _FIRM, 1, cv2.LINE_AA, 4)
    if not bare:
        canvas = cv2.addWeighted(mesh, 0.28, canvas, 0.72, 0)
    cv2.polylines(canvas, fixed[mesh_edges.contours()], False, _FIRM, 1, cv2.LINE_AA, 4)
    for centre, edge in mesh_edges.IRISES:
        radius = int(np.linalg.norm(fixed[edge] - fixed[centre]))
        cv2.circle(canvas, tuple(map(int, fixed[centre])), radius, _FIRM, 1, cv2.LINE_AA, 4)
    return _labelled(canvas, xy, active)


def _labelled(canvas: np.ndarray, xy: np.ndarray, active: Sequence[Mark]) -> Image:
    """Marks on the face, and a column of labels on either side: what the person's right does stands on the left."""
    import cv2
    from PIL import Image, ImageDraw, ImageFont

    columns: dict[str, list[Mark]] = {"R": [], "L": []}
    for mark in sorted(active, key=lambda mark: xy[mark.landmark][1]):
        columns[mark.side or min(columns, key=lambda side: (len(columns[side]), side))].append(mark)
    labels = []
    for side, column in columns.items():
        x = 10 if side == "R" else WIDTH - _LABELS_PX + 6
        for y, mark in zip(_spaced([xy[mark.landmark][1] for mark in column]), column, strict=True):
            labels.append((x, y, mark))
            near = (x + _LABELS_PX - 18 if side == "R" else x - 8, y)
            ends = [tuple(np.round(np.array(end) * 16).astype(int)) for end in (near, xy[mark.landmark])]
            cv2.line(canvas, ends[0], ends[1], _LEADER, 1, cv2.LINE_AA, 4)
    for mark in active:
        at = tuple(np.round(xy[mark.landmark] * 16).astype(int))
        radius = round((3.5 + 2.1 * mark.intensity) * 16)
        cv2.circle(canvas, at, radius + 24, (16, 24, 27), -1, cv2.LINE_AA, 4)
        cv2.circle(canvas, at, radius, _colour(mark.intensity), -1, cv2.LINE_AA, 4)
    image = Image.fromarray(canvas)
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(_FONT_PX)
    outlined = {"font": font, "stroke_width": 2, "stroke_fill": (16, 24, 27), "anchor": "lm"}
    for x, y, mark in labels:
        pen.text((x, y), f"{mark.unit} {mark.intensity:.1f}", fill=_colour(mark.intensity), **outlined)
    pen.text((10, HEIGHT - 18), "their right", fill=_FIRM, **outlined)
    pen.text((WIDTH - 10, HEIGHT - 18), "their left", fill=_FIRM, **outlined | {"anchor": "rm"})
    return image


def _colour(intensity: float) -> tuple[int, int, int]:
    share = np.clip((intensity - MARKED_FROM) / (MAX_INTENSITY - MARKED_FROM), 0, 1)
    red, green, blue = (int(value) for value in np.round(_WEAK + share * (_STRONG - _WEAK)))
    return red, green, blue


def _spaced(wanted: Sequence[float]) -> list[float]:
    """Heights near the wanted ones, which ascend, a line apart and inside the picture."""
    low, high = _LINE_PX / 2 + 4, HEIGHT - 2 * _LINE_PX
    heights: list[float] = []
    for y in wanted:
        heights.append(max(y, low, heights[-1] + _LINE_PX if heights else low))
    for i in range(len(heights) - 1, -1, -1):
        heights[i] = min(heights[i], high if i == len(heights) - 1 else heights[i + 1] - _LINE_PX)
    return heights


def _blurred(picture: np.ndarray) -> np.ndarray:
    """So few blocks across that the pose stays and the person does not."""
    import cv2

    few = cv2.resize(picture, (_BLOCKS, round(_BLOCKS * HEIGHT / WIDTH)), interpolation=cv2.INTER_AREA)
    return cv2.resize(few, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
