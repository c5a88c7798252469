"""Image sets that are kept: once, whole, and no longer than the videos their faces come from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.errors import UserError
from core.faces.crops import face_crop
from core.faces.video import read_frame
from core.images.dataset import ImageSet, digits
from core.images.folder import read_folder
from core.workspace import clips, image_sets, intake, storage
from core.workspace.image_sources import (
    BUILT_IN,
    CROP_PX,
    EMOTION,
    FACES,
    FOLDER,
    UPLOADED,
    from_clips,
    from_digits,
    from_folder,
    from_uploads,
)
from core.workspace.store import Workspace
from tests.unit.images.made import class_folders, encoded, noise
from tests.unit.workspace.pictures import film
from tests.unit.workspace.test_clips import measured


def assert_same_set(found: ImageSet, expected: ImageSet) -> None:
    assert (found.name, found.classes) == (expected.name, expected.classes)
    for name in ("images", "labels", "people", "hashes"):
        np.testing.assert_array_equal(getattr(found, name), getattr(expected, name))


def test_a_set_comes_back_as_it_was(ws: Workspace, tmp_path: Path) -> None:
    root = class_folders(tmp_path / "heads")
    (root / "Normal" / "P01").mkdir()
    (root / "Normal" / "P01" / "a.png").write_bytes(encoded(noise(70)))
    kept = from_folder(ws, root)
    image_set, remarks = read_folder(root)
    assert_same_set(image_sets.read(ws, kept.id), image_set)
    assert (kept.name, kept.source, kept.simulated, kept.n_people) == ("heads", FOLDER, False, 1)
    assert kept.n_per_class == {"Normal": 9, "Tapered": 8}
    assert (kept.n_images, kept.height_px, kept.width_px, kept.channels) == (17, 10, 12, 3)
    assert kept.remarks == tuple(remarks)
    assert image_sets.list_image_sets(Workspace.open(ws.home)) == [kept]


def test_the_same_content_is_kept_once_and_the_newest_comes_first(ws: Workspace) -> None:
    first = from_digits(ws)
    assert (first.source, first.n_images, first.n_people) == (BUILT_IN, 1797, 0)
    assert image_sets.keep(ws, replace(digits(), name="again"), "elsewhere") == first
    whole = digits()
    second = image_sets.keep(ws, whole.at(whole.labels < 2), "part")
    assert [kept.id for kept in image_sets.list_image_sets(ws)] == [second.id, first.id]
    assert len(list(ws.image_sets_dir.iterdir())) == 2


def test_what_tells_sets_apart_is_everything_but_the_name() -> None:
    whole = digits().at(np.arange(20))
    same = image_sets.content_id(whole)
    assert image_sets.content_id(replace(whole, name="other")) == same
    lighter = whole.images.copy()
    lighter[0, 0, 0, 0] += 1
    for change in (
        {"images": lighter},
        {"labels": whole.labels[::-1]},
        {"people": np.full(20, "P1")},
        {"classes": tuple("9876543210")},
    ):
        assert image_sets.content_id(replace(whole, **change)) != same


def test_a_deleted_set_leaves_nothing(ws: Workspace) -> None:
    kept = from_digits(ws)
    image_sets.delete(ws, kept.id)
    assert list(ws.image_sets_dir.iterdir()) == []
    assert ws.read("SELECT * FROM file_journal") == []
    for look in (image_sets.get, image_sets.read):
        with pytest.raises(UserError, match="not here any more"):
            look(ws, kept.id)
    assert from_digits(ws).id == kept.id


def test_a_file_that_was_changed_outside_is_told(ws: Workspace) -> None:
    kept = from_digits(ws)
    (file,) = ws.image_sets_dir.iterdir()
    other = digits()
    other.images[0] = 0
    np.savez_compressed(file, **{name: getattr(other, name) for name in ("images", "labels", "people", "hashes")})
    for content in (file.read_bytes(), file.read_bytes()[:5000], b"", None):
        file.unlink() if content is None else file.write_bytes(content)
        with pytest.raises(UserError, match="missing or damaged"):
            image_sets.read(ws, kept.id)
    assert image_sets.list_image_sets(ws) == [kept]


def test_a_write_that_fails_changes_nothing(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(np, "savez_compressed", full)
        with pytest.raises(UserError, match="disk is full"):
            from_digits(ws)
    assert list(ws.image_sets_dir.iterdir()) == []
    assert image_sets.list_image_sets(ws) == []
    assert ws.read("SELECT * FROM file_journal") == []
    assert from_digits(ws).n_images == 1797


def test_sets_are_counted_and_erased_with_everything(ws: Workspace) -> None:
    from_digits(ws)
    assert storage.sizes(ws)["Image sets"] > 10_000
    storage.erase_everything(ws)
    assert list(ws.image_sets_dir.iterdir()) == []
    assert image_sets.list_image_sets(ws) == []


def test_uploads_carry_their_class_and_their_names_are_no_paths(ws: Workspace) -> None:
    files = [(f"one/CON {i}.png", "é" if i < 8 else "PD", encoded(noise(i))) for i in range(16)]
    files.append(("notes.txt", "PD", b"only a note"))
    kept = from_uploads(ws, " My <b>set</b>\u202e ", files)
    assert (kept.name, kept.source) == ("My <b>set</b>?", UPLOADED)
    assert kept.n_per_class == {"PD": 8, "é": 8}
    assert kept.remarks == ("notes.txt: left out (by its content a text).",)
    assert [path.suffix for path in ws.image_sets_dir.iterdir()] == [".npz"]
    found = image_sets.read(ws, kept.id)
    np.testing.assert_array_equal(found.images[found.labels == 1][3], np.array(noise(3)))


def face_clip(ws: Workspace, tmp_path: Path, number: int, group: str, mesh: bool = True) -> clips.Clip:
    """A measured film of noise, P00_anger and so on, with a made-up face in the middle of its 12 frames."""
    clip = intake.receive_clip(ws, f"P{number:02d}_anger.avi", film(tmp_path / "made.avi", seed=number))
    clips.relabel(ws, clip.id, clip.subject, clip.emotion, group, clip.version)
    points = np.full((12, 478, 2), 0.5, np.float32)
    points[:, [33, 263, 2]] = (0.4, 0.4), (0.6, 0.4), (0.5, 0.55)
    if number == 0:
        points[5, 33] = np.nan
    np.save(tmp_path / "mesh.npy", points)
    return clips.save_measurement(ws, clip.id, measured(), mesh_file=tmp_path / "mesh.npy" if mesh else None)


@pytest.fixture
def pair(ws: Workspace, tmp_path: Path) -> list[clips.Clip]:
    return [face_clip(ws, tmp_path, 0, "PD"), face_clip(ws, tmp_path, 1, "control")]


def test_faces_are_cut_from_frames_over_the_whole_clip(ws: Workspace, pair: list[clips.Clip]) -> None:
    kept = from_clips(ws, "Faces", [clip.id for clip in pair], n_frames=10)
    found = image_sets.read(ws, kept.id)
    assert found.classes == ("PD", "control")
    assert found.people.tolist() == ["P00"] * 10 + ["P01"] * 10
    assert found.labels.tolist() == [0] * 10 + [1] * 10
    assert (kept.source, kept.n_people, kept.height_px, kept.channels, kept.remarks) == (FACES, 2, CROP_PX, 3, ())
    # Of the 12 frames of P00 the last shows no face, and in frame 6 a landmark is missing: all ten others.
    for number, frame in enumerate([0, 1, 2, 3, 4, 6, 7, 8, 9, 10]):
        mesh = clips.load_mesh(ws, pair[0].id)
        assert mesh is not None
        assert pair[0].path is not None
        image = read_frame(pair[0].path, frame, float(frame)).image
        np.testing.assert_array_equal(found.images[number], face_crop(image, mesh[frame] * (64, 48), CROP_PX))


def test_one_face_a_clip_is_that_of_the_peak(ws: Workspace, tmp_path: Path) -> None:
    made = [face_clip(ws, tmp_path, i, "PD" if i % 2 else "control") for i in range(16)]
    bare = face_clip(ws, tmp_path, 16, "PD", mesh=False)
    unknown = face_clip(ws, tmp_path, 17, "")
    kept = from_clips(ws, "", [clip.id for clip in (*made, bare, unknown)])
    found = image_sets.read(ws, kept.id)
    assert kept.n_per_class == {"PD": 8, "control": 8}
    assert kept.remarks == (
        "P16_anger.avi: left out (its landmarks were not kept: measure it again).",
        "P17_anger.avi: left out (its group is not known).",
    )
    mesh = clips.load_mesh(ws, made[1].id)
    assert mesh is not None
    assert made[1].path is not None
    assert made[1].peak_frame == 3
    expected = face_crop(read_frame(made[1].path, 3, 3.0).image, mesh[3] * (64, 48), CROP_PX)
    np.testing.assert_array_equal(found.images[found.people == "P01"][0], expected)


def test_emotions_can_be_the_classes(ws: Workspace, pair: list[clips.Clip]) -> None:
    with pytest.raises(UserError, match="only one class, anger"):
        from_clips(ws, "Faces", [clip.id for clip in pair], class_of=EMOTION, n_frames=9)
    other = clips.get_clip(ws, pair[1].id)
    clips.relabel(ws, other.id, other.subject, "happiness", other.group, other.version)
    kept = from_clips(ws, "Faces", [clip.id for clip in pair], class_of=EMOTION, n_frames=9)
    assert kept.n_per_class == {"anger": 9, "happiness": 9}


@pytest.mark.parametrize("way", ["video", "clip"])
def test_faces_go_with_the_video_they_were_cut_from(ws: Workspace, pair: list[clips.Clip], way: str) -> None:
    digits_id = from_digits(ws).id
    from_clips(ws, "Faces", [clip.id for clip in pair], n_frames=8)
    if way == "video":
        clips.delete_video(ws, [pair[1].id])
    else:
        clips.remove_clips(ws, [pair[1].id])
        assert len(image_sets.list_image_sets(ws)) == 2  # removing can be undone
        clips.erase_removed(ws)
    assert [kept.id for kept in image_sets.list_image_sets(ws)] == [digits_id]
    assert len(list(ws.image_sets_dir.iterdir())) == 1


def test_a_video_deleted_while_its_faces_were_cut_leaves_none(ws: Workspace, pair: list[clips.Clip]) -> None:
    clips.delete_video(ws, [pair[0].id])
    with pytest.raises(UserError, match="deleted while faces were cut"):
        image_sets.keep(ws, digits(), FACES, clip_ids=[clip.id for clip in pair])
    assert list(ws.image_sets_dir.iterdir()) == []
    with pytest.raises(UserError, match=r"only one class, control.*its video was deleted"):
        from_clips(ws, "Faces", [clip.id for clip in pair], n_frames=8)


def test_faces_of_simulated_people_are_called_simulated(ws: Workspace, pair: list[clips.Clip]) -> None:
    ids = [clip.id for clip in pair]
    with ws.transaction() as t:
        t.execute("UPDATE clips SET simulated = 1 WHERE id = ?", (ids[0],))
    kept = from_clips(ws, "Faces", ids, n_frames=8)
    assert kept.simulated
    assert kept.remarks == ("Some of the people are simulated, and some are not.",)
