"""Training a GAN: it goes on bit for bit, keeps the best and not the last, stops when asked, says where it stands."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file

from core.errors import Cancelled, UserError
from core.images.adversaries import Adversaries, fixed_latents
from core.images.gan import N_GRID, train
from core.images.gan_history import GanHistory
from core.images.settings import GAN_LIVE, GAN_PAPER, GanSettings
from core.images.training_history import CHECKPOINT
from core.types import Quiet

pytestmark = pytest.mark.usefixtures("one_thread")
SHORT = GanSettings(size=16, batch=8, steps=20, check_every=5)


@pytest.fixture(scope="module")
def zeros(digits: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    return digits[0][digits[1] == 0][:24]


class StopAfter(Quiet):
    """Cancels once so many steps were reported, and keeps what is said."""

    def __init__(self, steps: float = np.inf) -> None:
        self.steps, self.done, self.messages = steps, 0.0, []

    def report(self, done: float, total: float, message: str = "") -> None:
        self.done = done
        self.messages += [message] if message else []

    def cancelled(self) -> bool:
        return self.done >= self.steps


@pytest.mark.parametrize(("norm", "ema"), [("group", 0.9), ("batch", None), ("batch", 0.9)])
def test_a_stopped_training_goes_on_as_if_it_had_never_stopped(
    zeros: np.ndarray, tmp_path: Path, norm: str, ema: float | None
) -> None:
    settings = replace(SHORT, norm=norm, ema=ema)
    through = train(zeros, settings, None, tmp_path / "through")
    with pytest.raises(Cancelled):
        train(zeros, settings, StopAfter(12), tmp_path / "stopped")
    assert GanHistory.read(tmp_path / "stopped").step.tolist() == [5, 10]
    torch.rand(7)  # whatever else draws random numbers must not matter
    resumed = train(zeros, settings, None, tmp_path / "stopped")

    one, other = (load_file(tmp_path / name / CHECKPOINT) for name in ("through", "stopped"))
    assert one.keys() == other.keys()
    for name in one:
        np.testing.assert_array_equal(one[name], other[name], err_msg=name)
    z = np.random.default_rng(0).normal(size=(3, 100)).astype(np.float32)
    np.testing.assert_array_equal(through.decode(z), resumed.decode(z))


def test_twenty_steps_are_ten_and_ten_more(zeros: np.ndarray, tmp_path: Path) -> None:
    train(zeros, SHORT, None, tmp_path / "twenty")
    train(zeros, replace(SHORT, steps=10), None, tmp_path / "ten")
    train(zeros, SHORT, None, tmp_path / "ten")
    assert (tmp_path / "twenty" / CHECKPOINT).read_bytes() == (tmp_path / "ten" / CHECKPOINT).read_bytes()


@pytest.mark.parametrize("change", ["seed", "images", "damaged", "fewer steps"])
def test_a_checkpoint_of_something_else_is_not_gone_on_from(zeros: np.ndarray, tmp_path: Path, change: str) -> None:
    settings = replace(SHORT, steps=5)
    train(zeros, replace(settings, steps=10) if change == "fewer steps" else settings, None, tmp_path)
    images = zeros[::-1] if change == "images" else zeros
    settings = replace(settings, random_state=1) if change == "seed" else settings
    if change == "damaged":
        (tmp_path / CHECKPOINT).write_bytes(b"nothing")
    train(images, settings, None, tmp_path)
    train(images, settings, None, tmp_path / "anew")
    assert (tmp_path / CHECKPOINT).read_bytes() == (tmp_path / "anew" / CHECKPOINT).read_bytes()


def test_the_best_generator_is_kept_and_not_the_last(zeros: np.ndarray, tmp_path: Path) -> None:
    """At this learning rate it gets worse again with most seeds; which ones depends on the processor's last bits."""
    shown: dict[int, np.ndarray] = {}
    for seed in range(10):
        settings = replace(SHORT, ema=None, learning_rate=0.02, steps=30, random_state=seed)
        gan = train(zeros, settings, None, tmp_path / str(seed), lambda step, images: shown.update({step: images}))
        assert gan.kid == gan.history.kid.min()
        assert gan.step == gan.history.step[gan.history.kid.argmin()]
        if gan.step < 30:
            break
    assert gan.step < 30
    grid = fixed_latents(settings, N_GRID, "samples")
    np.testing.assert_array_equal(gan.decode(grid), shown[gan.step])
    assert not np.array_equal(gan.decode(grid), shown[30])


def test_images_come_from_the_same_latents_each_time_and_the_history_grows(zeros: np.ndarray, tmp_path: Path) -> None:
    progress = StopAfter()
    shown, lengths = {}, []

    def on_sample(step: int, images: np.ndarray) -> None:
        shown[step] = images
        lengths.append(len(GanHistory.read(tmp_path).kid))

    gan = train(zeros, replace(SHORT, steps=12), progress, tmp_path, on_sample)
    assert list(shown) == [5, 10, 12] == gan.history.step.tolist()
    assert lengths == [1, 2, 3]
    assert all(images.shape == (N_GRID, 1, 16, 16) and images.dtype == np.float32 for images in shown.values())
    assert all(images.min() >= 0 and images.max() <= 1 for images in shown.values())
    assert [len(array) for array in gan.history.arrays().values()] == [3, 3, 3, 3]
    assert np.isfinite(gan.history.loss_g).all()
    assert gan.history.loss_d[0] == pytest.approx(2 * np.log(2), rel=0.4)  # at first it can but guess
    assert progress.done == 12
    assert progress.messages[-1].startswith(f"KID {gan.history.kid[-1]:.2f}")


