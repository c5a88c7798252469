"""A VAE's file gives back what was kept and any other is refused; no image depends on those beside it."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from core.errors import UserError
from core.images.autoencoders import Autoencoders
from core.images.settings import VaeSettings
from core.images.trained_vae import CARD, TrainedVae
from core.images.vae_history import VaeHistory
from core.variational import PER_IMAGE

pytestmark = pytest.mark.usefixtures("one_thread")
SMALL = VaeSettings(size=16, n_layers=3, latent=6)


def untrained(settings: VaeSettings, n_networks: int = 1) -> TrainedVae:
    history = VaeHistory()
    for step, loss, active in ((5, 4.0, 1), (10, 1.5, 6), (15, 2.0, 5)):
        history = history.and_then(
            step=step, reconstruction=loss, kl=3.0, loss=loss, active=active, kl_per_unit=np.full(settings.latent, 0.5)
        )
    return TrainedVae.of(Autoencoders(settings, 3, n_networks).weights(), settings, 3, history)


@pytest.fixture(scope="module")
def vae() -> TrainedVae:
    return untrained(SMALL)


def pictures(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    return np.random.default_rng(seed).random((n, 1, 16, 16), np.float32), np.arange(n) % 3


def latents(n: int, latent: int = 6) -> np.ndarray:
    return np.random.default_rng(1).standard_normal((n, latent), np.float32)


def test_it_knows_when_it_was_best(vae: TrainedVae) -> None:
    assert (vae.step, vae.n_active, vae.of_each) == (10, 6, False)
    assert vae.history.steps_done == 15
    assert not vae.networks[0].training


@pytest.mark.parametrize("n_networks", [1, 3])
def test_a_file_gives_back_the_same_images(tmp_path: Path, n_networks: int) -> None:
    settings = replace(SMALL, plan=PER_IMAGE) if n_networks > 1 else SMALL
    kept = untrained(settings, n_networks)
    kept.save(tmp_path / "vae.safetensors")
    again = TrainedVae.load(tmp_path / "vae.safetensors")
    z, labels, networks = latents(5), np.arange(5) % 3, np.arange(5) % n_networks
    assert again.decode(z, labels, networks).tobytes() == kept.decode(z, labels, networks).tobytes()
    assert again.settings == kept.settings
    assert (again.n_classes, again.step, again.n_active, len(again.networks)) == (3, 10, 6, n_networks)
    for name, array in kept.history.arrays().items():
        np.testing.assert_array_equal(getattr(again.history, name), array)
    assert [path.name for path in tmp_path.iterdir()] == ["vae.safetensors"]
    again.save(tmp_path / "again.safetensors")
    assert (tmp_path / "again.safetensors").read_bytes() == (tmp_path / "vae.safetensors").read_bytes()


@pytest.mark.parametrize(
    "change",
    [
        {"size": 32},
        {"size": 7},
        {"size": "many"},
        {"channels": 3},
        {"n_layers": 4},
        {"n_layers": 10**9},
        {"latent": 10**15},
        {"sigma": -1},
        {"unknown": 1},
    ],
)
def test_settings_that_do_not_fit_the_weights_are_refused(
    vae: TrainedVae, tmp_path: Path, change: dict[str, Any]
) -> None:
    with pytest.raises(UserError, match="not a VAE of this program"):
        TrainedVae.load(changed(vae, tmp_path, {"settings": asdict(SMALL) | change}))


@pytest.mark.parametrize(
    "change",
    [
        {"n_classes": 4},
        {"n_classes": -1},
        {"n_classes": None},
        {"n_networks": 2},
        {"n_networks": 0},
        {"n_networks": "one"},
        {"settings": None},
        {"settings": [1]},
    ],
)
def test_a_card_of_something_else_is_refused(vae: TrainedVae, tmp_path: Path, change: dict[str, Any]) -> None:
    with pytest.raises(UserError, match="not a VAE of this program"):
        TrainedVae.load(changed(vae, tmp_path, change))


@pytest.mark.parametrize("what", ["no network", "float64", "a weight less", "no history", "short history", "two"])
def test_tensors_of_something_else_are_refused(vae: TrainedVae, tmp_path: Path, what: str) -> None:
    path = tmp_path / "vae.safetensors"
    vae.save(path)
    card, tensors = opened(path)
    if what == "no network":
        tensors = {name: value for name, value in tensors.items() if not name.startswith("network.")}
        card["n_networks"] = 0
    if what == "float64":
        tensors |= {name: value.double() for name, value in tensors.items() if name.startswith("network.")}
    if what == "a weight less":
        del tensors["network.0.mean.weight"]
    if what == "no history":
        tensors |= {name: value[:0] for name, value in tensors.items() if name.startswith("history.")}
    if what == "short history":
        tensors["history.active"] = tensors["history.active"][:1]
    if what == "two":  # that only a plan of a network of each image has
        tensors |= {name.replace(".0.", ".1.", 1): value.clone() for name, value in tensors.items()}
        card["n_networks"] = 2
    save_file(tensors, path, {CARD: json.dumps(card)})
    with pytest.raises(UserError, match="not a VAE of this program"):
        TrainedVae.load(path)


@pytest.mark.parametrize("content", [b"", b"nothing", b"\x08\0\0\0\0\0\0\0{}      "])
def test_any_other_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "vae.safetensors"
    path.write_bytes(content)
    with pytest.raises(UserError, match=r"vae\.safetensors is not a VAE"):
        TrainedVae.load(path)
    with pytest.raises(UserError):
        TrainedVae.load(tmp_path / "missing.safetensors")


def test_a_cut_file_is_refused(vae: TrainedVae, tmp_path: Path) -> None:
    path = tmp_path / "vae.safetensors"
    vae.save(path)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(UserError, match="damaged"):
        TrainedVae.load(path)


def opened(path: Path) -> tuple[dict[str, Any], dict[str, torch.Tensor]]:
    with safe_open(path, "pt") as file:
        return json.loads(file.metadata()[CARD]), {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118


def changed(vae: TrainedVae, folder: Path, change: dict[str, Any]) -> Path:
    path = folder / "vae.safetensors"
    vae.save(path)
    card, tensors = opened(path)
    save_file(tensors, path, {CARD: json.dumps(card | change)})
    return path


@pytest.mark.parametrize("settings", [SMALL, VaeSettings(size=33, channels=3)])
def test_an_image_is_the_same_to_the_last_bit_whatever_is_decoded_beside_it(settings: VaeSettings) -> None:
    vae = untrained(settings)
    z, labels = latents(70, settings.latent), np.arange(70) % 3
    together = vae.decode(z, labels)
    assert together.shape == (70, settings.channels, settings.size, settings.size)
    assert together.dtype == np.float32
    assert together.min() >= 0
    assert together.max() <= 1
    for chosen in ([65], [1, 65, 3], slice(None, None, -1), range(40, 70)):
        np.testing.assert_array_equal(vae.decode(z[chosen], labels[chosen]), together[chosen])
    assert vae.decode(z[:0], labels[:0]).shape == (0, settings.channels, settings.size, settings.size)
    images = np.random.default_rng(0).random((40, *together.shape[1:]), np.float32)
    mean, sd = vae.code(images, labels[:40])
    np.testing.assert_array_equal(vae.code(images[[37]], labels[[37]]), (mean[[37]], sd[[37]]))


def test_a_code_without_noise_is_always_the_same_and_with_noise_differs_by_sigma() -> None:
    """Mean heads that pick out one feature each: what is then added to the means is the noise itself."""
    vae = untrained(replace(SMALL, sigma=0.3, latent=64))
    network = vae.networks[0]
    torch.nn.init.zeros_(network.mean.weight)
    network.mean.weight.data[:, :64] = torch.eye(64)
    images, labels = pictures(300)
    mean, sd = vae.code(images, labels)
    again = vae.code(images, labels)
    assert mean.shape == sd.shape == (300, 64)
    np.testing.assert_array_equal(mean, again[0])
    np.testing.assert_array_equal(sd, again[1])
    assert (sd > 0).all()
    noisy = vae.code(images, labels, rng=np.random.default_rng(0))[0]
    assert (noisy - mean).std() == pytest.approx(0.3, rel=0.02)
    assert abs((noisy - mean).mean()) < 0.01
    np.testing.assert_array_equal(noisy, vae.code(images, labels, rng=np.random.default_rng(0))[0])
    assert not np.array_equal(noisy, vae.code(images, labels, rng=np.random.default_rng(1))[0])
    rng = np.random.default_rng(0)
    assert not np.array_equal(vae.code(images, labels, rng=rng)[0], vae.code(images, labels, rng=rng)[0])


def test_without_sigma_there_is_no_noise_to_draw() -> None:
    vae = untrained(replace(SMALL, sigma=0.0))
    images, labels = pictures(5)
    with_rng = vae.code(images, labels, rng=np.random.default_rng(0))
    np.testing.assert_array_equal(with_rng[0], vae.code(images, labels)[0])


def test_the_standard_deviation_is_half_the_log_variance(vae: TrainedVae) -> None:
    changed_vae = untrained(SMALL)
    head = changed_vae.networks[0].log_variance
    torch.nn.init.zeros_(head.weight)
    torch.nn.init.constant_(head.bias, float(np.log(0.25)))
    np.testing.assert_allclose(changed_vae.code(*pictures(3))[1], 0.5, rtol=1e-6)


def test_a_reconstruction_is_the_mean_decoded(vae: TrainedVae) -> None:
    images, labels = pictures(4)
    mean, _ = vae.code(images, labels)
    np.testing.assert_array_equal(vae.reconstructed(images, labels), vae.decode(mean, labels))
    other = vae.reconstructed(images, (labels + 1) % 3)
    assert not np.array_equal(vae.reconstructed(images, labels), other)  # the class is told


def test_each_image_goes_through_the_network_that_is_named() -> None:
    vae = untrained(replace(SMALL, plan=PER_IMAGE), 3)
    assert vae.of_each
    images, labels = pictures(6)
    networks = np.array([2, 0, 1, 2, 2, 0])
    together = vae.reconstructed(images, labels, networks)
    for i in range(6):
        alone = vae.reconstructed(images[[i]], labels[[i]], networks[[i]])
        np.testing.assert_array_equal(together[[i]], alone)
        assert not np.array_equal(alone, vae.reconstructed(images[[i]], labels[[i]], (networks[[i]] + 1) % 3))
