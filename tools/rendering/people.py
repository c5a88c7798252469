"""Simulated people: a face, how it is painted and lit, and what is crooked in it at rest."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from core.rng import generator
from tools.rendering import paint
from tools.rendering.activations import parted_cm
from tools.rendering.face_model import FaceModel
from tools.rendering.paint import EYE_CM, EYE_PX, SkinMap

_SKIN_LIGHT, _SKIN_DARK = np.array((0.66, 0.42, 0.31)), np.array((0.17, 0.092, 0.060))
_LIPS_LIGHT, _LIPS_DARK = np.array((0.50, 0.19, 0.17)), np.array((0.15, 0.055, 0.050))
_HAIR = ((0.02, 0.016, 0.014), (0.06, 0.035, 0.02), (0.16, 0.09, 0.045), (0.30, 0.29, 0.28))
_IRIS = ((0.10, 0.05, 0.025), (0.16, 0.10, 0.04), (0.12, 0.20, 0.26), (0.13, 0.18, 0.10))
_NOISE_PX = 512
_TOUCHING_CM = -0.02
_EYES = ("ScleraLeft", "ScleraRight")
_MOUTH_CM = ((-4.2, 4.2), (-6.5, 0.4), (-2.0, 9.4))
"""The box behind the lips whose part of the head is the lining of the mouth."""


@dataclass(frozen=True)
class Light:
    """directions: (m, 9) as in `raster.shade`. ambient: (3,) from everywhere."""

    directions: np.ndarray
    ambient: np.ndarray


@dataclass(frozen=True)
class Person:
    """rest: (n, 3) face at rest. surface: (n, 3), skin, eye: see `raster.shade`. furrow_maps: unit -> (patch, its first
    row and column). furrow_strength: how deep this skin folds, 0 to 1. noise_levels: grey levels. backdrop_rgb: linear.
    """

    rest: np.ndarray
    surface: np.ndarray
    skin: np.ndarray
    eye: np.ndarray
    light: Light
    gloss: float
    furrow_maps: dict[str, tuple[np.ndarray, int, int]]
    furrow_strength: float
    noise_levels: np.ndarray
    backdrop_rgb: tuple[float, float, float]

    def furrows(self, activations: dict[str, float]) -> np.ndarray:
        """(rows, columns) share of light taken by the furrows of these activations, 0 to 1."""
        lines = np.zeros(self.skin.shape[:2], np.float32)
        for unit, activation in activations.items():
            if unit in self.furrow_maps and activation > 0:
                patch, row, column = self.furrow_maps[unit]
                region = lines[row : row + patch.shape[0], column : column + patch.shape[1]]
                region += np.float32(self.furrow_strength * activation) * patch
        return np.minimum(lines, np.float32(0.7), out=lines)

    def backdrop(self, height: int, width: int) -> np.ndarray:
        """(height, 1, 3) linear light behind the person, darker towards the floor."""
        fall = np.linspace(1.0, 0.6, height, dtype=np.float32)[:, None, None]
        return fall * np.array(self.backdrop_rgb, np.float32)

    def noise(self, frame: int) -> np.ndarray:
        """The sensor noise of a frame: one tile, begun elsewhere each time."""
        if self.noise_levels.size == 1:
            return self.noise_levels
        return np.roll(self.noise_levels, (frame * 191 % _NOISE_PX, frame * 317 % _NOISE_PX), axis=(0, 1))


def draw(
    model: FaceModel, random_state: int, *path: object, noise: float | None = None, variety: float = 1.0
) -> Person:
    """The person named by `path` under `random_state`, the same each time.

    Identity coefficients are N(0, (0.8 · variety)²), cut off at two; skin from light to dark, brows, lips, irises and
    hair at random; key light from any side above, fill and ambient light at random; a resting asymmetry of up to 6 % of
    the full movement of brows, lids and mouth corners. noise: standard deviation in grey levels, at random up to 3.
    """
    rng = generator(random_state, "person", *path)
    identity = np.round(np.clip(rng.normal(0, 0.8 * variety, len(model.identities)), -2, 2), 4)
    rest = _shut(model, model.express(model.rest(identity), _crooked(rng)))
    strength = round(float(rng.uniform(0.15, 1.0)), 3)
    skin = _skin(model, rng)
    level = float(rng.uniform(0, 3)) if noise is None else noise
    grains = rng.integers(-3, 4, (_NOISE_PX, _NOISE_PX)) + rng.integers(-3, 4, (_NOISE_PX, _NOISE_PX))
    return Person(
        rest=rest,
        surface=_surface(model),
        skin=skin,
        eye=paint.eye(_IRIS[rng.integers(len(_IRIS))]),
        light=_light(rng),
        gloss=round(float(rng.uniform(0.01, 0.07)), 4),
        furrow_maps=_furrow_patches(model),
        furrow_strength=0.45 * strength,
        noise_levels=(grains * round(level / 2.83, 3)).astype(np.float32) if level else np.zeros((1, 1), np.float32),
        backdrop_rgb=tuple(np.round(rng.uniform(0.05, 0.5) * rng.uniform(0.85, 1.0, 3), 4).tolist()),
    )


def _shut(model: FaceModel, face: np.ndarray) -> np.ndarray:
    """The face with its lips just touching, which identities and crookedness move apart or into each other."""
    closing_cm = parted_cm(model, model.express(face, {"mouthClose": 1.0})) - parted_cm(model, face)
    return model.express(face, {"mouthClose": round((_TOUCHING_CM - parted_cm(model, face)) / closing_cm, 5)})


def _crooked(rng: np.random.Generator) -> dict[str, float]:
    """Expression weights that a face at rest has of its own."""
    shapes = ("browDown", "browOuterUp", "eyeSquint", "mouthSmile", "mouthFrown", "noseSneer")
    weights = {f"{shape}_{side}": round(float(rng.uniform(0, 0.06)), 4) for shape in shapes for side in "LR"}
    sleepy = rng.uniform(0, 0.15)
    return weights | {f"eyeBlink_{side}": round(float(sleepy + rng.uniform(0, 0.05)), 4) for side in "LR"}


def _light(rng: np.random.Generator) -> Light:
    rows = []
    key = rng.uniform(-0.9, 0.9), rng.uniform(0.0, 0.9), 1.0
    for direction, strength in (
        (key, rng.uniform(0.55, 0.95)),
        ((-key[0], 0.2, 0.8), rng.uniform(0.15, 0.4)),
        ((rng.uniform(-1, 1), 1.0, -0.2), rng.uniform(0.0, 0.3)),
    ):
        length = (direction[0] ** 2 + direction[1] ** 2 + direction[2] ** 2) ** 0.5
        warmth = rng.uniform(-0.08, 0.08)
        x, y, z = (d / length for d in direction)
        half = (x * x + y * y + (z + 1) ** 2) ** 0.5
        colour = (strength * (1 + k * warmth) for k in (1, 0, -1))
        rows.append([x, y, z, *colour, x / half, y / half, (z + 1) / half])
    ambient = rng.uniform(0.18, 0.4) * np.ones(3)
    return Light(np.round(rows, 5).astype(np.float32), np.round(ambient, 5).astype(np.float32))


def _skin(model: FaceModel, rng: np.random.Generator) -> np.ndarray:
    """(rows, columns, 3) float32 reflectance of one person's skin, lips, brows and hair."""
    places = _places(model)
    dark = float(rng.beta(1.2, 1.8))
    tone = _SKIN_LIGHT * (_SKIN_DARK / _SKIN_LIGHT) ** dark
    lip_tone = _LIPS_LIGHT * (_LIPS_DARK / _LIPS_LIGHT) ** dark
    lip_tone = lip_tone + rng.uniform(0, 0.5) * (tone - lip_tone)
    hair = np.array(_HAIR[int(rng.integers(len(_HAIR)))]) * (1 - 0.7 * dark)
    brow_strength = rng.uniform(0.8, 0.98)
    brow = np.minimum(hair * rng.uniform(0.4, 0.8), tone * 0.3)
    tone, lip_tone, hair, brow = (np.round(colour, 5).astype(np.float32) for colour in (tone, lip_tone, hair, brow))
    skin = np.empty((paint.ROWS, paint.COLUMNS, 3), np.float32)
    skin[:] = tone
    skin *= 1 + np.float32(0.06) * _blotches(rng)[:, :, None]
    skin *= 1 - places.cheeks[:, :, None] * np.array((0.0, 0.14, 0.12), np.float32)
    _cover(skin, places.lips, lip_tone, 0.9)
    _cover(skin, places.mouth_line, lip_tone * 0.25, 0.75)
    _cover(skin, places.lid_creases, tone * 0.62, float(rng.uniform(0.3, 0.7)))
    hairs = 0.8 + 0.2 * (rng.random((paint.ROWS, paint.COLUMNS), dtype=np.float32) > 0.4)
    _cover(skin, places.brows(float(rng.uniform(0.8, 1.2)), 0.0) * hairs, brow, float(brow_strength))
    _cover(skin, places.lid_margins, np.array((0.02, 0.015, 0.012), np.float32), 0.9)
    _cover(skin, places.nostrils, tone * 0.08, 0.95)
    _cover(skin, places.hair * hairs, hair, 0.95)
    _cover(skin, places.cloth, np.round(rng.uniform(0.03, 0.4, 3), 4).astype(np.float32), 1.0)
    return skin


