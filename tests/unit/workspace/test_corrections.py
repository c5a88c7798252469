"""Neutral and peak set by hand: kept with the clip, taken back step by step, made again when it is measured again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.errors import UserError
from core.faces import action_units
from core.faces.mesh_file import MeshFile
from core.types import ACTION_UNITS, DYNAMICS_COLUMNS, STATISTIC_COLUMNS
from core.workspace import clips, file_journal
from core.workspace.clips import Clip
from core.workspace.store import Workspace
from tests.unit.workspace.test_clips import assert_same, measured, taken


@pytest.fixture
def clip(ws: Workspace, tmp_path: Path) -> Clip:
    """A measured clip of anger."""
    return clips.save_measurement(ws, taken(ws, tmp_path).id, measured())


def test_a_corrected_peak_gives_the_row_and_the_dynamics(ws: Workspace, clip: Clip) -> None:
    assert clips.correct_peak(ws, clip.id, 7).peak_frame == 7
    found = clips.load_measurement(ws, clip.id)
    assert (found.peak_frame, found.corrected) == (7, ("peak",))
    (row,) = clips.rows_of(ws, [clip.id]).to_dict("records")
    assert (row["AU04"], row["AU12"]) == (0.0, 3.0)
    assert row["amplitude"] == found.dynamics.amplitude == 0.0
    assert {*DYNAMICS_COLUMNS, *STATISTIC_COLUMNS} <= set(row)
    assert row["AU12_variance"] == found.dynamics.au_variance[ACTION_UNITS.index("AU12")]
    back = clips.undo_correction(ws, clip.id)
    assert back == clip
    assert_same(clips.load_measurement(ws, clip.id), measured())


def test_a_corrected_neutral_is_what_every_intensity_is_measured_from(ws: Workspace, clip: Clip) -> None:
    clips.correct_neutral(ws, clip.id, 4, 6)
    found = clips.load_measurement(ws, clip.id)
    assert (found.neutral, found.corrected) == ((4, 6), ("neutral",))
    features = measured().features
    expected = action_units.intensities(features, np.median(features[4:7], axis=0))
    for kept, wanted in zip(("intensity", "left", "right"), expected, strict=True):
        np.testing.assert_array_equal(getattr(found.action_units, kept), wanted)
    assert found.peak_frame == np.nanargmax(found.strength)
    clips.undo_correction(ws, clip.id)
    assert_same(clips.load_measurement(ws, clip.id), measured())
    assert len(list(ws.measurements_dir.iterdir())) == 1


def test_steps_are_taken_back_from_the_last_to_the_first(ws: Workspace, clip: Clip) -> None:
    with pytest.raises(UserError, match="Nothing was corrected"):
        clips.undo_correction(ws, clip.id)
    steps = [("neutral", 4, 6), ("peak", 9, 9), ("neutral", 0, 3), ("peak", 2, 2)]
    seen = [clips.load_measurement(ws, clip.id)]
    for what, first, last in steps:
        clips.correct_peak(ws, clip.id, first) if what == "peak" else clips.correct_neutral(ws, clip.id, first, last)
        seen.append(clips.load_measurement(ws, clip.id))
    assert [(step.what, step.first, step.last) for step in clips.corrections(ws, clip.id)] == steps
    assert [(m.neutral, m.corrected) for m in seen[1:]] == [
        ((4, 6), ("neutral",)),
        ((4, 6), ("neutral", "peak")),
        ((0, 3), ("neutral", "peak")),
        ((0, 3), ("neutral", "peak")),
    ]
    for before in reversed(seen[:-1]):
        clips.undo_correction(ws, clip.id)
        assert_same(clips.load_measurement(ws, clip.id), before)
    assert clips.corrections(ws, clip.id) == ()


def test_a_corrected_peak_belongs_to_the_emotion_it_was_set_for(ws: Workspace, clip: Clip) -> None:
    clips.correct_peak(ws, clip.id, 5)
    clips.relabel(ws, clip.id, "P01", "happiness", "", 1)
    now = clips.load_measurement(ws, clip.id)
    assert (now.peak_frame, now.corrected, clips.corrections(ws, clip.id)) == (7, (), ())
    with pytest.raises(UserError, match="Nothing was corrected"):
        clips.undo_correction(ws, clip.id)
    clips.correct_peak(ws, clip.id, 6)
    assert clips.relabel(ws, clip.id, "P01", "anger", "", 2).peak_frame == 5
    assert clips.undo_correction(ws, clip.id).peak_frame == 3
    assert clips.relabel(ws, clip.id, "P01", "happiness", "", 3).peak_frame == 6


@pytest.mark.parametrize(("first", "last"), [(-1, 2), (5, 4), (3, 12), (11, 11)])
def test_frames_that_are_not_there_or_show_no_face_are_refused(
    ws: Workspace, clip: Clip, first: int, last: int
) -> None:
    with pytest.raises(UserError, match=r"frames? |No face was found there"):
        clips.correct_neutral(ws, clip.id, first, last)
    for frame in (-1, 11, 12):
        with pytest.raises(UserError, match=r"no frame|No face was found there"):
            clips.correct_peak(ws, clip.id, frame)
    assert clips.get_clip(ws, clip.id) == clip
    assert len(list(ws.measurements_dir.iterdir())) == 1
    assert ws.read("SELECT * FROM file_journal") == []


@pytest.mark.parametrize("earlier", [{"features": None}, {"versions": {"intensities": "others"}}])
def test_a_neutral_cannot_be_corrected_without_the_features_of_now_but_a_peak_can(
    ws: Workspace, clip: Clip, earlier: dict[str, None]
) -> None:
    clips.save_measurement(ws, clip.id, replace(measured(), **earlier))
    with pytest.raises(UserError, match="another version of the program") as error:
        clips.correct_neutral(ws, clip.id, 4, 6)
    assert error.value.remedy == "Measure it again."
    assert clips.correct_peak(ws, clip.id, 7).peak_frame == 7


def test_a_clip_without_curves_cannot_be_corrected(ws: Workspace, clip: Clip) -> None:
    clips.save_measurement(ws, clip.id, measured(verdict="not usable"))
    for refused in (lambda: clips.correct_peak(ws, clip.id, 3), lambda: clips.correct_neutral(ws, clip.id, 0, 3)):
        with pytest.raises(UserError, match="no action units"):
            refused()


def test_corrections_are_made_again_when_the_clip_is_measured_again(ws: Workspace, clip: Clip) -> None:
    clips.correct_neutral(ws, clip.id, 0, 3)
    clips.correct_neutral(ws, clip.id, 4, 6)
    clips.correct_peak(ws, clip.id, 9)
    by_hand = clips.load_measurement(ws, clip.id)
    kept = clips.save_measurement(ws, clip.id, measured())
    assert kept.peak_frame == 9
    assert_same(clips.load_measurement(ws, clip.id), by_hand)
    assert len(list(ws.measurements_dir.iterdir())) == 2
    for _ in range(2):
        clips.undo_correction(ws, clip.id)
    assert_same(clips.load_measurement(ws, clip.id), measured())
    assert len(list(ws.measurements_dir.iterdir())) == 1


def test_a_correction_whose_frames_show_no_face_any_more_is_dropped(ws: Workspace, clip: Clip) -> None:
    clips.correct_neutral(ws, clip.id, 4, 4)
    clips.correct_peak(ws, clip.id, 4)
    again = measured()
    units = replace(again.action_units, success=np.arange(12) > 4)
    clips.save_measurement(ws, clip.id, replace(again, action_units=units))
    assert clips.corrections(ws, clip.id) == ()
    assert clips.get_clip(ws, clip.id).peak_frame == 3


def test_a_corrected_neutral_holds_without_the_neutral_clip(ws: Workspace, clip: Clip, tmp_path: Path) -> None:
    neutral = taken(ws, tmp_path, "P01_neutral.avi", seed=1)
    clips.save_measurement(ws, clip.id, measured(neutral=None), neutral.id)
    clips.correct_neutral(ws, clip.id, 4, 6)
    clips.remove_clips(ws, [neutral.id])
    assert clips.load_measurement(ws, clip.id).neutral == (4, 6)
    clips.restore_clips(ws, [neutral.id])
    clips.undo_correction(ws, clip.id)
    assert clips.load_measurement(ws, clip.id).neutral is None
    clips.remove_clips(ws, [neutral.id])
    assert not clips.get_clip(ws, clip.id).measured


def test_a_correction_that_is_cut_off_changes_nothing(
    ws: Workspace, clip: Clip, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_off(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(file_journal, "entered", cut_off)
    with pytest.raises(KeyboardInterrupt):
        clips.correct_neutral(ws, clip.id, 4, 6)
    monkeypatch.undo()
    assert_same(clips.load_measurement(ws, clip.id), measured())
    assert clips.corrections(ws, clip.id) == ()
    assert len(list(ws.measurements_dir.iterdir())) == 1


def test_nothing_of_a_corrected_clip_is_left_once_it_is_erased(ws: Workspace, clip: Clip, tmp_path: Path) -> None:
    clips.save_measurement(ws, clip.id, measured(), mesh_file=drawn(tmp_path))
    clips.correct_neutral(ws, clip.id, 4, 6)
    clips.remove_clips(ws, [clip.id])
    clips.erase_removed(ws)
    assert list(ws.measurements_dir.iterdir()) == []


def drawn(tmp_path: Path, n_frames: int = 12) -> Path:
    with MeshFile(tmp_path / "mesh.npy") as file:
        track = file.follow()
        track.put(2, np.full((478, 2), 0.25))
        file.keep(track, n_frames)
    return tmp_path / "mesh.npy"


def test_the_mesh_is_kept_beside_the_curves_and_goes_with_the_video(ws: Workspace, clip: Clip, tmp_path: Path) -> None:
    assert clips.load_mesh(ws, clip.id) is None
    clips.save_measurement(ws, clip.id, measured(), mesh_file=drawn(tmp_path))
    mesh = clips.load_mesh(ws, clip.id)
    assert isinstance(mesh, np.memmap)
    assert mesh.shape == (12, 478, 2)
    np.testing.assert_array_equal(np.isfinite(mesh[:, 0, 0]), np.arange(12) == 2)
    assert mesh[2, 100].tolist() == [0.25, 0.25]
    assert not (tmp_path / "mesh.npy").exists()
    clips.save_measurement(ws, clip.id, measured(), mesh_file=drawn(tmp_path, 13))
    assert clips.load_mesh(ws, clip.id).shape == (13, 478, 2)
    assert len(list(ws.measurements_dir.glob("*.npy"))) == 1
    clips.delete_video(ws, [clip.id])
    assert clips.load_mesh(ws, clip.id) is None
    assert list(ws.measurements_dir.glob("*.npy")) == []
    assert clips.load_measurement(ws, clip.id).peak_frame == 3


def test_no_mesh_is_kept_of_a_video_that_was_deleted_while_it_was_measured(
    ws: Workspace, clip: Clip, tmp_path: Path
) -> None:
    clips.delete_video(ws, [clip.id])
    clips.save_measurement(ws, clip.id, measured(), mesh_file=drawn(tmp_path))
    assert clips.load_mesh(ws, clip.id) is None
    assert list(ws.measurements_dir.glob("*.npy")) == []
