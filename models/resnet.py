"""ResNet-18 as published (He, Zhang, Ren and Sun 2016, "Deep residual learning for image recognition", Table 1)."""

from __future__ import annotations

import torch
from torch import nn

STEM_WIDTH = 64
STAGES = ((64, 1), (128, 2), (256, 2), (512, 2))
"""Channels of the two blocks of each stage, conv2_x to conv5_x, and the stride of the first of them."""


class BasicBlock(nn.Module):
    """y = ReLU(F(x) + x), F two 3 x 3 convolutions (eq 1); where its shape changes, x by a 1 x 1 projection (eq 2)."""

    def __init__(self, n_in: int, n_out: int, stride: int) -> None:
        super().__init__()
        self.residual = nn.Sequential(
            nn.Conv2d(n_in, n_out, 3, stride, 1, bias=False),
            nn.BatchNorm2d(n_out),
            nn.ReLU(inplace=True),
            nn.Conv2d(n_out, n_out, 3, 1, 1, bias=False),
            nn.BatchNorm2d(n_out),
        )
        self.shortcut: nn.Module = nn.Identity()
        if stride != 1 or n_in != n_out:
            self.shortcut = nn.Sequential(nn.Conv2d(n_in, n_out, 1, stride, bias=False), nn.BatchNorm2d(n_out))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.relu(self.residual(x) + self.shortcut(x))


class ResNet18(nn.Module):
    """Images (n, channels, s, s) in [0, 1], 32 to 256 px, to logits (n, n_classes).

    A side is halved five times, by the stem, its pooling and three stages, and the last map is averaged: 224 px end at
    7, 32 px at 1. Nothing in it depends on the side. A batch to train on needs two images, for the batch norm.
    """

    def __init__(self, channels: int, n_classes: int) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(channels, STEM_WIDTH, 7, 2, 3, bias=False),
            nn.BatchNorm2d(STEM_WIDTH),
            nn.ReLU(inplace=True),
        )
        self.pool = nn.MaxPool2d(3, 2, 1)
        stages: list[nn.Module] = []
        n_in = STEM_WIDTH
        for n_out, stride in STAGES:
            stages.append(nn.Sequential(BasicBlock(n_in, n_out, stride), BasicBlock(n_out, n_out, 1)))
            n_in = n_out
        self.stages = nn.ModuleList(stages)
        self.judge = nn.Linear(n_in, n_classes)
        self.apply(_initialised)

    def maps(self, images: torch.Tensor) -> list[torch.Tensor]:
        """The feature maps (n, channels, s, s) of conv1, its pooling and conv2_x to conv5_x."""
        found = [self.stem(2 * images - 1)]
        for layer in (self.pool, *self.stages):
            found.append(layer(found[-1]))
        return found

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self.judge(self.maps(images)[-1].mean(dim=(2, 3)))
        return logits


def _initialised(module: nn.Module) -> None:
    """Convolutions as He et al. 2015, for the ReLU behind them; batch norms begin as the identity by themselves."""
    if isinstance(module, nn.Conv2d):
        nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
