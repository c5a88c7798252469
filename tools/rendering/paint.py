"""What the face model has no texture for: skin, lips, brows, lids, hair, eyes, and the furrows of action units.

The skin is a map around the head: columns are the angle about its upright axis, rows the height; both in centimetres
of `SkinMap`. It is painted on the mean person and stretches with the face of each person.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from tools.rendering.face_model import FaceModel

ROWS, COLUMNS = 640, 800
EYE_PX = 160
EYE_CM = 3.2
_TOP_CM, _BOTTOM_CM = 14.6, -19.4
_RADIUS_CM = 11.0
_HALF_ANGLE = 2.0
_AXIS_Z_CM = -1.0
_IRIS_CM, _PUPIL_CM = 0.60, 0.22


@dataclass(frozen=True)
class SkinMap:
    """Where on the map a point of the mean person lies, and the masks of what is painted there.

    All masks are (ROWS, COLUMNS) float32 from 0 to 1. landmarks: (68, 2) of the face, in map centimetres.
    """

    landmarks: np.ndarray

    @classmethod
    def of(cls, model: FaceModel) -> SkinMap:
        return cls(map_cm(model.neutral[model.landmarks]))

    @cached_property
    def across(self) -> np.ndarray:
        """(1, COLUMNS) centimetres towards the person's left."""
        half = _HALF_ANGLE * _RADIUS_CM
        return np.linspace(-half, half, COLUMNS, dtype=np.float32)[None]

    @cached_property
    def up(self) -> np.ndarray:
        """(ROWS, 1) centimetres up."""
        return np.linspace(_TOP_CM, _BOTTOM_CM, ROWS, dtype=np.float32)[:, None]

    @cached_property
    def lips(self) -> np.ndarray:
        return self._inside(self.landmarks[48:60], 0.16)

    @cached_property
    def mouth_line(self) -> np.ndarray:
        return self._stroke(self.landmarks[[48, 60, 61, 62, 63, 64, 54]], 0.10)

    @cached_property
    def lid_margins(self) -> np.ndarray:
        """Lashes: a dark rim around both eyes, broader above."""
        rim = np.zeros((ROWS, COLUMNS), np.float32)
        for upper, lower in (((36, 37, 38, 39), (39, 40, 41, 36)), ((42, 43, 44, 45), (45, 46, 47, 42))):
            rim = np.maximum(rim, self._stroke(self.landmarks[list(upper)] + (0, 0.03), 0.17))
            rim = np.maximum(rim, 0.45 * self._stroke(self.landmarks[list(lower)], 0.12))
        return rim

    @cached_property
    def lid_creases(self) -> np.ndarray:
        crease = np.zeros((ROWS, COLUMNS), np.float32)
        for upper in ((36, 37, 38, 39), (42, 43, 44, 45)):
            crease = np.maximum(crease, self._stroke(self.landmarks[list(upper)] + (0, 0.42), 0.28))
        return crease

    @cached_property
    def nostrils(self) -> np.ndarray:
        spots = [self._stroke(self.landmarks[[at]] + (0, 0.12), 0.38) for at in (32, 34)]
        return np.maximum(*spots)

    @cached_property
    def cheeks(self) -> np.ndarray:
        spots = [self._stroke(np.array([(side * 4.6, -0.6)]), 3.2) for side in (-1, 1)]
        return np.maximum(*spots)

    @cached_property
    def hair(self) -> np.ndarray:
        """Above the forehead, behind the temples, round the back."""
        line = 10.4 - 0.035 * self.across**2 - 0.0007 * self.across**4
        return _step((self.up - np.maximum(line, 5.5)) / 0.8)

    @cached_property
    def cloth(self) -> np.ndarray:
        return _step((-15.0 + 0.02 * self.across**2 - self.up) / 0.4)

    def brows(self, thickness: float, drop: float) -> np.ndarray:
        """Brow hair, `thickness` times the usual, `drop` centimetres below the landmarks."""
        mask = np.zeros((ROWS, COLUMNS), np.float32)
        for inner_to_outer in ((21, 20, 19, 18, 17), (22, 23, 24, 25, 26)):
            line = self.landmarks[list(inner_to_outer)] - (0, drop)
            for k, half_width in enumerate((0.40, 0.42, 0.38, 0.26)):
                mask = np.maximum(mask, self._stroke(line[k : k + 2], 1.5 * half_width * thickness))
        return np.minimum(1.6 * mask, 1.0)

    def furrows(self) -> dict[str, np.ndarray]:
        """Action unit -> share of light taken where the skin folds: what a texture feature can see."""
        maps: dict[str, np.ndarray] = {}
        for side, sign in (("R", -1), ("L", 1)):
            wing, corner = np.array((sign * 1.55, -0.6)), np.array((sign * 3.15, -3.3))
            fold = np.array([wing, (wing + corner) / 2 + (sign * 0.35, 0.15), corner])
            eye = np.array((sign * 5.1, 3.5))
            maps[f"AU04_{side}"] = self._stroke(np.array([(sign * 0.42, 4.4), (sign * 0.55, 6.6)]), 0.22)
            maps[f"AU06_{side}"] = self._rays(eye, [(sign * 1.2, y) for y in (0.6, 0.0, -0.6)], 0.12)
            bridge = [((sign * 0.05, y), (sign * 0.95, y + 0.25)) for y in (2.5, 3.0, 3.5, 4.0)]
            maps[f"AU09_{side}"] = self._strokes([np.array(line) for line in bridge], 0.16)
            maps[f"AU10_{side}"] = 0.8 * self._stroke(fold[:2], 0.28)
            maps[f"AU12_{side}"] = self._stroke(fold, 0.30)
            maps[f"AU14_{side}"] = self._stroke(corner + np.array([(sign * 0.05, 0.3), (sign * 0.1, -0.7)]), 0.26)
            below = corner + np.array([(0.0, -0.3), (sign * 0.3, -1.7)])
            maps[f"AU15_{side}"] = 0.8 * self._stroke(below, 0.25)
            brow = [((sign * 0.1, y), (sign * 2.2, y + 0.15)) for y in (7.6, 8.4, 9.2)]
            maps[f"AU01_{side}"] = 0.7 * self._strokes([np.array(line) for line in brow], 0.2)
            brow = [((sign * 2.2, y + 0.15), (sign * 4.8, y - 0.35)) for y in (7.6, 8.4, 9.2)]
            maps[f"AU02_{side}"] = 0.7 * self._strokes([np.array(line) for line in brow], 0.2)
            half = self.landmarks[[48, 49, 50, 51]] if side == "R" else self.landmarks[[51, 52, 53, 54]]
            lower = self.landmarks[[57, 58, 59, 48]] if side == "R" else self.landmarks[[54, 55, 56, 57]]
            maps[f"AU23_{side}"] = self._strokes([half + np.array((0, 0.12)), lower - np.array((0, 0.12))], 0.2)
        dimples = [
            np.array([(x, y)]) for x in (-1.1, -0.55, 0.0, 0.55, 1.1) for y in (-5.9 - x * x / 4, -6.6 - x * x / 4)
        ]
        maps["AU17"] = self._strokes([spot + np.array((0.13 * (k % 3 - 1), 0)) for k, spot in enumerate(dimples)], 0.26)
        return maps

    def _inside(self, polygon: np.ndarray, soft: float) -> np.ndarray:
        crossings = np.zeros((ROWS, COLUMNS), bool)
        for (x0, y0), (x1, y1) in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
            if y0 != y1:
                at = x0 + (self.up - y0) / (y1 - y0) * (x1 - x0)
                crossings ^= ((self.up > y0) != (self.up > y1)) & (self.across < at)
        distance = self._distance(np.concatenate([polygon, polygon[:1]]))
        return _step(np.where(crossings, distance, -distance) / (2 * soft) + 0.5)

    def _stroke(self, line: np.ndarray, width: float) -> np.ndarray:
        """1 on the line, falling smoothly to 0 at `width`."""
        return 1 - _step(self._distance(line) / width)

    def _strokes(self, lines: list[np.ndarray], width: float) -> np.ndarray:
        return np.maximum.reduce([self._stroke(line, width) for line in lines])

    def _rays(self, start: np.ndarray, ends: list[tuple[float, float]], width: float) -> np.ndarray:
        return self._strokes([np.stack([start, start + end]) for end in ends], width)

    def _distance(self, line: np.ndarray) -> np.ndarray:
        """(ROWS, COLUMNS) distance to a polyline (k, 2), or to a point (1, 2), in centimetres."""
        line = (line if len(line) > 1 else line[[0, 0]]).astype(np.float32)
        nearest = np.full((ROWS, COLUMNS), np.inf, np.float32)
        for (x0, y0), (x1, y1) in pairwise(line):
            dx, dy = x1 - x0, y1 - y0
            length2 = dx * dx + dy * dy
            along = ((self.across - x0) * dx + (self.up - y0) * dy) / (length2 if length2 else 1)
            along = np.clip(along, 0, 1)
            nearest = np.minimum(nearest, (self.across - x0 - along * dx) ** 2 + (self.up - y0 - along * dy) ** 2)
        return np.sqrt(nearest)


