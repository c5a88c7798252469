"""Every size and number of layers comes out as it should, and the class is told on both sides."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from models.cvae import ConditionalVae, sides, widths

SIZES = [(16, 1), (16, 3), (28, 1), (32, 3), (33, 1), (64, 3), (132, 1), (256, 3)]


def test_sides_are_halved_while_4_px_are_left_and_kept_from_then_on() -> None:
    assert sides(16, 5) == [16, 8, 4, 4, 4, 4]
    assert sides(28, 4) == [28, 14, 7, 7, 7]  # half of 7 is 3
    assert sides(32, 5) == [32, 16, 8, 4, 4, 4]
    assert sides(33, 3) == [33, 16, 8, 4]
    assert sides(64, 2) == [64, 32, 16]
    assert sides(132, 7) == [132, 66, 33, 16, 8, 4, 4, 4]
    assert sides(256, 7) == [256, 128, 64, 32, 16, 8, 4, 4]
    assert widths(7) == [16, 32, 64, 64, 64, 64, 64]
    assert widths(1) == [16]


@pytest.mark.parametrize(("size", "channels"), SIZES)
@pytest.mark.parametrize("n_layers", range(1, 8))
def test_images_come_back_in_their_own_shape(size: int, channels: int, n_layers: int) -> None:
    network = ConditionalVae(size, channels, 2, n_layers, latent=3)
    side, wide = sides(size, n_layers)[-1], widths(n_layers)[-1]
    with torch.no_grad():
        features = network.features(torch.rand(1, channels, size, size))
        assert features.shape == (1, wide * side**2)
        told = torch.tensor([[0.0, 1.0]])
        mean, log_variance = network.posterior(features, told, None)
        assert mean.shape == log_variance.shape == (1, 3)
        assert network.logits(mean, told).shape == (1, channels, size, size)
    for half, kinds in ((network.coding, (nn.Conv2d,)), (network.decoding, (nn.Conv2d, nn.ConvTranspose2d))):
        assert sum(isinstance(layer, kinds) for layer in half) == n_layers
    assert not any(isinstance(layer, nn.modules.batchnorm._NormBase | nn.GroupNorm) for layer in network.modules())


def test_layers_are_as_deep_and_as_wide_as_counted_by_hand() -> None:
    """32 px, grey, 2 classes, L = 3: 1 -> 16 -> 32 -> 64 channels at 16, 8, 4 px, and back."""
    network = ConditionalVae(32, 1, 2, 3, latent=5)
    coding = 16 * 16 * 1 + 16 + 16 * 16 * 32 + 32 + 16 * 32 * 64 + 64
    heads = 2 * ((64 * 16 + 2) * 5 + 5)
    decoding = (5 + 2) * 1024 + 1024 + 16 * 64 * 32 + 32 + 16 * 32 * 16 + 16 + 16 * 16 * 1 + 1
    assert sum(weights.numel() for weights in network.parameters()) == coding + heads + decoding


@pytest.mark.parametrize(("size", "n_layers"), [(15, 5), (257, 5), (32, 0), (32, 8), (0, 1)])
def test_other_sizes_and_numbers_of_layers_are_refused(size: int, n_layers: int) -> None:
    with pytest.raises(ValueError, match="16 to 256 px and 1 to 7 layers"):
        sides(size, n_layers)
    with pytest.raises(ValueError, match=f"not {size} and {n_layers}"):
        ConditionalVae(size, 1, 2, n_layers)


def test_the_class_is_told_to_the_heads_and_to_the_decoder() -> None:
    torch.manual_seed(0)
    network = ConditionalVae(16, 1, 2)
    features, z = network.features(torch.rand(1, 1, 16, 16)).repeat(2, 1), torch.randn(1, 32).repeat(2, 1)
    told = torch.eye(2)
    for found in (*network.posterior(features, told, None), network.logits(z, told)):
        assert not torch.allclose(found[0], found[1])


def test_noise_lies_between_the_features_and_both_heads() -> None:
    torch.manual_seed(0)
    network = ConditionalVae(16, 1, 2, latent=4, sigma=0.3)
    features, told = network.features(torch.rand(3, 1, 16, 16)), torch.eye(2)[[0, 1, 0]]
    found = network.posterior(features, told, torch.Generator().manual_seed(1))
    noisy = network.noise(features, torch.Generator().manual_seed(1))
    assert torch.equal(found[0], network.mean(torch.cat([noisy, told], dim=1)))
    assert torch.equal(found[1], network.log_variance(torch.cat([noisy, told], dim=1)))
    without = network.posterior(features, told, None)
    assert torch.equal(without[0], network.mean(torch.cat([features, told], dim=1)))
    network.noise.sigma = 0.0
    assert torch.equal(network.posterior(features, told, torch.Generator())[0], without[0])


def test_an_image_does_not_depend_on_the_others() -> None:
    torch.manual_seed(0)
    network = ConditionalVae(33, 3, 2)
    images, told = torch.rand(4, 3, 33, 33), torch.eye(2)[[0, 1, 1, 0]]
    with torch.no_grad():
        together = network.logits(network.posterior(network.features(images), told, None)[0], told)
        alone = network.posterior(network.features(images[2:3]), told[2:3], None)[0]
        torch.testing.assert_close(network.logits(alone, told[2:3]), together[2:3], rtol=0, atol=1e-5)
