"""Every size comes out as it should, in [0, 1], by the numbers of layers and channels that are said."""

from __future__ import annotations

import pytest
import torch

from models.dcgan import Discriminator, Generator, sides, widths


def test_sides_are_halved_until_below_8_px_and_channels_doubled() -> None:
    assert sides(32) == [32, 16, 8, 4]
    assert sides(132) == [132, 66, 33, 16, 8, 4]
    assert sides(31) == [31, 15, 7]
    assert widths(32) == [32, 64, 128]
    assert widths(132) == [32, 64, 128, 256, 512]


@pytest.mark.parametrize("norm", ["group", "batch"])
@pytest.mark.parametrize(("size", "channels"), [(16, 1), (17, 3), (31, 1), (32, 3), (45, 1), (63, 3), (132, 1)])
def test_both_networks_fit_each_other_at_any_size(size: int, channels: int, norm: str) -> None:
    generator, discriminator = Generator(size, channels, norm=norm), Discriminator(size, channels, norm)
    images = generator(torch.randn(2, 100))
    assert images.shape == (2, channels, size, size)
    assert images.min() >= 0
    assert images.max() <= 1
    assert discriminator(images).shape == (2,)


@pytest.mark.parametrize("size", [15, 133])
def test_other_sizes_are_refused(size: int) -> None:
    for network in (Generator, Discriminator):
        with pytest.raises(ValueError, match="16 to 132"):
            network(size, 1)


def test_weights_are_drawn_as_in_the_dcgan_paper() -> None:
    torch.manual_seed(0)
    weights = Generator(32, 1).project.weight
    assert abs(weights.mean().item()) < 1e-4
    assert weights.std().item() == pytest.approx(0.02, rel=0.02)


def test_with_group_norm_an_image_does_not_depend_on_the_others() -> None:
    generator = Generator(16, 1, norm="group")
    z = torch.randn(8, 100)
    with torch.no_grad():
        torch.testing.assert_close(generator(z)[:4], generator(z[:4]), rtol=0, atol=1e-6)
