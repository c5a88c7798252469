"""`train` and `screen --model`: kept in a folder or in one file, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from core.__main__ import main
from core.screening.bundle import to_file
from core.workspace import bundles
from tests.unit.screening.kept import kept, stranger


@pytest.fixture
def fear_csv(few: pd.DataFrame, tmp_path: Path) -> Path:
    path = tmp_path / "fear.csv"
    few[few["emotion"] == "fear"].to_csv(path, index=False)
    return path


@pytest.fixture
def new_csv(tmp_path: Path) -> Path:
    path = tmp_path / "new.csv"
    stranger().to_csv(path, index=False)
    return path


def test_a_model_is_trained_into_a_folder_and_into_a_file_of_the_same_bytes(
    fear_csv: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, file = tmp_path / "deep" / "model", tmp_path / "model.labmodel"
    for out in (folder, file):
        assert main(["train", str(fear_csv), "--classifier", "kNN", "--seed", "3", "--out", str(out)]) == 0
    assert sorted(path.name for path in folder.iterdir()) == ["card.json", "fear.skops"]
    assert to_file(bundles.load(folder)) == file.read_bytes()
    card = bundles.load(folder).card
    assert (card["settings"]["classifier"], card["settings"]["random_state"]) == ("kNN", 3)
    assert set(card["skipped"]) == {"anger", "happiness", "disgust", "surprise"}
    assert bundles.load(folder).identity in capsys.readouterr().err


@pytest.mark.parametrize("form", ["folder", "file"])
def test_a_person_is_screened_by_a_kept_model(new_csv: Path, tmp_path: Path, form: str) -> None:
    model, out = tmp_path / ("m" if form == "folder" else "m.labmodel"), tmp_path / "verdict.json"
    if form == "folder":
        bundles.save(kept(), model)
    else:
        model.write_bytes(to_file(kept()))
    assert main(["screen", str(new_csv), "--model", str(model), "--out", str(out)]) == 0
    (person,) = json.loads(out.read_text())["people"]
    assert (person["person"], person["model"]) == ("NEW", kept().identity)
    assert person["verdict"]["decision"] == "undecided"


def last_line(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().err.splitlines()[-1]


def test_who_was_trained_on_is_not_judged(cohort_csv: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bundles.save(kept(), tmp_path / "m")
    out = tmp_path / "verdict.json"
    assert main(["screen", str(cohort_csv), "--model", str(tmp_path / "m"), "--out", str(out)]) == 2
    assert "trained on SIM01" in last_line(capsys)
    assert not out.exists()


@pytest.mark.parametrize(
    ("model", "says"),
    [("nothing", "nothing is not there"), ("new.csv", "not a kept model"), (".", "holds no kept model")],
)
def test_what_is_no_model_is_refused_in_one_line(
    new_csv: Path, tmp_path: Path, model: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["screen", str(new_csv), "--model", str(tmp_path / model), "--out", str(tmp_path / "o.json")]
    assert main(arguments) == 2
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1
    assert says in said[0]


def test_a_place_that_is_taken_is_refused_before_any_training(
    fear_csv: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", str(fear_csv), "--out", str(tmp_path)]) == 2
    assert "is there already" in capsys.readouterr().err


def test_cohort_and_model_together_are_one_too_many(new_csv: Path, tmp_path: Path) -> None:
    arguments = ["screen", str(new_csv), "--out", str(tmp_path / "o.json")]
    for more in ([], ["--cohort", "a.csv", "--model", "m"]):
        with pytest.raises(SystemExit) as stopped:
            main([*arguments, *more])
        assert stopped.value.code == 2
