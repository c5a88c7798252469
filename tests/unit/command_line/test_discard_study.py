"""`study discard` from the command line: its files, its refusals, and that nothing is repeated after a stop."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from core.__main__ import main
from core.images.settings import VaeSettings
from core.images.study_split import StudyImages
from core.settings import NOTICE
from core.types import Progress
from tests.unit.images.discarded import noisy
from tests.unit.images.made import class_folders

SHORT = ("study", "discard", "images", "--size", "16", "--epochs", "1", "--repeats", "2", "--n-train", "8", "--rates",
         "60", "90", "--discard-class", "Tapered", "--workers", "0", "--out", "out")  # fmt: skip


class FakeVaes:
    """In place of the VAEs: noise. `dies_at`: which refill, from 0, is stopped with Ctrl-C."""

    asked: list[str]
    dies_at: int | None

    def __init__(self, settings: Mapping[str, VaeSettings]) -> None:
        assert {vae.size for vae in settings.values()} == {16}

    def refill(
        self, remaining: StudyImages, wanted: Mapping[int, int], arm: str, random_state: int, progress: Progress
    ) -> StudyImages:
        if len(self.asked) == self.dies_at:
            raise KeyboardInterrupt
        self.asked.append(f"{arm} {random_state}")
        return noisy(remaining, wanted, random_state)


@pytest.fixture
def vaes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> type[FakeVaes]:
    """In a folder with images, the VAEs that the command finds."""
    fake = type("Vaes", (FakeVaes,), {"asked": [], "dies_at": None})
    module: Any = ModuleType("core.images.vae_sets")
    module.VaeSets = fake
    monkeypatch.setitem(sys.modules, "core.images.vae_sets", module)
    class_folders(tmp_path / "images", n=12)
    monkeypatch.chdir(tmp_path)
    return fake


def test_from_a_folder_to_its_tables(vaes: type[FakeVaes], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(SHORT) == 0
    told = json.loads((tmp_path / "out" / "discard-study.json").read_text())
    assert told["notice"] == NOTICE
    assert told["discarded"] == ["Tapered"]
    assert told["settings"]["rates"] == [0.6, 0.9]
    assert len(told["rows"]) == 1 + 2 * 5
    assert len(vaes.asked) == 2 * 2 * 2
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        f"discard-study.{ending}" for ending in ("csv", "json", "tex")
    ]
    assert "With 90 % of class Tapered discarded, S3VAE" in capsys.readouterr().err


def test_stopped_it_goes_on_where_it_was(
    vaes: type[FakeVaes], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = (*SHORT[:-1], "whole")
    assert main(whole) == 0
    vaes.asked.clear()
    vaes.dies_at = 5
    assert main(SHORT) == 130
    vaes.dies_at = None
    capsys.readouterr()
    assert main(SHORT) == 0
    assert "5 parts are finished already" in capsys.readouterr().err
    assert len(vaes.asked) == len(set(vaes.asked)) == 2 * 2 * 2
    one, other = ((tmp_path / name / "discard-study.json").read_text() for name in ("whole", "out"))
    assert one == other


def test_each_class_and_no_vae(vaes: type[FakeVaes], tmp_path: Path) -> None:
    given = (*SHORT[:-1], "each", "--discard-class", "each", "--arms", "duplicate", "--rates", "60")
    assert main(given) == 0
    told = json.loads((tmp_path / "each" / "discard-study.json").read_text())
    assert told["discarded"] == ["Normal", "Tapered"]
    assert [row["arm"] for row in told["rows"]] == ["full", "discard", "duplicate"]
    assert vaes.asked == []


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("study", "discard", "nowhere", "--out", "out"), "nowhere"),
        (("study", "discard", "digits", "--discard-class", "x", "--out", "out"), "There is no class x"),
        (("study", "discard", "digits", "--network", "resnet-18", "--arms", "--out", "out"), "not 16 px"),
        (("study", "discard", "digits", "--n-train", "500", "--arms", "--workers", "0", "--out", "out"), "images"),
    ],
)
def test_what_cannot_be_used_is_told_in_one_line(
    given: tuple, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(given) == 2
    assert said in capsys.readouterr().err.splitlines()[-1]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("wrong", [("--rates", "0"), ("--rates", "100"), ("--arms", "gan"), ("--repeats", "1")])
def test_arguments_out_of_range_are_refused_before_any_work(
    wrong: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as refused:
        main(("study", "discard", "digits", "--out", "out", *wrong))
    assert refused.value.code == 2
    assert list(tmp_path.iterdir()) == []
