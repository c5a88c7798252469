"""Differences are by repeat, and curves of trainings that ended early keep their last value."""

from __future__ import annotations

import pytest

from core.images.discard_rows import difference_rows, growth_rows, mean_curve
from core.images.settings import C_VAE, DISCARD, DUPLICATE, FULL, S3VAE
from tests.unit.images.discarded import row

ROWS = [
    row(FULL, 0.0, [0.9, 0.92]),
    row(DISCARD, 0.6, [0.8, 0.8]), row(S3VAE, 0.6, [0.85, 0.87]), row(DUPLICATE, 0.6, [0.84, 0.88]),
    row(DISCARD, 0.9, [0.4, 0.6]), row(S3VAE, 0.9, [0.7, 0.8]), row(DUPLICATE, 0.9, [0.6, 0.7]),
]  # fmt: skip


def test_differences_by_hand() -> None:
    found = {(each["rate"], each["arm"], each["than"]): each["metrics"]["f15"] for each in difference_rows(ROWS)}
    assert set(found) == {
        (rate, arm, than)
        for rate in (0.6, 0.9)
        for arm, than in [(S3VAE, DISCARD), (DUPLICATE, DISCARD), (DISCARD, FULL), (S3VAE, FULL), (DUPLICATE, FULL),
                          (S3VAE, DUPLICATE)]
    }  # fmt: skip
    # 0.3 and 0.2: mean 0.25, standard error 0.05, Student's t with 1 degree of freedom 12.706.
    gain = found[0.9, S3VAE, DISCARD]
    assert gain["mean"] == pytest.approx(0.25)
    assert gain["ci"] == pytest.approx([0.25 - 0.6353, 0.25 + 0.6353], abs=1e-4)
    assert found[0.6, S3VAE, DUPLICATE]["mean"] == pytest.approx(0.0)
    assert found[0.9, DISCARD, FULL]["mean"] == pytest.approx(-0.41)


def test_growth_is_the_difference_of_two_differences_by_repeat() -> None:
    (found,) = growth_rows(ROWS)
    assert (found["from"], found["to"], found["than"]) == (0.6, 0.9, DUPLICATE)
    # Ahead by 0.01 and -0.01 at 60 %, by 0.1 and 0.1 at 90 %.
    assert found["metrics"]["f15"]["mean"] == pytest.approx(0.1)
    assert growth_rows([each for each in ROWS if each["arm"] != S3VAE]) == []
    assert growth_rows([each for each in ROWS if each["rate"] < 0.9]) == []


def test_without_the_s3vae_the_others_are_still_compared() -> None:
    found = difference_rows([*ROWS[:2], row(C_VAE, 0.6, [0.8, 0.9])])
    assert {(each["arm"], each["than"]) for each in found} == {(C_VAE, DISCARD), (DISCARD, FULL), (C_VAE, FULL)}


def test_a_training_that_ended_keeps_its_last_accuracy() -> None:
    assert mean_curve([[0.2, 0.4], [0.4, 0.6, 0.8, 1.0]]) == pytest.approx([0.3, 0.5, 0.6, 0.7])
    assert mean_curve([[], [0.5]]) == []
