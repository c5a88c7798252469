"""The lines of a drawn face: where they lie on the mean face, and how far each action unit takes them along.

A line is given by a few points of its half on the person's left, as one sees them from the front: numbers of the 68
landmarks of iBUG, or centimetres across and up. Each lies on the triangle of the face that is foremost there, and moves
with it; what lies beside the face stays. A cubic spline through the points, at rest and displaced alike, is the line.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.interpolate import CubicSpline

from core.types import ACTION_UNITS
from tools.rendering.activations import PARTED_CM, parted_cm, shape_weights
from tools.rendering.face_model import FaceModel

Point = int | tuple[float, float]

BOX_CM = 25.0
TOP_CM = 15.0
STEPS = 10_000
"""The unit box is `BOX_CM` high and wide, the midline in its middle; coordinates are kept in `STEPS` of it."""

EYE_CM, IRIS_CM, PUPIL_CM = (3.12, 3.53), 0.66, 0.27
TEETH_CM = ((0, -3.55), (0.9, -3.53), (1.7, -3.45), (2.6, -3.3))
"""Lower edge of the upper teeth, which nothing moves."""

N_LID_POINTS = 17
ARCH, PAIR = "arch", "pair"


@dataclass(frozen=True)
class Line:
    """One line. points: from the midline outward where it is an `ARCH`, whose other half is its mirror image joined to
    it; a `PAIR` stands on both sides by itself. lower: a second edge, from the same end on, with which it encloses an
    area. rest: its opacity at rest; units: what each unit adds to that at intensity 5, cut off at 1. dense: points
    drawn for one given.
    """

    part: str
    form: str
    points: tuple[Point, ...]
    lower: tuple[Point, ...] = ()
    rest: float = 1.0
    units: dict[str, float] = field(default_factory=dict)
    dense: int = 4


def _crease(form: str, *points: Point, **units: float) -> Line:
    return Line("crease", form, points, rest=0.0, units=units)


LINES = (
    Line("outline", ARCH, ((0, -8.05), (1.5, -7.85), (3.0, -7.25), (4.4, -6.2), 12, 13, 14, 15, (7.42, 3.6),
                           (7.8, 5.6), (7.93, 7.4), (7.5, 9.8), (6.3, 12.0), (4.2, 13.7), (2.0, 14.5), (0.7, 14.7),
                           (0, 14.72))),
    Line("hair", ARCH, ((0, 14.72), (0.7, 14.7), (2.0, 14.5), (4.2, 13.7), (6.3, 12.0), (7.5, 9.8), (7.93, 7.4),
                        (7.8, 5.6), (7.42, 3.6), (7.2, 2.6)),
         ((0, 11.0), (1.6, 11.1), (3.4, 11.0), (4.9, 10.2), (5.9, 8.8), (6.4, 7.4), (6.6, 6.2), (7.0, 4.6),
          (7.2, 2.6))),
    Line("ear", PAIR, ((7.72, 3.1), (8.2, 3.6), (8.8, 3.45), (9.12, 2.6), (8.95, 1.1), (8.55, -0.4), (8.1, -1.6),
                       (7.5, -1.9), (7.05, -1.45))),
    Line("fine", PAIR, ((7.9, 2.5), (8.35, 2.75), (8.6, 2.2), (8.4, 0.9), (8.05, 0.1)), rest=0.6),
    Line("neck", PAIR, ((5.72, -5.3), (5.66, -7.4), (5.72, -8.9), (6.0, -9.9)), rest=0.7),
    Line("brow", PAIR, ((1.08, 5.98), (1.75, 6.33), (3.0, 6.58), (4.3, 6.45), (5.2, 5.95), (5.95, 5.12)),
         ((1.15, 5.42), (1.85, 5.66), (3.0, 5.92), (4.2, 5.92), (5.1, 5.6), (5.95, 5.12))),
    Line("fine", PAIR, ((2.0, 3.85), (2.5, 4.28), (3.3, 4.5), (4.15, 4.35), (4.8, 3.85)), rest=0.75),
    Line("nose", PAIR, ((1.28, 0.55), (1.72, 0.2), (1.86, -0.35), (1.62, -0.85), (1.2, -0.88))),
    Line("nose", ARCH, ((0, -1.16), (0.4, -1.08), (0.72, -0.82))),
    Line("nostril", PAIR, ((0.62, -0.78), (0.8, -0.55), (1.1, -0.52), (1.28, -0.72)),
         ((0.62, -0.78), (0.85, -0.86), (1.1, -0.86), (1.28, -0.72))),
    Line("fine", PAIR, ((1.02, 4.7), (0.82, 3.9), (0.8, 3.1)), rest=0.35, units={"AU04": 0.6, "AU09": 0.8}),
    Line("fine", PAIR, ((0.42, -1.6), (0.5, -2.15)), rest=0.35),
    Line("lip", ARCH, (51, 52, 53, 54), (62, 63, 64, 54), dense=6),
    Line("lip", ARCH, (57, 56, 55, 54), (66, 65, 64, 54), dense=6),
    Line("fine", ARCH, ((0, -5.1), (0.6, -5.08), (1.15, -4.95)), rest=0.45, units={"AU17": 0.8}),
    Line("crease", PAIR, ((1.98, 0.35), (2.6, -0.6), (3.1, -1.8), (3.4, -3.0)), rest=0.06,
         units={"AU09": 0.9, "AU10": 1.1, "AU12": 1.4, "AU14": 0.3, "AU20": 0.6}),
    _crease(ARCH, (0, 8.0), (1.3, 8.05), (2.5, 8.2), AU01=1.5),
    _crease(ARCH, (0, 9.1), (1.3, 9.15), (2.4, 9.3), AU01=1.2),
    _crease(PAIR, (2.5, 8.2), (3.7, 8.15), (4.9, 7.75), AU02=1.5),
    _crease(PAIR, (2.4, 9.3), (3.6, 9.3), (4.6, 9.0), AU02=1.2),
    _crease(PAIR, (0.42, 4.75), (0.48, 5.5), (0.72, 6.35), AU04=2.0),
    _crease(ARCH, (0, 3.95), (0.35, 4.0), (0.75, 4.2), AU09=1.6),
    _crease(PAIR, (0.45, 3.3), (0.85, 2.95), (1.12, 2.4), AU09=2.0),
    _crease(PAIR, (0.4, 2.5), (0.85, 2.15), (1.12, 1.6), AU09=2.0),
    _crease(PAIR, (5.15, 3.75), (5.65, 4.05), (6.15, 4.15), AU06=1.5),
    _crease(PAIR, (5.2, 3.4), (5.75, 3.4), (6.3, 3.3), AU06=1.8),
    _crease(PAIR, (5.1, 3.05), (5.55, 2.8), (6.0, 2.45), AU06=1.5),
    _crease(PAIR, (2.2, 2.35), (3.1, 1.95), (4.1, 2.0), (4.9, 2.4), AU06=1.8),
    _crease(PAIR, (2.15, 2.85), (3.0, 2.6), (3.9, 2.65), (4.5, 2.9), AU07=1.8, AU06=0.3),
    _crease(PAIR, (3.05, -2.95), (3.25, -3.5), (3.1, -4.1), AU14=1.8),
    _crease(PAIR, (3.0, -3.95), (3.22, -4.5), (3.25, -5.15), AU15=1.8),
    _crease(PAIR, (3.5, -2.6), (3.85, -3.4), (3.85, -4.3), AU20=1.8),
    _crease(PAIR, (0.6, -5.75), (0.72, -5.95), AU17=1.8),
    _crease(PAIR, (0.2, -6.25), (0.28, -6.5), AU17=1.8),
    _crease(PAIR, (1.0, -6.3), (1.05, -6.55), AU17=1.8),
    _crease(PAIR, (1.0, -1.75), (1.1, -2.2), AU23=1.6),
    _crease(PAIR, (0.75, -4.75), (0.7, -4.55), AU23=1.6),
    _crease(PAIR, (1.6, -4.6), (1.5, -4.4), AU23=1.6),
)  # fmt: skip


def document(model: FaceModel) -> dict[str, Any]:
    """What `core.faces.expression_drawing` draws from; all coordinates are whole `STEPS` of the unit box, y down."""
    displaced = {
        unit: model.express(model.neutral, shape_weights({unit: 1.0})) - model.neutral for unit in ACTION_UNITS
    }
    opened = {unit: parted_cm(model, model.neutral + moved) for unit, moved in displaced.items()}
    shut = parted_cm(model, model.neutral)
    full = PARTED_CM / (opened["AU25"] - shut)
    displaced["AU25"] = np.float32(full) * displaced["AU25"]
    opening = {unit: (opened[unit] - shut) / PARTED_CM for unit in ACTION_UNITS if unit != "AU25"}
    moved = np.stack([displaced[unit] for unit in ACTION_UNITS])[:, :, :2]
    lines: list[dict[str, Any]] = []
    for line in LINES:
        edges = [_edge(model, moved, line, points) for points in (line.points, line.lower) if points]
        lines.append({"part": line.part, "form": line.form, "rest": line.rest, "units": line.units, "edges": edges})
    _shut([line["edges"][1] for line in lines if line["part"] == "lip"])
    upper, lower = (_resampled(model.neutral[lid, :2], moved[:, lid]) for lid in _lids(model))
    blink = ACTION_UNITS.index("AU45")  # the lashes close the last millimetre in the model; here the margins meet
    upper[1][blink] = lower[0] + lower[1][blink] - upper[0]
    return {
        "action_units": list(ACTION_UNITS),
        "steps": STEPS,
        "opening": {unit: round(share, 3) for unit, share in opening.items() if share > 0.1},
        "eye": {"lids": [_written(*upper), _written(*lower)], "centre": _place(np.array(EYE_CM)).tolist(),
                "iris": round(IRIS_CM / BOX_CM * STEPS), "pupil": round(PUPIL_CM / BOX_CM * STEPS)},
        "teeth": _place(np.array(TEETH_CM)).ravel().tolist(),
        "lines": lines,
    }  # fmt: skip


def _edge(model: FaceModel, moved: np.ndarray, line: Line, points: tuple[Point, ...]) -> dict[str, Any]:
    places = [_on_face(model, point) for point in points]
    at = np.array([place for place, _, _ in places])
    shift = np.array([[weights @ unit[corners] for _, corners, weights in places] for unit in moved])
    through = _spline(at, line)
    return _written(np.einsum("cmk,kc->mc", through, at), np.einsum("cmk,ukc->umc", through, shift))


def _shut(seams: list[dict[str, Any]]) -> None:
    """Lay the inner edges of both lips on each other at rest, where the model leaves a slit of a millimetre."""
    middle = np.rint(np.mean([seam["points"] for seam in seams], axis=0)).astype(int).tolist()
    for seam in seams:
        seam["points"] = middle


def _on_face(model: FaceModel, point: Point) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Where a point lies (2,), the corners (3,) of its triangle and the weight of each; of one beside the face, 0."""
    if isinstance(point, int):
        vertex = model.landmarks[point]
        return model.neutral[vertex, :2].astype(float), np.full(3, vertex), np.array((1.0, 0.0, 0.0))
    skin = model.triangles[np.isin(model.material, [model.materials.index(name) for name in ("Face", "BackHead")])]
    a, b, c = (model.neutral[skin[:, k], :2].astype(float) for k in range(3))
    at = np.array(point)
    whole = _area(a, b, c)
    with np.errstate(divide="ignore", invalid="ignore"):
        weights = np.stack([_area(at, b, c), _area(a, at, c), _area(a, b, at)], axis=1) / whole[:, None]
    over = np.flatnonzero((weights >= -1e-9).all(axis=1))
    if not len(over):
        return at, np.zeros(3, int), np.zeros(3)
    depth = (weights[over] * model.neutral[skin[over], 2]).sum(axis=1)
    foremost = over[np.argmax(depth)]
    return at, skin[foremost], weights[foremost]


