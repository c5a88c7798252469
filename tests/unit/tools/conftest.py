"""The face model, loaded once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.rendering.face_model import FaceModel


@pytest.fixture(scope="session")
def model(shared_data: Path) -> FaceModel:
    return FaceModel.load(shared_data / "ict_facekit" / "ict_facekit.npz")
