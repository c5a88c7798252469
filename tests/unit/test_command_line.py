"""`python -m core` in processes of its own, and its `main` in this one where only what it does matters."""

from __future__ import annotations

import json
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
from core.commands import SUMMARY, csv_names
from core.faces.au_tables import read_openface_csv
from core.latent.au_space import build_space
from core.latent.simulated_cohort import simulate_cohort
from core.types import ACTION_UNITS, SIDED_ACTION_UNITS

ROOT = Path(__file__).resolve().parents[2]
UNITS = list(ACTION_UNITS)
CLIPS_COLUMNS = (
    "file", "subject", "emotion", "n_frames", "face_found", "neutral_first", "neutral_last", "peak_frame", "usable",
    "reason",
)  # fmt: skip


def process(*arguments: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "core", *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture(scope="module")
def cohort() -> pd.DataFrame:
    return simulate_cohort(0)


@pytest.fixture(scope="module")
def few(cohort: pd.DataFrame) -> pd.DataFrame:
    """Seven people of each group with all emotions: enough for the 25 folds of a screening without one of them."""
    filmed = cohort["subject"].value_counts()
    whole = cohort[cohort["subject"].map(filmed) == 5]
    chosen = whole.drop_duplicates("subject").groupby("group")["subject"].head(7)
    return whole[whole["subject"].isin(chosen)]


@pytest.fixture
def few_csv(few: pd.DataFrame, tmp_path: Path) -> Path:
    path = tmp_path / "few.csv"
    few.to_csv(path, index=False)
    return path


@pytest.fixture
def cohort_csv(cohort: pd.DataFrame, tmp_path: Path) -> Path:
    path = tmp_path / "cohort.csv"
    cohort.to_csv(path, index=False)
    return path


@pytest.fixture
def anger_csv(cohort: pd.DataFrame, tmp_path: Path) -> Path:
    path = tmp_path / "anger.csv"
    cohort[cohort["emotion"] == "anger"].to_csv(path, index=False)
    return path


# extract


@pytest.fixture(scope="module")
def extracted(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess]:
    """A clip of happiness, one without a face, and again the first in a folder of the same layout."""
    folder = tmp_path_factory.mktemp("extract")
    for person, clip in (("P1", "single_face"), ("P2", "no_face")):
        (folder / person).mkdir()
        shutil.copyfile(shared_data / "clips" / f"{clip}.mp4", folder / person / "happy.mp4")
    done = process("extract", "P1/happy.mp4", "P2", "--out", "not/yet/out", cwd=folder)
    return folder / "not" / "yet" / "out", done


def test_extract_writes_a_frame_table_a_clip(extracted: tuple[Path, subprocess.CompletedProcess]) -> None:
    out, done = extracted
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in out.iterdir()) == ["P1_happy.csv", "P2_happy.csv", "clips.csv"]
    table = pd.read_csv(out / "P1_happy.csv")
    sided = [f"{unit}_{side}" for unit in SIDED_ACTION_UNITS for side in "LR"]
    assert list(table.columns) == [
        "frame", "timestamp", "confidence", "success", "pose_Rx", "pose_Ry", "pose_Rz",
        *(f"{unit}_r" for unit in UNITS), *sided,
    ]  # fmt: skip
    assert table["frame"].tolist() == list(range(1, 73))
    assert table["timestamp"].iloc[0] == 0
    assert (table["success"] == 1).all()
    assert table[[f"{unit}_r" for unit in UNITS] + sided].apply(lambda c: c.between(0, 5)).all(axis=None)
    assert read_openface_csv(out / "P1_happy.csv").n_frames == 72
    nothing = pd.read_csv(out / "P2_happy.csv")
    assert (nothing["success"] == 0).all()
    assert nothing[[f"{unit}_r" for unit in UNITS]].isna().all(axis=None)


