"""A small convolutional classifier whose last features compare images: what Inception is to photographs."""

from __future__ import annotations

import torch
from torch import nn

N_FEATURES = 64
FIRST_WIDTH = 16
SMALLEST_MAP_PX = 4
N_GROUPS = 8


class FeatureNetwork(nn.Module):
    """Images (n, channels, s, s) in [0, 1] to features (n, `N_FEATURES`) and logits (n, n_classes).

    3 x 3 convolutions of stride 2 until the map is at most 4 px, each with GroupNorm and ReLU, then the mean over the
    map. GroupNorm, as a feature must not depend on which images were given beside.
    """

    def __init__(self, size: int, channels: int, n_classes: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        width, side = channels, size
        while side > SMALLEST_MAP_PX or not layers:
            wider = FIRST_WIDTH if not layers else min(2 * width, N_FEATURES)
            side = (side + 1) // 2
            layers += [nn.Conv2d(width, wider, 3, 2, 1, bias=False), nn.GroupNorm(N_GROUPS, wider), nn.ReLU()]
            width = wider
        layers += [nn.Conv2d(width, N_FEATURES, 3, 1, 1, bias=False), nn.GroupNorm(N_GROUPS, N_FEATURES), nn.ReLU()]
        self.layers = nn.Sequential(*layers)
        self.head = nn.Linear(N_FEATURES, n_classes)

    def forward(self, images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        features = self.layers(2 * images - 1).mean(dim=(2, 3))
        return features, self.head(features)
