"""`extract` with several clips at once: the same bytes, gone on with where it was stopped, nothing left running."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from core.faces.au_tables import read_openface_csv
from core.parallel import SCHEDULER
from tests.dask_cluster import dask_cluster, free_port
from tests.unit.command_line.running import ROOT, process
from tests.unit.workspace.pictures import beginning, still
from tests.watching import children, runs, until

FILMS = {"P1/neutral": "single_face", "P1/fear": "driving_d20", "P2/anger": "driving_d11", "P2/rest": "no_face"}


@pytest.fixture
def films(shared_data: Path, tmp_path: Path) -> Path:
    """A folder of two people, of whom one shows no face at rest."""
    for name, clip in FILMS.items():
        path = tmp_path / "films" / f"{name}.mp4"
        path.parent.mkdir(parents=True, exist_ok=True)
        beginning(shared_data / "clips" / f"{clip}.mp4", path)
    return tmp_path / "films"


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix == ".csv"}


def test_two_workers_write_the_same_bytes_as_none_and_only_what_is_missing_is_measured_again(
    films: Path, tmp_path: Path
) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    assert process("extract", films, "--out", one, "--workers", 0).returncode == 0
    done = process("extract", films, "--out", two, "--workers", 2)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert "Measuring clip 2 of 4" in done.stderr
    assert "rest.mp4 cannot serve as neutral. No face was found in it." in done.stderr
    assert contents(one) == contents(two)
    assert sorted(contents(one)) == ["anger.csv", "clips.csv", "fear.csv", "neutral.csv", "rest.csv"]

    before = contents(two)
    (two / "fear.csv").unlink()
    (two / "anger.csv").write_bytes(before["anger.csv"][:-100])
    again = process("extract", films, "--out", two, "--workers", 2)
    assert again.returncode == 0
    assert "2 of 4 clips are measured already" in again.stderr
    assert "clip 2 of 2" in again.stderr
    assert contents(two) == before
    nothing = process("extract", films, "--out", two)
    assert nothing.stderr.splitlines() == ["4 of 4 clips are measured already, and are not measured again."]


def test_what_was_made_from_something_else_is_measured_again(films: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    chosen = [films / "P1" / "neutral.mp4", films / "P1" / "fear.mp4"]
    assert process("extract", *chosen, "--out", out).returncode == 0
    table = pd.read_csv(out / "clips.csv")
    assert pd.isna(table.loc[table["emotion"] == "fear", "neutral_first"]).all()
    without = process("extract", chosen[1], "--out", out)  # without its neutral clip it is another measurement
    assert "already" not in without.stderr
    assert pd.read_csv(out / "clips.csv")["neutral_first"].tolist() == [1]
    kept = out / "finished.jsonl"
    made_from, parts = kept.read_text().split("\n", 1)
    kept.write_text(made_from.replace(json.loads(made_from)["versions"]["mediapipe"], "0.0") + "\n" + parts)
    assert "already" not in process("extract", chosen[1], "--out", out).stderr


@pytest.mark.skipif(os.name != "posix", reason="sends the signal of Ctrl-C")
def test_ctrl_c_ends_every_process_and_the_next_time_goes_on(films: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = [sys.executable, "-m", "core", "extract", str(films), "--out", str(out), "--workers", "2"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, env=environment, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as running:
        assert running.stderr is not None
        for line in running.stderr:
            if "Measured" in line:
                break
        pids = children(running.pid)
        os.killpg(running.pid, signal.SIGINT)  # as a terminal does: to all of them
        rest = running.stderr.read()
    assert running.returncode == 130
    assert "Traceback" not in rest
    until(lambda: not any(runs(pid) for pid in pids), 2)
    whole = contents(out)
    assert 1 <= len(whole) < 4
    assert not list(out.glob(".*"))
    assert all(read_openface_csv(out / name).n_frames for name in whole)
    again = process("extract", films, "--out", out)
    assert f"{len(whole)} of 4 clips are measured already" in again.stderr
    assert whole.items() <= contents(out).items()
    assert len(contents(out)) == 5


def test_a_clip_that_cannot_be_measured_costs_the_others_nothing(films: Path, tmp_path: Path) -> None:
    """A clip that is lost once the work has begun has a line that says so, and no table."""
    given = [films / "P1" / "fear.mp4", films / "P2" / "anger.mp4"]
    command = [sys.executable, "-m", "core", "extract", *map(str, given), "--out", "out", "--workers", "1"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr is not None
        assert "clip 1 of 2" in running.stderr.readline()
        given[1].unlink()
        rest = running.stderr.read()
    assert running.returncode == 0, rest
    assert "anger.mp4 could not be measured: anger.mp4 is not there" in rest
    table = pd.read_csv(tmp_path / "out" / "clips.csv").set_index("emotion")
    assert table["usable"].to_dict() == {"fear": True, "anger": False}
    assert table.loc["anger", "reason"].startswith("anger.mp4 is not there")
    assert sorted(contents(tmp_path / "out")) == ["clips.csv", "fear.csv"]


def test_a_cluster_writes_the_same_bytes_and_one_that_is_not_there_is_told(
    films: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frames = tmp_path / "films" / "P3" / "surprise"
    frames.mkdir(parents=True)
    for i in range(3):
        (frames / f"{i:03}.png").write_bytes(still("PNG"))
    given = [films / "P1", films / "P2" / "anger.mp4", frames]
    assert process("extract", *given, "--out", tmp_path / "here").returncode == 0
    monkeypatch.setenv(SCHEDULER, f"tcp://127.0.0.1:{free_port()}")
    refused = process("extract", *given, "--out", tmp_path / "there")
    assert refused.returncode == 2
    assert "No Dask scheduler answers there" in refused.stderr.splitlines()[-1]
    assert not (tmp_path / "there").exists()
    with dask_cluster() as cluster:
        monkeypatch.setenv(SCHEDULER, cluster.address)
        done = process("extract", *given, "--out", tmp_path / "there")
    assert done.returncode == 0, done.stderr
    assert contents(tmp_path / "here") == contents(tmp_path / "there")
