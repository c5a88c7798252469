"""A generator's file gives back what was kept, and any other file is refused."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.torch import save_file

from core.errors import UserError
from core.images.adversaries import Adversaries
from core.images.gan_history import GanHistory
from core.images.settings import GanSettings
from core.images.trained_gan import SETTINGS, TrainedGan
from core.images.training_history import CHECKPOINT

SMALL = GanSettings(size=16)


@pytest.fixture(scope="module")
def gan() -> TrainedGan:
    history = GanHistory()
    for step, value in ((5, 4.0), (10, 1.5), (15, 2.0)):
        history = history.and_then(step=step, loss_g=0.7, loss_d=1.3, kid=value)
    return TrainedGan(Adversaries(SMALL).sampler(), SMALL, history)


def test_it_knows_when_it_was_best(gan: TrainedGan) -> None:
    assert (gan.step, gan.kid) == (10, 1.5)
    assert gan.history.steps_done == 15


def test_a_file_gives_back_the_same_images(gan: TrainedGan, tmp_path: Path) -> None:
    gan.save(tmp_path / "zero.safetensors")
    again = TrainedGan.load(tmp_path / "zero.safetensors")
    z = np.random.default_rng(0).normal(size=(5, 100)).astype(np.float32)
    np.testing.assert_array_equal(again.decode(z), gan.decode(z))
    assert again.settings == gan.settings
    assert (again.step, again.kid) == (10, 1.5)
    assert [path.name for path in tmp_path.iterdir()] == ["zero.safetensors"]


@pytest.mark.parametrize(
    "change",
    [
        {"size": 32},
        {"size": 7},
        {"latent": 10**15},
        {"norm": "batch"},
        {"norm": "other"},
        {"unknown": 1},
        {"latent": "many"},
    ],
)
def test_settings_that_do_not_fit_the_weights_are_refused(
    gan: TrainedGan, tmp_path: Path, change: dict[str, object]
) -> None:
    path = tmp_path / "zero.safetensors"
    gan.save(path)
    with safe_open(path, "pt") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - it is no dict
    save_file(tensors, path, {SETTINGS: json.dumps(asdict(SMALL) | change)})
    with pytest.raises(UserError, match="not a generator"):
        TrainedGan.load(path)


@pytest.mark.parametrize("content", [b"", b"nothing", b"\x08\0\0\0\0\0\0\0{}      "])
def test_any_other_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "zero.safetensors"
    path.write_bytes(content)
    with pytest.raises(UserError, match=r"zero\.safetensors is not a generator"):
        TrainedGan.load(path)
    with pytest.raises(UserError):
        TrainedGan.load(tmp_path / "missing.safetensors")


def test_before_the_first_checkpoint_the_history_is_empty(tmp_path: Path) -> None:
    assert not (tmp_path / CHECKPOINT).exists()
    assert len(GanHistory.read(tmp_path).step) == 0
