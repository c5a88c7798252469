"""Pages run headless through `app.py`, each test in a workspace of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.workspace import cohorts
from core.workspace.store import Workspace
from tests.watching import end_workers

ROOT = Path(__file__).resolve().parents[2]

OpenPage = Callable[[str], AppTest]


@pytest.fixture
def ws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    """An empty workspace, which the pages opened in the same test use; work that was started ends with the test."""
    home = tmp_path / "home"
    monkeypatch.setenv("LAB_HOME", str(home))
    opened = Workspace.open(home)
    yield opened
    end_workers(opened)


@pytest.fixture
def demo(ws: Workspace) -> cohorts.Cohort:
    """The simulated demo cohort, in use."""
    cohort = cohorts.load_demo(ws)
    cohorts.use(ws, cohort.id)
    return cohort


@pytest.fixture
def open_page(ws: Workspace) -> OpenPage:
    """Open a page by its file name, as a deep link on a fresh server does, and check that nothing escaped."""

    def open_it(page: str) -> AppTest:
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
        app.switch_page(f"pages/{page}.py")
        app.run()
        assert not app.exception
        return app

    return open_it
