"""The C-VAE and S3VAE of images (Chen et al. 2023, Figs 3, 5 and 6), which differ by the Gaussian noise layer.

The paper gives the number of layers and little more. Here a coding layer is a convolution that halves the side as long
as `SMALLEST_MAP_PX` remain, and keeps it from then on; the decoding layers go back the same way. The class is given as
one-hot numbers beside the features and beside z. There is no normalisation between the layers: batch norm would see
64 times the same image in single-sample sampling, and none of its content would be left.
"""

from __future__ import annotations

import torch
from torch import nn

from models.noise_layer import GaussianNoiseLayer

SMALLEST_PX, LARGEST_PX = 16, 256
MOST_LAYERS = 7
WIDTH, WIDEST = 16, 64
SMALLEST_MAP_PX = 4


def sides(size: int, n_layers: int) -> list[int]:
    """Sides in px of the image and behind each coding layer: 32, 16, 8, 4, 4, 4 for 32 px and 5 layers.

    Raises `ValueError` for a size or a number of layers out of range.
    """
    if not SMALLEST_PX <= size <= LARGEST_PX or not 1 <= n_layers <= MOST_LAYERS:
        raise ValueError(
            f"a C-VAE is for {SMALLEST_PX} to {LARGEST_PX} px and 1 to {MOST_LAYERS} layers, not {size} and {n_layers}"
        )
    found = [size]
    for _ in range(n_layers):
        half = found[-1] // 2
        found.append(half if half >= SMALLEST_MAP_PX else found[-1])
    return found


def widths(n_layers: int) -> list[int]:
    """Channels behind each coding layer: 16, 32, 64, 64 …"""
    return [min(WIDTH * 2**i, WIDEST) for i in range(n_layers)]


class ConditionalVae(nn.Module):
    """Images (n, channels, size, size) in [0, 1] to a posterior over `latent` units, and z (n, latent) to images.

    one_hot, in all its functions: the classes (n, n_classes). n_layers: L, coding and as many decoding layers. sigma:
    of the noise layer, 0 for a C-VAE. Raises `ValueError` as `sides` does.
    """

    def __init__(
        self, size: int, channels: int, n_classes: int, n_layers: int = 5, latent: int = 32, sigma: float = 0.0
    ) -> None:
        super().__init__()
        self.n_classes = n_classes
        side, wide = sides(size, n_layers), [channels, *widths(n_layers)]
        self.map_shape = (wide[-1], side[-1], side[-1])
        n_features = wide[-1] * side[-1] ** 2
        coding: list[nn.Module] = []
        decoding: list[nn.Module] = []
        for i in range(n_layers):
            coding += [_coding(wide[i], wide[i + 1], side[i], side[i + 1]), nn.SiLU()]
            back: list[nn.Module] = [] if i == 0 else [nn.SiLU()]
            decoding = [_decoding(wide[i + 1], wide[i], side[i + 1], side[i]), *back, *decoding]
        self.coding = nn.Sequential(*coding)
        self.noise = GaussianNoiseLayer(sigma)
        self.mean = nn.Linear(n_features + n_classes, latent)
        self.log_variance = nn.Linear(n_features + n_classes, latent)
        self.project = nn.Linear(latent + n_classes, n_features)
        self.decoding = nn.Sequential(*decoding)

    def features(self, images: torch.Tensor) -> torch.Tensor:
        """(n, k) of the last coding layer: what the noise layer then works on."""
        return self.coding(2 * images - 1).flatten(1)

    def posterior(
        self, features: torch.Tensor, one_hot: torch.Tensor, rng: torch.Generator | None
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Mean and log variance (n, latent) of features (n, k), with noise on these drawn by `rng`; None for none."""
        noisy = features if rng is None else self.noise(features, rng)
        told = torch.cat([noisy, one_hot], dim=1)
        return self.mean(told), self.log_variance(told)

    def logits(self, z: torch.Tensor, one_hot: torch.Tensor) -> torch.Tensor:
        """Of the pixels: their sigmoid is the image."""
        maps = self.project(torch.cat([z, one_hot], dim=1)).unflatten(1, self.map_shape)
        return self.decoding(maps)


def _coding(n_in: int, n_out: int, here: int, there: int) -> nn.Module:
    return nn.Conv2d(n_in, n_out, 3, 1, 1) if here == there else nn.Conv2d(n_in, n_out, 4, 2, 1)


def _decoding(n_in: int, n_out: int, here: int, there: int) -> nn.Module:
    if here == there:
        return nn.Conv2d(n_in, n_out, 3, 1, 1)
    return nn.ConvTranspose2d(n_in, n_out, 4, 2, 1, output_padding=there - 2 * here)
