"""Simulated people with known activations, seen through the real mesh: what the regression learns from."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

import numpy as np

from core.faces.components import Components
from core.faces.expression import EMOTION_ACTION_UNITS
from core.faces.geometry import align, distances
from core.faces.recording import appearance
from core.faces.skin import N_PLACES
from core.faces.texture import TEXTURES
from core.rng import generator
from core.types import ACTION_UNITS, CENTRE_ACTION_UNITS
from tools.rendering import activations, people
from tools.rendering.face_model import FaceModel
from tools.rendering.renderer import Scene, render

REST, TURNED, SHOWN = 0, 1, 2
"""What a frame shows: the face at rest, the same turned, an expression."""

N_REST, N_TURNED, N_SHOWN = 3, 8, 53
_HALF_WIDTH_CM, _HALF_HEIGHT_CM = 7.5, 10.0
_SIZES_PX = (240, 320, 400, 480, 560)
LEAVING, BEYOND_CM = 0.1, (-1.5, 1.5)
"""Share of expressions in which the face lies at an edge of the picture, and how much of it may be beyond that edge."""

FURROWED = 2 / 3
"""Share of people whose skin is painted with furrows where action units fold it; the others' stays smooth, so that
nothing leans on the painter's idea of a furrow."""

_COMBINATIONS = (
    *(
        units + (("AU17",) if emotion in ("anger", "disgust") else ())
        for emotion, units in EMOTION_ACTION_UNITS.items()
    ),
    ("AU01", "AU04", "AU15", "AU17"),
)
"""Units that are seen together: those of the emotions, a raised chin where it commonly joins, and sadness."""


@dataclass(frozen=True)
class Sight:
    """n frames of one person as the mesh saw them, before anything is made of it.

    aligned (n, 468, 3): landmarks of `geometry.align`. seen_deg (n, 3): its pose. texture (n, 4). skin (n, 3 · 468), as
    `skin.look_at` gives it. The rest is as in `Examples`.
    """

    aligned: np.ndarray
    seen_deg: np.ndarray
    texture: np.ndarray
    skin: np.ndarray
    kind: np.ndarray
    pose_deg: np.ndarray
    intensity: np.ndarray
    left: np.ndarray
    right: np.ndarray


@dataclass(frozen=True)
class Examples:
    """n frames of one person. features (n, d); neutral (d,), the median at rest; kind (n,).

    pose_deg (n, 3): as rendered. intensity (n, 17), left (n, 14), right (n, 14): true, 0 to 5.
    """

    features: np.ndarray
    neutral: np.ndarray
    kind: np.ndarray
    pose_deg: np.ndarray
    intensity: np.ndarray
    left: np.ndarray
    right: np.ndarray


def draw_activations(rng: np.random.Generator) -> dict[str, float]:
    """Single units (a third), two to four at random (a third), or those of an emotion, one side often weaker."""
    kind = rng.random()
    if kind < 1 / 3:
        units: tuple[str, ...] = (str(rng.choice(ACTION_UNITS)),)
    elif kind < 2 / 3:
        units = tuple(map(str, rng.choice(ACTION_UNITS, rng.integers(2, 5), replace=False)))
    else:
        units = tuple(unit for unit in _COMBINATIONS[rng.integers(len(_COMBINATIONS))] if rng.random() < 0.85)
    together = rng.uniform(0.2, 1.0)
    shown = {}
    for unit in units:
        top = rng.uniform(0.1, 1.0) if kind < 2 / 3 else np.clip(together * rng.uniform(0.5, 1.4), 0.05, 1.0)
        if unit == "AU45" and rng.random() < 0.5:
            top = 1.0
        if unit in CENTRE_ACTION_UNITS:
            shown[unit] = float(top)
            continue
        weaker = top if rng.random() < 0.55 else top * rng.uniform(0.0, 0.8)
        stronger_side, other = ("L", "R") if rng.random() < 0.5 else ("R", "L")
        shown |= {f"{unit}_{stronger_side}": float(top), f"{unit}_{other}": float(weaker)}
    return shown


