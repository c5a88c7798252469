"""The FaceLandmarker task behind the protocol of every mesh, and the check of its file."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from core.errors import UserError
from core.faces import face_landmarker
from core.faces.action_units import intensities
from core.faces.blendshapes import BLENDSHAPES
from core.faces.face_landmarker import FaceLandmarker
from core.faces.face_mesh import FaceMesh
from core.faces.recording import Recording
from core.faces.video import read_frames
from core.types import ACTION_UNITS, SIDED_ACTION_UNITS
from tools.rendering import films, people
from tools.rendering.face_model import FaceModel

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def smile(shared_data: Path) -> list[tuple[float, np.ndarray]]:
    """Times and RGB images of a person who begins to smile."""
    frames = read_frames(shared_data / "clips" / "single_face.mp4")
    return [(frame.timestamp_s, np.ascontiguousarray(frame.image[..., ::-1])) for frame in frames]


@pytest.fixture
def copied(landmarker_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the model file that may be spoilt."""
    path = tmp_path / "face_landmarker.task"
    path.write_bytes(landmarker_file.read_bytes())
    monkeypatch.setenv("LAB_FACE_LANDMARKER", str(path))
    return path


def test_the_official_file_is_accepted(landmarker_file: Path) -> None:
    assert face_landmarker.load_model() == landmarker_file.read_bytes()


def test_a_missing_file_is_told(copied: Path) -> None:
    copied.unlink()
    with pytest.raises(UserError, match="not here"):
        FaceLandmarker()


def test_a_file_cut_short_is_told(copied: Path) -> None:
    copied.write_bytes(copied.read_bytes()[:2_000_000])
    with pytest.raises(UserError, match=r"cut short.*2,000,000 bytes, the official one 3,758,596"):
        FaceLandmarker()


def test_one_changed_bit_is_told(copied: Path) -> None:
    content = bytearray(copied.read_bytes())
    content[1_000_000] ^= 1
    copied.write_bytes(content)
    with pytest.raises(UserError, match="altered"):
        FaceLandmarker()


def test_a_folder_in_its_place_is_told(copied: Path) -> None:
    copied.unlink()
    copied.mkdir()
    with pytest.raises(UserError, match="not here"):
        FaceLandmarker()


@pytest.mark.usefixtures("landmarker_file")
def test_it_sees_the_face_that_face_mesh_sees(smile: list[tuple[float, np.ndarray]]) -> None:
    with FaceLandmarker() as landmarker, FaceMesh() as mesh:
        for timestamp_s, image in smile[:12]:
            found, expected = landmarker.detect(image, timestamp_s), mesh.detect(image, timestamp_s)
            assert found.confidence == expected.confidence > 0.9
            assert found.points is not None
            assert expected.points is not None
            apart = np.linalg.norm((found.points - expected.points)[:, :2], axis=1)
            outer_eyes = np.linalg.norm(expected.points[263, :2] - expected.points[33, :2])
            assert np.median(apart) < 0.03 * outer_eyes


@pytest.mark.usefixtures("landmarker_file")
def test_a_smile_is_in_its_blendshapes(smile: list[tuple[float, np.ndarray]]) -> None:
    with FaceLandmarker() as mesh:
        found = [mesh.detect(image, timestamp_s).blendshapes for timestamp_s, image in smile]
    assert all(scores is not None and scores.shape == (1, 52) and scores.dtype == np.float32 for scores in found)
    scores = np.array([s[0] for s in found if s is not None])
    assert ((scores >= 0) & (scores <= 1)).all()
    corner = scores[:, [BLENDSHAPES.index("mouthSmileLeft"), BLENDSHAPES.index("mouthSmileRight")]]
    assert (corner[:5] < 0.1).all()
    assert (corner[30:50].max(axis=0) > 0.5).all()


@pytest.mark.usefixtures("landmarker_file")
def test_names_are_in_the_order_of_the_model(smile: list[tuple[float, np.ndarray]]) -> None:
    from mediapipe.python import Image, ImageFormat
    from mediapipe.tasks.python import BaseOptions
    from mediapipe.tasks.python.vision import FaceLandmarker as Task
    from mediapipe.tasks.python.vision import FaceLandmarkerOptions

    base = BaseOptions(model_asset_path=str(face_landmarker.model_path()))
    options = FaceLandmarkerOptions(base, output_face_blendshapes=True)
    image = smile[40][1]
    with Task.create_from_options(options) as task, FaceLandmarker(static=True) as ours:
        theirs = task.detect(Image(ImageFormat.SRGB, image))
        found = ours.detect(image)
    assert tuple(category.category_name for category in theirs.face_blendshapes[0]) == BLENDSHAPES
    assert found.blendshapes is not None
    np.testing.assert_allclose(found.blendshapes[0], [c.score for c in theirs.face_blendshapes[0]], atol=1e-6)
    height, width = image.shape[:2]
    scaled = np.array([(p.x * width, p.y * height, p.z * width) for p in theirs.face_landmarks[0]])
    np.testing.assert_allclose(found.faces[0], scaled, atol=1e-3)


