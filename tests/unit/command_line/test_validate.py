"""`validate`: its results, its refusals, and that a killed run goes on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.__main__ import main
from tests.unit.command_line.running import ROOT, process

SCORES = ("accuracy", "balanced_accuracy", "auroc", "brier", "sensitivity", "specificity")
QUICK = ("--method", "duplication", "--classifier", "knn")
HERE = ("--workers", "0")
"""In this process: two others take longer to start than these few people take."""
COMMON = ("--label", "ill", "--group", "who", "--out", "out.json")
UFNET = ("--label", "Diagnosis", "--group", "ID", "--features", "smile_AU06_mean", "smile_AU12_mean", "smile_AU25_mean")


def table(prefix: str = "", n: int = 24, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    y = np.arange(n) % 2
    people = pd.DataFrame({"who": [f"{prefix}{i}" for i in range(n)], "ill": np.where(y == 1, "PD", "control")})
    return people.assign(
        AU06=rng.uniform(0, 3, n), AU12=rng.uniform(0, 3, n) + (1 - y), sex=rng.permutation(["F", "M"] * (n // 2))
    )


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    table().to_csv("t.csv", index=False)
    table("T", 12, 1).to_csv("test.csv", index=False)
    return tmp_path


def test_in_a_process_of_its_own_and_in_this_one_the_same_bytes(folder: Path) -> None:
    given = ("validate", "t.csv", "--test", "test.csv", *COMMON, *QUICK)
    done = process(*given, cwd=folder)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert "all, duplication, kNN: balanced accuracy in %: tuned" in done.stderr
    alone = (folder / "out.json").read_bytes()
    assert main([*given, "--out", "other.json", *HERE]) == 0
    assert (folder / "other.json").read_bytes() == alone
    assert sorted(path.name for path in folder.iterdir()) == ["other.json", "out.json", "t.csv", "test.csv"]
    found = json.loads(alone)
    assert found["notice"].startswith("Research use only.")
    assert set(found["files"]) == {"t.csv", "test.csv"}
    assert found["versions"]["scikit-learn"]
    assert found["seeds"]["seed"] == found["settings"]["random_state"] == 0
    assert [row["column"] for row in found["confounders"]] == ["sex"]
    shown = [("none", "kNN"), ("duplication", "kNN"), ("none", "logistic regression")]
    assert [(row["method"], row["classifier"]) for row in found["results"]] == shown
    for row in found["results"]:
        assert row["emotion"] == "all"
        for part, n in (("nested", 24), ("test", 12)):
            assert row[part]["n"] == n
            for name in SCORES:
                low, high = row[part][f"{name}_ci"]
                assert 0 <= low <= row[part][name] <= high <= 1


def test_all_classifiers_without_being_named(folder: Path) -> None:
    table(n=16).to_csv("t.csv", index=False)
    assert main(["validate", "t.csv", *COMMON, *HERE, "--method", "none", "--seed", "3"]) == 0
    found = json.loads((folder / "out.json").read_text())
    named = ["kNN", "SVM", "random forest", "MLP", "logistic regression"]
    assert [row["classifier"] for row in found["results"]] == named
    assert all(row["test"] is None for row in found["results"])
    assert found["seeds"]["seed"] == 3


def test_the_paper_protocol(folder: Path) -> None:
    given = ["--protocol", "paper", "--method", "size-matched-duplication", "--classifier", "logistic-regression"]
    assert main(["validate", "t.csv", *COMMON, *HERE, *given]) == 0
    none, copies = json.loads((folder / "out.json").read_text())["results"]
    assert copies["method"] == "size-matched duplication"
    assert copies["test"]["accuracy"] == none["test"]["accuracy"]
    assert copies["test"]["auroc"] == none["test"]["auroc"]
    assert none["test"]["n"] == 6
    assert none["nested"] is None
    assert copies["tuned_cv"]["n_settings"] == 12 * 2


def test_expressions_vote(folder: Path) -> None:
    both = pd.concat([table().assign(emotion="joy"), table(seed=5).assign(emotion="fear")])
    both.to_csv("t.csv", index=False)
    assert main(["validate", "t.csv", *COMMON, *HERE, *QUICK, "--permute-labels"]) == 0
    found = json.loads((folder / "out.json").read_text())
    assert list(dict.fromkeys(row["emotion"] for row in found["results"])) == ["joy", "fear", "majority vote"]
    assert found["columns"]["emotion"] == "emotion"
    assert found["permuted"]


def test_the_smiles_of_ufnet_as_they_are_published(
    shared_data: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    videos = pd.read_csv(shared_data / "ufnet" / "smile_features_train.csv", dtype=str, keep_default_na=False)
    first = videos.drop_duplicates("ID").groupby("Diagnosis")["ID"].head(15)
    several = ["NIHGA312KVEC2", "149Z100"]  # one of many videos, one of two diagnoses
    chosen = videos["ID"].isin([*first, *several])
    some = videos[chosen].reset_index(drop=True)
    some.loc[0, "smile_AU12_mean"] = ""
    some.to_csv("train.csv", index=False)
    videos[~chosen].to_csv("rest.csv", index=False)
    given = ["validate", "train.csv", *HERE, *UFNET, "--test", "rest.csv", "--out", "out.json", "--method", "agcl"]
    assert main([*given, "--classifier", "logistic-regression"]) == 0
    said = capsys.readouterr().err
    assert "of people with two labels (149Z100) left out" in said
    assert "The table: 1 rows with a missing value in a feature left out, of 1 people." in said
    found = json.loads((folder / "out.json").read_text())
    none, agcl = found["results"]
    assert none["nested"]["n"] == found["people"]["n"] < len(some)
    assert none["test"]["n"] == videos[~chosen]["ID"].nunique() - 1
    assert 0.7 < none["test"]["auroc"] < 0.95
    assert agcl["method"] == "AGCL"
    assert {row["column"] for row in found["confounders"]} == {"Protocol", "age"}


@pytest.mark.skipif(os.name != "posix", reason="kills a process")
def test_a_killed_run_goes_on_where_it_was(folder: Path) -> None:
    given = ["validate", "t.csv", *COMMON, "--method", "none", "--classifier", "svm", *HERE]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    running = subprocess.Popen([sys.executable, "-m", "core", *given], env=environment, stderr=subprocess.DEVNULL)
    kept = folder / "out.json.parts" / "finished.jsonl"
    until = time.monotonic() + 60
    while time.monotonic() < until and not kept.exists():
        time.sleep(0.02)
    running.send_signal(signal.SIGKILL)
    running.wait()
    n_finished = len(kept.read_text().splitlines()) - 1
    assert n_finished >= 1
    assert not (folder / "out.json").exists()
    done = process(*given, cwd=folder)
    assert done.returncode == 0
    assert f"{n_finished} parts are finished already" in done.stderr
    assert main([*given, "--out", "whole.json"]) == 0
    assert (folder / "out.json").read_bytes() == (folder / "whole.json").read_bytes()
    assert not kept.parent.exists()


VALIDATE = ("validate", "t.csv", *COMMON)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("validate", "t.csv"), "required: --label, --group, --out"),
        ((*VALIDATE, "--label", "sick"), "no column sick"),
        ((*VALIDATE, "--group", "person"), "no column person"),
        ((*VALIDATE, "--emotion", "mood"), "no column mood"),
        ((*VALIDATE, "--features", "AU99"), "no column AU99"),
        ((*VALIDATE, "--features", "who", "ill"), "No feature columns are left"),
        ((*VALIDATE, "--features", "sex"), "no number in sex in line 2"),
        ((*VALIDATE, "--label", "sex"), "not clear which label of sex means PD"),
        ((*VALIDATE, "--positive", "yes"), "not clear which label of ill means PD"),
        ((*VALIDATE, "--method", "ctgan"), "invalid choice: 'ctgan'"),
        ((*VALIDATE, "--method", "size-matched-none"), "invalid choice"),
        ((*VALIDATE, "--classifier", "oracle"), "invalid choice: 'oracle'"),
        ((*VALIDATE, "--protocol", "hope"), "invalid choice: 'hope'"),
        ((*VALIDATE, "--workers", "-1"), "--workers: must be at least 0"),
        ((*VALIDATE, "--test", "nothing.csv"), "nothing.csv could not be read"),
        ((*VALIDATE, "--test", "t.csv"), "0 is both trained on and tested"),
        ((*VALIDATE, "--test", "other.csv"), "no column AU12 in the test table"),
        (("validate", "made.csv", *COMMON), "1 synthetic rows"),
        ((*VALIDATE, "--test", "made.csv"), "1 synthetic rows"),
        (("validate", "respelt.csv", *COMMON), "'x1' and 'X1' differ only in case"),
        (("validate", "few.csv", *COMMON), "Too few people can be trained on"),
        ((*VALIDATE, "--out", "t.csv/out.json"), "t.csv is no folder"),
    ],
    ids=" ".join,
)
def test_what_cannot_be_validated_is_refused(
    arguments: tuple[str, ...], said: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table("M").assign(synthetic=["True"] + ["False"] * 23).to_csv("made.csv", index=False)
    table("O").drop(columns="AU12").to_csv("other.csv", index=False)
    table().assign(who=["x1", "X1", *map(str, range(22))]).to_csv("respelt.csv", index=False)
    table(n=4).to_csv("few.csv", index=False)
    before = sorted(folder.rglob("*"))
    try:
        status: object = main(list(arguments))
    except SystemExit as exit_of_the_parser:
        status = exit_of_the_parser.code
    heard = capsys.readouterr()
    assert (status, heard.out) == (2, "")
    assert len(heard.err.splitlines()) == 1, heard.err
    assert said in heard.err
    assert sorted(folder.rglob("*")) == before