def _area(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> np.ndarray:
    (bx, by), (cx, cy) = (b - a).T, (c - a).T
    return np.asarray(bx * cy - by * cx)


def _spline(at: np.ndarray, line: Line) -> np.ndarray:
    """(2, m, k) that takes k points of a half, or their displacements, to the m of its spline: across, and up."""
    k = len(at)
    own = np.eye(k)
    first, whole, shares = 0.0, at, [own, own]
    if line.form == ARCH:  # the other half is as high, and as far across to the other side
        whole = np.concatenate([at[:0:-1] * (-1, 1), at])
        shares = [np.concatenate([sign * own[:0:-1], own]) for sign in (-1, 1)]
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(whole, axis=0).T))])
    if line.form == ARCH:
        first = along[k - 1]
    wanted = np.linspace(first, along[-1], line.dense * (k - 1) + 1)
    return np.stack([CubicSpline(along, share, bc_type="natural")(wanted) for share in shares])


def _lids(model: FaceModel) -> tuple[np.ndarray, np.ndarray]:
    """Vertices of the upper and of the lower margin of the left eye's lids, both from the inner to the outer corner."""
    skin = model.triangles[model.material == model.materials.index("Face")]
    sides = np.sort(np.concatenate([skin[:, [0, 1]], skin[:, [1, 2]], skin[:, [2, 0]]]), axis=1)
    rim, count = np.unique(sides, axis=0, return_counts=True)
    low, high = np.array((1.9, 2.6)), np.array((4.6, 4.4))
    near = ((model.neutral[:, :2] > low) & (model.neutral[:, :2] < high)).all(axis=1)
    rim = rim[(count == 1) & near[rim].all(axis=1)]
    ring = [int(rim[0, 0])]
    while len(ring) < len(rim):
        joined = rim[(rim == ring[-1]).any(axis=1)].ravel()
        ring.append(next(int(v) for v in joined if v not in ring))
    across = model.neutral[ring, 0]
    inner, outer = int(np.argmin(across)), int(np.argmax(across))
    turned = np.roll(ring, -inner)
    cut = (outer - inner) % len(ring)
    one, other = turned[: cut + 1], np.concatenate([turned[:1], turned[: cut - 1 : -1]])
    corner = model.landmarks[42]
    upper, lower = sorted((one, other), key=lambda lid: -float(model.neutral[lid, 1].mean()))
    return np.concatenate([[corner], upper]), np.concatenate([[corner], lower])


def _resampled(at: np.ndarray, shift: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A margin with `N_LID_POINTS` points, evenly across, so that those of both lids lie above each other."""
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(at.astype(float), axis=0).T))])
    wanted = np.linspace(0, along[-1], N_LID_POINTS)
    shares = np.array([np.interp(wanted, along, column) for column in np.eye(len(at))]).T
    return shares @ at, shares @ shift


def _place(at_cm: np.ndarray) -> np.ndarray:
    return np.rint(np.stack([at_cm[..., 0] / BOX_CM, (TOP_CM - at_cm[..., 1]) / BOX_CM], axis=-1) * STEPS).astype(int)


def _written(at_cm: np.ndarray, shift_cm: np.ndarray) -> dict[str, Any]:
    """points: [x, y, x, y, …], x from the midline; moved: the same of what each unit that moves them adds at 5."""
    shift = np.rint(shift_cm * (1, -1) / BOX_CM * STEPS).astype(int)
    return {
        "points": _place(at_cm).ravel().tolist(),
        "moved": {
            unit: by.ravel().tolist() for unit, by in zip(ACTION_UNITS, shift, strict=True) if np.abs(by).max() > 1
        },
    }
