"""Uploads that are wrong, broken or made to do harm: one clear message each, and nothing is left behind."""

from __future__ import annotations

import io
import struct
import time
import tracemalloc
import wave
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from core.errors import UserError
from core.types import ACTION_UNITS
from core.workspace import clips, intake
from core.workspace.store import Workspace
from tests.unit.workspace.pictures import animation, film, still


def png_bomb(side: int = 60_000) -> bytes:
    """A small file that says it is `side` x `side` pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * 1_000_000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def gif_bomb() -> bytes:
    small = animation()
    return small[:6] + struct.pack("<HH", 60_000, 60_000) + small[10:]


def zipped() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("P01_anger.mp4", b"x" * 1000)
    return buffer.getvalue()


def sound() -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"\0\0" * 8000)
    return buffer.getvalue()


CONTENTS: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty.mp4": (lambda: b"", "is empty"),
    "text.mp4": (lambda: b"This is not a clip.\n" * 50, "a text"),
    "page.jpg": (lambda: b"<!DOCTYPE html><html><script>alert(1)</script></html>", "a web page"),
    "program.mp4": (lambda: b"MZ\x90\0" + b"\0" * 400, "a program"),
    "elf.mp4": (lambda: b"\x7fELF\2\1\1" + b"\0" * 400, "a program"),
    "script.mp4": (lambda: b"#!/bin/sh\nrm -rf ~\n", "a program"),
    "archive.mp4": (zipped, "an archive"),
    "letter.jpg": (lambda: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "a PDF document"),
    "song.mp4": (sound, "a sound recording"),
    "song.m4a": (lambda: struct.pack(">I", 24) + b"ftypM4A \0\0\0\0M4A mp42", "a sound recording"),
    "photo.jpg": (lambda: struct.pack(">I", 24) + b"ftypheic\0\0\0\0mif1heic" + b"\0" * 99, "HEIC"),
    "noise.mp4": (lambda: bytes(range(256)) * 20, "unknown kind"),
    "bomb.png": (png_bomb, "too large"),
    "bomb.gif": (gif_bomb, "bomb.gif cannot be played"),
    "cut.jpg": (lambda: still("JPEG", size=(400, 300))[:900], "cut short"),
    "cut.png": (lambda: still("PNG", size=(400, 300))[:200], "cut short"),
    "head.avi": (lambda: b"RIFF" + struct.pack("<I", 4000) + b"AVI LIST", "head.avi cannot be played"),
    "head.mp4": (lambda: struct.pack(">I", 24) + b"ftypisom\0\0\2\0isommp41", "head.mp4 cannot be played"),
    "head.webm": (lambda: b"\x1a\x45\xdf\xa3" + b"\0" * 100, "head.webm cannot be played"),
}


def assert_refused_without_trace(ws: Workspace, name: str, content: bytes, says: str) -> None:
    with pytest.raises(UserError) as caught:
        intake.receive_clip(ws, name, content)
    error = caught.value
    assert says in str(error)
    for sentence in (error.what, error.why, error.remedy):
        assert 5 < len(sentence) < 250
        assert sentence.endswith(".")
    assert str(ws.home) not in str(error)
    assert ".part" not in str(error)  # speaks of the file by its own name
    assert list(ws.clips_dir.iterdir()) == []
    assert ws.read("SELECT id FROM clips") == []


@pytest.mark.parametrize("name", CONTENTS)
def test_bad_content(ws: Workspace, name: str) -> None:
    content, says = CONTENTS[name]
    assert_refused_without_trace(ws, name, content(), says)


@pytest.mark.parametrize(
    "name",
    [
        "anger\0.mp4",
        "anger\u202e4pm.exe",
        "gnp.\u2066anger.mp4",
        "anger\n.mp4",
        "anger\u061c4pm.mp4",
        "an\u200bger.mp4",
        "an\u200dger.mp4",
        "\ufeffanger.mp4",
        "an\u00adger.mp4",
        "../../etc/cron.d/anger.mp4",
        "P01/../../anger.mp4",
        "/etc/anger.mp4",
        "C:\\Windows\\anger.mp4",
        "\\\\server\\share\\anger.mp4",
        "//server/share/anger.mp4",
        "..\\anger.mp4",
        "anger.mp4.exe",
        "anger.EXE.mp4",
        "anger.mp4.exe ",
        "anger.html",
        "",
        "///",
        "\ud800.mp4",
    ],
)
def test_bad_names(ws: Workspace, tmp_path: Path, name: str) -> None:
    assert_refused_without_trace(ws, name, film(tmp_path / "a.avi"), "The file name")


def test_half_an_mp4_whose_index_was_at_its_end_is_refused(ws: Workspace, shared_data: Path) -> None:
    whole = (shared_data / "clips" / "driving_d11.mp4").read_bytes()
    assert whole.find(b"moov") > len(whole) / 2
    assert_refused_without_trace(ws, "half.mp4", whole[: len(whole) // 2], "half.mp4 cannot be played")


def test_half_an_mp4_whose_index_is_at_its_start_works(ws: Workspace, shared_data: Path) -> None:
    whole = (shared_data / "clips" / "source_s18.mp4").read_bytes()
    assert whole.find(b"moov") < 10_000
    assert intake.receive_clip(ws, "half.mp4", whole[: len(whole) // 2]).info["width"] == 1280


def test_half_an_avi_works(ws: Workspace, tmp_path: Path) -> None:
    whole = film(tmp_path / "a.avi", n_frames=40)
    clip = intake.receive_clip(ws, "half.avi", whole[: len(whole) // 2])
    assert clip.path is not None


def test_a_film_of_four_frames_a_second_is_refused(ws: Workspace, tmp_path: Path) -> None:
    assert_refused_without_trace(ws, "slow.avi", film(tmp_path / "a.avi", fps=4), "frame")


def test_a_pixel_bomb_costs_neither_time_nor_memory(ws: Workspace) -> None:
    bomb = png_bomb()
    assert len(bomb) < 2000
    tracemalloc.start()
    start = time.monotonic()
    with pytest.raises(UserError, match="60000 x 60000"):
        intake.receive_clip(ws, "bomb.png", bomb)
    assert time.monotonic() - start < 1
    assert tracemalloc.get_traced_memory()[1] < 50e6
    tracemalloc.stop()


def csv(**changes: object) -> bytes:
    units: dict[str, object] = dict.fromkeys(ACTION_UNITS, 1.0)
    cells = {"subject": "P1", "emotion": "fear", "group": "PD", **units, **changes}
    cells = {key: value for key, value in cells.items() if value is not None}
    return f"{','.join(cells)}\n{','.join(str(value) for value in cells.values())}\n".encode()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (csv(AU12=None), "AU12"),
        (csv(AU06="nan"), "line 2"),
        (csv(AU06="inf"), "line 2"),
        (csv(AU06=7.5), "0 to 5"),
        (csv(subject=None), "subject"),
        (b"", "table.csv"),
        (zipped(), "an archive"),
        (b"<html><table></table></html>", "a web page"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "not a text"),
    ],
)
def test_bad_tables(ws: Workspace, content: bytes, says: str) -> None:
    with pytest.raises(UserError) as caught:
        intake.receive_table(ws, "table.csv", content)
    assert says in str(caught.value)
    assert list(ws.tables_dir.iterdir()) == []


def test_after_all_that_a_good_clip_is_taken(ws: Workspace, tmp_path: Path) -> None:
    for name, (content, _) in CONTENTS.items():
        with pytest.raises(UserError):
            intake.receive_clip(ws, name, content())
    clip = intake.receive_clip(ws, "P01_anger.avi", film(tmp_path / "a.avi"))
    assert clips.list_clips(ws) == [clip]
