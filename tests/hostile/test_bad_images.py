"""Image folders and uploads that are wrong, broken or made to do harm."""

from __future__ import annotations

import random
import struct
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from core.errors import UserError
from core.images import folder
from core.images.folder import read_folder
from core.settings import Limits
from core.workspace import image_sets
from core.workspace.image_sources import from_folder, from_uploads
from core.workspace.store import Workspace
from tests.hostile.test_bad_uploads import png_bomb, zipped
from tests.unit.images.made import class_folders, encoded, noise


def refused(call: Callable[[], object], says: str) -> UserError:
    """That a call is refused in three sentences that speak of no temporary place."""
    with pytest.raises(UserError) as caught:
        call()
    error = caught.value
    assert says in str(error)
    for sentence in (error.what, error.why, error.remedy):
        assert 5 < len(sentence) < 300
        assert sentence.endswith(".")
        assert sentence.isprintable()
    return error


def refused_without_trace(ws: Workspace, root: Path, says: str) -> None:
    error = refused(lambda: from_folder(ws, root), says)
    assert str(root.parent) not in str(error)
    assert list(ws.image_sets_dir.iterdir()) == []
    assert image_sets.list_image_sets(ws) == []


def jpeg_bomb() -> bytes:
    """A JPEG whose frame header says 65,500 x 65,500."""
    small = encoded(noise(0), "JPEG")
    at = small.index(b"\xff\xc0") + 5
    return small[:at] + struct.pack(">HH", 65_500, 65_500) + small[at + 4 :]


def bmp_bomb() -> bytes:
    small = encoded(noise(0), "BMP")
    return small[:18] + struct.pack("<ii", 60_000, 60_000) + small[26:]


def tiff_bomb() -> bytes:
    """A TIFF whose directory says 60,000 x 60,000 (tags 256 and 257)."""
    small = encoded(noise(0), "TIFF")
    for tag in (256, 257):
        at = small.index(struct.pack("<HHI", tag, 4, 1)) + 8
        small = small[:at] + struct.pack("<I", 60_000) + small[at + 4 :]
    return small


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("bomb.png", png_bomb, "bomb.png is too large."),
        ("bomb.jpg", jpeg_bomb, "bomb.jpg is too large."),
        ("bomb.bmp", bmp_bomb, "bomb.bmp is too large."),
        ("bomb.tif", tiff_bomb, "bomb.tif is too large."),
        ("wide.png", lambda: png_bomb(7_000), "7000 x 7000 pixels; at most 40 megapixels"),
        ("images.zip", zipped, "is an archive"),
        ("really.png", zipped, "is an archive"),
    ],
)
def test_a_folder_with_a_bomb_or_an_archive_is_refused(
    ws: Workspace, tmp_path: Path, name: str, content: Callable[[], bytes], says: str
) -> None:
    root = class_folders(tmp_path / "r")
    (root / "Normal" / name).write_bytes(content())
    refused_without_trace(ws, root, says)


def test_a_bomb_costs_neither_time_nor_memory(tmp_path: Path) -> None:
    root = class_folders(tmp_path / "r")
    for number, made in enumerate((png_bomb, jpeg_bomb, bmp_bomb, tiff_bomb)):
        bomb = root / "Normal" / f"0{number}"
        bomb.write_bytes(made())
        tracemalloc.start()
        start = time.monotonic()
        refused(lambda: read_folder(root), "too large")
        assert time.monotonic() - start < 1
        assert tracemalloc.get_traced_memory()[1] < 20e6
        tracemalloc.stop()
        bomb.unlink()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (lambda: b"", "empty"),
        (lambda: b"not an image\n" * 50, "by its content a text"),
        (lambda: b"<!DOCTYPE html><html></html>", "by its content a web page"),
        (lambda: b"MZ\x90\0" + b"\0" * 400, "by its content a program"),
        (lambda: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "by its content a PDF document"),
        (lambda: bytes(range(256)) * 20, "by its content of an unknown kind"),
        (lambda: b"GIF89a" + b"\0" * 50, "by its content a film or animation"),
        (lambda: encoded(noise(90, size=(400, 300)), "JPEG")[:9000], "damaged or cut short"),
        (lambda: encoded(noise(90, size=(400, 300)))[:9000], "damaged or cut short"),
        (lambda: encoded(noise(90, size=(400, 300)), "BMP")[:9000], "damaged or cut short"),
        (lambda: encoded(noise(90, size=(400, 300)), "TIFF")[:9000], "damaged or cut short"),
        (lambda: encoded(noise(90, size=(400, 300)), "WEBP")[:9000], "damaged or cut short"),
        (lambda: encoded(noise(90, "L").convert("F"), "TIFF"), "its pixels are 32-bit numbers"),
    ],
)
def test_one_bad_file_is_left_out_and_told(tmp_path: Path, content: Callable[[], bytes], why: str) -> None:
    root = class_folders(tmp_path / "r")
    (root / "Normal" / "bad.png").write_bytes(content())
    found, (remark,) = read_folder(root)
    assert len(found) == 16
    assert remark.startswith(f"Normal/bad.png: left out ({why}")


