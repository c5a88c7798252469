"""The learning rate decays as written, and early stopping ends a training when the validation says so."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from core.images.classifier import train
from core.images.settings import DISCARD_LIVE, DISCARD_PAPER, Schedule
from core.images.training_schedule import EarlyStopping, decay_learning_rate, learning_rate_at, optimizer_of


def test_the_paper_preset_is_its_table_3() -> None:
    paper = DISCARD_PAPER
    assert paper.schedule == Schedule("SGD", 0.0001, 0.9, 0.001, 64, 0.01, 10)
    assert (paper.network, paper.epochs, paper.n_repeats) == ("ResNet-18", 200, 5)
    assert paper.rates == (0.6, 0.8, 0.9, 0.95, 0.975)
    assert {arm: (vae.n_layers, vae.K, vae.sigma) for arm, vae in paper.vaes.items()} == {
        "S3VAE": (5, 0.1, 0.1),
        "C-VAE": (5, 0.1, 0.0),
    }
    assert {vae.size for vae in DISCARD_LIVE.vaes.values()} == {16}


def test_the_learning_rate_after_so_many_steps() -> None:
    schedule = DISCARD_PAPER.schedule
    assert learning_rate_at(schedule, 0) == 1e-4
    assert learning_rate_at(schedule, 1_000) == pytest.approx(0.5e-4)  # 1 + 0.001 · 1,000 = 2
    assert learning_rate_at(schedule, 9_000) == pytest.approx(1e-5)
    assert learning_rate_at(Schedule(), 10**6) == 2e-4


def test_the_optimiser_takes_what_the_schedule_says() -> None:
    model = nn.Linear(2, 2)
    sgd = optimizer_of(model, DISCARD_PAPER.schedule)
    assert isinstance(sgd, torch.optim.SGD)
    assert (sgd.defaults["lr"], sgd.defaults["momentum"], sgd.defaults["weight_decay"]) == (1e-4, 0.9, 0)
    decay_learning_rate(sgd, DISCARD_PAPER.schedule, 1_000)
    assert [group["lr"] for group in sgd.param_groups] == [pytest.approx(0.5e-4)]
    adam = optimizer_of(model, Schedule())
    assert isinstance(adam, torch.optim.Adam)
    assert adam.defaults["betas"] == (0.5, 0.999)
    with pytest.raises(ValueError, match="optimizer must be one of"):
        optimizer_of(model, Schedule("RMSprop"))


@pytest.mark.parametrize(
    ("accuracies", "ends_after"),
    [
        ([0.5, 0.5, 0.5], 3),  # the first sets the mark, two more without a gain
        ([0.5, 0.51, 0.51], 3),  # a gain of .01 is not more than .01
        ([0.5, 0.52, 0.5, 0.54, 0.54, 0.54], 6),
        ([0.1, 0.2, 0.3, 0.4], None),
        ([0.5, 0.509, 0.518, 0.519], None),  # small gains add up: .518 is .018 above the mark
    ],
)
def test_patience_of_two(accuracies: list[float], ends_after: int | None) -> None:
    stopping = EarlyStopping(2, 0.01)
    ends = [n for n, accuracy in enumerate(accuracies, 1) if stopping.says_enough(accuracy)]
    assert ends[:1] == ([ends_after] if ends_after else [])


def test_without_patience_it_never_ends() -> None:
    stopping = EarlyStopping(None, 0.01)
    assert not any(stopping.says_enough(0.5) for _ in range(1_000))


@pytest.fixture(scope="module")
def few(digits: tuple[np.ndarray, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    return digits[0][:60], digits[1][:60]


def test_a_training_ends_early_and_tells_so(few: tuple[np.ndarray, np.ndarray]) -> None:
    x, y = few
    hopeless = (x[40:], (y[40:] + 1) % 3)  # every label is wrong, so the better it gets, the worse it is judged
    schedule = replace(DISCARD_LIVE.schedule, patience=3)
    found = train(x[:40], y[:40], 3, "small CNN", 40, 0, validation=hopeless, schedule=schedule)
    best = int(np.argmax(found.validation_accuracy))
    assert found.stopped_early
    assert len(found.training_accuracy) == len(found.validation_accuracy) == best + 1 + 3 < 40
    whole = train(x[:40], y[:40], 3, "small CNN", len(found.training_accuracy), 0, schedule=schedule)
    assert not whole.stopped_early
    assert np.array_equal(found.probabilities(x), whole.probabilities(x))  # the weights are those of the last epoch


def test_without_validation_no_training_ends_early(few: tuple[np.ndarray, np.ndarray]) -> None:
    x, y = few
    schedule = replace(DISCARD_LIVE.schedule, patience=1)
    found = train(x[:40], y[:40], 3, "small CNN", 6, 0, schedule=schedule)
    assert (len(found.training_accuracy), found.stopped_early) == (6, False)


def test_sgd_learns_too(few: tuple[np.ndarray, np.ndarray]) -> None:
    x, y = few
    schedule = Schedule("SGD", 0.1, 0.9, 1e-3, 16)
    found = train(x[:40], y[:40], 3, "small CNN", 25, 0, schedule=schedule)
    assert (found.probabilities(x[40:]).argmax(axis=1) == y[40:]).mean() > 0.8
