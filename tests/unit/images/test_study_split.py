"""Nobody and no image on two sides, and synthetic images are never judged."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from core.errors import GuardError, UserError
from core.images.study_split import StudyImages, check_apart, check_once, folds, joined, study_split
from tests.unit.images.studied import few_digits, marked, noise_set, study_images


def test_so_many_of_each_class_are_trained_on_and_the_others_tested() -> None:
    images = study_images(noise_set([0] * 9 + [1] * 7))
    split = study_split(images, 5, 0)
    assert images.at(split.train).n_per_class == {"a": 5, "b": 5}
    assert images.at(split.test).n_per_class == {"a": 4, "b": 2}
    assert sorted([*split.train, *split.test]) == list(range(16))
    assert len(split.left_out) == 0
    assert np.array_equal(split.train, study_split(images, 5, 0).train)
    assert not np.array_equal(split.train, study_split(images, 5, 1).train)


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 9)), min_size=20, max_size=40), st.integers(0, 5))
@effort(deadline=None, max_examples=25)
def test_nobody_is_on_both_sides(shown: list[tuple[int, int]], seed: int) -> None:
    people = [f"P{person}" if i % 2 else f" p{person}" for i, (_, person) in enumerate(shown)]
    try:
        images = study_images(noise_set([0, 1] + [label for label, _ in shown], ["", "", *people]))
        split = study_split(images, 4, seed)
    except UserError:
        return
    train, test = images.at(split.train), images.at(split.test)
    assert not {p.strip().lower() for p in train.people if p} & {p.strip().lower() for p in test.people if p}
    assert max(train.n_per_class.values()) <= 4
    assert min(train.n_per_class.values()) >= 1 <= min(test.n_per_class.values())
    assert sorted([*split.train, *split.test, *split.left_out]) == list(range(len(images)))
    trained_on = {p.strip().lower() for p in train.people}
    assert {p.strip().lower() for p in images.at(split.left_out).people} <= trained_on


def test_images_of_a_trained_person_beyond_what_is_wanted_are_left_out_of_both() -> None:
    # Each class shows two people of 5 and 4 images: one is trained on, with 3 images, and the other tested on.
    images = study_images(noise_set([0] * 9 + [1] * 9, ["A"] * 5 + ["B"] * 4 + ["C"] * 5 + ["D"] * 4))
    split = study_split(images, 3, 0)
    assert len(split.train) == 6
    # Of the orders that train on three of each class, the one with the most to test on.
    assert set(images.people[split.test]) == {"A", "C"}
    assert len(split.left_out) == 2


def test_too_few_images_or_people_are_told() -> None:
    with pytest.raises(UserError, match="Class b has 5 images") as few:
        study_split(study_images(noise_set([0] * 9 + [1] * 5)), 5, 0)
    assert "Choose fewer" in few.value.remedy
    with pytest.raises(UserError, match="cannot be split"):
        study_split(study_images(noise_set([0, 0, 1, 1] * 3, ["A"] * 12)), 2, 0)


def test_folds_are_stratified_and_each_image_is_validated_on_once() -> None:
    images = study_images(noise_set([0] * 10 + [1] * 10))
    dealt = folds(images, 5, 3)
    assert sorted(i for _, validated in dealt for i in validated) == list(range(20))
    for kept, validated in dealt:
        assert images.at(validated).n_per_class == {"a": 2, "b": 2}
        assert sorted([*kept, *validated]) == list(range(20))


def test_a_person_stays_in_one_fold() -> None:
    people = [f"P{i // 2}" if i % 4 < 2 else f"p{i // 2} " for i in range(24)]
    images = study_images(noise_set([0] * 12 + [1] * 12, people))
    for kept, validated in folds(images, 3, 0):
        assert not {images.people[i].strip().lower() for i in kept} & {
            images.people[i].strip().lower() for i in validated
        }


def test_too_few_people_for_the_folds_are_told() -> None:
    images = study_images(noise_set([0] * 6 + [1] * 6, ["A"] * 3 + ["B"] * 3 + [""] * 6))
    with pytest.raises(UserError, match="Class a has 2 people or images"):
        folds(images, 3, 0)


def three_sides(people: list[str] | None = None) -> tuple[StudyImages, StudyImages, StudyImages]:
    images = study_images(noise_set([0, 1] * 6, people))
    return images.at(np.arange(4)), images.at(np.arange(4, 8)), images.at(np.arange(8, 12))


def test_guard_lets_synthetic_images_train() -> None:
    train, validation, test = three_sides()
    check_apart(joined(joined(train, train), marked(train)), validation, test)


def test_guard_stops_a_synthetic_image_from_being_judged() -> None:
    train, validation, test = three_sides()
    with pytest.raises(GuardError, match="4 synthetic images would be validated on"):
        check_apart(train, joined(validation, marked(train)), test)
    with pytest.raises(GuardError, match="4 synthetic images would be tested on"):
        check_apart(train, validation, marked(test))


@pytest.mark.parametrize(("one", "other"), [(0, 1), (0, 2), (1, 2)])
def test_guard_stops_an_image_or_a_person_from_being_on_two_sides(one: int, other: int) -> None:
    sides = list(three_sides())
    sides[other] = joined(sides[other], sides[one].at(np.array([0])))
    with pytest.raises(GuardError, match="1 images, or people whom they show, would be both"):
        check_apart(*sides)
    people = [""] * 12
    people[4 * one], people[4 * other] = "Anna", " anna"
    with pytest.raises(GuardError, match="1 images, or people whom they show, would be both"):
        check_apart(*three_sides(people))


def test_guard_stops_the_pixels_of_one_image_under_two_people() -> None:
    train, validation, test = three_sides([f"P{i}" for i in range(12)])
    test = replace(test, hashes=train.hashes)
    with pytest.raises(GuardError, match="both trained and tested on"):
        check_apart(train, validation, test)


def test_a_study_begins_with_real_images_each_once() -> None:
    images = study_images(few_digits(3))
    check_once(images)
    with pytest.raises(GuardError, match="30 images are copies"):
        check_once(joined(images, images))
    with pytest.raises(GuardError, match="30 of the images are synthetic"):
        check_once(joined(images, marked(images)))


def test_the_first_classes_at_the_size_that_is_asked_for() -> None:
    images = StudyImages.of(few_digits(3), 20, 3, n_classes=4)
    assert images.images.shape == (12, 3, 20, 20)
    assert images.classes == ("0", "1", "2", "3")
    assert images.n_per_class == dict.fromkeys("0123", 3)
    assert StudyImages.of(few_digits(3), 16, 1, n_classes=99).classes == tuple("0123456789")
