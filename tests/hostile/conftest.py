from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.workspace.store import Workspace
from tests.watching import end_workers


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[Workspace]:
    """A new workspace; workers that a test started in it are ended."""
    workspace = Workspace.open(tmp_path / "home")
    yield workspace
    end_workers(workspace)
