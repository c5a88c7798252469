"""A set as PNG files: read back the same, and whole or not there."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.errors import UserError
from core.images.dataset import digits
from core.images.folder import read_folder
from core.workspace import png_folder
from core.workspace.files import sha256_of
from core.workspace.png_folder import folder_names, write_png_folder
from tests.unit.images.made import class_folders


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    for image_set in (digits().at(np.arange(200)), read_folder(class_folders(tmp_path / "colour"))[0]):
        folder = tmp_path / f"kept {image_set.images.shape[3]}"
        write_png_folder(image_set, folder, {})
        again, remarks = read_folder(folder)
        assert again.classes == image_set.classes
        assert remarks == ["manifest.json: left out (outside of the folders of the classes)."]
        order = np.argsort(image_set.labels, kind="stable")
        np.testing.assert_array_equal(again.images, image_set.images[order])
        np.testing.assert_array_equal(again.labels, image_set.labels[order])
        np.testing.assert_array_equal(again.hashes, image_set.hashes[order])


def test_the_manifest_tells_seeds_and_the_hash_of_every_file(tmp_path: Path) -> None:
    image_set = replace(digits().at(np.arange(12)), people=np.array(["P1"] + [""] * 11))
    write_png_folder(image_set, tmp_path / "kept", {"seeds": {"gan": 7, "evolution": 8}, "trained_on": "abc"})
    told = json.loads((tmp_path / "kept" / "manifest.json").read_text())
    assert told["seeds"] == {"gan": 7, "evolution": 8}
    assert told["trained_on"] == "abc"
    assert told["classes"][3] == {"name": "3", "folder": "3"}
    assert [one["class"] for one in told["images"]] == [*"012345678901"]
    assert [one["person"] for one in told["images"]][:2] == ["P1", ""]
    for one in told["images"]:
        assert sha256_of(tmp_path / "kept" / one["file"]) == one["sha256"]


def test_a_class_whose_name_means_something_to_a_system_gets_a_number() -> None:
    odd = ("normal", "..", "../../etc", "CON", "a/b", "a\\b", "x.", "x ", "C:", "-rf", "é")
    assert folder_names(("Normal", *odd, "01_Tapered (2)")) == [
        "Normal",
        *(f"class_{number:02d}" for number in range(1, 12)),
        "01_Tapered (2)",
    ]
    assert folder_names(("class_01", "b/")) == ["class_01", "class_01_"]


def test_a_folder_that_is_there_is_never_touched(tmp_path: Path) -> None:
    place = tmp_path / "kept"
    place.mkdir()
    with pytest.raises(UserError, match="is there already"):
        write_png_folder(digits().at(np.arange(3)), place, {})
    assert list(tmp_path.iterdir()) == [place]
    assert list(place.iterdir()) == []


def test_a_write_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, n_written = png_folder.written, []

    def full(path: Path, content: bytes) -> None:
        n_written.append(path)
        if len(n_written) == 5:
            raise OSError(28, "No space left on device")
        real(path, content)

    monkeypatch.setattr(png_folder, "written", full)
    with pytest.raises(UserError, match="disk is full"):
        write_png_folder(digits().at(np.arange(9)), tmp_path / "kept", {})
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ValueError, match="JSON compliant"):
        write_png_folder(digits().at(np.arange(2)), tmp_path / "kept", {"seed": float("nan")})
    assert list(tmp_path.iterdir()) == []
