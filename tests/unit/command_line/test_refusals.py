"""Bad input of the commands: status 2, one line on stderr, nothing written."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.__main__ import main
from core.faces.au_tables import read_openface_csv
from tests.unit.command_line.running import ROOT, people, process


def missing(folder: Path, data: Path) -> list[str]:
    return ["extract", "nothing.mp4"]


def empty_clip(folder: Path, data: Path) -> list[str]:
    (folder / "empty.mp4").touch()
    return ["extract", "empty.mp4"]


def text_clip(folder: Path, data: Path) -> list[str]:
    (folder / "text.mp4").write_text("not a film\n" * 50)
    return ["extract", "text.mp4"]


def half_clip(folder: Path, data: Path) -> list[str]:
    content = (data / "clips" / "single_face.mp4").read_bytes()
    (folder / "half.mp4").write_bytes(content[: len(content) // 2])
    return ["extract", "half.mp4"]


def good_and_bad_clip(folder: Path, data: Path) -> list[str]:
    (folder / "text.mp4").write_text("not a film\n" * 50)
    return ["extract", str(data / "clips" / "single_face.mp4"), "text.mp4"]


CLIPS: dict[Callable[[Path, Path], list[str]], str] = {
    missing: "nothing.mp4 is not there",
    empty_clip: "empty.mp4 is empty",
    text_clip: "text.mp4 is not a clip",
    half_clip: "half.mp4 cannot be played",
    good_and_bad_clip: "text.mp4 is not a clip",
}


@pytest.mark.parametrize("make", CLIPS, ids=lambda make: make.__name__)
def test_a_bad_clip_is_refused(make: Callable, shared_data: Path, tmp_path: Path) -> None:
    arguments = make(tmp_path, shared_data)
    before = sorted(tmp_path.rglob("*"))
    done = process(*arguments, "--out", "out", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert CLIPS[make] in done.stderr
    assert sorted(tmp_path.rglob("*")) == before


def test_a_fault_found_late_is_the_last_line_and_the_only_one_of_its_kind(
    shared_data: Path, few_csv: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "P7"
    folder.mkdir()
    shutil.copyfile(shared_data / "clips" / "no_face.mp4", folder / "fear.mp4")
    out = tmp_path / "out.json"
    assert main(["screen", str(folder), "--cohort", str(few_csv), "--out", str(out)]) == 2
    *progress, fault = capsys.readouterr().err.splitlines()
    assert progress
    assert fault.startswith("None of the clips can be used.")
    assert not any(line.startswith("None of") for line in progress)
    assert not out.exists()


def test_a_cohort_that_trains_nothing_is_refused_before_any_clip_is_measured(
    shared_data: Path,
    few: pd.DataFrame,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    few[few["group"] == "PD"].to_csv(tmp_path / "bad.csv", index=False)
    shutil.copyfile(shared_data / "clips" / "single_face.mp4", tmp_path / "P7_smile.mp4")
    arguments = ["screen", "P7_smile.mp4", "--cohort", "bad.csv", "--out", "out.json"]
    assert "0 controls" in refused(arguments, tmp_path, monkeypatch, capsys)


def test_people_who_cannot_be_judged_are_refused_before_any_training(
    few: pd.DataFrame, few_csv: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    few.assign(emotion="boredom").drop_duplicates("subject").to_csv(few_csv.parent / "bored.csv", index=False)
    arguments = ["screen", "bored.csv", "--cohort", "few.csv", "--out", "out.json"]
    said = refused(arguments, few_csv.parent, monkeypatch, capsys, n_remarks=1)
    assert "kept, but not one of the five emotions" in said
    assert said.splitlines()[-1].startswith("None of these people can be judged.")


def refused(
    arguments: list[str],
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    n_remarks: int = 0,
) -> str:
    """What is said; asserts that it is one line, after the remarks on what was read, with status 2 and no file made."""
    monkeypatch.chdir(folder)
    before = sorted(folder.rglob("*"))
    try:
        status: object = main(arguments)
    except SystemExit as exit_of_the_parser:
        status = exit_of_the_parser.code
    said = capsys.readouterr()
    assert (status, said.out) == (2, "")
    assert len(said.err.splitlines()) == n_remarks + 1, said.err
    assert sorted(folder.rglob("*")) == before
    return said.err


def with_hole(table: pd.DataFrame) -> pd.DataFrame:
    table.loc[7, "AU12"] = np.nan
    return table


TABLES: dict[str, tuple[Callable[[pd.DataFrame], pd.DataFrame], str, str]] = {
    "without AU12": (lambda t: t.drop(columns="AU12"), "no column AU12", ""),
    "with a hole": (with_hole, "line 9 has no number in AU12", "(lines 9)"),
    "of one group": (lambda t: t[t["group"] == "PD"], "0 controls", "one class only"),
    "of no rows": (lambda t: t[:0], "has no rows", "has no rows"),
    "of strange groups": (lambda t: t.replace({"group": {"PD": "dragon"}}), "'dragon' is not known", ""),
}


@pytest.mark.parametrize("name", TABLES)
def test_a_bad_table_is_refused(
    name: str,
    cohort: pd.DataFrame,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    spoil, of_screen, of_resample = TABLES[name]
    people(cohort, 1).to_csv(tmp_path / "person.csv", index=False)
    spoil(cohort.copy()).to_csv(tmp_path / "bad.csv", index=False)
    said = refused(["screen", "person.csv", "--cohort", "bad.csv", "--out", "out.json"], tmp_path, monkeypatch, capsys)
    assert of_screen in said
    if of_resample:
        arguments = ["resample", "bad.csv", "--label", "group", "--out", "out.csv"]
        assert of_resample in refused(arguments, tmp_path, monkeypatch, capsys)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "No columns to parse"),
        (b"\x89PNG\r\n\x1a\n\x00\xff", "could not be read"),
        (b'a,b\n"1,2\n', "could not be read"),
        (b"a,b\n1,2,3\n1,2,3,4\n", "could not be read"),
        (None, "No such file"),
    ],
    ids=["empty", "picture", "open quote", "ragged", "missing"],
)
def test_what_is_no_table_is_refused(
    content: bytes | None,
    said: str,
    cohort_csv: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if content is not None:
        (tmp_path / "t.csv").write_bytes(content)
    heard = refused(["resample", "t.csv", "--label", "b", "--out", "out.csv"], tmp_path, monkeypatch, capsys)
    assert said in heard
    assert "t.csv" in refused(
        ["screen", "t.csv", "--cohort", "cohort.csv", "--out", "o"], tmp_path, monkeypatch, capsys
    )


RESAMPLE = ("resample", "anger.csv", "--label", "group", "--out", "out.csv")
SCREEN = ("screen", "anger.csv", "--cohort", "anger.csv", "--out", "out.json")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "arguments are required: command"),
        (("divine",), "invalid choice: 'divine'"),
        (("extract",), "required: CLIP, --out"),
        (("extract", "a.mp4", "--out", "nowhere/out"), "a.mp4 is not there"),
        (("extract", "a.mp4", "--out", "anger.csv"), "anger.csv is no folder"),
        (("extract", "a.mp4", "--out", "anger.csv/deep/out"), "anger.csv is no folder"),
        ((*RESAMPLE, "--label", "diagnosis"), "no column diagnosis"),
        ((*RESAMPLE, "--features", "AU06", "AU99"), "no column AU99"),
        ((*RESAMPLE, "--features", "group"), "No feature columns"),
        ((*RESAMPLE, "--features", "subject"), "no number in a feature"),
        ((*RESAMPLE, "--alpha", "-1"), "--alpha: must be at least 0 and finite, not -1"),
        ((*RESAMPLE, "--alpha", "nan"), "--alpha: must be at least 0 and finite, not nan"),
        ((*RESAMPLE, "--alpha", "inf"), "--alpha: must be at least 0 and finite, not inf"),
        ((*RESAMPLE, "--alpha", "much"), "--alpha: invalid float value: 'much'"),
        ((*RESAMPLE, "--threshold", "7"), "--threshold: must be from 0 to 1, not 7"),
        ((*RESAMPLE, "--k", "0"), "--k: must be at least 1, not 0"),
        ((*RESAMPLE, "--sigma", "0.2"), "AGCL has no --sigma. It takes --alpha, --threshold, --k, --rule, --spread."),
        ((*RESAMPLE, "--gate", "0.9"), "AGCL has no --gate."),
        ((*RESAMPLE, "--method", "genetic-search", "--elite", "20"), "An elite of 20 is the whole population of 20."),
        ((*RESAMPLE, "--method", "genetic-search", "--mutation", "2"), "--mutation: must be from 0 to 1, not 2"),
        ((*RESAMPLE, "--anneal-steps", "5"), "AGCL has no --anneal-steps."),
        ((*RESAMPLE, "--method", "s3vae", "--k", "3"), "S3VAE has no --k. It takes --alpha, --sigma, --K, --plan,"),
        ((*RESAMPLE, "--method", "s3vae", "--plan", "2x32"), "invalid choice: '2x32'"),
        ((*RESAMPLE, "--method", "ctgan"), "invalid choice: 'ctgan'"),
        ((*RESAMPLE, "--k", "2.5"), "--k: invalid int value: '2.5'"),
        ((*RESAMPLE, "--spread", "butter"), "invalid choice: 'butter'"),
        ((*RESAMPLE, "--seed", "x"), "--seed: invalid int value"),
        ((*RESAMPLE, "--label", "AU04"), "values in the column AU04 are there once only"),
        ((*RESAMPLE, "--label", "subject"), "54 of the 54 values in the column subject are there once only"),
        ((*RESAMPLE, "--label", "diagnosis", "--out", "nowhere/out.csv"), "no column diagnosis"),
        ((*RESAMPLE, "--out", "anger.csv/out.csv"), "anger.csv is no folder"),
        ((*RESAMPLE, "--out", "anger.csv/deep/out.csv"), "anger.csv is no folder"),
        ((*RESAMPLE, "--out", "."), "is a folder"),
        ((*SCREEN, "--classifier", "oracle"), "invalid choice: 'oracle'"),
        ((*SCREEN, "--cohort", "nothing.csv", "--out", "nowhere/out.json"), "nothing.csv cannot be read"),
        ((*SCREEN, "--out", "anger.csv/out.json"), "anger.csv is no folder"),
        ((*SCREEN, "--cohort", "nothing.csv"), "nothing.csv cannot be read"),
    ],
    ids=" ".join,
)
def test_wrong_arguments_are_refused(
    arguments: tuple[str, ...],
    said: str,
    anger_csv: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert said in refused(list(arguments), anger_csv.parent, monkeypatch, capsys)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_of_somebody_else_is_refused(
    anger_csv: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    locked = anger_csv.parent / "locked"
    locked.mkdir(mode=0o500)
    said = refused([*RESAMPLE, "--out", "locked/out.csv"], anger_csv.parent, monkeypatch, capsys)
    assert "locked cannot be written to" in said


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs a folder in which even root can make no file")
def test_a_folder_that_takes_no_files_is_refused(
    anger_csv: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = refused([*RESAMPLE, "--out", "/proc/out.csv"], anger_csv.parent, monkeypatch, capsys)
    assert "/proc" in said


def test_an_old_result_survives_a_refusal(
    anger_csv: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = anger_csv.parent / "out.csv"
    out.write_text("old")
    refused([*RESAMPLE, "--label", "diagnosis"], anger_csv.parent, monkeypatch, capsys)
    assert out.read_text() == "old"


@pytest.mark.skipif(os.name != "posix", reason="sends the signal of Ctrl-C")
def test_ctrl_c_leaves_no_partial_file(shared_data: Path, tmp_path: Path) -> None:
    """Stopped in the second, longer clip: what the first gave is whole, and nothing else is there."""
    clips = [shared_data / "clips" / name for name in ("single_face.mp4", "driving_d10.mp4")]
    command = [sys.executable, "-m", "core", "extract", *map(str, clips), "--out", "out", "--workers", "1"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr is not None
        for line in running.stderr:
            if "clip 2 of 2" in line:
                break
        time.sleep(0.2)
        running.send_signal(signal.SIGINT)
        rest = running.stderr.read()
    assert running.returncode == 130
    assert "Traceback" not in rest
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["finished.jsonl", "single_face.csv"]
    assert read_openface_csv(tmp_path / "out" / "single_face.csv").n_frames == 72
