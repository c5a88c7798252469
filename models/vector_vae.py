"""A class-conditional variational autoencoder of vectors, with the noise layer of S3VAE (Chen et al. 2023, Fig. 3)."""

from __future__ import annotations

import torch
from torch import nn

from models.noise_layer import GaussianNoiseLayer

WIDTH = 32
"""Units of the hidden layer on either side: tens of rows teach no more."""


class VectorVAE(nn.Module):
    """x (n, d) and its class, one-hot (n, classes), to latent units z (n, latent) and back; one hidden layer each way.

    The class goes into both halves, as in a conditional VAE (Sohn, Lee and Yan 2015). sigma: of the noise on the
    features before both heads, see `GaussianNoiseLayer`. tanh keeps these features within -1 to 1, so that sigma has
    a scale. The weights are drawn by torch's own generator. Raises `ValueError` for a negative sigma.
    """

    def __init__(self, d: int, n_classes: int, latent: int, sigma: float) -> None:
        super().__init__()
        self.features = nn.Sequential(nn.Linear(d + n_classes, WIDTH), nn.Tanh())
        self.noise = GaussianNoiseLayer(sigma)
        self.heads = nn.Linear(WIDTH, 2 * latent)
        self.decoder = nn.Sequential(nn.Linear(latent + n_classes, WIDTH), nn.Tanh(), nn.Linear(WIDTH, d))

    def encode(
        self, x: torch.Tensor, classes: torch.Tensor, rng: torch.Generator | None = None, noisy: bool = True
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Mean and log-variance (n, latent) of the posterior of x. noisy: False leaves the noise layer out."""
        features = self.features(torch.cat([x, classes], dim=1))
        mean, log_variance = self.heads(self.noise(features, rng) if noisy else features).chunk(2, dim=1)
        return mean, log_variance

    def decode(self, z: torch.Tensor, classes: torch.Tensor) -> torch.Tensor:
        """x (n, d) of latent units z (n, latent)."""
        x: torch.Tensor = self.decoder(torch.cat([z, classes], dim=1))
        return x
