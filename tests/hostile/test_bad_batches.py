"""Files that are named like batches of CIFAR-10 and made to run code, or to fill memory and time."""

from __future__ import annotations

import os
import pickle  # noqa: TID251 - to make what must never be loaded
import random
import struct
import time
import tracemalloc
from pathlib import Path

import pytest

from core.errors import UserError
from core.images import inert_pickle
from core.images.folder import read_folder
from core.images.inert_pickle import NotData, WouldRunCode, plain_values
from core.workspace.store import Workspace
from tests.hostile.test_bad_images import refused, refused_without_trace
from tests.unit.images.cifar_files import batch, cifar_10, meta_of_python_2, of_python_2


class Evil:
    """Unpickled, it makes a file."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple:
        return os.system, (f"touch {self.mark}",)


@pytest.mark.parametrize("protocol", range(2, 6))
@pytest.mark.parametrize("name", ["data_batch_1", "test_batch", "batches.meta"])
def test_a_batch_that_would_run_code_is_refused_and_nothing_runs(
    ws: Workspace, tmp_path: Path, name: str, protocol: int
) -> None:
    folder, mark = cifar_10(tmp_path / "c"), tmp_path / "it ran"
    (folder / name).write_bytes(pickle.dumps({b"data": Evil(mark)}, protocol))
    refused_without_trace(ws, folder, "would have run code")
    assert not mark.exists()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"\x80\x02cposix\nsystem\nU\x02ls\x85R.", "posix.system"),
        (b"\x80\x02c__builtin__\neval\nU\x011\x85R.", "__builtin__.eval"),
        (b"\x80\x04\x8c\x05posix\x8c\x06system\x93\x8c\x02ls\x85R.", "posix.system"),
        (b"\x80\x04\x8c\x05numpy\x8c\x08__dict__\x93.", "numpy.__dict__"),
        (b"\x80\x02cnumpy.core.multiarray\nfromfile\n.", "numpy.core.multiarray.fromfile"),
        (b"(U\x02lsiposix\nsystem\n.", "INST"),
        (b"\x80\x02U\x01x)\x81.", "NEWOBJ"),
        (b"\x80\x02Pxyz\n.", "PERSID"),
        (b"\x80\x02\x82\x01.", "EXT1"),
    ],
)
def test_what_acts_is_named(content: bytes, told: str) -> None:
    with pytest.raises(WouldRunCode) as caught:
        plain_values(content)
    assert str(caught.value) == told


HUGE = [
    b"\x80\x04\x8e" + struct.pack("<Q", 2**62) + b"x.",  # BINBYTES8
    b"\x80\x04\x8e" + struct.pack("<Q", 2**64 - 1) + b"x.",
    b"\x80\x02T" + struct.pack("<i", -5) + b"x.",  # BINSTRING
    b"\x80\x02T" + struct.pack("<i", 2**31 - 1) + b"x.",
    b"\x80\x05\x96" + struct.pack("<Q", 2**40) + b".",  # BYTEARRAY8
    b"\x80\x02\x8b" + struct.pack("<i", 2**31 - 1) + b".",  # LONG4
    b"\x80\x04\x95" + struct.pack("<Q", 2**60) + b".",  # FRAME
    b"\x80\x02r" + struct.pack("<I", 2**32 - 1) + b".",  # LONG_BINPUT of nothing
    b"\x80\x02]r" + struct.pack("<I", 2**32 - 1) + b".",
    b"\x80\x02I" + b"9" * 1_000_000 + b"\n.",
]
BOMBS = [
    b"\x80\x02" + b"]" * 99_999 + b"a" * 99_998 + b".",  # lists in lists
    b"\x80\x02)" + b"\x85" * 199_000 + b".",
    b"\x80\x02)q\0" + b"h\0h\0\x86q\0" * 45_000 + b".",  # pairs of the pair before
    b"\x80\x02})q\0" + b"h\0h\0\x86q\0" * 60 + b"h\0K\1s.",  # and one of them as a key
    b"\x80\x02X" + struct.pack("<I", 10**6) + b"x" * 10**6 + b"q\0"
    + b"c_codecs\nencode\nh\0X\x06\0\0\0latin1\x86R" * 20_000 + b".",  # one text as many bytes
    b"\x80\x05\x96" + struct.pack("<Q", 10**6) + b"x" * 10**6 + b"q\0cnumpy\ndtype\nU\x02u1\x85Rq\1"
    + b"cnumpy.core.numeric\n_frombuffer\n(h\0h\1J\x40\x42\x0f\0\x85U\1Ct" + b"R0" * 9_000 + b".",
    b"\x80\x02" + b"(" * 3_000_000 + b".",
    b"\x80\x02](" + b"h\0" * 1_500_000 + b"e.",
]  # fmt: skip


@pytest.mark.parametrize("content", [*HUGE, *BOMBS], ids=range(len(HUGE) + len(BOMBS)))
def test_a_file_made_to_fill_memory_or_time_does_neither(content: bytes) -> None:
    tracemalloc.start()
    start = time.monotonic()
    with pytest.raises(NotData):
        plain_values(content)
    assert time.monotonic() - start < 10  # traced, it takes some five times as long
    assert tracemalloc.get_traced_memory()[1] < 100e6
    tracemalloc.stop()


def test_so_many_values_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    content = pickle.dumps({"n": [0] * 50}, 2)
    assert plain_values(content) == {"n": [0] * 50}
    monkeypatch.setattr(inert_pickle, "MAX_OPERATIONS", 50)
    with pytest.raises(NotData, match="too many"):
        plain_values(content)


SHAPES = [
    b"K\x14M\x01\x0c",
    b"J\xff\xff\xff\xffM\x00\x0c",
    b"J\xff\xff\xff\x7fJ\xff\xff\xff\x7f",
    b"U\x01aU\x01b",
    b"NN",
]


@pytest.mark.parametrize("shape", SHAPES)
def test_an_array_of_another_shape_than_its_bytes_is_refused(tmp_path: Path, shape: bytes) -> None:
    folder = cifar_10(tmp_path / "c")
    whole = of_python_2(*batch(0))
    (folder / "data_batch_1").write_bytes(whole.replace(b"K\x14M\x00\x0c", shape))
    refused(lambda: read_folder(folder), "data_batch_1 is not a file of CIFAR-10")


@pytest.mark.parametrize("type_", [b"U\x02i8", b"U\x02O8", b"U\x02f4", b"K\x01"])
def test_an_array_of_anything_but_bytes_is_refused(tmp_path: Path, type_: bytes) -> None:
    folder = cifar_10(tmp_path / "c")
    (folder / "data_batch_1").write_bytes(of_python_2(*batch(0)).replace(b"U\x02u1", type_))
    refused(lambda: read_folder(folder), "another type than uint8")


@pytest.mark.parametrize(
    "content", [b"not a pickle\n" * 9, b"\x89PNG\r\n\x1a\n" + b"\0" * 99, b"\x80\x02].", b"\0" * 999]
)
def test_what_is_no_batch_is_refused(ws: Workspace, tmp_path: Path, content: bytes) -> None:
    folder = cifar_10(tmp_path / "c")
    (folder / "data_batch_4").write_bytes(content)
    refused_without_trace(ws, folder, "data_batch_4 is not a file of CIFAR-10")


def test_a_damaged_batch_never_brings_the_reader_down(tmp_path: Path) -> None:
    """A batch changed at random outside of its pixels: read or refused, and nothing else."""
    rng, folder = random.Random(0), cifar_10(tmp_path / "c")
    whole = of_python_2(*batch(0))
    begin, end = whole.index(b"tb\x89T") + 8, whole.rindex(b"tbU\tfilenames")
    places = [*range(begin), *range(end, len(whole))]
    for _ in range(300):
        broken = bytearray(whole)
        for _ in range(rng.randint(1, 4)):
            broken[rng.choice(places)] = rng.randrange(256)
        (folder / "data_batch_1").write_bytes(broken)
        try:
            read_folder(folder)
        except UserError as error:
            assert error.what.startswith(("data_batch_1 is not a file", "There are too few"))  # noqa: PT017


def test_a_file_beyond_any_batch_is_not_read(tmp_path: Path) -> None:
    folder = cifar_10(tmp_path / "c")
    for name, size in (("test_batch", 64_000_001), ("batches.meta", 100_001)):
        content = (folder / name).read_bytes()
        with (folder / name).open("r+b") as file:
            file.truncate(size)
        tracemalloc.start()
        refused(lambda name=name: read_folder(folder), f"{name} is not a file of CIFAR-10. It has")
        assert tracemalloc.get_traced_memory()[1] < 20e6
        tracemalloc.stop()
        (folder / name).write_bytes(content)


def test_links_and_pipes_are_not_read(tmp_path: Path) -> None:
    folder = cifar_10(tmp_path / "c")
    (folder / "data_batch_2").rename(tmp_path / "elsewhere")
    (folder / "data_batch_2").symlink_to(tmp_path / "elsewhere")
    refused(lambda: read_folder(folder), "data_batch_2 is no ordinary file")
    (folder / "data_batch_2").unlink()
    os.mkfifo(folder / "data_batch_2")
    refused(lambda: read_folder(folder), "data_batch_2 is no ordinary file")


@pytest.mark.parametrize("name", [b"\xe2\x80\xae" + b"pi", b"a\nbcd", b"../up"])
def test_classes_named_to_deceive_are_refused(tmp_path: Path, name: bytes) -> None:
    folder = cifar_10(tmp_path / "c")
    told = meta_of_python_2(20).replace(b"U\x05horse", b"U\x05" + name)
    (folder / "batches.meta").write_bytes(told)
    refused(lambda: read_folder(folder), "The class name")
