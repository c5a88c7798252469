"""The layer that makes an S3VAE of a C-VAE (Chen et al. 2023, section 3.1 and Fig. 3)."""

from __future__ import annotations

import torch
from torch import nn


class GaussianNoiseLayer(nn.Module):
    """h + sigma · e with e from N(0, I): on the features just before the mean and variance heads.

    Unlike dropout it works in training and in generation alike: the paper has the network generate with the noise it
    has learnt with. sigma: standard deviation, at least 0; 0 is the identity, and then no random number is drawn.
    Raises `ValueError` for a negative sigma.
    """

    def __init__(self, sigma: float) -> None:
        super().__init__()
        if not sigma >= 0:  # NaN neither
            raise ValueError(f"sigma must be at least 0, not {sigma}")
        self.sigma = sigma

    def forward(self, features: torch.Tensor, rng: torch.Generator | None = None) -> torch.Tensor:
        """features (n, k) with noise on every number, drawn on the CPU by `rng`, so that no device changes it."""
        if not self.sigma:
            return features
        return features + self.sigma * torch.randn(features.shape, generator=rng).to(features)
