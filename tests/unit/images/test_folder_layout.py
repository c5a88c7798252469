"""Published sets of single files: split into parts, or in several renderings, and what is refused of them."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from core.errors import UserError
from core.images.excerpt import Excerpt
from core.images.folder import read_folder
from tests.unit.images.made import class_folders, encoded, noise

LEAVES = ("Apple___Apple_scab", "Corn_(maize)___Common_rust_", "Tomato___healthy")


def split(root: Path, *parts: str) -> Path:
    """`parts` of one set of two classes, 8 images of noise in each class of each part, all different."""
    for number, part in enumerate(parts):
        for place, label in enumerate(("airplane", "ship")):
            (root / part / label).mkdir(parents=True)
            for i in range(8):
                seed = 100 * number + 10 * place + i
                (root / part / label / f"{i:04d}.png").write_bytes(encoded(noise(seed)))
    return root


def plants(root: Path, *variants: str) -> Path:
    for variant in variants:
        class_folders(root / variant, classes=LEAVES, mode="RGB" if variant.startswith("colo") else "L")
    return root


@pytest.mark.parametrize("parts", [("train", "test"), ("Training", "validation", "testing"), ("val", "train")])
def test_parts_of_a_split_are_joined(tmp_path: Path, parts: tuple[str, ...]) -> None:
    root = split(tmp_path / "cifar", *parts)
    (root / "README.md").write_text("about it")
    found, remarks = read_folder(root)
    assert found.n_per_class == {"airplane": 8 * len(parts), "ship": 8 * len(parts)}
    assert set(found.people) == {""}
    assert remarks[0].endswith("were joined.")
    assert all(part in remarks[0] for part in parts)
    assert remarks[1:] == ["README.md: left out (outside of the folders of the classes)."]


def test_people_within_parts_stay_people(tmp_path: Path) -> None:
    root = split(tmp_path / "r", "train", "test")
    for number, part in enumerate(("train", "test")):
        (root / part / "ship" / "P07").mkdir()
        (root / part / "ship" / "P07" / "a.png").write_bytes(encoded(noise(900 + number)))
    assert read_folder(root)[0].people.tolist().count("P07") == 2


def test_an_image_that_is_in_two_parts_is_taken_once(tmp_path: Path) -> None:
    root = split(tmp_path / "r", "train", "test")
    (root / "train" / "ship" / "x.png").write_bytes((root / "test" / "ship" / "0001.png").read_bytes())
    found, remarks = read_folder(root)
    assert len(found) == 32
    assert "train/ship/x.png: left out (the same as another image of the class)." in remarks


def test_one_part_alone_is_read_as_it_is(tmp_path: Path) -> None:
    found, remarks = read_folder(split(tmp_path / "r", "train"))
    assert found.classes == ("airplane", "ship")
    assert remarks == ["Read from the folder train."]


def test_parts_that_differ_or_hold_no_classes_are_refused(tmp_path: Path) -> None:
    root = split(tmp_path / "differ", "train", "test")
    (root / "test" / "ship").rename(root / "test" / "boat")
    with pytest.raises(UserError, match=r"not have the same classes\. Missing in test: ship"):
        read_folder(root)
    root = split(tmp_path / "unlabelled", "train")
    (root / "test").mkdir()
    (root / "test" / "1.png").write_bytes(encoded(noise(1)))
    with pytest.raises(UserError, match="The folder test holds no classes"):
        read_folder(root)
    with pytest.raises(UserError, match="holds no classes"):
        read_folder(class_folders(tmp_path / "flat", classes=("train", "test")))


@pytest.mark.parametrize("within", ["", "raw", "plantvillage dataset", "PlantVillage-Dataset/raw"])
def test_of_plant_village_the_images_in_colour_are_read(tmp_path: Path, within: str) -> None:
    plants(tmp_path / "r" / within, "color", "grayscale", "segmented")
    (tmp_path / "r" / "README.md").write_text("about it")
    found, remarks = read_folder(tmp_path / "r")
    assert found.classes == LEAVES
    np.testing.assert_array_equal(found.images[3], np.array(noise(3)))
    assert set(found.people) == {""}
    assert any("color; grayscale and segmented, made of the same images, passed over." in said for said in remarks)


@pytest.mark.parametrize("within", ["", "PlantVillage"])
def test_plant_village_may_be_its_classes_alone(tmp_path: Path, within: str) -> None:
    class_folders(tmp_path / "r" / within, classes=LEAVES)
    found, remarks = read_folder(tmp_path / "r", excerpt=Excerpt(2, 8))
    assert found.classes == LEAVES[:2]
    assert set(found.people) == {""}
    assert ("Read from the folder PlantVillage." in remarks) == bool(within)


def test_variants_without_colour_or_with_classes_missing_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"images in colour are missing\. There is grayscale and segmented"):
        read_folder(plants(tmp_path / "grey", "grayscale", "segmented"))
    root = plants(tmp_path / "less", "color", "segmented")
    for file in (root / "color" / LEAVES[1]).iterdir():
        file.unlink()
    (root / "color" / LEAVES[1]).rmdir()
    with pytest.raises(UserError, match="color does not have all of the classes") as caught:
        read_folder(root)
    assert LEAVES[1] in caught.value.why
    assert len(read_folder(root / "color")[0]) == 16


def test_classes_beside_variants_parts_or_a_copy_of_themselves_are_refused(tmp_path: Path) -> None:
    mixed = plants(class_folders(tmp_path / "variants", classes=LEAVES[:2]), "color", "grayscale")
    with pytest.raises(UserError, match="color and grayscale would be taken for classes"):
        read_folder(mixed)
    with pytest.raises(UserError, match="test and train would be taken for classes"):
        read_folder(split(class_folders(tmp_path / "parts"), "train", "test"))
    class_folders(class_folders(tmp_path / "copy", classes=LEAVES) / "PlantVillage", classes=LEAVES)
    with pytest.raises(UserError, match="PlantVillage would be taken for classes"):
        read_folder(tmp_path / "copy")


def test_classes_that_are_only_called_so_stay_classes(tmp_path: Path) -> None:
    found, _ = read_folder(class_folders(tmp_path / "r", classes=("color", "grayscale")))
    assert found.classes == ("color", "grayscale")
    found, _ = read_folder(class_folders(tmp_path / "vehicles", classes=("bus", "train")))
    assert found.classes == ("bus", "train")


def test_a_class_alone_with_its_people_is_no_set(tmp_path: Path) -> None:
    class_folders(tmp_path / "r" / "Normal", classes=("P01", "P02"))
    with pytest.raises(UserError, match="only one class, Normal"):
        read_folder(tmp_path / "r")


def test_a_part_beside_a_folder_of_another_kind_is_refused(tmp_path: Path) -> None:
    """As `train` with its classes beside `test1` with images that nobody labelled."""
    root = split(tmp_path / "pets", "train")
    (root / "test1").mkdir()
    for i in range(8):
        (root / "test1" / f"{i}.png").write_bytes(encoded(noise(900 + i)))
    with pytest.raises(UserError, match="mixes folders of classes with others"):
        read_folder(root)


@pytest.mark.parametrize("name", ["raw", "color"])
def test_folders_without_end_are_no_set(tmp_path: Path, name: str) -> None:
    deep = tmp_path
    for _ in range(600):
        deep = deep / name
        os.mkdir(deep)
    with pytest.raises(UserError):
        read_folder(tmp_path)
