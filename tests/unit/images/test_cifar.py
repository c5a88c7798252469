"""CIFAR-10 from its published files: what is read, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.errors import Cancelled, UserError
from core.images import cifar
from core.images.dataset import pixel_hash
from core.images.excerpt import Excerpt
from core.images.folder import read_folder
from core.types import Quiet
from tests.unit.images.cifar_files import BATCHES, CLASSES, N_EACH, batch, cifar_10, meta_of_python_2, of_python_2


def expected() -> tuple[np.ndarray, list[int]]:
    """(120, 32, 32, 3) and labels, pixel by pixel: 1,024 of red, then of green, then of blue, row after row."""
    images, labels = [], []
    for number in range(6):
        data, of_batch = batch(number)
        for row in data:
            image = np.empty((32, 32, 3), np.uint8)
            for channel in range(3):
                for y in range(32):
                    image[y, :, channel] = row[channel * 1024 + y * 32 : channel * 1024 + y * 32 + 32]
            images.append(image)
        labels += of_batch
    return np.stack(images), labels


@pytest.mark.parametrize(
    ("protocol", "by_columns"), [(0, False), (2, False), (3, False), (4, False), (5, False), (2, True), (4, True)]
)
def test_whoever_wrote_the_batches_they_give_the_same_set(tmp_path: Path, protocol: int, by_columns: bool) -> None:
    found, remarks = read_folder(cifar_10(tmp_path / "c", protocol, by_columns=by_columns))
    images, labels = expected()
    assert (found.name, found.classes) == ("CIFAR-10", CLASSES)
    np.testing.assert_array_equal(found.images, images)
    assert found.labels.tolist() == labels
    assert found.hashes[7] == pixel_hash(images[7])
    assert set(found.people) == {""}
    assert remarks == ["CIFAR-10: the images of its five training batches and its test batch, 120 in all."]


def test_the_small_files_are_made_as_the_published_ones() -> None:
    """batches.meta has 158 bytes; a batch begins and ends as the published ones do."""
    assert len(meta_of_python_2(10_000)) == 158
    content = of_python_2(*batch(0))
    assert content.startswith(
        b"\x80\x02}q\x01(U\x0bbatch_labelq\x02U\x15training batch 1 of 5q\x03U\x06labelsq\x04]q\x05(K"
    )
    assert content.endswith(b"eu.")


def test_the_folder_above_may_be_given_and_what_lies_beside_is_not_read(tmp_path: Path) -> None:
    cifar_10(tmp_path / "data" / "cifar-10-batches-py")
    (tmp_path / "data" / "cifar-10-python.tar.gz").write_bytes(b"\x1f\x8b" + b"\0" * 100)
    (tmp_path / "data" / "heads").mkdir()
    found, remarks = read_folder(tmp_path / "data")
    assert len(found) == 120
    assert remarks[0] == "Read from the folder cifar-10-batches-py, and nothing beside it."
    cifar_10(tmp_path / "data" / "again")
    with pytest.raises(UserError, match="Batches are in again and in cifar-10-batches-py"):
        read_folder(tmp_path / "data")


@pytest.mark.parametrize("missing", [["data_batch_3"], ["batches.meta", "data_batch_1", "test_batch"], list(BATCHES)])
def test_a_set_of_which_a_file_is_missing_is_refused(tmp_path: Path, missing: list[str]) -> None:
    folder = cifar_10(tmp_path / "c")
    for name in missing:
        (folder / name).unlink()
    for place in (folder, tmp_path):
        with pytest.raises(UserError, match=f"CIFAR-10 in c is not whole. Missing: {', '.join(sorted(missing))}."):
            read_folder(place)


def test_a_folder_without_any_of_them_is_another_set(tmp_path: Path) -> None:
    (tmp_path / "data_batch_1").mkdir()
    assert cifar.batches_folder(tmp_path) is None


def test_a_batch_that_is_not_whole_is_refused(tmp_path: Path) -> None:
    folder = cifar_10(tmp_path / "c")
    data, labels = batch(2)
    for content, why in (
        (of_python_2(data[:15], labels[:15]), "It holds 15 images, where batches.meta says 20"),
        (of_python_2(data, labels[:15]), "not have one label for each image"),
        (of_python_2(data, [*labels[:-1], 10]), "labels are none of the classes"),
        (of_python_2(data, labels).replace(b"U\x04data", b"U\x04dada"), "holds no images of 32 x 32"),
        (of_python_2(data, labels)[:-1], "damaged or cut short"),
        (of_python_2(data, labels)[:30_000], "damaged or cut short"),
        (b"", "damaged or cut short"),
    ):
        (folder / "data_batch_3").write_bytes(content)
        with pytest.raises(UserError, match="data_batch_3 is not a file of CIFAR-10") as caught:
            read_folder(folder)
        assert why in caught.value.why
        assert "cifar-10-python.tar.gz" in caught.value.remedy


def test_the_names_of_the_classes_must_be_ten(tmp_path: Path) -> None:
    folder = cifar_10(tmp_path / "c")
    whole = meta_of_python_2(N_EACH)
    for content, why in (
        (whole.replace(b"U\x04bird", b"U\x04deer"), "It names 9 classes, not 10"),
        (whole.replace(b"label_names", b"label_namen"), "does not name the classes"),
    ):
        (folder / "batches.meta").write_bytes(content)
        with pytest.raises(UserError, match=why):
            read_folder(folder)


def test_a_few_images_of_a_few_classes_can_be_read(tmp_path: Path) -> None:
    folder = cifar_10(tmp_path / "c")
    found, remarks = read_folder(folder, excerpt=Excerpt(("ship", "cat"), 8, random_state=3))
    assert found.n_per_class == {"cat": 8, "ship": 8}
    assert remarks[1:] == [
        "Of 10 classes, 2 were read: cat, ship.",
        "At most 8 images of each class were read, drawn with seed 3: 16 of 24.",
    ]


def test_reading_tells_where_it_stands_and_can_be_stopped(tmp_path: Path) -> None:
    folder, told = cifar_10(tmp_path / "c"), []

    class Watched(Quiet):
        def report(self, done: float, total: float, message: str = "") -> None:
            told.append((done / total, message))

        def cancelled(self) -> bool:
            return len(told) == stop

    stop = 3
    with pytest.raises(Cancelled):
        read_folder(folder, Watched())
    assert [message for _, message in told] == [f"Reading data_batch_{i}" for i in (1, 2, 3)]
    stop, told = 50, []
    with pytest.raises(Cancelled):
        read_folder(folder, Watched())
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert shares[-1] < 1
