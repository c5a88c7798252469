"""Folders of images: what is read, as what, and what is said about it."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.errors import Cancelled, UserError
from core.images import assembly
from core.images.dataset import pixel_hash
from core.images.folder import read_folder
from core.types import Quiet
from tests.unit.images.made import class_folders, encoded, noise


def test_the_papers_own_data_is_read_whole(shared_data: Path) -> None:
    """216 images in four classes, as section 4.1 of the paper says; ten of them were cut at the border of the slide."""
    found, remarks = read_folder(shared_data / "hushem")
    assert found.images.shape == (216, 131, 131, 3)
    assert found.n_per_class == {"01_Normal": 54, "02_Tapered": 53, "03_Pyriform": 57, "04_Amorphous": 52}
    assert len(set(found.hashes)) == 216
    assert set(found.people) == {""}
    (said,) = remarks
    assert "7 different sizes" in said
    first = Image.open(shared_data / "hushem" / "01_Normal" / "image_001.BMP")
    assert found.hashes[0] == pixel_hash(np.array(first))
    np.testing.assert_array_equal(found.images[0], np.array(first))


def test_images_of_one_size_stay_as_they_are_and_nothing_is_said(tmp_path: Path) -> None:
    found, remarks = read_folder(class_folders(tmp_path / "heads"))
    assert (found.name, found.images.shape, found.classes, remarks) == (
        "heads",
        (16, 10, 12, 3),
        ("Normal", "Tapered"),
        [],
    )
    for seed in range(16):
        np.testing.assert_array_equal(found.images[seed], np.array(noise(seed)))
    assert found.labels.tolist() == [0] * 8 + [1] * 8


def test_a_set_is_grey_where_no_image_has_any_colour(tmp_path: Path) -> None:
    root = class_folders(tmp_path / "grey", mode="L")
    (root / "Normal" / "rgb.png").write_bytes(encoded(noise(99, "L").convert("RGB")))
    assert read_folder(root)[0].images.shape == (17, 10, 12, 1)
    (root / "Normal" / "colour.png").write_bytes(encoded(noise(100)))
    assert read_folder(root)[0].images.shape == (18, 10, 12, 3)


def only_one(root: Path, content: bytes) -> tuple[np.ndarray, list[str]]:
    """Pixels (h, w, 3) and remarks of an image that is read together with 16 others of 12 x 10."""
    class_folders(root)
    (root / "Normal" / "that.img").write_bytes(content)
    found, remarks = read_folder(root)
    (image,) = found.images[
        [hash_ not in {pixel_hash(np.array(noise(s))) for s in range(16)} for hash_ in found.hashes]
    ]
    return image, remarks


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF", "WEBP"])
def test_every_lossless_format_gives_the_same_pixels_whatever_its_name(tmp_path: Path, kind: str) -> None:
    options = {"lossless": True} if kind == "WEBP" else {}
    image, remarks = only_one(tmp_path / "r", encoded(noise(50), kind, **options))
    np.testing.assert_array_equal(image, np.array(noise(50)))
    assert remarks == []


def test_16_bits_become_8_by_their_full_range(tmp_path: Path) -> None:
    deep = np.zeros((10, 12), np.uint16)
    deep[0, :4] = 0, 257, 65535, 32768
    image, remarks = only_one(tmp_path / "r", encoded(Image.fromarray(deep)))
    assert image[0, :4, 0].tolist() == [0, 1, 255, 128]
    assert remarks == ["Normal/that.img: brought from 16 bits to 8."]


def test_a_palette_gives_its_colours_and_a_bit_black_and_white(tmp_path: Path) -> None:
    palette = Image.new("P", (12, 10))
    palette.putpalette([10, 20, 30, 200, 100, 0])
    palette.putpixel((3, 2), 1)
    image, remarks = only_one(tmp_path / "p", encoded(palette))
    assert (image[0, 0].tolist(), image[2, 3].tolist(), remarks) == ([10, 20, 30], [200, 100, 0], [])
    bit = Image.new("1", (12, 10))
    bit.putpixel((1, 0), 1)
    image, _ = only_one(tmp_path / "b", encoded(bit))
    assert image[0, :2, 0].tolist() == [0, 255]


def test_what_is_transparent_is_laid_on_white(tmp_path: Path) -> None:
    clear = Image.new("RGBA", (12, 10), (255, 0, 0, 255))
    clear.putpixel((0, 0), (255, 0, 0, 0))
    clear.putpixel((1, 0), (0, 0, 0, 128))
    image, remarks = only_one(tmp_path / "r", encoded(clear))
    assert image[0, :3].tolist() == [[255, 255, 255], [127, 127, 127], [255, 0, 0]]
    assert remarks == ["Normal/that.img: laid on white where they were transparent."]


def test_cmyk_is_converted(tmp_path: Path) -> None:
    image, remarks = only_one(tmp_path / "r", encoded(Image.new("CMYK", (12, 10), (0, 255, 255, 0)), "JPEG"))
    assert image[5, 5, 0] > 200 > 50 > image[5, 5, 1]
    assert remarks == ["Normal/that.img: converted from CMYK."]


def test_an_image_is_turned_as_its_exif_data_say(tmp_path: Path) -> None:
    upright = Image.new("RGB", (10, 12))
    upright.paste((255, 255, 255), (0, 0, 10, 4))
    lying, exif = upright.transpose(Image.Transpose.ROTATE_90), Image.Exif()
    exif[0x0112] = 6
    image, remarks = only_one(tmp_path / "r", encoded(lying, "PNG", exif=exif))
    assert remarks[0] == "Normal/that.img: turned as the EXIF data say."
    assert image[0].mean() == 255  # of 12 x 12: 10 x 12 with its sides continued
    assert image[-1].mean() == 0


def test_images_of_many_sizes_come_to_one(tmp_path: Path) -> None:
    root = class_folders(tmp_path / "r")
    (root / "Normal" / "large.png").write_bytes(encoded(noise(50, size=(600, 300))))
    (root / "Tapered" / "tall.png").write_bytes(encoded(noise(51, size=(20, 40))))
    found, remarks = read_folder(root)
    # 600 x 300 to 256 x 128, 20 x 40 to 128 x 256, 12 x 10 to 256 x 213: all on 256 x 256.
    assert found.images.shape == (18, 256, 256, 3)
    assert remarks == [
        "Scaled down to 256 pixels on the longer side: 1 of the images.",
        "The images have 3 different sizes: each was scaled to 256 pixels on the longer side, "
        "and its edges continue to 256 x 256.",
    ]
    assert pixel_hash(np.array(noise(50, size=(600, 300)))) in found.hashes  # of what was decoded, not of what is kept


def test_the_same_image_is_taken_once(tmp_path: Path) -> None:
    root = class_folders(tmp_path / "r")
    (root / "Normal" / "copy.bmp").write_bytes(encoded(noise(3), "BMP"))
    found, remarks = read_folder(root)
    assert len(found) == 16
    assert remarks == ["Normal/copy.bmp: left out (the same as another image of the class)."]


def test_an_image_in_two_classes_is_left_out_of_both(tmp_path: Path) -> None:
    root = class_folders(tmp_path / "r", n=9)
    (root / "Tapered" / "z.bmp").write_bytes(encoded(noise(3), "BMP"))
    found, remarks = read_folder(root)
    assert found.n_per_class == {"Normal": 8, "Tapered": 9}
    assert pixel_hash(np.array(noise(3))) not in found.hashes
    assert remarks == [
        "The same image is in two classes and was left out of both: Normal/3.png (Normal) and Tapered/z.bmp (Tapered)."
    ]
    (root / "Normal" / "0.png").unlink()
    with pytest.raises(UserError, match=r"too few images \(Normal: 7\).*in two classes"):
        read_folder(root)


def test_a_folder_inside_a_class_is_a_person(tmp_path: Path) -> None:
    root = class_folders(tmp_path / "r")
    for label, seed in (("Normal", 50), ("Tapered", 51)):
        (root / label / "P07").mkdir()
        (root / label / "P07" / "a.png").write_bytes(encoded(noise(seed)))
    found, remarks = read_folder(root)
    assert [str(person) for person in found.people if person] == ["P07", "P07"]
    assert found.labels[found.people == "P07"].tolist() == [0, 1]
    assert remarks == ["Folders inside those of the classes were taken for people: 1 of them."]


def test_what_is_no_image_is_left_out_and_told_and_hidden_files_are_passed_over(tmp_path: Path) -> None:
    root = class_folders(tmp_path / "r")
    for name in (".DS_Store", "Thumbs.db", ".git/config"):
        (root / "Normal" / name).parent.mkdir(exist_ok=True)
        (root / "Normal" / name).write_bytes(b"hidden")
    for i in range(5):
        (root / "Normal" / f"note{i}.png").write_text("only a note")
    (root / "Tapered" / "P01" / "deeper").mkdir(parents=True)
    (root / "Tapered" / "P01" / "deeper" / "a.png").write_bytes(encoded(noise(60)))
    (root / "drafts").mkdir()
    (root / "beside.png").write_bytes(encoded(noise(61)))
    found, remarks = read_folder(root)
    assert len(found) == 16
    assert remarks == [
        "Folders inside those of the classes were taken for people: 1 of them.",
        "Normal/note0.png, Normal/note1.png, Normal/note2.png and 2 more: left out (by its content a text).",
        "Tapered/P01/deeper: left out (deeper than class/person/image).",
        "beside.png: left out (outside of the folders of the classes).",
        "drafts: left out (an empty folder).",
    ]


def test_links_are_not_followed(tmp_path: Path) -> None:
    outside = class_folders(tmp_path / "private")
    root = class_folders(tmp_path / "r")
    (root / "Normal" / "link.png").symlink_to(outside / "Normal" / "0.png")
    (root / "Tapered" / "loop").symlink_to(root)
    (root / "third").symlink_to(outside / "Tapered")
    found, remarks = read_folder(root)
    assert (len(found), found.classes) == (16, ("Normal", "Tapered"))
    assert remarks == ["Normal/link.png, Tapered/loop, third: left out (a link, which is not followed)."]


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    root = class_folders(tmp_path / "r")
    os.mkfifo(root / "Normal" / "pipe.png")
    assert read_folder(root)[1] == ["Normal/pipe.png: left out (no ordinary file)."]


def test_a_set_that_would_fill_the_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assembly, "MAX_BYTES", 16 * 12 * 10 * 3 - 1)
    with pytest.raises(UserError, match="too many images"):
        read_folder(class_folders(tmp_path / "r"))


def test_reading_tells_where_it_stands_and_can_be_stopped(tmp_path: Path) -> None:
    class Watched(Quiet):
        told: list[tuple[float, float]] = []  # noqa: RUF012

        def report(self, done: float, total: float, message: str = "") -> None:
            self.told.append((done, total))

        def cancelled(self) -> bool:
            return len(self.told) == 5

    with pytest.raises(Cancelled):
        read_folder(class_folders(tmp_path / "r"), Watched())
    assert Watched.told == [(i, 16) for i in range(5)]
