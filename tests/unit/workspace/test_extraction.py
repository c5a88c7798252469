"""Extraction while someone else goes on working with the clips."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from core.types import Quiet
from core.workspace import clips, extraction, intake, tasks
from core.workspace.clips import Clip
from core.workspace.store import Workspace


class Meanwhile(Quiet):
    """Does something once, as another tab would: before the first clip's turn, or once it has been looked at."""

    def __init__(self, does: Callable[[], object], before_its_turn: bool = True) -> None:
        self._does, self._before, self.done = does, before_its_turn, False

    def report(self, done: float, total: float, message: str = "") -> None:
        if not self.done and (self._before or done > 0):
            self.done = True
            self._does()


@pytest.fixture(autouse=True)
def _in_this_process(ws: Workspace) -> None:
    ws.remember(extraction.PROCESSES, 0)


@pytest.fixture
def take(ws: Workspace, shared_data: Path) -> Callable[[str, str], Clip]:
    """Takes a real clip in under another name."""
    return lambda file, name: intake.receive_clip(ws, name, (shared_data / "clips" / f"{file}.mp4").read_bytes())


Taker = Callable[[str, str], Clip]


def extract(ws: Workspace, run_dir: Path, *chosen: Clip, progress: Quiet | None = None) -> dict[str, object]:
    run_dir.mkdir(exist_ok=True)
    return tasks.extract(ws, {"clip_ids": [clip.id for clip in chosen]}, progress or Quiet(), run_dir)


def test_a_video_deleted_before_its_turn_costs_no_action_units(ws: Workspace, take: Taker, tmp_path: Path) -> None:
    first, second = take("no_face", "P01_anger.mp4"), take("driving_d20", "P02_fear.mp4")
    extract(ws, tmp_path / "a", second)
    before = clips.rows_of(ws, [second.id])
    meanwhile = Meanwhile(lambda: clips.delete_video(ws, [second.id]))
    result = extract(ws, tmp_path / "b", first, second, progress=meanwhile)
    assert result["verdicts"] == {first.id: "not usable", second.id: "skipped"}
    assert clips.load_measurement(ws, second.id).peak_frame is not None
    assert clips.rows_of(ws, [second.id]).equals(before)
    assert len(before) == 1


def test_a_file_lost_while_it_is_read_costs_no_action_units(ws: Workspace, take: Taker, tmp_path: Path) -> None:
    clip = take("driving_d20", "P02_fear.mp4")
    extract(ws, tmp_path / "a", clip)
    assert clip.path is not None
    clip.path.write_bytes(b"overwritten")
    assert extract(ws, tmp_path / "b", clip)["skipped"] == 1
    assert clips.load_measurement(ws, clip.id).peak_frame is not None


@pytest.mark.parametrize("before", [True, False])
def test_a_removed_clip_does_not_keep_the_others_from_being_measured(
    ws: Workspace, take: Taker, tmp_path: Path, before: bool
) -> None:
    first, second = take("no_face", "P01_anger.mp4"), take("driving_d20", "P02_fear.mp4")
    result = extract(
        ws, tmp_path / "a", first, second, progress=Meanwhile(lambda: clips.remove_clips(ws, [first.id]), before)
    )
    assert (result["measured"], result["skipped"]) == (1, 1)
    assert clips.get_clip(ws, second.id).measured


@pytest.mark.parametrize("which", [0, 1])
def test_labels_changed_while_a_clip_is_measured_leave_no_measurement_against_another_person(
    ws: Workspace, take: Taker, tmp_path: Path, which: int
) -> None:
    pair = take("driving_d20", "P01_anger.mp4"), take("single_face", "P01_neutral.mp4")
    changed = pair[which]
    meanwhile = Meanwhile(lambda: clips.relabel(ws, changed.id, "P02", changed.emotion, "PD", 1), before_its_turn=False)
    result = extract(ws, tmp_path / "a", pair[0], progress=meanwhile)
    assert meanwhile.done
    assert result["verdicts"] == {pair[0].id: "skipped"}
    assert not clips.get_clip(ws, pair[0].id).measured
    assert extract(ws, tmp_path / "a", pair[0])["measured"] == 1  # the same job once more, with the labels of now
    assert clips.load_measurement(ws, pair[0].id).neutral == (0, 4)


def test_a_retry_measures_again_what_would_come_out_differently_now(
    ws: Workspace, take: Taker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = take("driving_d20", "P01_anger.mp4")
    times: list[float] = []

    def again() -> bool:
        """Whether the same job, done once more, measured the clip."""
        extract(ws, tmp_path / "a", clip)
        times.append(ws.read("SELECT measured FROM clips WHERE id = ?", (clip.id,))[0][0])
        return len(times) < 2 or times[-1] != times[-2]

    assert again()
    assert not again()
    before = tasks.input_hashes(ws, "extract", {"clip_ids": [clip.id]})
    take("single_face", "P01_neutral.mp4")
    assert tasks.input_hashes(ws, "extract", {"clip_ids": [clip.id]}) != before
    assert again()
    assert clips.load_measurement(ws, clip.id).neutral is None
    assert not again()
    monkeypatch.setattr(extraction, "versions", lambda: {"hypomimia-lab": "99"})
    assert again()
    assert not again()
