"""The classifiers have the shapes that were published."""

from __future__ import annotations

import pytest
import torch

from models.resnet import ResNet18
from models.small_cnn import SmallCNN


def n_parameters(network: torch.nn.Module) -> int:
    return sum(weights.numel() for weights in network.parameters())


def test_resnet_18_has_the_published_number_of_parameters() -> None:
    assert n_parameters(ResNet18(3, 1000)) == 11_689_512
    # Grey: two of three input maps of 64 kernels of 7 x 7 less; four classes: 996 outputs with bias less.
    assert n_parameters(ResNet18(1, 4)) == 11_689_512 - 2 * 64 * 49 - 996 * 513


@pytest.mark.parametrize(
    ("size", "sides"), [(224, [112, 56, 56, 28, 14, 7]), (32, [16, 8, 8, 4, 2, 1]), (256, [128, 64, 64, 32, 16, 8])]
)
def test_resnet_18_has_the_maps_of_table_1(size: int, sides: list[int]) -> None:
    network = ResNet18(3, 5).eval()
    with torch.no_grad():
        maps = network.maps(torch.rand(1, 3, size, size))
        logits = network(torch.rand(1, 3, size, size))
    assert [tuple(each.shape[1:]) for each in maps] == [
        (channels, side, side) for channels, side in zip((64, 64, 64, 128, 256, 512), sides, strict=True)
    ]
    assert logits.shape == (1, 5)


def test_a_residual_block_without_its_branch_passes_on_what_it_gets() -> None:
    block = ResNet18(3, 2).stages[0][0].eval()
    for weights in block.residual.parameters():
        torch.nn.init.zeros_(weights)
    x = torch.rand(2, 64, 8, 8)
    assert torch.equal(block(x), x)


def test_resnet_18_has_eight_blocks_and_three_projections() -> None:
    shortcuts = [block.shortcut for stage in ResNet18(3, 2).stages for block in stage]
    assert len(shortcuts) == 8
    assert [i for i, each in enumerate(shortcuts) if not isinstance(each, torch.nn.Identity)] == [2, 4, 6]


@pytest.mark.parametrize(("size", "n_convolutions"), [(16, 2), (32, 3), (132, 5)])
def test_the_small_cnn_halves_down_to_4_px(size: int, n_convolutions: int) -> None:
    network = SmallCNN(size, 1, 4)
    convolutions = [layer for layer in network.layers if isinstance(layer, torch.nn.Conv2d)]
    assert [(each.kernel_size, each.stride) for each in convolutions] == [((4, 4), (2, 2))] * n_convolutions
    assert network.judge.in_features == convolutions[-1].out_channels * 4 * 4
    assert network(torch.rand(3, 1, size, size)).shape == (3, 4)


def test_the_small_cnn_judges_an_image_by_itself() -> None:
    network, images = SmallCNN(16, 3, 2), torch.rand(5, 3, 16, 16)
    alone = torch.cat([network(image[None]) for image in images])
    assert torch.allclose(network(images), alone, atol=1e-6)
