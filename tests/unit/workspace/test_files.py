"""Files are whole or not there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from core.files import atomic_path, atomic_write
from core.workspace.files import sha256_of, sweep


def test_a_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    atomic_write(path, b"old")
    atomic_write(path, b"new and longer")
    assert path.read_bytes() == b"new and longer"
    assert list(tmp_path.iterdir()) == [path]


def test_a_block_that_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "umap.npz"
    atomic_write(path, b"old")

    def fail_halfway() -> None:
        with atomic_path(path) as part:
            part.write_bytes(b"half of the n")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_halfway()
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_the_part_keeps_the_ending_and_lies_beside_the_file(tmp_path: Path) -> None:
    with atomic_path(tmp_path / "x.mp4") as part:
        assert part.suffix == ".mp4"
        assert part.parent == tmp_path
        part.touch()


def test_sha256_of_a_file_is_that_of_its_bytes(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # FIPS 180-2, example B.1
    assert sha256_of(tmp_path / "a") == sha256_of(b"abc") == known


def test_sweep_takes_old_unfinished_files_only(tmp_path: Path) -> None:
    old, young, whole = tmp_path / ".a.1f.part.mp4", tmp_path / ".b.2f.part.mp4", tmp_path / "c.mp4"
    for path in (old, young, whole):
        path.touch()
    for path in (old, whole):
        os.utime(path, (0, 0))
    sweep(tmp_path)
    assert sorted(tmp_path.iterdir()) == [young, whole]
