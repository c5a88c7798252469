"""How the score grows with people: fewer among the more, tested on nobody who trained."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from core.screening import learning_curve as module
from core.screening.learning_curve import learning_curve
from core.types import Samples


def cohort(distance: float, n_each: int = 20, seed: int = 0) -> tuple[dict[str, Samples], dict[str, int]]:
    rng = np.random.default_rng(seed)
    y = np.repeat([1, 0], n_each)
    people = np.array([f"P{i:02}" for i in range(2 * n_each)])
    materials = {
        emotion: Samples(rng.normal(2.5, 0.5, (len(y), 3)) + distance * y[:, None], y, people, ("AU06", "AU12", "AU25"))
        for emotion in ("anger", "fear", "happiness")
    }
    return materials, dict(zip(people.tolist(), y.tolist(), strict=True))


def test_sizes_grow_to_what_every_part_leaves_and_everybody_is_tested() -> None:
    rows = learning_curve(*cohort(1.0), 0)
    assert [row["n_people"] for row in rows] == sorted({row["n_people"] for row in rows})
    assert (rows[0]["n_people"], rows[-1]["n_people"]) == (6, 32)
    assert {row["n"] for row in rows} == {40}


def test_what_can_be_told_apart_is_and_what_cannot_is_not() -> None:
    assert learning_curve(*cohort(3.0), 0)[-1]["accuracy"] == 1.0
    by_chance = [learning_curve(*cohort(0.0, seed=seed), seed)[-1]["accuracy"] for seed in range(8)]
    assert np.mean(by_chance) == pytest.approx(0.5, abs=0.12)


def test_nobody_is_on_both_sides_and_the_fewer_are_among_the_more(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[set, set]] = []
    vote = module._vote

    def listen(materials, train, test, random_state):  # type: ignore[no-untyped-def]
        seen.append((set(train), set(test)))
        return vote(materials, train, test, random_state)

    monkeypatch.setattr(module, "_vote", listen)
    learning_curve(*cohort(1.0), 3)
    assert all(not train & test for train, test in seen)
    for (fewer, tested), (more, tested_too) in pairwise(seen):
        assert tested != tested_too or fewer < more


def test_the_same_seed_gives_the_same_curve() -> None:
    materials, labels = cohort(0.5)
    assert learning_curve(materials, labels, 1) == learning_curve(materials, labels, 1)
    assert learning_curve(materials, labels, 1) != learning_curve(materials, labels, 2)


def test_a_small_cohort_has_a_short_curve() -> None:
    rows = learning_curve(*cohort(1.0, n_each=3), 0)
    assert [row["n_people"] for row in rows] == [4]