def _cover(skin: np.ndarray, mask: np.ndarray, colour: np.ndarray, opacity: float) -> None:
    skin += (mask * np.float32(opacity))[:, :, None] * (colour - skin)


def _blotches(rng: np.random.Generator) -> np.ndarray:
    """(rows, columns) smooth unevenness from -1 to 1, in spots of one and of three centimetres."""
    total = np.zeros((paint.ROWS, paint.COLUMNS), np.float32)
    for spacing in (20, 64):
        n_rows, n_columns = paint.ROWS // spacing + 2, paint.COLUMNS // spacing + 2
        knots = (2 * rng.random((n_rows, n_columns), dtype=np.float32) - 1) / 2
        rows, columns = np.arange(paint.ROWS) / spacing, np.arange(paint.COLUMNS) / spacing
        i, j = rows.astype(int), columns.astype(int)
        fy, fx = (rows - i).astype(np.float32)[:, None], (columns - j).astype(np.float32)[None]
        upper = knots[i][:, j] * (1 - fx) + knots[i][:, j + 1] * fx
        lower = knots[i + 1][:, j] * (1 - fx) + knots[i + 1][:, j + 1] * fx
        total += upper * (1 - fy) + lower * fy
    return total


def in_mouth(model: FaceModel) -> np.ndarray:
    """(n,) whether a vertex of the head lies in the lining of the mouth."""
    low, high = np.array(_MOUTH_CM).T
    return ((model.neutral > low) & (model.neutral < high)).all(axis=1)


