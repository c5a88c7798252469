"""A part of a large set: which classes, which images, and that they stay the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import UserError
from core.images import folder
from core.images.assembly import Source
from core.images.decoding import Picture
from core.images.excerpt import WHOLE, Excerpt
from core.images.folder import read_folder
from tests.unit.images.made import class_folders, encoded, noise


def never() -> Picture:
    raise AssertionError("nothing is opened to choose it")


def sources(**counts: int) -> list[Source]:
    return [Source(f"{label}/{i}", label, "", never) for label, n in counts.items() for i in range(n)]


def names(excerpt: Excerpt, given: list[Source]) -> list[str]:
    return [source.name for source in excerpt.of(given)[0]]


def test_all_is_read_where_nothing_is_asked_for() -> None:
    given = sources(a=9, b=20)
    assert WHOLE.of(given) == (given, [])
    assert Excerpt(n_per_class=20).of(given) == (given, [])
    assert Excerpt(classes=5).of(given) == (given, [])


def test_at_most_so_many_are_drawn_of_each_class_by_the_seed_in_their_order() -> None:
    given = sources(a=9, b=400)
    found = names(Excerpt(n_per_class=100), given)
    assert len(found) == 109
    assert found == [source.name for source in given if source.name in set(found)]
    assert found == names(Excerpt(n_per_class=100), given)
    other = names(Excerpt(n_per_class=100, random_state=1), given)
    assert len(set(found) & set(other)) < 80
    places = [int(name[2:]) for name in found if name[0] == "b"]
    assert 150 < sum(places) / len(places) < 250  # from all of them, not from the first


def test_what_is_drawn_of_a_class_does_not_depend_on_the_others() -> None:
    alone = names(Excerpt(n_per_class=10), sources(b=50))
    beside = [name for name in names(Excerpt(n_per_class=10), sources(a=30, b=50)) if name[0] == "b"]
    assert alone == beside


def test_so_many_classes_are_those_with_the_most_images() -> None:
    given = sources(a=9, b=20, c=20, d=30)
    assert {name[0] for name in names(Excerpt(classes=2), given)} == {"b", "d"}
    assert Excerpt(classes=2).of(given)[1] == ["Of 4 classes, 2 were read: b, d."]
    assert {name[0] for name in names(Excerpt(classes=("a", "c")), given)} == {"a", "c"}


def test_a_class_that_is_not_there_is_told() -> None:
    with pytest.raises(UserError, match=r"There is no class z\. The classes are a, b"):
        Excerpt(classes=("a", "z")).of(sources(a=9, b=9))


@pytest.mark.parametrize("given", [{"classes": 1}, {"n_per_class": 7}])
def test_an_excerpt_that_can_be_no_set_is_a_bug(given: dict) -> None:
    with pytest.raises(ValueError, match="at least"):
        Excerpt(**given)


def test_of_a_folder_only_what_is_drawn_counts_and_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = class_folders(tmp_path / "r", n=20)
    for i in range(30):
        (root / "Normal" / f"copy{i}.png").write_bytes(encoded(noise(100 + i)))
    (root / "beside.txt").write_text("no image")
    monkeypatch.setattr(folder, "MAX_FILES", 17)
    with pytest.raises(UserError, match="how many images of each are to be read at most"):
        read_folder(root)
    found, remarks = read_folder(root, excerpt=Excerpt(n_per_class=8))
    assert found.n_per_class == {"Normal": 8, "Tapered": 8}
    assert remarks == [
        "At most 8 images of each class were read, drawn with seed 0: 16 of 70.",
        "beside.txt: left out (outside of the folders of the classes).",
    ]


def test_a_folder_of_everything_is_refused_whatever_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder, "MAX_LISTED", 15)
    with pytest.raises(UserError, match="too many files"):
        read_folder(class_folders(tmp_path / "r"), excerpt=Excerpt(n_per_class=8))
