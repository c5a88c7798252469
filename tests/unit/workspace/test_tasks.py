"""The real kinds of jobs: clips measured in worker processes, maps, validation and screening."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core.errors import Cancelled
from core.latent.features import samples
from core.latent.projection import fit_umap
from core.types import Quiet
from core.workspace import checkpoint, clips, cohorts, extraction, intake, jobs, tasks
from core.workspace.clips import Clip
from core.workspace.job_process import plain
from core.workspace.store import Workspace
from tests.watching import children, ended, until, worker_pids

Taker = Callable[..., list[Clip]]


@pytest.fixture
def take(ws: Workspace, shared_data: Path) -> Taker:
    """Takes real clips in, under the names given."""

    def take_clips(**names: str) -> list[Clip]:
        folder = shared_data / "clips"
        return [intake.receive_clip(ws, name, (folder / f"{file}.mp4").read_bytes()) for file, name in names.items()]

    return take_clips


def test_clips_are_measured_against_the_neutral_clip_of_their_person(ws: Workspace, take: Taker) -> None:
    own, other, rest, none = take(
        driving_d20="P01_fear.mp4", driving_d11="P02_fear.mp4", single_face="P01_neutral.mp4", no_face="P02_anger.mp4"
    )
    job = jobs.submit(ws, "extract", {"clip_ids": [own.id, other.id, none.id]})  # the neutral clip is found by itself
    job = ended(ws, job, 60)
    assert job.state == "done", job.error
    assert job.result is not None
    assert {key: job.result[key] for key in ("measured", "unusable", "without_video")} == {
        "measured": 2,
        "unusable": 1,
        "without_video": 0,
    }
    assert any("P01_fear.mp4" in line for line in jobs.log(ws, job.id))
    assert job.total == sum(clip.info["n_frames_claimed"] for clip in (own, other, none))
    assert clips.load_measurement(ws, own.id).neutral is None
    assert clips.load_measurement(ws, other.id).neutral == (0, 4)
    assert not clips.get_clip(ws, rest.id).measured
    without_face = clips.get_clip(ws, none.id)
    assert (without_face.verdict, without_face.peak_frame) == ("not usable", None)
    assert without_face.reason
    assert sorted(path.suffix for path in ws.measurements_dir.iterdir()) == [".npy", ".npy", ".npz", ".npz"]
    rows = clips.rows_of(ws, [own.id, other.id, none.id])
    assert rows["subject"].tolist() == ["P01", "P02"]
    assert rows.filter(regex=r"^AU\d\d$").to_numpy().max() <= 5
    assert job.inputs[f"clip {own.id}"] == own.sha256


def test_a_killed_extraction_goes_on_after_the_clips_that_it_finished(ws: Workspace, take: Taker) -> None:
    first, second = take(driving_d11="P01_anger.mp4", driving_d20="P02_fear.mp4")
    ws.remember(extraction.PROCESSES, 1)
    job = jobs.submit(ws, "extract", {"clip_ids": [second.id, first.id]})
    until(lambda: "P02_fear.mp4" in jobs.get(ws, job.id).message, 40)
    os.kill(children(worker_pids(ws)[0])[0], signal.SIGKILL)
    until(lambda: jobs.get(ws, job.id).state == "interrupted", 5)
    kept = ws.read("SELECT measured FROM clips WHERE id = ?", (first.id,))[0][0]
    assert kept is not None
    assert not clips.get_clip(ws, second.id).measured
    jobs.retry(ws, job.id)
    done = ended(ws, job, 60)
    assert (done.state, done.result and done.result["measured"]) == ("done", 2)
    assert ws.read("SELECT measured FROM clips WHERE id = ?", (first.id,))[0][0] == kept
    assert clips.get_clip(ws, second.id).measured


def test_an_extraction_is_cancelled_within_two_seconds_of_its_first_frame(ws: Workspace, take: Taker) -> None:
    (clip,) = take(source_s18="P01_anger.mp4")
    job = jobs.submit(ws, "extract", {"clip_ids": [clip.id]})
    until(lambda: jobs.get(ws, job.id).done > 0, 40)
    jobs.cancel(ws, job.id)
    until(lambda: jobs.get(ws, job.id).state == "cancelled", 2)
    assert not clips.get_clip(ws, clip.id).measured


def test_a_changed_label_is_another_input(ws: Workspace, take: Taker) -> None:
    (clip,) = take(no_face="P01_anger.mp4")
    settings = {"clip_ids": [clip.id]}
    before = tasks.input_hashes(ws, "extract", settings)
    assert tasks.input_hashes(ws, "extract", settings) == before
    clips.save_unusable(ws, clip.id, "No face.")
    assert tasks.input_hashes(ws, "extract", settings) == before
    clips.relabel(ws, clip.id, "P01", "fear", "", clip.version)
    assert tasks.input_hashes(ws, "extract", settings) != before


def test_a_clip_whose_file_was_damaged_on_disk_is_unusable_and_the_others_are_measured(
    ws: Workspace, take: Taker, tmp_path: Path
) -> None:
    (clip,) = take(no_face="P01/anger.mp4")
    assert clip.path is not None
    clip.path.write_bytes(b"overwritten")
    result = tasks.extract(ws, {"clip_ids": [clip.id, "f" * 16]}, Quiet(), tmp_path)
    assert (result["unusable"], result["without_video"]) == (1, 1)
    assert clips.get_clip(ws, clip.id).reason.startswith("P01/anger.mp4 is not a clip.")


def test_a_map_has_one_point_for_each_complete_sample_in_the_space_of_the_clusters(
    ws: Workspace, tmp_path: Path
) -> None:
    table = cohorts.read_table(ws, cohorts.load_demo(ws).table_hash)
    fear = table[table["emotion"] == "fear"].reset_index(drop=True)
    fear.loc[3, "AU12"] = np.nan
    cohort = cohorts.create(ws, "one hole", fear)
    settings = {"table": cohort.table_hash, "emotion": "fear", "features": "Table II", "random_state": 0}
    result = tasks.project(ws, settings, Quiet(), tmp_path)
    with np.load(tmp_path / "umap.npz", allow_pickle=False) as arrays:
        Z = arrays["Z"]
    standardised = samples(fear.drop(index=3), "fear", "Table II", scaled=True).X
    assert np.array_equal(Z, fit_umap(standardised, 0))
    assert result == {"n": len(fear) - 1, "file": "umap.npz"}


def test_a_person_of_the_cohort_is_screened_from_the_table(ws: Workspace) -> None:
    demo = cohorts.load_demo(ws)
    person = cohorts.read_table(ws, demo.table_hash)["subject"].iloc[0]
    settings = {"table": demo.table_hash, "person": person, "clip_ids": [], "n_folds": 4, "agcl": {"alpha": 2.0}}
    job = ended(ws, jobs.submit(ws, "screen", settings), 90)
    assert job.state == "done", job.error
    assert job.result is not None
    assert job.result["person"] == person
    assert job.result["settings"]["agcl"]["alpha"] == 2.0
    assert job.inputs == {"table": demo.table_hash}
    assert jobs.latest_done(ws, "screen", settings) == job


def test_a_person_without_usable_clips_is_a_user_error(ws: Workspace) -> None:
    demo = cohorts.load_demo(ws)
    settings = {"table": demo.table_hash, "person": "P01", "clip_ids": ["f" * 16]}
    job = ended(ws, jobs.submit(ws, "screen", settings), 60)
    assert job.state == "failed"
    assert "fault of the program" not in job.error


def test_a_cancelled_validation_goes_on_from_its_finished_parts(ws: Workspace, tmp_path: Path) -> None:
    rows = cohorts.read_table(ws, cohorts.load_demo(ws).table_hash)
    cohort = cohorts.create(ws, "anger", rows[rows["emotion"] == "anger"])
    settings = {"table": cohort.table_hash, "methods": ["none"], "n_folds": 2}
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    whole.mkdir()
    cut.mkdir()
    expected = tasks.validate(ws, settings, Quiet(), whole)

    class Impatient(Quiet):
        def cancelled(self) -> bool:
            return (cut / checkpoint.NAME).exists()

    with pytest.raises(Cancelled):
        tasks.validate(ws, settings, Impatient(), cut)
    n_finished = [len((run_dir / checkpoint.NAME).read_text().splitlines()) - 1 for run_dir in (cut, whole)]
    assert n_finished[0] == 1 < n_finished[1]
    assert plain(tasks.validate(ws, settings, Quiet(), cut)) == plain(expected)


def test_a_validation_does_not_go_on_from_parts_that_another_program_version_made(
    ws: Workspace, tmp_path: Path
) -> None:
    rows = cohorts.read_table(ws, cohorts.load_demo(ws).table_hash)
    cohort = cohorts.create(ws, "anger", rows[rows["emotion"] == "anger"])
    settings = {"table": cohort.table_hash, "methods": ["none"], "n_folds": 2}
    expected = tasks.validate(ws, settings, Quiet(), tmp_path)
    made_from, *parts = map(json.loads, (tmp_path / checkpoint.NAME).read_text().splitlines())
    assert made_from["versions"]["numpy"] == np.__version__
    made_from["versions"]["numpy"] = "0.0"
    older = [made_from, *([key, {"test": {}, "reason": "of an older version"}] for key, _ in parts)]
    (tmp_path / checkpoint.NAME).write_text("".join(json.dumps(line) + "\n" for line in older))
    assert plain(tasks.validate(ws, settings, Quiet(), tmp_path)) == plain(expected)
