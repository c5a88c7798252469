"""The classifier learns, gives the same bits again, and stops at once when it is told to."""

from __future__ import annotations

import time

import numpy as np
import pytest
import torch

from core.errors import Cancelled
from core.images import classifier
from core.images.classifier import train
from core.images.dataset import digits, resized, tensor
from core.images.settings import NETWORKS
from core.types import Quiet


@pytest.fixture(scope="module")
def zeros_and_ones() -> tuple[np.ndarray, np.ndarray]:
    """80 handwritten zeros and ones at 16 px."""
    found = digits()
    found = resized(found.at(np.flatnonzero(found.labels < 2)[:80]), 16, 1)
    return tensor(found.images), found.labels


def test_it_learns_to_tell_digits_apart(zeros_and_ones: tuple[np.ndarray, np.ndarray]) -> None:
    x, y = zeros_and_ones
    found = train(x[:40], y[:40], 2, "small CNN", 12, 0, validation=(x[40:60], y[40:60]))
    p = found.probabilities(x[60:])
    assert p.shape == (20, 2)
    assert (p.argmax(axis=1) == y[60:]).mean() >= 0.95
    assert len(found.training_accuracy) == len(found.validation_accuracy) == 12
    assert found.training_accuracy[0] < found.training_accuracy[-1] == 1.0
    assert found.validation_accuracy[-1] == (found.probabilities(x[40:60]).argmax(axis=1) == y[40:60]).mean()


@pytest.mark.parametrize("augmented", [False, True])
def test_a_seed_gives_the_same_bits_whatever_ran_before(
    zeros_and_ones: tuple[np.ndarray, np.ndarray], augmented: bool
) -> None:
    x, y = zeros_and_ones
    one = train(x[:40], y[:40], 2, "small CNN", 2, 5, augmented)
    torch.manual_seed(99)
    before = torch.get_rng_state(), torch.get_num_threads()
    again = train(x[:40], y[:40], 2, "small CNN", 2, 5, augmented, validation=(x[40:], y[40:]))
    assert torch.equal(before[0], torch.get_rng_state())
    assert torch.get_num_threads() == before[1]
    assert np.array_equal(one.probabilities(x), again.probabilities(x))
    other = train(x[:40], y[:40], 2, "small CNN", 2, 6, augmented)
    assert not np.array_equal(one.probabilities(x), other.probabilities(x))


def test_first_weights_depend_on_the_seed_alone(zeros_and_ones: tuple[np.ndarray, np.ndarray]) -> None:
    x, y = zeros_and_ones
    few, many = (train(x[:n], y[:n], 2, "small CNN", 0, 5).probabilities(x) for n in (10, 40))
    assert np.array_equal(few, many)


def test_resnet_takes_one_image_more_than_a_batch() -> None:
    rng = np.random.default_rng(0)
    x, y = rng.random((33, 3, 32, 32), np.float32), np.arange(33) % 3
    found = train(x, y, 3, "ResNet-18", 1, 0)
    assert np.isfinite(found.probabilities(x[:2])).all()
    assert found.validation_accuracy == ()


def test_binary_cross_entropy_is_of_each_class_against_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[torch.Tensor] = []

    def listen(logits: torch.Tensor, one_hot: torch.Tensor) -> torch.Tensor:
        seen.append(one_hot)
        return logits.sum()

    monkeypatch.setattr(classifier, "binary_cross_entropy_with_logits", listen)
    train(np.zeros((4, 1, 16, 16), np.float32), np.array([2, 2, 2, 2]), 3, "small CNN", 1, 0)
    assert seen[0].tolist() == [[0.0, 0.0, 1.0]] * 4


def test_cancel_ends_it_within_two_seconds(zeros_and_ones: tuple[np.ndarray, np.ndarray]) -> None:
    class Impatient(Quiet):
        at = 0.0

        def report(self, done: float, total: float, message: str = "") -> None:
            self.at = self.at or time.monotonic()

        def cancelled(self) -> bool:
            return self.at > 0

    x, y = zeros_and_ones
    progress = Impatient()
    with pytest.raises(Cancelled):
        train(x, y, 2, "small CNN", 10_000, 0, progress=progress)
    assert time.monotonic() - progress.at < 2


def test_what_cannot_be_trained_is_refused() -> None:
    x = np.zeros((2, 1, 16, 16), np.float32)
    with pytest.raises(ValueError, match="at least two"):
        train(x[:1], np.array([0]), 2, NETWORKS[0], 1, 0)
    with pytest.raises(ValueError, match="network must be one of"):
        train(x, np.array([0, 1]), 2, "VGG", 1, 0)