_places = cache(SkinMap.of)


@cache
def _furrow_patches(model: FaceModel) -> dict[str, tuple[np.ndarray, int, int]]:
    return {unit: _cut_out(mask) for unit, mask in _places(model).furrows().items()}


def _cut_out(mask: np.ndarray) -> tuple[np.ndarray, int, int]:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    patch = mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return np.ascontiguousarray(patch), int(rows[0]), int(columns[0])


@cache
def _surface(model: FaceModel) -> np.ndarray:
    """(n, 3) of each vertex: column and row of its texture, and how much of the light reaches it at rest."""
    surface = np.ones((len(model.neutral), 3), np.float32)
    surface[:, :2] = paint.map_px(model.neutral)
    depth = model.neutral[:, 2]
    for number, name in enumerate(model.materials):
        vertices = np.unique(model.triangles[model.material == number])
        if name in _EYES:
            middle = (model.neutral[vertices].min(axis=0) + model.neutral[vertices].max(axis=0)) / 2
            place = (model.neutral[vertices, :2] - middle[:2]) * np.array((1, -1), np.float32)
            surface[vertices, :2] = place * np.float32(EYE_PX / EYE_CM) + np.float32((EYE_PX - 1) / 2)
        elif name in ("Teeth", "GumsTongue"):
            surface[vertices, 2] = np.clip((depth[vertices] - 5.5) / 6.0, 0.05, 0.85)
        elif name == "BackHead":
            lining = vertices[in_mouth(model)[vertices]]
            surface[lining, 2] = np.clip((depth[lining] - 7.0) / 10.0, 0.03, 0.3)
    return surface