def test_extract_sums_up_in_clips_csv(extracted: tuple[Path, subprocess.CompletedProcess]) -> None:
    out, _ = extracted
    table = pd.read_csv(out / "clips.csv", keep_default_na=False, dtype=str)
    assert tuple(table.columns) == CLIPS_COLUMNS
    face, none = table.to_dict("records")
    assert (face["file"], face["subject"], face["emotion"]) == ("P1/happy.mp4", "P1", "happiness")
    assert (face["n_frames"], face["face_found"], face["usable"]) == ("72", "1.0", "True")
    assert 1 <= int(face["neutral_first"]) <= int(face["neutral_last"]) < int(face["peak_frame"]) <= 72
    frames = pd.read_csv(out / "P1_happy.csv").set_index("frame")
    smile = frames["AU06_r"] + frames["AU12_r"]
    assert smile[int(face["peak_frame"])] > 0.9 * smile.max()
    assert (none["subject"], none["usable"], none["peak_frame"]) == ("P2", "False", "")
    assert none["reason"].startswith("No face was found")


def test_extract_speaks_on_stderr_only(extracted: tuple[Path, subprocess.CompletedProcess]) -> None:
    _, done = extracted
    assert done.stdout == ""
    assert "happy.mp4 is not usable: No face was found in any of the 95 frames." in done.stderr
    assert "clip 2 of 2" in done.stderr
    assert "W0000" not in done.stderr
    assert "TensorFlow" not in done.stderr


