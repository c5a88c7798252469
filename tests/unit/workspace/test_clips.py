"""Clips: labels that two tabs may edit, measurements that are kept whole, rows for the AU table."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from core.errors import UserError
from core.faces.features import FEATURES
from core.faces.measurement import INTENSITIES_ID, with_peak
from core.types import ACTION_UNITS, SIDED_ACTION_UNITS, TABLE_KEYS, ActionUnits, Measurement, Quality
from core.workspace import clips, intake
from core.workspace.clips import Clip
from core.workspace.store import Workspace
from tests.unit.workspace.pictures import film


def measured(emotion: str = "anger", neutral: tuple[int, int] | None = (0, 1), verdict: str = "usable") -> Measurement:
    """Twelve frames a second apart: AU04 is strongest in frame 3 (anger), AU12 in frame 7 (happiness)."""
    intensity = np.zeros((12, 17), np.float32)
    intensity[3, ACTION_UNITS.index("AU04")] = 4.0
    intensity[7, ACTION_UNITS.index("AU12")] = 3.0
    intensity[11] = np.nan
    sided = np.zeros((12, 14), np.float32)
    sided[7, SIDED_ACTION_UNITS.index("AU12")] = 2.5
    features = np.random.default_rng(0).normal(0, 0.02, (12, len(FEATURES))).astype(np.float32)
    features[11] = np.nan
    made = Measurement(
        emotion=emotion,
        action_units=ActionUnits(
            timestamp_s=np.arange(12.0),
            confidence=np.full(12, 0.9, np.float32),
            success=np.arange(12) < 11,
            n_faces=np.ones(12, int),
            pose_deg=np.zeros((12, 3), np.float32),
            intensity=intensity,
            left=sided,
            right=sided * 0.5,
        ),
        neutral=neutral,
        peak_frame=None,
        strength=np.empty(0),
        quality=Quality(verdict, "" if verdict == "usable" else "Dark.", 12, 0.92, 0.9, 4, 3, 120, 80, 110, 1),
        backend="hypomimia-lab",
        versions={"mediapipe": "0.10.21", "intensities": INTENSITIES_ID},
        features=features,
    )
    return with_peak(made, emotion)


def assert_same(found: object, expected: object) -> None:
    """Equal to the last bit, NaN included, arrays and the fields of records alike."""
    if is_dataclass(expected):
        for field in fields(expected):
            assert_same(getattr(found, field.name), getattr(expected, field.name))
    else:
        np.testing.assert_array_equal(found, expected)


def taken(ws: Workspace, tmp_path: Path, name: str = "P01_anger.avi", seed: int = 0) -> Clip:
    return intake.receive_clip(ws, name, film(tmp_path / "made.avi", seed=seed))


@pytest.fixture
def clip(ws: Workspace, tmp_path: Path) -> Clip:
    return taken(ws, tmp_path)


def test_a_measurement_comes_back_as_it_was(ws: Workspace, clip: Clip) -> None:
    kept = measured()
    clips.save_measurement(ws, clip.id, kept)
    back = clips.load_measurement(ws, clip.id)
    for name, array in vars(kept.action_units).items():
        found = getattr(back.action_units, name)
        np.testing.assert_array_equal(found, array)
        assert found.dtype == array.dtype
    for name in ("strength", "features", "dynamics"):
        assert_same(getattr(back, name), getattr(kept, name))
    plain = {"action_units": None, "strength": None, "features": None, "dynamics": None}
    assert replace(back, **plain) == replace(kept, **plain)
    now = clips.get_clip(ws, clip.id)
    assert (now.measured, now.verdict, now.peak_frame, now.n_frames, now.version) == (True, "usable", 3, 12, 1)


def test_an_unusable_clip_keeps_verdict_and_reason_and_no_action_units(ws: Workspace, clip: Clip) -> None:
    clips.save_measurement(ws, clip.id, measured())
    clips.save_measurement(ws, clip.id, measured(verdict="not usable"))
    now = clips.get_clip(ws, clip.id)
    assert (now.measured, now.verdict, now.reason, now.peak_frame) == (True, "not usable", "Dark.", None)
    assert list(ws.measurements_dir.iterdir()) == []
    assert clips.rows_of(ws, [clip.id]).empty
    with pytest.raises(UserError, match="no action units"):
        clips.load_measurement(ws, clip.id)


def test_a_clip_that_was_cut_short_says_so_once(ws: Workspace, tmp_path: Path) -> None:
    clip = intake.receive_clip(ws, "half.avi", film(tmp_path / "a.avi", n_frames=24))
    for _ in range(2):
        clips.save_measurement(ws, clip.id, measured())
    assert clips.get_clip(ws, clip.id).note == "Cut short: 12 of 24 frames could be read and were used."


def test_the_second_tab_is_told_that_the_first_changed_the_labels(ws: Workspace, clip: Clip) -> None:
    now = clips.relabel(ws, clip.id, " P02 ", "Smile", "PD", clip.version)
    assert (now.subject, now.emotion, now.group, now.version) == ("P02", "happiness", "PD", 2)
    with pytest.raises(UserError, match="changed elsewhere"):
        clips.relabel(ws, clip.id, "P03", "fear", "control", clip.version)
    with pytest.raises(UserError, match="not known"):
        clips.relabel(ws, clip.id, "P03", "fear", "healthy", now.version)
    assert clips.get_clip(ws, clip.id) == now


def test_the_peak_follows_the_emotion(ws: Workspace, clip: Clip) -> None:
    clips.save_measurement(ws, clip.id, measured())
    assert clips.rows_of(ws, [clip.id]).loc[0, ["AU04", "AU12"]].tolist() == [4.0, 0.0]
    now = clips.relabel(ws, clip.id, "P01", "happiness", "", clip.version)
    assert (now.measured, now.peak_frame) == (True, 7)
    row = clips.rows_of(ws, [clip.id]).loc[0]
    assert row[["AU04", "AU12", "AU12_L", "AU12_R"]].tolist() == [0.0, 3.0, 2.5, 1.25]
    assert clips.load_measurement(ws, clip.id).emotion == "happiness"
    clips.relabel(ws, clip.id, "P01", "anger", "", 2)
    np.testing.assert_array_equal(clips.load_measurement(ws, clip.id).strength, measured().strength)
    assert clips.rows_of(ws, [clip.id]).loc[0, ["AU04", "AU12"]].tolist() == [4.0, 0.0]


def test_a_label_changed_during_the_measurement_counts(ws: Workspace, clip: Clip) -> None:
    clips.relabel(ws, clip.id, "P01", "happiness", "", clip.version)
    clips.save_measurement(ws, clip.id, measured("anger"))
    assert clips.get_clip(ws, clip.id).peak_frame == 7


def test_another_person_keeps_a_measurement_against_the_clips_own_first_frames(ws: Workspace, clip: Clip) -> None:
    clips.save_measurement(ws, clip.id, measured())
    assert clips.relabel(ws, clip.id, "P02", "anger", "", clip.version).measured


@pytest.fixture
def pair(ws: Workspace, clip: Clip, tmp_path: Path) -> tuple[Clip, Clip]:
    """A clip measured against the neutral clip of its person, and that clip."""
    neutral = taken(ws, tmp_path, "P01_neutral.avi", seed=1)
    return clips.save_measurement(ws, clip.id, measured(neutral=None), neutral.id), neutral


def outdated(ws: Workspace, clip: Clip) -> bool:
    now = clips.get_clip(ws, clip.id)
    if now.measured:
        return False
    assert (now.verdict, now.peak_frame, now.n_frames) == ("", None, None)
    assert "no longer here as one of this person" in now.reason
    assert now in clips.list_clips(ws)
    assert clips.rows_of(ws, [clip.id]).empty
    with pytest.raises(UserError, match="no longer here"):
        clips.load_measurement(ws, clip.id)
    with pytest.raises(UserError, match="cannot be deleted yet"):
        clips.delete_video(ws, [clip.id])
    return True


@pytest.mark.parametrize("which", [0, 1])
def test_a_measurement_against_a_neutral_clip_holds_only_while_both_are_of_one_person(
    ws: Workspace, pair: tuple[Clip, Clip], which: int
) -> None:
    clips.relabel(ws, pair[which].id, "P02", pair[which].emotion, "", 1)
    assert outdated(ws, pair[0])
    clips.relabel(ws, pair[1 - which].id, "P02", pair[1 - which].emotion, "", 1)  # the person has another code, no more
    assert clips.load_measurement(ws, pair[0].id).neutral is None
    assert len(clips.rows_of(ws, [pair[0].id])) == 1


def test_a_measurement_does_not_hold_when_its_neutral_clip_is_of_another_emotion_or_removed(
    ws: Workspace, pair: tuple[Clip, Clip]
) -> None:
    clip, neutral = pair
    clips.relabel(ws, neutral.id, "P01", "happiness", "", 1)
    assert outdated(ws, clip)
    clips.relabel(ws, neutral.id, "P01", "neutral", "", 2)
    assert not outdated(ws, clip)
    clips.remove_clips(ws, [neutral.id])
    assert outdated(ws, clip)
    clips.restore_clips(ws, [neutral.id])
    assert clips.get_clip(ws, clip.id) == clip
    clips.remove_clips(ws, [neutral.id])
    clips.erase_removed(ws)
    assert outdated(ws, clip)


def test_a_deleted_video_of_the_neutral_clip_changes_nothing(ws: Workspace, pair: tuple[Clip, Clip]) -> None:
    clip, neutral = pair
    clips.save_measurement(ws, neutral.id, measured("neutral"))
    clips.delete_video(ws, [clip.id, neutral.id])
    assert not outdated(ws, clip)
    now = clips.relabel(ws, clip.id, "P02", "anger", "", 1)
    assert "bring the deleted video in again" in now.reason
    with pytest.raises(UserError, match="no action units"):
        clips.load_measurement(ws, clip.id)
    clips.relabel(ws, clip.id, "P01", "anger", "", 2)
    assert clips.load_measurement(ws, clip.id).peak_frame == 3


def test_a_clip_that_cannot_be_read_any_more_keeps_what_was_measured_in_it(
    ws: Workspace, pair: tuple[Clip, Clip]
) -> None:
    clip, neutral = pair
    assert clips.save_unusable(ws, clip.id, "It is not there.") == clip
    clips.delete_video(ws, [clip.id])
    clips.relabel(ws, neutral.id, "P99", "neutral", "", 1)
    clips.save_unusable(ws, clip.id, "It is not there.")
    clips.relabel(ws, neutral.id, "P01", "neutral", "", 2)
    assert clips.load_measurement(ws, clip.id).peak_frame == 3
    assert clips.save_unusable(ws, neutral.id, "It is not there.").reason == "It is not there."


def test_a_removed_clip_is_not_measured_and_leaves_no_file(ws: Workspace, clip: Clip) -> None:
    clips.remove_clips(ws, [clip.id])
    with pytest.raises(UserError, match="not here any more"):
        clips.save_measurement(ws, clip.id, measured())
    assert list(ws.measurements_dir.iterdir()) == []
    assert ws.read("SELECT * FROM file_journal") == []


def test_curves_that_were_lost_are_told_and_the_labels_stay(ws: Workspace, clip: Clip) -> None:
    clips.save_measurement(ws, clip.id, measured())
    (curves,) = ws.measurements_dir.iterdir()
    curves.unlink()
    with pytest.raises(UserError, match="The file of its curves is missing"):
        clips.load_measurement(ws, clip.id)
    with pytest.raises(UserError, match="The file of its curves is missing"):
        clips.relabel(ws, clip.id, "P01", "happiness", "", 1)
    assert clips.get_clip(ws, clip.id).emotion == "anger"


def test_removing_can_be_undone_until_it_is_made_final(ws: Workspace, clip: Clip) -> None:
    clips.save_measurement(ws, clip.id, measured())
    before = clips.get_clip(ws, clip.id)
    clips.remove_clips(ws, [clip.id])
    assert clips.list_clips(ws) == []
    assert clips.rows_of(ws, [clip.id]).empty
    with pytest.raises(UserError, match="not here any more"):
        clips.get_clip(ws, clip.id)
    clips.restore_clips(ws, [clip.id])
    assert clips.list_clips(ws) == [before]
    assert clips.erase_removed(ws) == 0
    clips.remove_clips(ws, [clip.id])
    assert clips.erase_removed(ws) == 1
    assert [*ws.clips_dir.iterdir(), *ws.measurements_dir.iterdir()] == []
    assert ws.read("SELECT * FROM clips") == []


def test_a_video_can_go_once_it_is_measured_and_come_back(ws: Workspace, clip: Clip, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be deleted yet"):
        clips.delete_video(ws, [clip.id])
    clips.save_measurement(ws, clip.id, measured())
    clips.delete_video(ws, [clip.id])
    assert list(ws.clips_dir.iterdir()) == []
    assert clips.get_clip(ws, clip.id).path is None
    assert len(clips.rows_of(ws, [clip.id])) == 1
    assert clips.load_measurement(ws, clip.id).peak_frame == 3
    back = taken(ws, tmp_path)
    assert back.id == clip.id
    assert back.measured
    assert back.path is not None
    assert back.path.is_file()


def test_rows_are_those_of_an_au_table(ws: Workspace, tmp_path: Path) -> None:
    names = ["P02_fear.avi", "P01_anger.avi", "P01_neutral.avi", "P01_anger.mp4", "P03_anger.avi"]
    ids = [taken(ws, tmp_path, name, seed).id for seed, name in enumerate(names)]
    verdicts = ["warning", "usable", "usable", "warning", "not usable"]
    for clip_id, verdict in zip(ids, verdicts, strict=True):
        clips.save_measurement(ws, clip_id, measured(clips.get_clip(ws, clip_id).emotion, verdict=verdict))
    clips.relabel(ws, ids[1], "P01", "anger", "PD", 1)
    rows = clips.rows_of(ws, ids)
    assert list(rows.columns[:5]) == list(TABLE_KEYS)
    assert set(ACTION_UNITS) <= set(rows.columns)
    assert rows[["subject", "emotion", "group"]].to_numpy().tolist() == [["P01", "anger", "PD"], ["P02", "fear", ""]]
    assert not rows["simulated"].any()
    assert clips.rows_of(ws, []).empty