@pytest.mark.usefixtures("landmarker_file")
def test_left_is_the_persons_left(smile: list[tuple[float, np.ndarray]]) -> None:
    """A face whose left eye (on the right of the image) is painted shut with the skin below it."""
    image = smile[0][1].copy()
    with FaceLandmarker(static=True) as mesh:
        open_eyes = mesh.detect(image)
        assert open_eyes.points is not None
        around = open_eyes.points[[263, 362, 386, 374, 282, 283], :2]
        (left, top), (right, bottom) = np.floor(around.min(0)).astype(int), np.ceil(around.max(0)).astype(int)
        half = (bottom - top) // 2
        image[top + half : bottom + 2, left - 2 : right + 2] = image[
            bottom + 2 : bottom + 2 + (bottom + 2 - top - half), left - 2 : right + 2
        ]
        one_shut = mesh.detect(image)
    assert open_eyes.blendshapes is not None
    assert one_shut.blendshapes is not None
    rise = (one_shut.blendshapes - open_eyes.blendshapes)[0]
    assert rise[BLENDSHAPES.index("eyeBlinkLeft")] > 0.2 + rise[BLENDSHAPES.index("eyeBlinkRight")]


@pytest.mark.usefixtures("landmarker_file")
def test_times_that_stand_still_or_fall_are_borne(smile: list[tuple[float, np.ndarray]]) -> None:
    with FaceLandmarker() as mesh:
        times = (0.0, 0.04, 0.04, 0.0, None, 0.2, 0.2000001)
        assert all(mesh.detect(smile[0][1], timestamp_s).n_faces == 1 for timestamp_s in times)


@pytest.mark.usefixtures("landmarker_file")
def test_no_face_has_no_confidence() -> None:
    with FaceLandmarker() as mesh:
        found = mesh.detect(np.zeros((480, 640, 3), np.uint8), 0.0)
    assert (found.n_faces, found.confidence) == (0, 0.0)
    assert found.blendshapes is not None
    assert found.blendshapes.shape == (0, 52)


@pytest.mark.parametrize("static", [True, False])
@pytest.mark.usefixtures("landmarker_file")
def test_of_two_faces_the_larger_comes_first_with_its_own_blendshapes(
    smile: list[tuple[float, np.ndarray]], static: bool
) -> None:
    """A smaller face at rest on the left, a larger one that smiles on the right."""
    rest, smiling = smile[0][1][:, 170:470], smile[40][1][:, 170:470]
    height, width = rest.shape[:2]
    smaller = np.zeros_like(rest)
    smaller[: height * 3 // 4, : width * 3 // 4] = cv2.resize(rest, (width * 3 // 4, height * 3 // 4))
    image = np.concatenate([smaller, smiling], axis=1)
    corner = BLENDSHAPES.index("mouthSmileLeft")
    with FaceLandmarker(static) as mesh:
        for step in range(3):
            found = mesh.detect(image, step / 30)
    assert found.n_faces == 2
    assert found.faces[0, 1, 0] > width > found.faces[1, 1, 0]
    assert found.blendshapes is not None
    assert found.blendshapes[0, corner] > 0.5 > 0.2 > found.blendshapes[1, corner]


@pytest.mark.usefixtures("landmarker_file")
def test_it_prints_nothing(shared_data: Path) -> None:
    clip = shared_data / "clips" / "single_face.mp4"
    code = (
        "from core.faces import backends; from core.faces.measurement import record;"
        f"mesh = backends.open_mesh(backends.FACE_LANDMARKER); record({str(clip)!r}, mesh.__enter__())"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert (ran.stdout, ran.stderr) == ("", "")


@pytest.mark.usefixtures("landmarker_file")
def test_a_rendered_person_is_followed_in_brows_eyes_jaw_and_smile(shared_data: Path) -> None:
    """Four movements of known strength, the last on the left side alone."""
    model = FaceModel.load(shared_data / "ict_facekit" / "ict_facekit.npz")
    shown = ({"AU01": 0.9, "AU02": 0.8}, {"AU05": 0.8}, {"AU26": 0.7}, {"AU12_L": 0.9})
    actions = tuple(films.Action(units, 0.5 + i, 0.3, 0.2, 0.3) for i, units in enumerate(shown))
    film = films.film(model, people.draw(model, 0, "followed"), films.Script(4.5, 12.5, actions))
    recording = Recording()
    with FaceLandmarker() as mesh:
        for timestamp_s, image in zip(film.timestamp_s, film.frames(), strict=True):
            recording.add(timestamp_s, mesh.detect(image, timestamp_s), image[..., ::-1])
    features = recording.shapes()[0]
    intensity, left, right = intensities(features, np.median(features[:5], axis=0))
    for unit in ("AU01", "AU02", "AU05", "AU12", "AU26"):
        true, found = film.intensity[:, ACTION_UNITS.index(unit)], intensity[:, ACTION_UNITS.index(unit)]
        assert np.corrcoef(true, found)[0, 1] > 0.8, unit
        assert 0.5 < found[true.argmax()] / true.max() < 1.5, unit
    smile = SIDED_ACTION_UNITS.index("AU12")
    peak = film.left[:, smile].argmax()
    assert left[peak, smile] > right[peak, smile] + 1.5
