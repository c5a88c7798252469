"""What the commands give: in processes of their own, and by `main` in this one where only the result matters."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.__main__ import main
from core.commands.extract import SUMMARY, csv_names
from core.faces.au_tables import read_openface_csv
from core.latent.au_space import build_space
from core.types import ACTION_UNITS, SIDED_ACTION_UNITS
from tests.unit.command_line.running import people, process

UNITS = list(ACTION_UNITS)
CLIPS_COLUMNS = (
    "file", "subject", "emotion", "n_frames", "face_found", "neutral_first", "neutral_last", "peak_frame", "usable",
    "reason",
)  # fmt: skip


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
    files = ["P1_happy.csv", "P2_happy.csv", "clips.csv", "finished.jsonl"]
    assert sorted(path.name for path in out.iterdir()) == files
    table = pd.read_csv(out / "P1_happy.csv")
    sided = [f"{unit}_{side}" for unit in SIDED_ACTION_UNITS for side in "LR"]
    assert list(table.columns) == [
        "frame", "timestamp", "confidence", "success", "pose_Rx", "pose_Ry", "pose_Rz",
        *(f"{unit}_r" for unit in UNITS), *sided, "backend",
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


@pytest.mark.parametrize(
    ("method", "options", "source"),
    [
        ("gaussian-noise", ("--sigma", "0.3"), r"line \d+"),
        ("kNNMTD", ("--k", "4", "--neighbours", "multivariate"), r"line \d+"),
        ("class-gaussian", (), "class"),
        ("smote", ("--k", "3"), "class"),
        ("smoothed-bootstrap", ("--shrinkage", "0.5"), r"line \d+"),
        ("duplication", (), r"line \d+"),
        ("adasyn", ("--k", "3"), "class"),
        ("kmeanssmote", ("--k", "1", "--clusters", "4"), "class"),
        ("genetic-search", ("--generations", "5", "--population", "6", "--gate", "0.8", "--mutation", "0.1"), "class"),
        (
            "s3vae",
            (
                "--sigma",
                "0.2",
                "--K",
                "0.3",
                "--plan",
                "batch",
                "--anneal-steps",
                "5",
                "--free-bits",
                "0.1",
                "--steps",
                "20",
            ),
            r"line \d+",
        ),
    ],
)
def test_resample_by_every_method(
    method: str, options: tuple[str, ...], source: str, anger_csv: Path, tmp_path: Path
) -> None:
    outs = [tmp_path / "a.csv", tmp_path / "b.csv"]
    for out in outs:
        arguments = ["resample", str(anger_csv), "--label", "group", "--features", "AU0?", "--method", method]
        assert main([*arguments, "--alpha", "2", *options, "--out", str(out)]) == 0
    assert outs[0].read_bytes() == outs[1].read_bytes()
    rows = pd.read_csv(outs[0], dtype={"source": str}, keep_default_na=False)
    real, made = rows[~rows["synthetic"]], rows[rows["synthetic"]]
    assert made["group"].value_counts().to_dict() == (2 * real["group"].value_counts()).to_dict()
    assert made["source"].str.fullmatch(source).all()
    if source != "class":
        lines = made["source"].str.removeprefix("line ").astype(int)
        assert (real["group"].to_numpy()[lines - 2] == made["group"].to_numpy()).all()
    units = made[["AU01", "AU02", "AU04"]].astype(float)
    assert units.min(axis=None) >= 0
    assert units.max(axis=None) <= 5


def test_resample_says_who_got_no_rows_and_why(
    anger_csv: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["resample", str(anger_csv), "--label", "group", "--features", "AU0?", "--out", str(tmp_path / "out.csv")]
    assert main([*given, "--threshold", "1", "--k", "1"]) == 0
    assert "none of them is PD: no cluster holds PD alone, or alpha rounds to no rows" in capsys.readouterr().err
    assert main([*given, "--method", "duplication", "--alpha", "0.001"]) == 0
    assert "none of them is PD: alpha rounds to no rows" in capsys.readouterr().err


def test_resample_says_which_rows_a_method_could_not_make(
    anger_csv: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["resample", str(anger_csv), "--label", "group", "--features", "AU0?", "--out", str(tmp_path / "out.csv")]
    assert main([*given, "--method", "kmeanssmote", "--alpha", "1", "--k", "30", "--clusters", "12"]) == 0
    assert "SMOTE made 26 of 26 rows of PD and 28 of 28 rows of control" in capsys.readouterr().err


def test_resample_says_that_a_posterior_collapsed(
    anger_csv: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["resample", str(anger_csv), "--label", "group", "--features", "AU0?", "--out", str(tmp_path / "out.csv")]
    assert main([*given, "--method", "s3vae", "--alpha", "1", "--K", "1000", "--steps", "150"]) == 0
    assert "latent units tell the samples apart: the posterior has collapsed" in capsys.readouterr().err


@pytest.mark.parametrize(("method", "near"), [("duplication", True), ("class-gaussian", False)])
def test_resample_says_when_its_rows_give_people_away(
    method: str, near: bool, anger_csv: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["resample", str(anger_csv), "--label", "group", "--features", "AU*", "--out", str(tmp_path / "out.csv")]
    assert main([*given, "--method", method, "--alpha", "1"]) == 0
    assert ("100% of them are near-copies" in capsys.readouterr().err) == near


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


def test_screen_one_person_of_the_cohort(few: pd.DataFrame, few_csv: Path, tmp_path: Path) -> None:
    person = people(few, 1)
    person.to_csv(tmp_path / "person.csv", index=False)
    out = tmp_path / "not" / "yet" / "a.json"
    run = process("screen", tmp_path / "person.csv", "--cohort", few_csv, "--out", out)
    assert (run.returncode, run.stdout) == (0, ""), run.stderr
    assert "100 %  Done" in run.stderr
    written = json.loads(out.read_text())
    assert written["notice"].startswith("Research use only. Not a diagnostic device.")
    (result,) = written["people"]
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
    assert any("different backends (hypomimia-lab, openface)" in warning for warning in result["warnings"])
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
