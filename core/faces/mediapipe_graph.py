"""mediapipe's face models, started without their chatter and read without their wrappings.

Importing this module imports mediapipe (seconds): only a mesh does, when it is made.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files

import numpy as np

os.environ.setdefault("GLOG_minloglevel", "3")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from mediapipe.framework.calculator_pb2 import CalculatorGraphConfig
from mediapipe.framework.formats.classification_pb2 import ClassificationList
from mediapipe.framework.formats.landmark_pb2 import NormalizedLandmarkList
from mediapipe.framework.formats.rect_pb2 import NormalizedRect
from mediapipe.python import Image, ImageFormat, Packet, packet_creator
from mediapipe.python._framework_bindings import _packet_getter, image_frame
from mediapipe.python.solution_base import SolutionBase
from mediapipe.python.solutions import face_detection
from mediapipe.tasks.python import BaseOptions
from mediapipe.tasks.python.vision import FaceLandmarker, FaceLandmarkerOptions
from mediapipe.tasks.python.vision.core.vision_task_running_mode import VisionTaskRunningMode

_MESH_GRAPH = "modules/face_landmark/face_landmark_front_cpu.binarypb"
N_LANDMARKS = 478
N_BLENDSHAPES = 52
_BYTES_PER_LANDMARK = 17
_FRAME_US = 33_333
_WHOLE_IMAGE = NormalizedRect(x_center=0.5, y_center=0.5, width=1.0, height=1.0)


class MeshGraph(SolutionBase):
    """The graph of mediapipe's FaceMesh, fed and read with less around it: the same landmarks for less processor time.

    mediapipe's own class makes a new type and 478 objects for every image, and hands each step from thread to thread
    though no two can run at once. Here the bytes that come out are read as an array, and the caller's thread does all.
    """

    def __init__(self, n_faces: int, static: bool) -> None:
        graph = CalculatorGraphConfig.FromString(files("mediapipe").joinpath(_MESH_GRAPH).read_bytes())
        graph.executor.add(type="ApplicationThreadExecutor")
        options = {"num_faces": n_faces, "with_attention": True, "use_prev_landmarks": not static}
        with quiet():
            super().__init__(graph_config=graph, side_inputs=options, outputs=["multi_face_landmarks"])
            self.landmarks(np.zeros((64, 64, 3), np.uint8))

    def read(self, image_rgb: np.ndarray, timestamp_s: float | None) -> tuple[np.ndarray, None]:
        """`landmarks`, and no blendshapes; the time has no influence."""
        return self.landmarks(image_rgb), None

    def landmarks(self, image_rgb: np.ndarray) -> np.ndarray:
        """(k, 478, 3) float32 in pixels, of the faces in the next image (height, width, 3) uint8."""
        self._graph_outputs.clear()
        self._simulated_timestamp += _FRAME_US
        packet = packet_creator.create_image_frame(image_rgb, image_format=image_frame.ImageFormat.SRGB)
        self._graph.add_packet_to_input_stream(stream="image", packet=packet.at(self._simulated_timestamp))
        self._graph.wait_until_idle()
        return faces_of(self._graph_outputs.get("multi_face_landmarks"), image_rgb)


class LandmarkerGraph:
    """mediapipe's FaceLandmarker task with its blendshapes, read with less around it, like `MeshGraph`.

    model: the bytes of `face_landmarker.task`. In clips it smooths the landmarks of a single face over time.
    """

    def __init__(self, model: bytes, n_faces: int, static: bool) -> None:
        self._is_static = static
        self._time_us = 0
        options = FaceLandmarkerOptions(
            base_options=BaseOptions(model_asset_buffer=model),
            running_mode=VisionTaskRunningMode.IMAGE if static else VisionTaskRunningMode.VIDEO,
            num_faces=n_faces,
            output_face_blendshapes=True,
        )
        with quiet():
            self._task = FaceLandmarker.create_from_options(options)
            self.read(np.zeros((64, 64, 3), np.uint8), None)

    def read(self, image_rgb: np.ndarray, timestamp_s: float | None) -> tuple[np.ndarray, np.ndarray]:
        """Landmarks (k, 478, 3) float32 in pixels and blendshapes (k, 52) float32 of the next image.

        timestamp_s: from the first image; None, and times that do not increase, follow the image before.
        """
        image = packet_creator.create_image(Image(ImageFormat.SRGB, np.ascontiguousarray(image_rgb)))
        packets = {"image_in": image, "norm_rect_in": packet_creator.create_proto(_WHOLE_IMAGE)}
        if self._is_static:
            found = self._task._process_image_data(packets)
        else:
            asked_us = self._time_us if timestamp_s is None else round(timestamp_s * 1e6)
            self._time_us = max(self._time_us + 1, asked_us + _FRAME_US)
            found = self._task._process_video_data({name: p.at(self._time_us) for name, p in packets.items()})
        messages = serialised(found["blendshapes"])
        scores = [[c.score for c in ClassificationList.FromString(m).classification] for m in messages]
        return faces_of(found["norm_landmarks"], image_rgb), np.array(scores, np.float32).reshape(-1, N_BLENDSHAPES)

    def close(self) -> None:
        self._task.close()


def serialised(packet: Packet | None) -> list[bytes]:
    """The messages in a packet with a list of them; none where nothing came out."""
    return [] if packet is None or packet.is_empty() else _packet_getter._get_serialized_proto_list(packet)


def faces_of(packet: Packet | None, image_rgb: np.ndarray) -> np.ndarray:
    """(k, 478, 3) float32 in pixels, from the packet with the landmark lists of an image (height, width, 3)."""
    messages = serialised(packet)
    faces = np.empty((len(messages), N_LANDMARKS, 3), np.float32)
    for face, message in zip(faces, messages, strict=True):
        face[:] = landmarks_of(message)
    height, width = image_rgb.shape[:2]
    return faces * np.array([width, height, width], np.float32)


def landmarks_of(message: bytes) -> np.ndarray:
    """(478, 3) float32 from one serialised `NormalizedLandmarkList`.

    With x, y and z all set, a landmark is 17 bytes: a tag and a length, then three times a tag and a little-endian
    float; so the list can be read as an array. One that is written otherwise is read the slow way.
    """
    wire = np.frombuffer(message, np.uint8)
    if wire.size == N_LANDMARKS * _BYTES_PER_LANDMARK:
        records = wire.reshape(N_LANDMARKS, _BYTES_PER_LANDMARK)
        if (records[:, [0, 1, 2, 7, 12]] == (10, 15, 13, 21, 29)).all():
            # Without the tags, the three floats of a landmark lie side by side.
            floats = np.ascontiguousarray(records[:, [3, 4, 5, 6, 8, 9, 10, 11, 13, 14, 15, 16]])
            return floats.view("<f4")
    points = NormalizedLandmarkList.FromString(message).landmark
    return np.array([(point.x, point.y, point.z) for point in points], np.float32)


class DetectorGraph(face_detection.FaceDetection):
    """mediapipe's short-range face detector (the one inside FaceMesh)."""

    def __init__(self) -> None:
        with quiet():
            super().__init__(model_selection=0, min_detection_confidence=0.5)
            self.scores(np.zeros((64, 64, 3), np.uint8))

    def scores(self, image_rgb: np.ndarray) -> list[float]:
        """Score of each face found in an image (height, width, 3) uint8, 0.5 to 1."""
        return [float(found.score[0]) for found in self.process(image_rgb).detections or []]


@contextmanager
def quiet() -> Iterator[None]:
    """Send file descriptor 2 nowhere for a moment.

    When they start and at their first image, models write remarks (delegates, unused feedback tensors) straight to it,
    which no log level turns off. Faults are raised as exceptions and not affected.
    """
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
