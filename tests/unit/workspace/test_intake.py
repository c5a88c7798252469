"""What is let in: by content, once, with the labels that its name tells."""

from __future__ import annotations

import io
import threading
from pathlib import Path

import pytest
from PIL import Image

from core.errors import UserError
from core.settings import Limits
from core.workspace import clips, intake
from core.workspace.files import sha256_of
from core.workspace.store import Workspace
from tests.unit.workspace.pictures import animation, film, still


@pytest.fixture
def avi(tmp_path: Path) -> bytes:
    return film(tmp_path / "made.avi")


def test_a_real_clip_is_stored_as_it_is_under_its_id(ws: Workspace, shared_data: Path) -> None:
    source = shared_data / "clips" / "source_s18.mp4"
    with source.open("rb") as stream:
        clip = intake.receive_clip(ws, "P01/rage.mp4", stream)
    assert (clip.name, clip.subject, clip.emotion, clip.group) == ("P01/rage.mp4", "P01", "anger", "")
    assert clip.path == ws.clips_dir / f"{clip.id}.mp4"
    assert clip.sha256 == sha256_of(source) == sha256_of(clip.path)
    assert clip.bytes == source.stat().st_size
    assert clip.info["container"] == "mp4"
    assert clip.info["n_frames_claimed"] > 0
    assert not clip.measured
    assert clips.list_clips(ws) == [clip]


def test_the_same_content_is_stored_once_whatever_its_name(ws: Workspace, avi: bytes) -> None:
    first = intake.receive_clip(ws, "P01_anger.avi", avi)
    again = intake.receive_clip(ws, "copy of it.avi", io.BytesIO(avi))
    assert again == first
    assert [path.name for path in ws.clips_dir.iterdir()] == [f"{first.id}.avi"]


def test_the_same_content_uploaded_in_several_tabs_at_once_is_stored_once(ws: Workspace, avi: bytes) -> None:
    taken: list[str] = []
    threads = [
        threading.Thread(target=lambda: taken.append(intake.receive_clip(ws, "P01_anger.avi", avi).id))
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 6
    assert len(set(taken)) == 1
    assert len(list(ws.clips_dir.iterdir())) == 1


def test_a_removed_clip_comes_back_when_it_is_uploaded_again(ws: Workspace, avi: bytes) -> None:
    clip = intake.receive_clip(ws, "P01_anger.avi", avi)
    clips.remove_clips(ws, [clip.id])
    assert clips.list_clips(ws) == []
    assert intake.receive_clip(ws, "P01_anger.avi", avi) == clip
    assert clips.list_clips(ws) == [clip]


def test_given_labels_come_before_those_of_the_name(ws: Workspace, avi: bytes) -> None:
    clip = intake.receive_clip(ws, "P01_anger.avi", avi, subject="P09", emotion="Smile")
    assert (clip.subject, clip.emotion) == ("P09", "happiness")


@pytest.mark.parametrize(
    "named", ["film.mp4", "film", "film.AVI", "CON", "aux.avi", "x" * 296 + ".avi", "Glück 微笑 😀.avi"]
)
def test_the_content_counts_and_not_the_name(ws: Workspace, avi: bytes, named: str) -> None:
    clip = intake.receive_clip(ws, named, avi)
    assert clip.name == named
    assert clip.path == ws.clips_dir / f"{clip.id}.avi"
    assert ("by its content it is avi" in clip.note) == (named == "film.mp4")


def test_every_container_is_known_by_its_first_bytes(ws: Workspace, tmp_path: Path, shared_data: Path) -> None:
    films = {
        "avi": film(tmp_path / "a.avi"),
        "mkv": film(tmp_path / "a.mkv"),
        "gif": animation(),
        "mp4": (shared_data / "clips" / "no_face.mp4").read_bytes(),
    }
    for container, content in films.items():
        clip = intake.receive_clip(ws, "unnamed", content)
        assert clip.info["container"] == container
        assert clip.info["fps"] >= 8


@pytest.mark.parametrize(
    ("kind", "mode", "ending"),
    [
        ("JPEG", "RGB", "jpg"), ("JPEG", "L", "jpg"), ("JPEG", "CMYK", "jpg"), ("PNG", "RGBA", "png"),
        ("PNG", "I;16", "png"), ("PNG", "P", "png"), ("BMP", "RGB", "bmp"), ("TIFF", "RGB", "tif"),
        ("WEBP", "RGB", "webp"),
    ],
)  # fmt: skip
def test_stills_of_any_usual_kind_are_taken(ws: Workspace, kind: str, mode: str, ending: str) -> None:
    clip = intake.receive_clip(ws, "P01_fear", still(kind, mode))
    assert (clip.info["container"], clip.info["width"], clip.info["height"]) == (ending, 40, 30)


def test_a_still_with_a_rotation_mark_is_taken(ws: Workspace) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    assert intake.receive_clip(ws, "P01_fear.jpg", still("JPEG", exif=exif)).info["container"] == "jpg"


@pytest.mark.parametrize(
    ("limits", "why"),
    [
        (Limits(max_duration_s=0.3), "lasts more than"),
        (Limits(max_megapixels=0.002), "megapixels"),
        (Limits(min_fps=30), "frames a second"),
        (Limits(max_fps=20), "frames a second"),
        (Limits(max_upload_mb=0), "up to 0 MB"),
    ],
)
def test_what_is_beyond_a_limit_is_refused_and_leaves_nothing(
    ws: Workspace, avi: bytes, limits: Limits, why: str
) -> None:
    with pytest.raises(UserError, match=why):
        intake.receive_clip(ws, "P01_anger.avi", avi, limits=limits)
    assert list(ws.clips_dir.iterdir()) == []
    assert clips.list_clips(ws) == []


def test_an_au_table_is_read_by_its_content(ws: Workspace, shared_data: Path) -> None:
    source = shared_data / "clips" / "source_s18.openface.csv"
    rows = intake.receive_table(ws, "P07_fear.csv", source.read_bytes())
    assert rows[["subject", "emotion"]].to_numpy().tolist() == [["P07", "fear"]]
    assert 0 <= rows.loc[0, "AU12"] <= 5


def test_tables_and_participants_come_in_together(ws: Workspace, shared_data: Path) -> None:
    source = (shared_data / "clips" / "driving_d12.openface.csv").read_bytes()
    people = b"participant_id\tgroup\tage\nsub-P1\tPD\t70\n"
    found = intake.receive_tables(ws, [("P1_fear.csv", source), ("P1_smile.csv", source)], ("participants.tsv", people))
    assert found.table[["subject", "emotion", "group", "age"]].to_numpy().tolist() == [
        ["P1", "fear", "PD", 70.0],
        ["P1", "happiness", "PD", 70.0],
    ]
    assert found.remarks == ("11 frames of 183 left out: confidence below 0.8.",)
    with pytest.raises(UserError, match="is not a CSV table"):
        intake.receive_tables(ws, [("P1_fear.csv", source)], ("participants.tsv", b"PK\3\4zip"))
