"""The noise is as large as is said, in training and in generation alike, and none is none."""

from __future__ import annotations

import pytest
import torch

from models.noise_layer import GaussianNoiseLayer


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("sigma", [0.1, 2.0])
def test_the_noise_has_mean_0_and_standard_deviation_sigma(sigma: float, training: bool) -> None:
    features = torch.linspace(-5, 5, 200_000).reshape(200, 1000)
    noise = GaussianNoiseLayer(sigma).train(training)(features, seeded()) - features
    assert noise.std().item() == pytest.approx(sigma, rel=0.01)
    assert abs(noise.mean().item()) < 0.01 * sigma  # 4.5 standard errors
    assert abs(torch.corrcoef(torch.stack([features.flatten(), noise.flatten()]))[0, 1].item()) < 0.01


def test_every_number_gets_noise_of_its_own_which_the_generator_alone_decides() -> None:
    layer, features = GaussianNoiseLayer(0.5), torch.zeros(4, 8)
    rng = seeded()
    one, other = layer(features, rng), layer(features, rng)
    assert len(torch.cat([one, other]).unique()) == 2 * 4 * 8
    torch.rand(3)
    assert torch.equal(layer(features, seeded()), one)
    assert torch.equal(layer(features, seeded()), GaussianNoiseLayer(0.5).eval()(features, seeded()))


def test_without_sigma_the_features_pass_and_no_random_number_is_drawn() -> None:
    features, rng = torch.rand(3, 5), seeded()
    before = rng.get_state()
    assert torch.equal(GaussianNoiseLayer(0.0)(features, rng), features)
    assert torch.equal(rng.get_state(), before)


def test_gradients_pass_unchanged() -> None:
    features = torch.rand(2, 3, requires_grad=True)
    GaussianNoiseLayer(0.7)(features, seeded()).sum().backward()
    assert torch.equal(features.grad, torch.ones(2, 3))


@pytest.mark.parametrize("sigma", [-0.1, float("nan")])
def test_other_sigmas_are_refused(sigma: float) -> None:
    with pytest.raises(ValueError, match="at least 0"):
        GaussianNoiseLayer(sigma)
