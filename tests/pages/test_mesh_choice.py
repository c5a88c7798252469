"""The mesh is chosen where its file is; what another one measured is offered to be measured again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from core.faces import backends
from core.workspace import backend_choice, clips, intake, jobs

from .test_clips import button, measurement, still


@pytest.fixture
def without_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "face_landmarker.task"
    monkeypatch.setenv("LAB_FACE_LANDMARKER", str(path))
    return path


@pytest.fixture
def two_clips(ws):
    """Two people, measured by the default mesh."""
    taken = [intake.receive_clip(ws, f"P0{i}_anger.png", still(40 * i)) for i in (1, 2)]
    return [clips.save_measurement(ws, clip.id, measurement("anger")) for clip in taken]


def choices(app) -> dict[str, tuple[str, bool]]:
    return {b.key.removeprefix("backend-"): (b.label, b.disabled) for b in app.button if b.key and "backend-" in b.key}


@pytest.mark.usefixtures("without_file")
def test_without_its_file_the_second_mesh_is_grey_and_says_how_to_get_it(open_page):
    app = open_page("settings")
    shown = choices(app)
    assert list(shown) == list(backends.BACKENDS)
    assert shown[backends.FACE_MESH] == ("In use", True)
    assert shown[backends.FACE_LANDMARKER][1]
    assert any("lab.py setup --face-landmarker" in text.value for text in app.markdown)
    assert not app.error


@pytest.mark.usefixtures("landmarker_file")
def test_the_choice_is_remembered(ws, open_page):
    app = open_page("settings")
    label, disabled = choices(app)[backends.FACE_LANDMARKER]
    assert not disabled
    button(app, label).click().run()
    assert not app.exception
    assert backend_choice.chosen(ws) == backends.FACE_LANDMARKER
    assert choices(open_page("settings"))[backends.FACE_LANDMARKER] == ("In use", True)
    assert not choices(open_page("settings"))[backends.FACE_MESH][1]


def test_a_chosen_mesh_whose_file_went_is_told_and_can_be_left(ws, open_page, landmarker_file, monkeypatch):
    backend_choice.choose(ws, backends.FACE_LANDMARKER)
    monkeypatch.setenv("LAB_FACE_LANDMARKER", str(ws.home / "gone.task"))
    app = open_page("settings")
    assert "not here" in app.error[0].value
    button(app, choices(app)[backends.FACE_MESH][0]).click().run()
    assert backend_choice.chosen(ws) == backends.FACE_MESH
    assert not open_page("settings").error


@pytest.mark.usefixtures("two_clips")
def test_nothing_is_offered_while_every_clip_was_measured_as_chosen(open_page):
    app = open_page("clips")
    assert not any("again" in b.label for b in app.button)
    assert "backend" not in app.dataframe[0].value


@pytest.mark.usefixtures("landmarker_file")
def test_clips_of_another_mesh_are_offered_to_be_measured_again(ws, open_page, two_clips):
    clips.save_measurement(ws, two_clips[1].id, replace(measurement("anger"), backend=backends.FACE_LANDMARKER))
    backend_choice.choose(ws, backends.FACE_LANDMARKER)
    app = open_page("clips")
    told = next(warning.value for warning in app.warning if backends.FACE_MESH in warning.value)
    assert "not comparable across people" in told
    assert sorted(app.dataframe[0].value["backend"]) == sorted(backends.BACKENDS)
    button(app, "Measure 1 clip again").click().run()
    assert not app.exception
    (job,) = jobs.recent(ws)
    assert job.settings == {"clip_ids": [two_clips[0].id], "backend": backends.FACE_LANDMARKER}
    while_it_waits = open_page("clips")
    assert [b.label for b in while_it_waits.button if "again" in b.label] == []


@pytest.mark.usefixtures("landmarker_file")
def test_a_job_records_the_mesh_that_is_chosen(ws, open_page):
    backend_choice.choose(ws, backends.FACE_LANDMARKER)
    intake.receive_clip(ws, "P03_fear.png", still(30))
    button(open_page("clips"), "Measure 1 clip").click().run()
    assert jobs.recent(ws)[0].settings["backend"] == backends.FACE_LANDMARKER