def test_the_discriminator_is_told_in_its_own_turn_only(zeros: np.ndarray) -> None:
    """One step moves every weight once, and leaves no gradient behind."""
    adversaries = Adversaries(SHORT)
    before = {name: value.clone() for name, value in adversaries.state().items()}
    adversaries.step(torch.from_numpy(zeros))
    after = adversaries.state()
    for name in before:
        if name.startswith(("generator.", "discriminator.")) and name.endswith("weight"):
            assert not torch.equal(before[name], after[name]), name
            assert (before[name] - after[name]).abs().max() <= 1.01 * SHORT.learning_rate  # of Adam's first step
    for network in (adversaries.generator, adversaries.discriminator):
        assert all(weights.grad is None for weights in network.parameters())


def test_the_average_keeps_the_share_that_it_should(zeros: np.ndarray) -> None:
    adversaries = Adversaries(replace(SHORT, ema=0.75))
    before = adversaries.state()["generator.project.weight"].clone()
    adversaries.step(torch.from_numpy(zeros))
    after = adversaries.state()
    expected = 0.75 * before + 0.25 * after["generator.project.weight"]
    torch.testing.assert_close(after["average.project.weight"], expected)


def test_an_average_with_batch_norm_has_running_means_of_its_own(zeros: np.ndarray) -> None:
    adversaries = Adversaries(replace(SHORT, norm="batch", ema=0.9))
    for _ in range(10):
        adversaries.step(torch.from_numpy(zeros))
    state = adversaries.state()
    assert not state["average.layers.0.running_mean"].any()  # nothing was copied into it
    assert state["generator.layers.0.running_mean"].any()
    sampler = adversaries.sampler()
    assert adversaries.average is not None
    z = torch.randn(2_000, 100, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        maps = sampler.project(z).unflatten(1, sampler.base)
    own = sampler.layers[0]
    torch.testing.assert_close(own.running_mean, maps.mean(dim=(0, 2, 3)), rtol=0, atol=0.05)
    torch.testing.assert_close(own.running_var, maps.var(dim=(0, 2, 3)), rtol=0.2, atol=0)
    assert not state["average.layers.0.running_mean"].any()


def test_an_image_is_the_same_to_the_last_bit_whatever_is_decoded_beside_it(zeros: np.ndarray, tmp_path: Path) -> None:
    gan = train(zeros, replace(SHORT, steps=2), None, tmp_path)
    z = np.random.default_rng(0).normal(size=(70, 100)).astype(np.float32)
    together = gan.decode(z)
    assert together.shape == (70, 1, 16, 16)
    assert together.dtype == np.float32
    np.testing.assert_array_equal(gan.decode(z[[65]]), together[[65]])
    np.testing.assert_array_equal(gan.decode(z[::-1]), together[::-1])
    assert gan.decode(z[:0]).shape == (0, 1, 16, 16)


def test_the_paper_s_size_stops_within_two_seconds(tmp_path: Path) -> None:
    images = np.random.default_rng(0).random((4, 1, 132, 132), np.float32)
    progress = StopAfter(1)
    begun: list[float] = []
    report = progress.report

    def timed(done: float, total: float, message: str = "") -> None:
        begun.append(time.process_time())
        report(done, total, message)

    progress.report = timed  # type: ignore[method-assign]
    with pytest.raises(Cancelled):
        train(images, replace(GAN_PAPER, batch=4), progress, tmp_path)
    assert time.process_time() - begun[-1] < 2


def test_colour_is_learnt_at_an_odd_size(tmp_path: Path) -> None:
    images = np.random.default_rng(0).random((4, 3, 21, 21), np.float32)
    gan = train(images, GanSettings(size=21, channels=3, batch=4, steps=1), None, tmp_path)
    assert gan.decode(np.zeros((1, 100), np.float32)).shape == (1, 3, 21, 21)


def test_what_cannot_be_trained_on_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="1 image"):
        train(np.zeros((1, 1, 16, 16), np.float32), SHORT, None, tmp_path)
    with pytest.raises(ValueError, match="shape"):
        train(np.zeros((9, 3, 16, 16), np.float32), SHORT, None, tmp_path)
    with pytest.raises(UserError, match="lower learning rate"):
        train(np.full((9, 1, 16, 16), np.nan, np.float32), replace(SHORT, steps=1), None, tmp_path)


def test_presets_are_those_of_the_paper_and_of_the_measured_best() -> None:
    assert (GAN_PAPER.size, GAN_PAPER.latent, GAN_PAPER.batch, GAN_PAPER.norm) == (132, 100, 32, "batch")
    assert (GAN_PAPER.learning_rate, GAN_PAPER.beta1, GAN_PAPER.beta2, GAN_PAPER.ema) == (2e-4, 0.5, 0.999, None)
    assert GAN_PAPER.steps == 10_000 * -(-40 // GAN_PAPER.batch)
    assert (GAN_LIVE.size, GAN_LIVE.norm, GAN_LIVE.ema, GAN_LIVE.batch) == (32, "group", 0.99, 32)
