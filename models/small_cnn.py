"""The small image classifier of the GAN + GA paper: the DCGAN discriminator with an output a class (section 4.3)."""

from __future__ import annotations

import torch
from torch import nn

from models.dcgan import Discriminator, sides, widths


class SmallCNN(nn.Module):
    """Images (n, channels, size, size) in [0, 1], 16 to 132 px, to logits (n, n_classes).

    4 x 4 convolutions of stride 2 with LeakyReLU, see `Discriminator`: 2 at 16 px, 3 at 32 px, 5 at the paper's 132 px.
    GroupNorm in place of the DCGAN's BatchNorm, so that no image is judged by which others lie in its batch. Raises
    `ValueError` for a size out of range.
    """

    def __init__(self, size: int, channels: int, n_classes: int) -> None:
        super().__init__()
        self.layers = Discriminator(size, channels, norm="group").layers
        self.judge = nn.Linear(widths(size)[-1] * sides(size)[-1] ** 2, n_classes)
        nn.init.normal_(self.judge.weight, 0.0, 0.02)
        nn.init.zeros_(self.judge.bias)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self.judge(self.layers(2 * images - 1).flatten(1))
        return logits
