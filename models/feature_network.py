"""A small convolutional classifier whose maps compare images: what Inception is to photographs."""

from __future__ import annotations

import torch
from torch import nn

FIRST_WIDTH, WIDEST = 16, 64
SMALLEST_MAP_PX = 4
N_GROUPS = 8


class FeatureNetwork(nn.Module):
    """Images (n, channels, s, s) in [0, 1] to features (n, k) and logits (n, n_classes).

    Blocks of a 3 x 3 convolution of stride 2, GroupNorm and ReLU, of 16, 32, 64, 64 … channels, until the map is at
    most 4 px, then one of stride 1. The features are mean and standard deviation over the map of every channel of every
    block: early ones see the texture, late ones the shape. The logits see the means of the last block. GroupNorm, as
    a feature must not depend on which images were given beside.
    """

    def __init__(self, size: int, channels: int, n_classes: int) -> None:
        super().__init__()
        blocks: list[nn.Module] = []
        width, side = channels, size
        while side > SMALLEST_MAP_PX or not blocks:
            wider = FIRST_WIDTH if not blocks else min(2 * width, WIDEST)
            blocks.append(_block(width, wider, 2))
            width, side = wider, (side + 1) // 2
        blocks.append(_block(width, WIDEST, 1))
        self.blocks = nn.ModuleList(blocks)
        self.head = nn.Linear(WIDEST, n_classes)

    def forward(self, images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        maps, features = 2 * images - 1, []
        for block in self.blocks:
            maps = block(maps)
            features += [maps.mean(dim=(2, 3)), maps.detach().std(dim=(2, 3), correction=0)]
        return torch.cat(features, dim=1), self.head(features[-2])


def _block(n_in: int, n_out: int, stride: int) -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(n_in, n_out, 3, stride, 1, bias=False), nn.GroupNorm(N_GROUPS, n_out), nn.ReLU(inplace=True)
    )
