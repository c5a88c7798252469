"""What every variational autoencoder here is trained by, of images and of action units alike.

For an input x with class y, encoder q(z | x, y) = N(mean, diag(exp(log_variance))) and prior N(0, I), the loss of a
batch is

    mean over the batch of the sum over x of the squared error  +  weight · sum over units of max(KL_i, free_bits)

with KL_i the mean over the batch of unit i's KL divergence (Kingma and Welling 2014, appendix B):

    KL_i = (exp(log_variance_i) + mean_i² - 1 - log_variance_i) / 2

weight: K of the S3VAE paper (Chen et al. 2023, Table 4), times the part of its annealing that is reached (the paper's
section 2, after Bowman et al. 2016). free_bits: nats of a unit that cost nothing, or no more than these (the paper's
eq 4, after Kingma et al. 2016).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import torch

EIGHT_BY_EIGHT, ONE_BY_64, PER_IMAGE, BATCH = "8x8", "1x64", "per-image", "batch"
COMBINATIONS: Mapping[str, tuple[int, int]] = MappingProxyType(
    {EIGHT_BY_EIGHT: (8, 8), ONE_BY_64: (1, 64), PER_IMAGE: (1, 64), BATCH: (64, 1)}
)
"""Sampling plan -> samples of a step, and combinations (draws of noise and z) of each: 64 to learn from in all.

`batch` is the ordinary VAE. `1x64` is single-sample sampling as the paper puts it; `per-image` is the other reading,
a network of its own for every sample. `8x8` lies between; of images it keeps most units active where `1x64` often
loses them.
"""
PLANS = tuple(COMBINATIONS)

ACTIVE_FROM = 0.01
"""Variance of a unit's mean over the samples from which it is active (Burda, Grosse and Salakhutdinov 2016)."""
FEWEST_ACTIVE = 10
"""Of 30 units or more; with fewer the posterior has all but collapsed, and what is made hardly differs."""


def kl_per_unit(mean: torch.Tensor, log_variance: torch.Tensor) -> torch.Tensor:
    """(latent,) KL_i in nats of mean and log_variance (n, latent), as above."""
    return ((log_variance.exp() + mean.square() - 1 - log_variance) / 2).mean(dim=0)


def kl_term(per_unit: torch.Tensor, free_bits: float) -> torch.Tensor:
    """The sum over the units (latent,) of max(KL_i, free_bits)."""
    return per_unit.clamp(min=free_bits).sum()


def kl_weight(K: float, step: int, anneal_steps: int) -> float:
    """K, or while the `anneal_steps` first steps last the part of it that step (from 1) has reached: linear from 0."""
    return K * min(1.0, step / anneal_steps) if anneal_steps else K


def drawn(plan: str, n: int, rng: torch.Generator) -> torch.Tensor:
    """Which of n samples a step takes (m,), each once, and at most n; how often each is combined, `COMBINATIONS` says.

    Raises `ValueError` for a plan that is not among `PLANS`.
    """
    import torch

    if plan not in COMBINATIONS:
        raise ValueError(f"plan must be one of {PLANS}, not {plan!r}")
    return torch.randperm(n, generator=rng)[: COMBINATIONS[plan][0]]


def latents(mean: torch.Tensor, log_variance: torch.Tensor, rng: torch.Generator | None) -> torch.Tensor:
    """z = mean + exp(log_variance / 2) · e with e from N(0, I), drawn on the CPU (n, latent)."""
    import torch

    return mean + (log_variance / 2).exp() * torch.randn(mean.shape, generator=rng).to(mean)


def active_units(means: np.ndarray) -> np.ndarray:
    """(latent,) bool of means (n, latent), the encoder's of n samples without noise: which units tell them apart."""
    found: np.ndarray = means.var(axis=0) > ACTIVE_FROM
    return found


def fewest_active(n_units: int) -> int:
    """Of so many units: a third, and never more than `FEWEST_ACTIVE`."""
    return min(FEWEST_ACTIVE, -(-n_units // 3))


def collapse_words(n_active: int, n_units: int, plan: str) -> str:
    """What to say of a network with so few active units, or with the plan `per-image`; "" for nothing."""
    if plan == PER_IMAGE:
        return (
            "Each sample has a network of its own, which knows no other: what is made are near-copies of it. "
            f"Try {EIGHT_BY_EIGHT} sampling."
        )
    if n_active >= fewest_active(n_units):
        return ""
    said = f"{n_active or 'None'} of {n_units} latent units tell the samples apart: the posterior has collapsed"
    remedy = f"{EIGHT_BY_EIGHT} sampling" if plan == ONE_BY_64 else "a smaller K, KL annealing or free bits"
    return f"{said}, and what is made hardly differs. Try {remedy}."
