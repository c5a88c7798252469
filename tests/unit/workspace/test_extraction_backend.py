"""Clips are measured with the mesh that the job names, or that the workspace has chosen."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import UserError
from core.faces import backends
from core.parallel import SCHEDULER
from core.types import Quiet
from core.workspace import backend_choice, clips, extraction, intake, tasks
from core.workspace.clips import Clip
from core.workspace.store import Workspace
from tests.dask_cluster import dask_cluster


@pytest.fixture
def people(ws: Workspace, shared_data: Path) -> tuple[Clip, Clip]:
    """A clip and the neutral clip of its person."""
    ws.remember(extraction.PROCESSES, 0)
    folder = shared_data / "clips"
    return (
        intake.receive_clip(ws, "P01_happiness.mp4", (folder / "single_face.mp4").read_bytes()),
        intake.receive_clip(ws, "P01_neutral.mp4", (folder / "driving_d20.mp4").read_bytes()),
    )


def extract(ws: Workspace, run_dir: Path, settings: dict[str, object]) -> dict[str, object]:
    run_dir.mkdir()
    return tasks.extract(ws, settings, Quiet(), run_dir)


@pytest.mark.usefixtures("landmarker_file")
def test_clip_and_neutral_clip_are_measured_with_the_chosen_mesh(
    ws: Workspace, people: tuple[Clip, Clip], tmp_path: Path
) -> None:
    backend_choice.choose(ws, backends.FACE_LANDMARKER)
    settings = backend_choice.extraction_settings(ws, [clip.id for clip in people])
    extract(ws, tmp_path / "a", settings)
    assert {clip.backend for clip in clips.list_clips(ws)} == {backends.FACE_LANDMARKER}
    assert clips.load_measurement(ws, people[0].id).neutral is None
    assert set(clips.rows_of(ws, [people[0].id])["backend"]) == {backends.FACE_LANDMARKER}

    backend_choice.choose(ws, backends.FACE_MESH)
    others = backend_choice.measured_otherwise(ws, clips.list_clips(ws))
    assert {clip.id for clip in others} == {clip.id for clip in people}
    extract(ws, tmp_path / "b", backend_choice.extraction_settings(ws, [people[0].id]))
    assert clips.get_clip(ws, people[0].id).backend == backends.FACE_MESH
    assert set(clips.rows_of(ws, [people[0].id])["backend"]) == {backends.FACE_MESH}


@pytest.mark.usefixtures("landmarker_file")
def test_a_retried_job_measures_again_what_another_mesh_has_measured_since(
    ws: Workspace, people: tuple[Clip, Clip], tmp_path: Path
) -> None:
    (tmp_path / "first").mkdir()
    first = {"clip_ids": [people[0].id], "backend": backends.FACE_MESH}
    tasks.extract(ws, first, Quiet(), tmp_path / "first")
    extract(ws, tmp_path / "other", first | {"backend": backends.FACE_LANDMARKER})
    assert clips.get_clip(ws, people[0].id).backend == backends.FACE_LANDMARKER
    tasks.extract(ws, first, Quiet(), tmp_path / "first")
    assert clips.get_clip(ws, people[0].id).backend == backends.FACE_MESH


def test_without_its_file_no_clip_is_touched(
    ws: Workspace, people: tuple[Clip, Clip], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAB_FACE_LANDMARKER", str(tmp_path / "nothing.task"))
    settings = {"clip_ids": [people[0].id], "backend": backends.FACE_LANDMARKER}
    with pytest.raises(UserError, match="model is not here"):
        extract(ws, tmp_path / "a", settings)
    assert not clips.get_clip(ws, people[0].id).measured


def test_machines_without_the_file_are_told_and_judge_no_clip(
    ws: Workspace, people: tuple[Clip, Clip], tmp_path: Path, shared_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAB_FACE_LANDMARKER", str(tmp_path / "nothing.task"))
    with dask_cluster() as cluster:
        monkeypatch.setenv("LAB_FACE_LANDMARKER", str(shared_data / "face_landmarker" / "face_landmarker.task"))
        monkeypatch.setenv(SCHEDULER, cluster.address)
        settings = {"clip_ids": [people[0].id], "backend": backends.FACE_LANDMARKER}
        with pytest.raises(UserError, match=r"not like this program.*'missing'"):
            extract(ws, tmp_path / "a", settings)
    assert not clips.get_clip(ws, people[0].id).measured