def test_a_neutral_clip_of_the_person_is_the_reference(
    shared_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "P1"
    folder.mkdir()
    shutil.copyfile(shared_data / "clips" / "single_face.mp4", folder / "smile.mp4")
    shutil.copyfile(shared_data / "clips" / "single_face.mp4", folder / "neutral.mp4")
    assert main(["extract", str(folder), "--out", str(tmp_path / "out")]) == 0
    table = pd.read_csv(tmp_path / "out" / "clips.csv").set_index("emotion")
    assert table["neutral_first"].isna().to_dict() == {"happiness": True, "neutral": False}
    shutil.copyfile(shared_data / "clips" / "no_face.mp4", folder / "neutral.mp4")
    capsys.readouterr()
    assert main(["extract", str(folder), "--out", str(tmp_path / "again")]) == 0
    assert "neutral.mp4 cannot serve as neutral. No face was found in it." in capsys.readouterr().err
    table = pd.read_csv(tmp_path / "again" / "clips.csv").set_index("emotion")
    assert table.loc["happiness", "neutral_first"] == 1


def test_every_clip_gets_a_file_of_its_own() -> None:
    paths = ["a/x.mp4", "b/x.mp4", "c/a_x.mp4", "a/x.avi", "d/clips.mp4", "e/y.mp4"]
    names = csv_names([Path(path) for path in paths])
    assert names == ["a_x", "b_x", "a_x_2", "a_x_3", "d_clips", "y"]
    assert SUMMARY not in names


# resample


def test_resample_keeps_the_rows_and_adds_exact_counts(anger_csv: Path, tmp_path: Path) -> None:
    out = tmp_path / "more.csv"
    done = process("resample", anger_csv, "--label", "group", "--alpha", "2.6", "--threshold", "0.4", "--out", out)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    before, after = anger_csv.read_text().splitlines(), out.read_text().splitlines()
    assert after[0] == f"{before[0]},synthetic,source"
    assert after[1 : len(before)] == [f"{line},False," for line in before[1:]]
    real = pd.read_csv(anger_csv, float_precision="round_trip")
    made = pd.read_csv(out, float_precision="round_trip").iloc[len(real) :]
    assert made["synthetic"].astype(str).eq("True").all()
    features = [column for column in real if column.startswith("AU")]
    assert made[features].apply(lambda column: column.between(0, 5)).all(axis=None)
    assert made[["subject", "emotion", "backend", "simulated"]].isna().all(axis=None)
    tree = build_space(real[features].to_numpy(), real["group"].to_numpy()).tree
    pure = [cluster for cluster in tree.cut(0.4).clusters if cluster.pure]
    expected = {f"cluster {cluster.path}": round(2.6 * len(cluster.members)) for cluster in pure}
    assert made["source"].value_counts().to_dict() == expected
    sides = {f"cluster {cluster.path}": max(cluster.counts, key=lambda side: cluster.counts[side]) for cluster in pure}
    assert (made["group"] == made["source"].map(sides)).all()


def test_resample_changes_no_cell_as_it_is_written(tmp_path: Path) -> None:
    path, out = tmp_path / "t.csv", tmp_path / "out.csv"
    rows = ["007,NA,1.50,0.10,yes", "008,1,1e0,3.20,yes", '009,"a, b",4.0,1.00,no', "010,,4.10,2.5000,no"]
    path.write_text("\n".join(["id,note,AU06,AU12,smokes", *rows]) + "\n")
    assert main(["resample", str(path), "--label", "smokes", "--k", "2", "--out", str(out)]) == 0
    assert out.read_text().splitlines()[1:5] == [f"{row},False," for row in rows]


def test_resample_gives_the_same_bytes_for_the_same_seed(anger_csv: Path, tmp_path: Path) -> None:
    outs = [tmp_path / f"{name}.csv" for name in "abc"]
    for out, seed in zip(outs, (5, 5, 6), strict=True):
        assert process("resample", anger_csv, "--label", "group", "--seed", seed, "--out", out).returncode == 0
    assert outs[0].read_bytes() == outs[1].read_bytes() != outs[2].read_bytes()


def test_resample_takes_the_features_that_are_named(anger_csv: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    arguments = ["resample", str(anger_csv), "--label", "group", "--features", "AU0?", "AU12", "--out", str(out)]
    assert main(arguments) == 0
    made = pd.read_csv(out).query("synthetic")
    given = ["AU01", "AU02", "AU04", "AU05", "AU06", "AU07", "AU09", "AU12"]
    assert [column for column in made if column.startswith("AU") and made[column].notna().all()] == given
    assert made[[f"{unit}_L" for unit in SIDED_ACTION_UNITS]].isna().all(axis=None)


def test_a_result_may_lie_in_folders_that_are_not_there_yet(anger_csv: Path, tmp_path: Path) -> None:
    out = tmp_path / "not" / "yet" / "out.csv"
    assert main(["resample", str(anger_csv), "--label", "group", "--out", str(out)]) == 0
    assert [path.name for path in out.parent.iterdir()] == ["out.csv"]


# screen


def people(cohort: pd.DataFrame, n: int) -> pd.DataFrame:
    counts = cohort["subject"].value_counts()
    chosen = sorted(counts[counts == 5].index)[:n]
    return cohort[cohort["subject"].isin(chosen)]


def test_screen_one_person_of_the_cohort(few: pd.DataFrame, few_csv: Path, tmp_path: Path) -> None:
    """In a process of its own, and in this one: the same bytes."""
    person = people(few, 1)
    person.to_csv(tmp_path / "person.csv", index=False)
    outs = [tmp_path / "not" / "yet" / "a.json", tmp_path / "b.json"]
    arguments = [["screen", str(tmp_path / "person.csv"), "--cohort", str(few_csv), "--out", str(out)] for out in outs]
    run = process(*arguments[0])
    assert (run.returncode, run.stdout) == (0, ""), run.stderr
    assert "100 %  Done" in run.stderr
    assert main(arguments[1]) == 0
    assert outs[0].read_bytes() == outs[1].read_bytes()
    (result,) = json.loads(outs[0].read_text())["people"]
    assert result["person"] == person["subject"].iloc[0]
    assert result["cohort"]["n_people"] == few["subject"].nunique() - 1
    assert result["verdict"]["decision"] in ("PD-like", "control-like", "undecided")
    assert len(result["emotions"]) == 5
    assert all(emotion["usable"] and emotion["n_models"] == 25 for emotion in result["emotions"])


def test_screen_several_people(few: pd.DataFrame, few_csv: Path, tmp_path: Path) -> None:
    strangers = people(few, 3).copy()
    strangers["subject"] = "NEW" + strangers["subject"]
    strangers.to_csv(tmp_path / "people.csv", index=False)
    out = tmp_path / "out.json"
    assert main(["screen", str(tmp_path / "people.csv"), "--cohort", str(few_csv), "--out", str(out)]) == 0
    found = json.loads(out.read_text())["people"]
    assert [result["person"] for result in found] == sorted(strangers["subject"].unique())
    assert {result["cohort"]["n_people"] for result in found} == {few["subject"].nunique()}
    assert len({json.dumps(result["vote_accuracy"]) for result in found}) == 1


def test_screen_the_openface_tables_of_a_person(shared_data: Path, few_csv: Path, tmp_path: Path) -> None:
    """Three real OpenFace CSVs, as the clips of one person; the cohort is simulated, and the result warns of both."""
    paths = [tmp_path / f"P9_{emotion}.csv" for emotion in ("smile", "rage", "fear")]
    for path, clip in zip(paths, ("driving_d11", "driving_d12", "driving_d20"), strict=True):
        shutil.copyfile(shared_data / "clips" / f"{clip}.openface.csv", path)
    out = tmp_path / "out.json"
    assert main(["screen", *map(str, paths), "--cohort", str(few_csv), "--out", str(out)]) == 0
    (result,) = json.loads(out.read_text())["people"]
    assert result["person"] == "P9"
    usable = {emotion["emotion"] for emotion in result["emotions"] if emotion["usable"]}
    assert usable == {"happiness", "anger", "fear"}
    assert any("different backends (openface, simulated)" in warning for warning in result["warnings"])
    frames = read_openface_csv(paths[0])
    happiness = next(emotion for emotion in result["emotions"] if emotion["emotion"] == "happiness")
    for reading in happiness["features"]:
        curve = frames.intensity[:, UNITS.index(reading["name"])]
        assert np.isclose(curve, reading["value"]).any()


def test_screen_the_clips_of_a_person(
    shared_data: Path, few_csv: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "P7"
    folder.mkdir()
    shutil.copyfile(shared_data / "clips" / "single_face.mp4", folder / "smile.mp4")
    shutil.copyfile(shared_data / "clips" / "no_face.mp4", folder / "fear.mp4")
    out = tmp_path / "out.json"
    assert main(["screen", str(folder), "--cohort", str(few_csv), "--out", str(out)]) == 0
    assert "fear.mp4 is not usable: No face was found" in capsys.readouterr().err
    (result,) = json.loads(out.read_text())["people"]
    assert (result["person"], result["verdict"]["decision"]) == ("P7", "undecided")
    assert [emotion["emotion"] for emotion in result["emotions"] if emotion["usable"]] == ["happiness"]


# bad input: status 2, one line, nothing written


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
    assert "None of these people can be judged." in refused(arguments, few_csv.parent, monkeypatch, capsys)


def refused(
    arguments: list[str], folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> str:
    """What is said; asserts that it is one line with status 2 and that no file was made."""
    monkeypatch.chdir(folder)
    before = sorted(folder.rglob("*"))
    try:
        status: object = main(arguments)
    except SystemExit as exit_of_the_parser:
        status = exit_of_the_parser.code
    said = capsys.readouterr()
    assert (status, said.out) == (2, "")
    assert len(said.err.splitlines()) == 1, said.err
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
        ((*RESAMPLE, "--k", "2.5"), "--k: invalid int value: '2.5'"),
        ((*RESAMPLE, "--spread", "butter"), "invalid choice: 'butter'"),
        ((*RESAMPLE, "--method", "SMOTE"), "invalid choice: 'SMOTE'"),
        ((*RESAMPLE, "--seed", "x"), "--seed: invalid int value"),
        ((*RESAMPLE, "--label", "AU01"), "values in the column AU01 are there once only"),
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
    command = [sys.executable, "-m", "core", "extract", *map(str, clips), "--out", "out"]
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
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["single_face.csv"]
    assert read_openface_csv(tmp_path / "out" / "single_face.csv").n_frames == 72
