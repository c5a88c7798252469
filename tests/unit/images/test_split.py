"""Train and test: nobody on both sides, and every class on each."""

from __future__ import annotations

import numpy as np
import pytest

from core.errors import UserError
from core.images.dataset import ImageSet, digits
from core.images.split import split


def people_set(people: list[str], labels: list[int]) -> ImageSet:
    n = len(people)
    return ImageSet(
        "made",
        np.zeros((n, 2, 2, 1), np.uint8),
        np.array(labels),
        tuple("abcd"[: max(labels) + 1]),
        np.array(people),
        np.array([str(i) for i in range(n)]),
    )


def test_without_people_each_class_gives_its_rounded_share() -> None:
    train, test = split(digits(), 0.25, 0)
    assert test.n_per_class == {label: round(n * 0.25) for label, n in digits().n_per_class.items()}
    assert len(train) + len(test) == 1797
    assert not set(train.hashes) & set(test.hashes)


def test_a_seed_gives_the_same_split_and_another_a_different_one() -> None:
    first, again, other = (split(digits(), 0.2, seed)[1].hashes.tolist() for seed in (3, 3, 4))
    assert first == again
    assert first != other


@pytest.mark.parametrize("seed", range(5))
def test_nobody_is_on_both_sides_and_the_shares_come_out(seed: int) -> None:
    """40 people of 5 images each, in three classes at once."""
    rng = np.random.default_rng(seed)
    people = [f"P{i // 5:02d}" for i in range(200)]
    made = people_set(people, rng.integers(0, 3, 200).tolist())
    train, test = split(made, 0.25, seed)
    assert not set(train.people) & set(test.people)
    assert len(train) + len(test) == 200
    for label, n in made.n_per_class.items():
        assert abs(test.n_per_class[label] - 0.25 * n) <= 3


def test_a_code_in_another_case_is_the_same_person() -> None:
    made = people_set(["p1", "P1", " P1 ", "p2", "P2", "p3", "P3", "p4"], [0, 0, 1, 0, 1, 1, 0, 1])
    train, test = split(made, 0.3, 1)
    assert not {p.strip().lower() for p in train.people} & {p.strip().lower() for p in test.people}


def test_images_of_nobody_known_fill_up_what_people_leave_open() -> None:
    people = ["P1"] * 6 + ["P2"] * 6 + [""] * 8 + [""] * 20
    made = people_set(people, [0] * 20 + [1] * 20)
    train, test = split(made, 0.5, 2)
    assert test.n_per_class == {"a": 10, "b": 10}  # one person and four others
    assert len(set(test.people) - {""}) == 1
    assert train.n_per_class == {"a": 10, "b": 10}


def test_every_class_is_on_both_sides_even_if_people_are_larger_than_the_share() -> None:
    """Two people a class with ten images each, and a wanted share of one image."""
    made = people_set(["A"] * 10 + ["B"] * 10 + ["C"] * 10 + ["D"] * 10, [0] * 20 + [1] * 20)
    train, test = split(made, 0.05, 0)
    assert test.n_per_class == {"a": 10, "b": 10}
    assert train.n_per_class == {"a": 10, "b": 10}


def test_a_class_of_one_person_cannot_be_split() -> None:
    with pytest.raises(UserError, match="too few people"):
        split(people_set(["A"] * 8 + ["B"] * 4 + ["C"] * 4, [0] * 8 + [1] * 8), 0.25, 0)
    with pytest.raises(ValueError, match="test_share"):
        split(digits(), 1.0, 0)
