"""A picture of a simulated person: perspective camera, several lights, antialiased, the same bytes every time."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

import numpy as np

from tools.rendering import raster
from tools.rendering.activations import parted_cm
from tools.rendering.face_model import FaceModel
from tools.rendering.paint import EYE_CM, EYE_PX
from tools.rendering.people import Person, in_mouth

_TONE_LEVELS = 4096
_SHUT_CM = 0.02
_EYE_PX_PER_DEG = np.float32(round(np.pi / 180 * 1.5 * EYE_PX / EYE_CM, 4))
_HEAD_CENTRE_CM = np.array((0.0, 0.0, 3.0), np.float32)
_PAINT = {
    "Face": raster.SKIN,
    "BackHead": raster.SKIN,
    "ScleraLeft": raster.EYE,
    "ScleraRight": raster.EYE,
    "Teeth": raster.TEETH,
    "GumsTongue": raster.GUMS,
}
"""What is drawn: the transparent parts (tear film, lashes, the wet rim) are not."""


@dataclass(frozen=True)
class Scene:
    """What is in front of the camera in one frame.

    person: who. weights: expression shape -> weight. activation of the furrows by action unit, 0 to 1. pose_deg: pitch
    (positive down), yaw (positive to the person's right), roll (positive to the person's left shoulder). gaze_deg:
    right and up as the camera sees it. shift_cm: right and up. width, height: pixels. distance_cm: of the camera from
    the head. field_cm: height of the picture at that distance. samples: per pixel and axis. noise_frame: which noise.
    """

    person: Person
    weights: dict[str, float] = field(default_factory=dict)
    furrows: dict[str, float] = field(default_factory=dict)
    pose_deg: tuple[float, float, float] = (0.0, 0.0, 0.0)
    gaze_deg: tuple[float, float] = (0.0, 0.0)
    shift_cm: tuple[float, float] = (0.0, 0.0)
    width: int = 480
    height: int = 480
    distance_cm: float = 70.0
    field_cm: float = 38.0
    samples: int = 2
    noise_frame: int = 0


def render(model: FaceModel, scene: Scene) -> np.ndarray:
    """(height, width, 3) uint8 RGB of the scene."""
    person = scene.person
    vertices = model.express(person.rest, scene.weights)
    turned = _turn(vertices - _HEAD_CENTRE_CM, rotation(scene.pose_deg))
    in_camera = turned + np.array((*scene.shift_cm, 0.0), np.float32)
    normals = raster.vertex_normals(in_camera, model.triangles, *model.faces_of_vertex)
    size = np.array((scene.width, scene.height)) * scene.samples
    mouth_open = parted_cm(model, vertices) > _SHUT_CM
    points = _project(in_camera, scene, size)
    owner, weights = raster.z_buffer(points, model.triangles, _drawn(model, mouth_open), int(size[1]), int(size[0]))
    light = np.empty((*owner.shape, 3), np.float32)
    light[:] = person.backdrop(*owner.shape)
    gaze = np.array((scene.gaze_deg[0], -scene.gaze_deg[1]), np.float32) * _EYE_PX_PER_DEG
    raster.shade(
        light, owner, weights, model.triangles, _painted(model), normals, person.surface, person.skin,
        person.furrows(scene.furrows), person.eye, gaze, person.light.directions, person.light.ambient, person.gloss,
        scene.samples == 2,
    )  # fmt: skip
    return raster.expose(light, _tone(), scene.samples, person.noise(scene.noise_frame))


def rotation(pose_deg: tuple[float, float, float]) -> np.ndarray:
    """(3, 3) that takes face axes to camera axes (x right, y up, z to the camera); signs as in `Scene`."""
    pitch, yaw, roll = np.radians(np.asarray(pose_deg, np.float64))
    about_x = np.array([[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]])
    about_y = np.array([[np.cos(yaw), 0, -np.sin(yaw)], [0, 1, 0], [np.sin(yaw), 0, np.cos(yaw)]])
    about_z = np.array([[np.cos(roll), np.sin(roll), 0], [-np.sin(roll), np.cos(roll), 0], [0, 0, 1]])
    # The nose's own pitch and yaw are read off in the camera; the roll turns the picture.
    return about_z @ about_x @ about_y


def _turn(points: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """`points` (n, 3) turned; rounded and summed one by one, so that the processor at hand changes nothing."""
    turn = np.round(matrix, 7).astype(np.float32)
    x, y, z = points.T
    return np.stack([row[0] * x + row[1] * y + row[2] * z for row in turn], axis=1)


def _project(in_camera: np.ndarray, scene: Scene, size: np.ndarray) -> np.ndarray:
    depth = np.float32(scene.distance_cm) - in_camera[:, 2]
    scale = np.float32(size[1] / scene.field_cm * scene.distance_cm) / depth
    return np.stack(
        [size[0] / 2 + in_camera[:, 0] * scale, size[1] / 2 - in_camera[:, 1] * scale, depth], axis=1
    ).astype(np.float32)


@cache
def _tone() -> np.ndarray:
    """Grey level of linear light: the power law 1/2.2 of a camera."""
    return np.round(255.0 * np.linspace(0.0, 1.0, _TONE_LEVELS) ** (1 / 2.2), 3).astype(np.float32)


@cache
def _drawn(model: FaceModel, mouth_open: bool) -> np.ndarray:
    shown = [name for name, paint in _PAINT.items() if mouth_open or paint not in (raster.TEETH, raster.GUMS)]
    return np.isin(model.material, [model.materials.index(name) for name in shown])


@cache
def _painted(model: FaceModel) -> np.ndarray:
    paint = np.array([_PAINT.get(name, 0) for name in model.materials], np.int32)[model.material]
    lining = in_mouth(model)[model.triangles].all(axis=1) & (model.material == model.materials.index("BackHead"))
    paint[lining] = raster.GUMS
    return paint
