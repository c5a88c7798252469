"""A face drawn from action units: the lines of the mean face, taken along by what each unit moves.

The lines and displacements are of the ICT face model (`tools/fit_expression_lines.py`; the card is
`models/expression_lines.md`). What is drawn is nobody's face.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import models
from core.types import ACTION_UNITS, MAX_INTENSITY

if TYPE_CHECKING:
    import numpy as np

FILE = Path(models.__file__).with_name("expression_lines.json")
PARTS = ("outline", "hair", "ear", "neck", "fine", "brow", "eye", "iris", "pupil", "lid", "nose", "nostril",
         "mouth", "teeth", "lip", "crease")  # fmt: skip
AREAS = ("outline", "hair", "brow", "eye", "iris", "pupil", "nostril", "mouth", "teeth", "lip")
"""Parts whose line is closed."""

WIDE_UNITS = ("AU25", "AU26", "AU45")
"""Units that move lips, jaw and lids so far that none needs to be exaggerated."""

CANTHUS = 2
"""Points at the inner corner of the eye that the lashes do not reach."""


class FaceLine(NamedTuple):
    """One line. part: one of `PARTS`. points: (k, 2) in the unit box, x to the right, y down. opacity: 0 to 1."""

    part: str
    points: np.ndarray
    opacity: float


@dataclass(frozen=True, eq=False)
class _Edge:
    """points: (k, 2) of the half on the person's left, x from the midline; moved: (17, k, 2) by each unit at 5."""

    points: np.ndarray
    moved: np.ndarray

    def at(self, share: np.ndarray) -> np.ndarray:
        """(k, 2) for shares (17,) of intensity 5."""
        import numpy as np

        return np.asarray(self.points + np.tensordot(share, self.moved, 1))


@dataclass(frozen=True, eq=False)
class _Line:
    part: str
    arch: bool
    edges: tuple[_Edge, ...]
    rest: float
    fade: np.ndarray


@dataclass(frozen=True, eq=False)
class _Face:
    lines: tuple[_Line, ...]
    lids: tuple[_Edge, ...]
    centre: np.ndarray
    iris: float
    pupil: float
    opening: np.ndarray
    teeth: np.ndarray


def intensities(given: Mapping[str, float] | Sequence[float] | np.ndarray) -> np.ndarray:
    """(17,) in the order of `ACTION_UNITS`, cut off at 0 and 5; a unit that is missing or not a number is at rest.

    Raises ValueError for (k,) other than 17.
    """
    import numpy as np

    values = [given.get(unit, 0.0) for unit in ACTION_UNITS] if isinstance(given, Mapping) else given
    full = np.asarray(values, float)
    if full.shape != (len(ACTION_UNITS),):
        raise ValueError(f"17 intensities make a face, there are {full.shape}.")
    return np.clip(np.nan_to_num(full, nan=0.0), 0.0, MAX_INTENSITY)


def expression_lines(
    intensity: Mapping[str, float] | Sequence[float] | np.ndarray, exaggeration: float = 1.0
) -> tuple[FaceLine, ...]:
    """The lines of a face with these intensities, 0 to 5, from back to front.

    exaggeration: factor on how far the lines move, but for `WIDE_UNITS`; 1 is true to the face model.

    Every point moves in a straight line, linear in the intensity of each unit; both sides alike. Three things are not
    sums: the lips are as far apart as AU25 says or the jaw (AU26) takes them, whichever is more, and the lower lip
    follows one that is raised (AU09, AU10); lids and lips meet and do not cross; iris and pupil are what the lids leave
    of them.

    >>> calm, glad = expression_lines({}), expression_lines({"AU06": 3, "AU12": 4})
    """
    import numpy as np

    face = _fitted()
    share = intensities(intensity) / MAX_INTENSITY
    wide = np.isin(ACTION_UNITS, WIDE_UNITS)
    beyond = share * np.where(wide, 1.0, exaggeration)
    jaw, lip = face.opening[wide] @ beyond[wide], face.opening[~wide] @ beyond[~wide]
    au25 = ACTION_UNITS.index("AU25")
    beyond[au25] = max(share[au25] - jaw, 0.0) - lip
    lines, lips = [], []
    for line in face.lines:
        opacity = float(np.clip(line.rest + line.fade @ share, 0.0, 1.0))
        halves = [edge.at(beyond) for edge in line.edges]
        if line.part == "lip":
            lips.append(halves)
        elif opacity > 0:
            lines += [FaceLine(line.part, part, opacity) for part in _both_sides(line.arch, halves)]
    lines += _eyes(face, beyond)
    lines += _mouth(face, lips)
    return tuple(sorted(lines, key=lambda line: PARTS.index(line.part)))


