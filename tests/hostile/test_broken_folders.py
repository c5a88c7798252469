"""Workspaces that are damaged, read-only or full: told in words, and what was whole stays whole."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import UserError
from core.workspace import cohorts, staff
from core.workspace.store import Workspace
from tests.unit.workspace.pictures import film

NOBODY = 65534


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    """A workspace that no worker serves, and so none has to be ended in what is left of it."""
    return Workspace.open(tmp_path / "home")


def torn(ws: Workspace, content: bytes) -> Workspace:
    for ending in ("-wal", "-shm"):
        (ws.home / f"lab.sqlite{ending}").unlink(missing_ok=True)
    ws.database.write_bytes(content)
    return Workspace.open(ws.home)


@pytest.mark.parametrize("damage", ["noise", "half", "hole", "emptied"])
def test_a_torn_database_is_set_aside_and_explained(ws: Workspace, damage: str) -> None:
    ws.remember("kept", "x" * 100_000)
    ws.read("PRAGMA wal_checkpoint(TRUNCATE)")
    (ws.clips_dir / "0123456789abcdef.mp4").write_bytes(b"a clip of before")
    whole = ws.database.read_bytes()
    content = {
        "noise": os.urandom(5000),
        "half": whole[: len(whole) // 2],
        "hole": whole[:4096] + b"\0" * 8192 + whole[12288:],
        "emptied": b"",
    }[damage]
    again = torn(ws, content)
    notice = again.notice()
    assert notice is not None
    assert "was damaged" in notice.what
    (aside,) = again.home.glob("damaged-*-lab.sqlite")
    assert aside.name in notice.why
    assert aside.read_bytes() == content
    assert (again.clips_dir / "0123456789abcdef.mp4").read_bytes() == b"a clip of before"
    cohorts.load_demo(again)  # works on
    assert Workspace.open(again.home).notice() is not None  # told until it was read
    again.dismiss_notice()
    assert Workspace.open(again.home).notice() is None
    assert len(cohorts.list_cohorts(again)) == 1


@pytest.mark.parametrize("folder", ["clips", "measurements", "tables"])
def test_a_missing_database_beside_files_is_told_and_the_files_stay(ws: Workspace, folder: str) -> None:
    (ws.home / folder / "0123456789abcdef.mp4").write_bytes(b"of before")
    for ending in ("", "-wal", "-shm"):
        (ws.home / f"lab.sqlite{ending}").unlink(missing_ok=True)
    again = Workspace.open(ws.home)
    notice = again.notice()
    assert notice is not None
    assert "is missing" in notice.what
    assert not again.is_new
    assert (ws.home / folder / "0123456789abcdef.mp4").read_bytes() == b"of before"


def test_a_workspace_without_any_files_is_new(ws: Workspace) -> None:
    ws.database.unlink()
    again = Workspace.open(ws.home)
    assert again.is_new
    assert again.notice() is None


def test_a_whole_database_is_never_set_aside(ws: Workspace) -> None:
    ws.remember("kept", 1)
    again = Workspace.open(ws.home)
    assert again.preference("kept") == 1
    assert again.notice() is None
    assert list(ws.home.glob("damaged-*")) == []


def test_a_database_damaged_while_in_use_is_told_as_such(ws: Workspace) -> None:
    ws.remember("kept", 1)
    ws.read("PRAGMA wal_checkpoint(TRUNCATE)")
    fresh = Workspace(ws.home)
    ws.database.write_bytes(b"not a database any more" * 100)
    with pytest.raises(UserError, match="is damaged"):
        fresh.read("SELECT * FROM preferences")


@pytest.fixture
def as_ordinary_user() -> Iterator[None]:
    """Without the rights of root, which may write anywhere."""
    if os.geteuid():
        yield
        return
    os.seteuid(NOBODY)
    yield
    os.seteuid(0)


def test_a_read_only_folder_is_told_at_the_start(as_ordinary_user: None) -> None:
    locked = Path(tempfile.mkdtemp())
    locked.chmod(0o500)
    try:
        with pytest.raises(UserError, match="cannot be written to") as caught:
            Workspace.open(locked / "home")
        assert "LAB_HOME" in caught.value.remedy
    finally:
        locked.rmdir()


def test_a_file_in_place_of_the_folder_is_told_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")
    for home in (tmp_path / "home", tmp_path / "home" / "below"):
        with pytest.raises(UserError, match="cannot be written to"):
            Workspace.open(home)
    assert (tmp_path / "home").read_text() == "a file"


FULL = """
import io, resource, signal, sys
from pathlib import Path
from core.errors import UserError
from core.files import atomic_write
from core.workspace import clips, intake
from core.workspace.store import Workspace
ws = Workspace.open(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
film = Path(sys.argv[3]).read_bytes()
for attempt in (
    lambda: atomic_write(ws.tables_dir / "old.parquet", b"x" * 1_000_000),
    lambda: intake.receive_clip(ws, "P01_anger.avi", film),
):
    try:
        attempt()
        print("stored")
    except UserError as error:
        print(error.what)
print(len(clips.list_clips(ws)), len(list(ws.clips_dir.iterdir())), len(list(ws.tables_dir.iterdir())))
"""


def test_on_a_full_disk_the_old_result_is_intact_and_nothing_half_is_left(ws: Workspace, tmp_path: Path) -> None:
    """A limit on the size of a file, below that of the upload, stands for the full disk."""
    film(tmp_path / "a.avi", n_frames=120)
    (ws.tables_dir / "old.parquet").write_bytes(b"old")
    ran = subprocess.run(
        [sys.executable, "-c", FULL, str(ws.home), "200000", str(tmp_path / "a.avi")],
        cwd=staff.ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.splitlines() == ["The disk is full.", "The disk is full.", "0 0 1"]
    assert (ws.tables_dir / "old.parquet").read_bytes() == b"old"