def scenes(model: FaceModel, cast: str, number: int) -> Iterator[tuple[Scene, int, tuple[np.ndarray, ...]]]:
    """Scene, kind and truth (intensity, left, right) of each frame of the person `number` of a `cast`.

    Pose within ±15° pitch, ±25° yaw and ±8° roll, half of the time near the person's own; size 240 to 560 pixels;
    identity, skin, light and noise as `people.draw` has them.
    """
    person = people.draw(model, 0, cast, number)
    rng = generator(0, "examples", cast, number)
    furrowed = rng.random() < FURROWED
    size, field_cm = int(rng.choice(_SIZES_PX)), float(rng.uniform(28, 38))
    home = rng.normal(0, (4, 5, 2))
    gaze = rng.normal(0, 3, 2)
    rest_cm = activations.parted_cm(model, person.rest)
    for index in range(N_REST + N_TURNED + N_SHOWN):
        kind = REST if index < N_REST else TURNED if index < N_REST + N_TURNED else SHOWN
        shown = draw_activations(rng) if kind == SHOWN else {}
        pose = home + rng.normal(0, (4, 6, 2))
        if kind == REST:
            pose = home + rng.normal(0, 1, 3)
        elif kind == TURNED or rng.random() < 0.5:
            pose = rng.uniform((-15, -25, -8), (15, 25, 8))
        looking = gaze + (rng.normal(0, 8, 2) if rng.random() < 0.3 else 0.0)
        weights = activations.shape_weights(shown)
        opened_cm = activations.parted_cm(model, model.express(person.rest, weights)) - rest_cm
        scene = Scene(
            person=person,
            weights=weights,
            furrows=activations.both(shown) if furrowed else {},
            pose_deg=tuple(np.round(pose, 4)),
            gaze_deg=tuple(np.round(looking, 4)),
            shift_cm=_shift_cm(rng, field_cm) if kind == SHOWN else (0.0, 0.0),
            width=size,
            height=size,
            field_cm=field_cm,
            samples=1 if size > 400 else 2,
            noise_frame=index,
        )
        yield scene, kind, activations.truth(shown, opened_cm)


def _shift_cm(rng: np.random.Generator, field_cm: float) -> tuple[float, float]:
    """Nothing, or so far right or up that a face in the middle of a square picture comes to lie at one of its edges."""
    if rng.random() >= LEAVING:
        return 0.0, 0.0
    across = rng.random() < 0.5
    room_cm = field_cm / 2 - (_HALF_WIDTH_CM if across else _HALF_HEIGHT_CM)
    shift = round(float(rng.choice((-1, 1)) * (room_cm + rng.uniform(*BEYOND_CM))), 3)
    return (shift, 0.0) if across else (0.0, shift)


def see(model_path: Path, cast: str, number: int) -> Sight:
    """One person of a cast, through FaceMesh as a clip."""
    import cv2

    from core.faces.face_mesh import FaceMesh

    cv2.setNumThreads(1)
    model = _model(model_path)
    rows, before = [], (0.0, 0.0)
    with FaceMesh() as mesh:
        for scene, kind, truth in scenes(model, cast, number):
            image = render(model, scene)
            if scene.shift_cm != before:
                # The mesh looks where the face was; no face in a clip jumps so far.
                mesh.detect(image)
                before = scene.shift_cm
            points = mesh.detect(image).points
            if points is not None:
                rows.append((points, appearance(image[..., ::-1], points), kind, scene.pose_deg, *truth))
    points, looks, *rest = (np.array(column) for column in zip(*rows, strict=True))
    aligned, seen_deg = align(points)
    texture, skin = np.split(looks, [len(TEXTURES)], axis=1)
    return Sight(aligned[:, :N_PLACES].astype(np.float32), seen_deg, texture, skin, *rest)


def describe(sight: Sight, components: Components) -> Examples:
    """The same frames by their features."""
    features = np.concatenate(
        [
            distances(sight.aligned.astype(np.float64)),
            np.radians(sight.seen_deg),
            components.of_shape(sight.aligned),
            sight.texture,
            components.of_skin(sight.skin),
        ],
        axis=1,
    ).astype(np.float32)
    neutral = np.median(features[sight.kind == REST], axis=0)
    return Examples(features, neutral, sight.kind, sight.pose_deg, sight.intensity, sight.left, sight.right)


def cast_of(model_path: Path, cast: str, n_people: int, folder: Path, n_processes: int) -> list[Sight]:
    """`n_people` people of a cast, those whom `folder` has not yet seen by `n_processes`."""
    folder.mkdir(parents=True, exist_ok=True)
    files = [folder / f"{cast}_{number:03}.npz" for number in range(n_people)]
    with ProcessPoolExecutor(n_processes) as pool:
        for done in [
            pool.submit(_keep, model_path, cast, number, file) for number, file in enumerate(files) if not file.exists()
        ]:
            done.result()
    return [_read(file) for file in files]


def _keep(model_path: Path, cast: str, number: int, file: Path) -> None:
    sight = see(model_path, cast, number)
    partial = file.with_suffix(".partial.npz")
    np.savez(partial, **{field.name: getattr(sight, field.name) for field in fields(Sight)})
    partial.replace(file)


def _read(file: Path) -> Sight:
    with np.load(file, allow_pickle=False) as stored:
        return Sight(**{field.name: stored[field.name] for field in fields(Sight)})


@cache
def _model(path: Path) -> FaceModel:
    return FaceModel.load(path)
