"""Fixtures that every kind of test shares."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files by their names, whatever their folder: journeys, which wait, run beside units, which compute."""
    items.sort(key=lambda item: (item.path.name, item.path))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real clips and tables: skipped where it is missing, required where `CI` is set."""
    if not SHARED_DATA.is_dir():
        message = "the real test data (shared/data beside the checkout) is not here"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return SHARED_DATA


@pytest.fixture
def landmarker_file(shared_data: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The FaceLandmarker model file, in use for one test."""
    path = shared_data / "face_landmarker" / "face_landmarker.task"
    monkeypatch.setenv("LAB_FACE_LANDMARKER", str(path))
    return path


@pytest.fixture(scope="session")
def measured_home(tmp_path_factory: pytest.TempPathFactory, shared_data: Path) -> Path:
    """A workspace to copy, with one real clip in it, measured as a job measures it."""
    from core.types import Quiet
    from core.workspace import extraction, intake
    from core.workspace.store import Workspace

    home = tmp_path_factory.mktemp("measured") / "home"
    ws = Workspace.open(home)
    with (shared_data / "clips" / "single_face.mp4").open("rb") as file:
        clip = intake.receive_clip(ws, "P01_surprise.mp4", file)
    run = home.parent / "run"
    run.mkdir()
    extraction.extract(ws, {"clip_ids": [clip.id]}, Quiet(), run)
    return home


@pytest.fixture(scope="module")
def few_feature_steps() -> Iterator[None]:
    """Features of images are fitted in a tenth of the steps, where a test does not ask how well they compare."""
    from core.images import features

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(features, "N_STEPS", features.N_STEPS // 10)
        yield
