"""`gan` and `evolve` from the command line: files that are whole, and one line where something cannot be used."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from core.__main__ import main, parser
from core.commands.images import read_images
from core.settings import NOTICE
from tests.unit.images.cifar_files import cifar_10
from tests.unit.images.made import class_folders

ROOT = Path(__file__).resolve().parents[3]


def process(*given: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "core", *map(str, given)], cwd=cwd, env={"PYTHONPATH": str(ROOT), "PATH": ""},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def test_from_a_folder_to_an_evolved_set(tmp_path: Path) -> None:
    class_folders(tmp_path / "images", n=12)
    size = ("--size", 16, "--steps", 6)
    done = process("gan", "images", "--class", "Normal", *size, "--out", "generators", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    told = json.loads((tmp_path / "generators" / "result.json").read_text())
    assert told["notice"] == NOTICE
    assert list(told["classes"]) == ["Normal"]
    assert Image.open(tmp_path / "generators" / "class-0" / "samples.png").size[0] > 100
    given = ("evolve", "generators", "--images", "images", "--class", "Normal", "--generations", 3, "--n-images", 4,
             "--population", 4, "--out", "evolved")  # fmt: skip
    done = process(*given, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    result = json.loads((tmp_path / "evolved" / "result.json").read_text())
    assert result["generation"] == 3
    assert result["images"]["sha256"] == told["images"]["sha256"]
    manifest = json.loads((tmp_path / "evolved" / "set" / "manifest.json").read_text())
    assert (manifest["synthetic"], manifest["random_state"], len(manifest["images"])) == (True, 0, 4)
    again = process(*given, cwd=tmp_path)
    assert again.returncode == 2
    assert "never written over" in again.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("gan", "nowhere", "--out", "out"), "nowhere"),
        (("gan", "digits", "--class", "x", "--out", "out"), "There is no class x"),
        (("gan", "digits", "--n-per-class", "9", "--out", "out"), "digits are read whole"),
        (
            (
                "study",
                "augmentation",
                "digits",
                "--network",
                "resnet-18",
                "--size",
                "16",
                "--workers",
                "0",
                "--out",
                "out",
            ),
            "not 16 px",
        ),
        (("evolve", "nowhere", "--images", "digits", "--class", "1", "--out", "out"), "not a generator"),
    ],
)
def test_what_cannot_be_used_is_told_in_one_line(
    given: tuple, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(given) == 2
    assert said in capsys.readouterr().err.splitlines()[-1]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("command", "before"),
    [("gan", ()), ("study", ("augmentation",)), ("evolve", ("generators", "--class", "cat", "--images"))],
)
def test_a_part_of_cifar_10_is_read(
    command: str, before: tuple, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(cifar_10(tmp_path / "cifar"))
    some = ("--only-classes", "cat", "dog", "--n-per-class", "10", "--draw-seed", "4", "--out", "out")
    image_set = read_images(parser().parse_args((command, *before, folder, *some)))
    assert (image_set.name, image_set.n_per_class) == ("CIFAR-10", {"cat": 10, "dog": 10})
    said = capsys.readouterr().err
    assert "Reading data_batch_5" in said
    assert "At most 10 images of each class were read, drawn with seed 4: 20 of 24." in said


def test_the_largest_classes_are_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    class_folders(tmp_path / "r" / "train", n=9, classes=("a", "b", "c"))
    given = ("gan", str(tmp_path / "r"), "--out", "out", "--n-classes", "2")
    assert read_images(parser().parse_args(given)).classes == ("a", "b")
    with pytest.raises(SystemExit):
        parser().parse_args((*given, "--only-classes", "a", "b"))
    assert "not allowed with" in capsys.readouterr().err


def test_a_study_from_a_folder_to_its_tables(tmp_path: Path) -> None:
    class_folders(tmp_path / "images", n=12)
    given = ("study", "augmentation", "images", "--size", 16, "--epochs", 1, "--seeds", 2, "--folds", 2, "--n-train", 8,
             "--gan-steps", 4, "--arms", "random-gan-set", "duplication", "--workers", 0, "--out", "out")  # fmt: skip
    done = process(*given, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    told = json.loads((tmp_path / "out" / "study.json").read_text())
    assert told["notice"] == NOTICE
    assert [row["arm"] for row in told["arms"]] == ["original", "random GAN set", "duplication"]
    assert told["n_test"] == {"Normal": 4, "Tapered": 4}
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["study.csv", "study.json", "study.tex"]
    assert "On this dataset" in done.stderr


@pytest.mark.usefixtures("few_feature_steps")
def test_a_vae_from_a_folder_to_new_images(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    class_folders(tmp_path / "images", n=12)
    given = ("vae", "images", "--size", "16", "--steps", "6", "--layers", "2", "--latent", "4", "--draw", "3", "--seed",
             "5", "--out", "vae")  # fmt: skip
    assert main(given) == 0
    told = json.loads((tmp_path / "vae" / "result.json").read_text())
    assert told["notice"] == NOTICE
    assert (told["settings"]["n_layers"], told["settings"]["random_state"]) == (2, 5)
    assert f"{told['n_active']} of 4 units active" in capsys.readouterr().err
    manifest = json.loads((tmp_path / "vae" / "set" / "manifest.json").read_text())
    assert (manifest["synthetic"], manifest["source"], len(manifest["images"])) == (True, "posterior", 6)
    assert manifest["made_of"]["sha256"] == told["images"]["sha256"]
    assert main(given) == 2
    assert "never written over" in capsys.readouterr().err.splitlines()[-1]


@pytest.mark.usefixtures("few_feature_steps")
def test_a_sweep_writes_a_row_a_training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    class_folders(tmp_path / "images", n=12)
    given = ("vae", "images", "--sweep", "--size", "16", "--steps", "2", "--layers", "1", "--latent", "4", "--workers",
             "0", "--out", "sweep")  # fmt: skip
    assert main(given) == 0
    assert len((tmp_path / "sweep" / "sweep.csv").read_text().splitlines()) == 10


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--sweep", "--draw", "3", "--K", "0.1"), "--sweep does not go with --draw, --K"),
        (("--sweep", "--sigma", "0"), "--sweep does not go with --sigma"),
        (("--sweep", "--plan", "per-image"), "--sweep does not go with --plan"),
        (("--plan", "per-image", "--draw", "2", "--source", "prior"), "nothing can be drawn from the prior"),
    ],
)
def test_options_of_vae_that_do_not_go_together_are_told_before_the_work(
    given: tuple, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(("vae", "digits", *given, "--out", "out")) == 2
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