def _eyes(face: _Face, share: np.ndarray) -> list[FaceLine]:
    import numpy as np

    upper, lower = (lid.at(share) for lid in face.lids)
    upper[:, 1] = np.minimum(upper[:, 1], lower[:, 1])
    lines = [FaceLine("lid", side, 1.0) for side in _both_sides(False, [upper[CANTHUS:]])]
    lines += [FaceLine("eye", side, 1.0) for side in _both_sides(False, [upper, lower])]
    for part, radius in (("iris", face.iris), ("pupil", face.pupil)):
        across = np.cos(np.linspace(np.pi, 0, 25))
        x, height = face.centre[0] + radius * across, radius * np.sqrt(1 - across**2)
        top = np.maximum(face.centre[1] - height, np.interp(x, *upper.T))
        bottom = np.minimum(face.centre[1] + height, np.interp(x, *lower.T))
        seen = bottom > top
        if seen.sum() > 2:
            edges = [np.stack([x, y], axis=1)[seen] for y in (top, bottom)]
            lines += [FaceLine(part, side, 1.0) for side in _both_sides(False, edges)]
    return lines


def _mouth(face: _Face, lips: list[list[np.ndarray]]) -> list[FaceLine]:
    """Both lips, the opening between them, and what it shows of the upper teeth."""
    import numpy as np

    (above, upper), (below, lower) = lips
    crossed, middle = upper[:, 1:] > lower[:, 1:], (upper + lower) / 2
    upper, lower = np.where(crossed, middle, upper), np.where(crossed, middle, lower)
    edge = np.interp(upper[:, 0], *face.teeth.T)
    shown = np.stack([upper[:, 0], np.clip(edge, upper[:, 1], lower[:, 1])], axis=1)
    shapes = (("lip", [above, upper]), ("lip", [below, lower]), ("mouth", [upper, lower]), ("teeth", [upper, shown]))
    return [FaceLine(part, line, 1.0) for part, halves in shapes for line in _both_sides(True, halves)]


def _both_sides(arch: bool, halves: Sequence[np.ndarray]) -> list[np.ndarray]:
    """One line across the midline, or two, in the unit box; a second edge closes the line."""
    import numpy as np

    if arch:
        wholes = [np.concatenate([half[:0:-1] * (-1, 1), half]) for half in halves]
        lines = [np.concatenate([wholes[0], *(whole[::-1] for whole in wholes[1:])])]
    else:
        line = np.concatenate([halves[0], *(half[::-1] for half in halves[1:])])
        lines = [line * (-1, 1), line]
    return [line + np.array((0.5, 0.0)) for line in lines]


@cache
def _fitted() -> _Face:
    return _read(json.loads(FILE.read_text("utf-8")))


def _read(stored: dict[str, Any]) -> _Face:
    """Raises ValueError where the document is for other action units."""
    import numpy as np

    if stored["action_units"] != list(ACTION_UNITS):
        raise ValueError("The lines move with other action units: run tools/fit_expression_lines.py again.")
    steps = stored["steps"]

    def edge(kept: dict[str, Any]) -> _Edge:
        points = np.array(kept["points"], float).reshape(-1, 2) / steps
        still = [0.0] * len(kept["points"])
        moved = np.array([kept["moved"].get(unit, still) for unit in ACTION_UNITS], float)
        return _Edge(points, moved.reshape(len(ACTION_UNITS), -1, 2) / steps)

    def of_units(kept: dict[str, float]) -> np.ndarray:
        return np.array([kept.get(unit, 0.0) for unit in ACTION_UNITS])

    eye = stored["eye"]
    return _Face(
        lines=tuple(
            _Line(line["part"], line["form"] == "arch", tuple(map(edge, line["edges"])), line["rest"],
                  of_units(line["units"]))
            for line in stored["lines"]
        ),
        lids=tuple(map(edge, eye["lids"])),
        centre=np.array(eye["centre"], float) / steps,
        iris=eye["iris"] / steps,
        pupil=eye["pupil"] / steps,
        opening=of_units(stored["opening"]),
        teeth=np.array(stored["teeth"], float).reshape(-1, 2) / steps,
    )  # fmt: skip
