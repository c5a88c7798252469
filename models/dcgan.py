"""DCGAN for any square size from 16 to 132 px (Radford, Metz and Chintala 2016), the generator of the GAN + GA paper.

Both networks are made of 4 x 4 convolutions of stride 2. The discriminator halves the side, a remainder cut off, until
it is below 8 px, and doubles the channels from `WIDTH` up to `WIDEST`; the generator goes back the same way, where a
remainder is added again. 32 px are 3 halvings; the paper's 132 px are 5, two layers more than those 3.
"""

from __future__ import annotations

import torch
from torch import nn

SMALLEST_PX, LARGEST_PX = 16, 132
WIDTH, WIDEST = 32, 512
BASE_PX = 8
"""A side below this is not halved any more."""
SLOPE = 0.2
N_GROUPS = 8


def sides(size: int) -> list[int]:
    """Sides in px from the image's to the smallest map's: 132, 66, 33, 16, 8, 4."""
    if not SMALLEST_PX <= size <= LARGEST_PX:
        raise ValueError(f"DCGAN is for {SMALLEST_PX} to {LARGEST_PX} px, not {size}")
    found = [size]
    while found[-1] >= BASE_PX:
        found.append(found[-1] // 2)
    return found


def widths(size: int) -> list[int]:
    """Channels of each map that `sides` names but the image: 32, 64, 128, 256, 512."""
    return [min(WIDTH * 2**i, WIDEST) for i in range(len(sides(size)) - 1)]


class Generator(nn.Module):
    """Latent vectors (m, latent) to images (m, channels, size, size) in [0, 1].

    norm: `group` or `batch`, after every layer but the last. Raises `ValueError` for another, or a size out of range.
    """

    def __init__(self, size: int, channels: int, latent: int = 100, norm: str = "group") -> None:
        super().__init__()
        up, wide = sides(size)[::-1], widths(size)[::-1]
        self.base = (wide[0], up[0], up[0])
        self.project = nn.Linear(latent, wide[0] * up[0] ** 2, bias=False)
        layers: list[nn.Module] = [_norm(norm, wide[0]), nn.ReLU(inplace=True)]
        for here, there, n_in, n_out in zip(up[:-1], up[1:], wide, [*wide[1:], channels], strict=True):
            last = there == size
            layers.append(nn.ConvTranspose2d(n_in, n_out, 4, 2, 1, output_padding=there - 2 * here, bias=last))
            if not last:
                layers += [_norm(norm, n_out), nn.ReLU(inplace=True)]
        self.layers = nn.Sequential(*layers, nn.Sigmoid())
        self.apply(_initialised)

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        images: torch.Tensor = self.layers(self.project(z).unflatten(1, self.base))
        return images


class Discriminator(nn.Module):
    """Images (n, channels, size, size) in [0, 1] to the logit (n,) that they are real.

    norm: as in `Generator`, after every convolution but the first. Raises `ValueError` as it does.
    """

    def __init__(self, size: int, channels: int, norm: str = "group") -> None:
        super().__init__()
        wide = widths(size)
        layers: list[nn.Module] = []
        for n_in, n_out in zip([channels, *wide[:-1]], wide, strict=True):
            first = not layers
            layers.append(nn.Conv2d(n_in, n_out, 4, 2, 1, bias=first))
            if not first:
                layers.append(_norm(norm, n_out))
            layers.append(nn.LeakyReLU(SLOPE, inplace=True))
        self.layers = nn.Sequential(*layers)
        self.judge = nn.Linear(wide[-1] * sides(size)[-1] ** 2, 1)
        self.apply(_initialised)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self.judge(self.layers(2 * images - 1).flatten(1))
        return logits[:, 0]


def _norm(kind: str, n: int) -> nn.Module:
    if kind == "group":
        return nn.GroupNorm(N_GROUPS, n)
    if kind == "batch":
        return nn.BatchNorm2d(n)
    raise ValueError(f"no norm is called {kind}")


def _initialised(module: nn.Module) -> None:
    """N(0, 0.02²) weights and no bias, as the DCGAN paper; scales of a norm N(1, 0.02²)."""
    weights = dict(module.named_parameters(recurse=False))
    if "weight" in weights:
        norm = isinstance(module, nn.GroupNorm | nn.BatchNorm2d)
        nn.init.normal_(weights["weight"], 1.0 if norm else 0.0, 0.02)
    if "bias" in weights:
        nn.init.zeros_(weights["bias"])
