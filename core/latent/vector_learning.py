"""How the autoencoder of vectors learns, and how rows are made of what it has learnt."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core import variational
from core.rng import derived_seed
from core.settings import S3VAESettings

if TYPE_CHECKING:
    import torch

    from models.vector_vae import VectorVAE

MOST_UNITS = 16
"""Latent units; of fewer features that vary, as many as these."""
_LEARNING_RATE, _DECAYS, _EPSILON = 0.02, (0.9, 0.999), 1e-8


@dataclass(frozen=True, eq=False)
class Learnt:
    """What was learnt from rows: x (n, d) standardised by mean, sd (d,), of classes (n, classes), one-hot.

    networks: one of all rows, or one a row. n_active: latent units of n_units that tell the rows apart (see
    `variational.active_units`); a network of one row has none.
    """

    networks: tuple[VectorVAE, ...]
    x: torch.Tensor
    classes: torch.Tensor
    mean: np.ndarray
    sd: np.ndarray
    n_active: int
    n_units: int

    def rows_from(self, source: np.ndarray, seed: int) -> np.ndarray:
        """(q, d) rows of the posterior of the rows `source` (q,), on their own scale, with the noise layer on."""
        import torch

        rng = torch.Generator().manual_seed(seed)
        made = torch.empty(len(source), self.x.shape[1])
        with torch.no_grad():
            for number, network in enumerate(self.networks):
                mine = np.flatnonzero(source == number) if len(self.networks) > 1 else np.arange(len(source))
                classes = self.classes[source[mine]]
                z = variational.latents(*network.encode(self.x[source[mine]], classes, rng), rng)
                made[mine] = network.decode(z, classes)
        return made.numpy().astype(float) * self.sd + self.mean


def learn(X: np.ndarray, codes: np.ndarray, settings: S3VAESettings, seed: int) -> Learnt:
    """From rows X (n, d) with codes (n,) of their classes, from 0. Same seed, same bytes, whatever `settings.alpha`."""
    import torch

    # A constant's standard deviation may be its last bit.
    mean, sd = X.mean(axis=0), np.where(np.ptp(X, axis=0) > 0, X.std(axis=0), 0.0)
    x = torch.from_numpy((X - mean) / np.where(sd > 0, sd, 1.0)).float()
    classes = torch.nn.functional.one_hot(torch.from_numpy(codes)).float()
    n_units = min(max(int((sd > 0).sum()), 1), MOST_UNITS)
    alone = settings.plan == variational.PER_IMAGE
    parts = [[row] for row in range(len(x))] if alone else [list(range(len(x)))]
    networks, active = [], []
    for number, part in enumerate(parts):
        network = _trained(x[part], classes[part], n_units, settings, derived_seed(seed, "S3VAE", number))
        with torch.no_grad():
            means = network.encode(x[part], classes[part], noisy=False)[0]
        networks.append(network)
        active.append(int(variational.active_units(means.numpy()).sum()))
    return Learnt(tuple(networks), x, classes, mean, sd, max(active), n_units)


def _trained(x: torch.Tensor, classes: torch.Tensor, n_units: int, settings: S3VAESettings, seed: int) -> VectorVAE:
    import torch

    from models.vector_vae import VectorVAE

    rng = torch.Generator().manual_seed(seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = VectorVAE(x.shape[1], classes.shape[1], n_units, settings.sigma)
    n_combinations = variational.COMBINATIONS[settings.plan][1]

    def losses() -> Iterator[torch.Tensor]:
        for step in range(1, settings.steps + 1):
            rows = variational.drawn(settings.plan, len(x), rng).repeat(n_combinations)
            here, of = x[rows], classes[rows]
            mean, log_variance = network.encode(here, of, rng)
            squared = (network.decode(variational.latents(mean, log_variance, rng), of) - here).square()
            term = variational.kl_term(variational.kl_per_unit(mean, log_variance), settings.free_bits)
            weight = variational.kl_weight(settings.K, step, settings.anneal_steps)
            yield squared.sum(dim=1).mean() + weight * term

    _adam(network, losses())
    return network


def _adam(network: torch.nn.Module, losses: Iterator[torch.Tensor]) -> None:
    """A step of Adam (Kingma and Ba 2015) for each of the losses, of all weights as one vector.

    torch's own has the same result, but takes longer for so few weights, and imports torch._dynamo for seconds.
    """
    import torch

    weights = list(network.parameters())
    vector = torch.nn.utils.parameters_to_vector(weights).detach()
    torch.nn.utils.vector_to_parameters(vector, weights)
    average, squares = torch.zeros_like(vector), torch.zeros_like(vector)
    for step, loss in enumerate(losses, start=1):
        slope = torch.cat([each.flatten() for each in torch.autograd.grad(loss, weights)])
        average.lerp_(slope, 1 - _DECAYS[0])
        squares.mul_(_DECAYS[1]).addcmul_(slope, slope, value=1 - _DECAYS[1])
        rate, shrunk = (1 - decay**step for decay in _DECAYS)
        vector.addcdiv_(average, (squares / shrunk).sqrt_().add_(_EPSILON), value=-_LEARNING_RATE / rate)