def map_cm(points: np.ndarray) -> np.ndarray:
    """(n, 2) place on the skin map of points (n, 3) of the mean person, in centimetres across and up."""
    angle = np.arctan2(points[:, 0].astype(np.float64), points[:, 2].astype(np.float64) - _AXIS_Z_CM)
    # Rounded, so that a processor's own arc tangent in the last bit changes nothing.
    return np.stack([np.round(angle * _RADIUS_CM, 5), points[:, 1]], axis=1).astype(np.float32)


def map_px(points: np.ndarray) -> np.ndarray:
    """(n, 2) column and row of the skin map of points (n, 3) of the mean person."""
    across, up = map_cm(points).T
    column = (across / (2 * _HALF_ANGLE * _RADIUS_CM) + 0.5) * (COLUMNS - 1)
    row = (_TOP_CM - up) / (_TOP_CM - _BOTTOM_CM) * (ROWS - 1)
    return np.stack([column, row], axis=1).astype(np.float32)


def eye(iris_rgb: tuple[float, float, float]) -> np.ndarray:
    """(EYE_PX, EYE_PX, 3) reflectance of an eyeball seen from the front: sclera, iris with a dark rim, pupil, glint."""
    axis = (np.arange(EYE_PX, dtype=np.float32) - (EYE_PX - 1) / 2) * np.float32(EYE_CM / EYE_PX)
    radius = np.sqrt(axis[None] ** 2 + axis[:, None] ** 2)
    picture = np.empty((EYE_PX, EYE_PX, 3), np.float32)
    picture[:] = (0.68, 0.64, 0.62)
    picture *= (1 - 0.35 * _step((radius - 0.9) / 0.7))[:, :, None]
    iris = 1 - _step((radius - _IRIS_CM) / 0.05)
    rim = 1 - 0.75 * _step((radius - _IRIS_CM + 0.14) / 0.12)
    picture += iris[:, :, None] * (rim[:, :, None] * np.array(iris_rgb, np.float32) - picture)
    picture *= 1 - (1 - _step((radius - _PUPIL_CM) / 0.05))[:, :, None] * np.float32(0.97)
    return picture


def _step(x: np.ndarray) -> np.ndarray:
    """0 below 0, 1 above 1, smooth between."""
    x = np.clip(x, 0, 1).astype(np.float32)
    return x * x * (3 - 2 * x)
