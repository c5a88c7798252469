"""The house stays in order: who may import whom, and nothing heavy at the start."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BASE = {f"core.{name}" for name in ("types", "errors", "people", "settings", "scales", "rng", "genetic", "parallel",
                                   "time_left", "file_kinds", "files", "one_thread", "progress",
                                   "variational")}  # fmt: skip
ROOMS = {
    "core/faces": {"core.faces", "models"},
    "core/latent": {"core.latent", "models"},
    "core/images": {"core.images", "models"},
    "core/screening": {"core.screening", "core.latent"},
    "core/workspace": {"core.workspace", "core.faces", "core.latent", "core.images", "core.screening"},
    "models": {"models"},
    "tools": {"tools", "core", "models"},
    "pages": {"pages", "core"},
}
HEAVY = ("torch", "mediapipe", "umap", "sklearn", "imblearn", "cv2", "scipy", "jax", "matplotlib", "numba",
         "distributed")  # fmt: skip


def imported_modules(file: Path) -> set[str]:
    """Our own modules that a file imports, anywhere in it; `from core.faces import video` counts as core.faces."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= (
                {node.module}
                if node.module not in ("core", "pages")
                else {f"{node.module}.{a.name}" for a in node.names}
            )
    return {name for name in found if name.split(".")[0] in ("core", "models", "pages", "app", "tests", "tools")}


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_what_it_may(room: str) -> None:
    allowed = ROOMS[room] | BASE
    for file in (ROOT / room).rglob("*.py"):
        strangers = {
            name for name in imported_modules(file) if not any(name == a or name.startswith(f"{a}.") for a in allowed)
        }
        assert not strangers, f"{file.relative_to(ROOT)} imports {strangers}"


def test_only_pages_and_the_app_know_streamlit() -> None:
    for file in [*(ROOT / "core").rglob("*.py"), *(ROOT / "models").rglob("*.py"), ROOT / "lab.py"]:
        imports = {
            name.split(".")[0]
            for node in ast.walk(ast.parse(file.read_text()))
            if isinstance(node, ast.Import | ast.ImportFrom)
            for name in ([a.name for a in node.names] if isinstance(node, ast.Import) else [node.module or ""])
        }
        assert "streamlit" not in imports, file
        assert "pickle" not in imports, file


@pytest.mark.parametrize(
    "start",
    [
        "import core.__main__",
        "import core.workspace.worker",
        "import core.workspace.store, core.workspace.jobs, core.workspace.clips, core.workspace.cohorts",
        "import pages.parts.shell",
    ],
)
def test_nothing_heavy_is_imported_at_start(start: str) -> None:
    code = f"import sys; {start}; print([m for m in {HEAVY!r} if m in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert ran.stdout.strip() == "[]", ran.stdout + ran.stderr


def test_lab_needs_only_the_standard_library() -> None:
    ran = subprocess.run([sys.executable, "-I", "-S", str(ROOT / "lab.py"), "--help"], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert "bench" in ran.stdout


def test_no_page_stops_short() -> None:
    """Only a run that comes to its end makes Streamlit forget the live parts that a page no longer shows: one whose
    clock ticks once more would be drawn where something else stands, and the browser would show nothing at all."""
    for file in (ROOT / "pages").rglob("*.py"):
        if file.name != "shell.py":  # where there is no workspace, or the page is begun again
            assert "st.stop(" not in file.read_text(), file.relative_to(ROOT)
