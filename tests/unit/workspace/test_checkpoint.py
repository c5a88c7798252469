"""Parts of a job outlive it: whole lines are taken over, a torn one is not, and nothing of another version is."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from core.workspace.checkpoint import NAME, Checkpoint

MADE_FROM = {"versions": {"numpy": "1"}, "sizes": (1, 2)}


def kept(folder: Path, made_from: dict = MADE_FROM) -> dict:
    return Checkpoint(folder, made_from).finished


def test_what_is_finished_is_there_the_next_time(tmp_path: Path) -> None:
    first = Checkpoint(tmp_path, MADE_FROM)
    assert first.finished == {}
    assert not (tmp_path / NAME).exists()
    for name, outcome in (("a/1", {"x": 0.1}), ("b\n2", [1, None]), ("ä", "text")):
        first.add(name, outcome)
        assert kept(tmp_path) == first.finished
    again = Checkpoint(tmp_path, MADE_FROM)
    again.add("c", 3)
    assert list(kept(tmp_path)) == ["a/1", "b\n2", "ä", "c"]


def test_another_version_takes_nothing_over(tmp_path: Path) -> None:
    Checkpoint(tmp_path, MADE_FROM).add("a", 1)
    other = {**MADE_FROM, "versions": {"numpy": "2"}}
    assert kept(tmp_path, other) == {}
    Checkpoint(tmp_path, other).add("b", 2)
    assert kept(tmp_path, other) == {"b": 2}
    assert kept(tmp_path) == {}


@given(st.integers(0, 10_000))
@effort(deadline=None, max_examples=60)
def test_a_crash_at_any_byte_loses_at_most_the_part_in_flight(
    tmp_path_factory: pytest.TempPathFactory, cut: int
) -> None:
    folder = tmp_path_factory.mktemp("run")
    whole = Checkpoint(folder, MADE_FROM)
    for i in range(5):
        whole.add(f"part {i}", {"value": i})
    content = (folder / NAME).read_bytes()
    torn = content[: cut % (len(content) + 1)]
    (folder / NAME).write_bytes(torn)
    n_whole = max(torn.count(b"\n") - 1, 0)
    again = Checkpoint(folder, MADE_FROM)
    assert list(again.finished) == [f"part {i}" for i in range(n_whole)]
    again.add("next", 1)
    assert list(kept(folder)) == [*(f"part {i}" for i in range(n_whole)), "next"]


def test_a_part_costs_what_it_holds_and_not_what_came_before(tmp_path: Path) -> None:
    checkpoint = Checkpoint(tmp_path, MADE_FROM)
    checkpoint.add("first", "x" * 1_000_000)
    inode = (tmp_path / NAME).stat().st_ino
    checkpoint.add("second", 1)
    assert (tmp_path / NAME).stat().st_ino == inode
