"""The autoencoder of vectors and its noise layer: shapes, where chance comes in, and what the class does."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from models.noise_layer import GaussianNoiseLayer
from models.vector_vae import VectorVAE


def rng(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def classes(n: int, which: int = 0) -> torch.Tensor:
    return nn.functional.one_hot(torch.full((n,), which), 2).float()


@pytest.fixture
def network() -> VectorVAE:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return VectorVAE(d=3, n_classes=2, latent=5, sigma=0.5)


def test_shapes_there_and_back(network: VectorVAE) -> None:
    mean, log_variance = network.encode(torch.randn(7, 3, generator=rng()), classes(7))
    assert mean.shape == log_variance.shape == (7, 5)
    assert network.decode(mean, classes(7)).shape == (7, 3)


def test_chance_comes_from_the_generator_alone_and_can_be_left_out(network: VectorVAE) -> None:
    x = torch.randn(7, 3, generator=rng())
    before = torch.get_rng_state()
    one, same, other = (network.encode(x, classes(7), rng(seed))[0] for seed in (1, 1, 2))
    assert torch.equal(one, same)
    assert not torch.equal(one, other)
    still = [network.encode(x, classes(7), rng(seed), noisy=False)[0] for seed in (1, 2)]
    assert torch.equal(*still)
    assert torch.equal(torch.get_rng_state(), before)


def test_the_class_reaches_both_halves(network: VectorVAE) -> None:
    x = torch.randn(7, 3, generator=rng())
    one, other = (network.encode(x, classes(7, which), noisy=False)[0] for which in (0, 1))
    assert not torch.equal(one, other)
    assert not torch.equal(network.decode(one, classes(7, 0)), network.decode(one, classes(7, 1)))


def test_the_noise_layer_adds_noise_of_sigma_in_evaluation_too() -> None:
    features = torch.linspace(-1, 1, 100_000)[:, None]
    noise = GaussianNoiseLayer(0.3).eval()(features, rng()) - features
    assert float(noise.mean()) == pytest.approx(0, abs=0.005)
    assert float(noise.std()) == pytest.approx(0.3, rel=0.02)


def test_no_noise_is_the_identity_and_draws_nothing() -> None:
    features, chance = torch.ones(4, 2), rng()
    before = chance.get_state()
    assert torch.equal(GaussianNoiseLayer(0.0)(features, chance), features)
    assert torch.equal(chance.get_state(), before)


def test_negative_noise_is_refused() -> None:
    with pytest.raises(ValueError, match="sigma must be at least 0"):
        VectorVAE(3, 2, 2, sigma=-0.1)