def test_a_damaged_file_never_brings_the_reader_down(tmp_path: Path) -> None:
    """Bytes of real images of every kind, changed at random: read, left out or refused, and nothing else."""
    rng = random.Random(0)
    root = class_folders(tmp_path / "r")
    for kind in ("PNG", "JPEG", "BMP", "TIFF", "WEBP"):
        whole = encoded(noise(91), kind)
        for number in range(40):
            broken = bytearray(whole)
            for _ in range(rng.randint(1, 8)):
                broken[rng.randrange(len(broken))] = rng.randrange(256)
            bad = root / "Tapered" / f"{kind}{number}"
            bad.write_bytes(broken)
            try:
                assert len(read_folder(root)[0]) in (16, 17)
            except UserError as error:
                assert error.what.endswith("is too large.")  # noqa: PT017
            bad.unlink()


def test_too_few_classes_or_images(ws: Workspace, tmp_path: Path) -> None:
    refused_without_trace(ws, class_folders(tmp_path / "one", classes=("Normal",)), "only one class, Normal")
    refused_without_trace(ws, class_folders(tmp_path / "few", n=7), "Normal: 7, Tapered: 7")
    (tmp_path / "nothing").mkdir()
    refused_without_trace(ws, tmp_path / "nothing", "no image that can be used")
    flat = tmp_path / "flat"
    flat.mkdir()
    (flat / "a.png").write_bytes(encoded(noise(1)))
    refused_without_trace(ws, flat, "outside of the folders of the classes")


def test_what_is_no_folder(ws: Workspace, tmp_path: Path) -> None:
    (tmp_path / "set.zip").write_bytes(zipped())
    (tmp_path / "one.png").write_bytes(encoded(noise(1)))
    refused_without_trace(ws, tmp_path / "set.zip", "Unpack it first")
    refused_without_trace(ws, tmp_path / "one.png", "a single file")
    refused_without_trace(ws, tmp_path / "missing", "is not there")
    refused_without_trace(ws, tmp_path / "nul\0", "is not there")
    refused_without_trace(ws, tmp_path / ("long" * 400), "is not there")


def test_a_folder_that_must_not_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = class_folders(tmp_path / "r")

    def forbidden(path: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    with monkeypatch.context() as locked:
        locked.setattr(folder.os, "scandir", forbidden)
        refused(lambda: read_folder(root), "cannot be read")


def test_a_folder_of_everything_is_refused_before_much_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder, "MAX_FILES", 15)
    refused(lambda: read_folder(class_folders(tmp_path / "r")), "too many files")


def test_a_file_beyond_the_limit_is_not_read(tmp_path: Path) -> None:
    root = class_folders(tmp_path / "r")
    with (root / "Normal" / "a.bin").open("wb") as file:
        file.truncate(3_000_000)
    refused(lambda: read_folder(root, limits=Limits(max_upload_mb=2)), "Files of up to 2 MB")


@pytest.mark.parametrize("label", ["gnp\u202elamroN", "a\nb", "back\\slash", "x" * 61, "\udcff"])
def test_class_folders_named_to_deceive_are_refused(tmp_path: Path, label: str) -> None:
    refused(lambda: read_folder(class_folders(tmp_path / "r", classes=("Normal", label))), "The class name")


def test_file_names_are_shown_and_nothing_more(tmp_path: Path) -> None:
    root = class_folders(tmp_path / "r")
    for name in ("a\u202egnp.exe", "new\nline.png", "\udcff.png", "x" * 250):
        (root / "Normal" / name).write_bytes(b"text")
    _, remarks = read_folder(root)
    assert all(remark.isprintable() for remark in remarks)
    assert "a?gnp.exe" in remarks[0]


UPLOADS = [(f"{i}.png", "a" if i < 8 else "b", encoded(noise(i))) for i in range(16)]


@pytest.mark.parametrize(
    ("upload", "says"),
    [
        (("../../etc/x.png", "a", b"x"), "The file name"),
        (("C:\\x.png", "a", b"x"), "The file name"),
        (("x\0.png", "a", b"x"), "The file name"),
        (("x.png.exe", "a", b"x"), "The file name"),
        (("x.png", "../up", b"x"), "The class name"),
        (("x.png", "", b"x"), "The class name"),
        (("x.png", "..", b"x"), "The class name"),
        (("set.zip", "a", zipped()), "is an archive"),
        (("bomb.png", "a", png_bomb()), "too large"),
    ],
)
def test_bad_uploads_leave_nothing(ws: Workspace, upload: tuple[str, str, bytes], says: str) -> None:
    refused(lambda: from_uploads(ws, "set", [*UPLOADS, upload]), says)
    assert list(ws.image_sets_dir.iterdir()) == []
    assert image_sets.list_image_sets(ws) == []
    assert from_uploads(ws, "set", UPLOADS).n_images == 16


def test_an_id_is_never_a_path(ws: Workspace) -> None:
    for set_id in ("../lab.sqlite", "", "a' OR '1'='1"):
        refused(lambda set_id=set_id: image_sets.read(ws, set_id), "not here any more")
        image_sets.delete(ws, set_id)
    assert ws.database.is_file()
