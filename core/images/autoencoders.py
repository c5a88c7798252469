"""A VAE in training: one network of all images or, for single-sample sampling taken literally, one of each image."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch.nn.functional import one_hot

from core.images.device import adam_state, best_device, placed, precision, restore_adam
from core.images.settings import VaeSettings
from core.rng import derived_seed
from core.types import Progress, check_cancelled
from core.variational import COMBINATIONS, PER_IMAGE, drawn, kl_per_unit, kl_term, kl_weight, latents
from models.cvae import ConditionalVae

CHUNK = 64
"""Images that are looked at at once."""


@dataclass(frozen=True, eq=False)
class Terms:
    """Of one step or look. reconstruction: sum of squared errors of an image, mean; kl: (latent,) nats of each unit."""

    reconstruction: torch.Tensor
    kl: torch.Tensor

    def loss(self, weight: float, free_bits: float) -> torch.Tensor:
        """Reconstruction + weight · KL, see `core.variational`."""
        return self.reconstruction + weight * kl_term(self.kl, free_bits)


class Autoencoders:
    """The networks, their optimisers and the random numbers, on a GPU where there is one.

    n_networks: 1, or with the plan `per-image` as many as there are images; these take turns. Random numbers are drawn
    on the CPU by `rng`, so that they do not depend on the device. Raises `ValueError` for sizes and numbers of layers
    that `models.cvae` does not know.
    """

    def __init__(self, settings: VaeSettings, n_classes: int, n_networks: int = 1) -> None:
        self.settings, self.n_classes = settings, n_classes
        self.device = best_device()
        self.rng = torch.Generator().manual_seed(derived_seed(settings.random_state, "VAE batches and noise"))
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(derived_seed(settings.random_state, "VAE weights"))
            self.networks = [placed(network_of(settings, n_classes), self.device) for _ in range(n_networks)]
        self.optimizers = [
            torch.optim.Adam(network.parameters(), settings.learning_rate, fused=True) for network in self.networks
        ]

    def step(self, images: torch.Tensor, labels: torch.Tensor, number: int) -> Terms:
        """Step `number`, from 1, on images (n, c, s, s) of classes (n,), as the sampling plan takes them.

        An image of m combinations goes through the coding layers once: noise and z are drawn m times behind them.
        """
        s = self.settings
        if s.plan == PER_IMAGE:
            which = (number - 1) % len(images)
            chosen, turn = torch.tensor([which]), which
        else:
            chosen, turn = drawn(s.plan, len(images), self.rng), 0
        n_times = COMBINATIONS[s.plan][1]
        terms = terms_of(self.networks[turn], images[chosen], self._told(labels[chosen]), n_times, self.rng)
        loss = terms.loss(kl_weight(s.K, number, s.anneal_steps), s.free_bits)
        loss.backward()
        self.optimizers[turn].step()
        self.optimizers[turn].zero_grad()
        return Terms(terms.reconstruction.detach(), terms.kl.detach())

    def _told(self, labels: torch.Tensor) -> torch.Tensor:
        return one_hot(labels, self.n_classes).float()

    def weights(self) -> dict[str, torch.Tensor]:
        """Of all networks by the number of the network and the name, copied to the CPU."""
        return {
            f"{number}.{name}": value.detach().cpu().clone(memory_format=torch.contiguous_format)
            for number, network in enumerate(self.networks)
            for name, value in network.state_dict().items()
        }

    def state(self) -> dict[str, torch.Tensor]:
        """All that the next step depends on, by name, on the CPU; `restore` reads it."""
        adam = {
            f"adam.{number}.{key}": value.cpu().contiguous()
            for number, optimizer in enumerate(self.optimizers)
            for key, value in adam_state(optimizer).items()
        }
        return (
            {f"network.{name}": value for name, value in self.weights().items()} | adam | {"rng": self.rng.get_state()}
        )

    def restore(self, state: Mapping[str, torch.Tensor]) -> None:
        """Go on from `state`: the steps that follow are the same bit for bit, on the device that it was taken on."""
        for number, (network, optimizer) in enumerate(zip(self.networks, self.optimizers, strict=True)):
            network.load_state_dict({name: state[f"network.{number}.{name}"] for name in network.state_dict()})
            own = f"adam.{number}."
            restore_adam(optimizer, {key[len(own) :]: value for key, value in state.items() if key.startswith(own)})
        self.rng.set_state(state["rng"])


def network_of(settings: VaeSettings, n_classes: int) -> ConditionalVae:
    """A new network, with weights from torch's random numbers."""
    s = settings
    return ConditionalVae(s.size, s.channels, n_classes, s.n_layers, s.latent, s.sigma)


def terms_of(
    network: ConditionalVae, images: torch.Tensor, told: torch.Tensor, n_times: int, rng: torch.Generator
) -> Terms:
    """Of images (n, c, s, s) with classes told (n, n_classes), each combined n_times with noise and z from `rng`."""
    with precision(images.device):
        features = network.features(images).repeat_interleave(n_times, dim=0)
        repeated = told.repeat_interleave(n_times, dim=0)
        mean, log_variance = network.posterior(features, repeated, rng)
        made = torch.sigmoid(network.logits(latents(mean, log_variance, rng), repeated))
        apart = made.unflatten(0, (len(images), n_times)) - images.unsqueeze(1)
    error = apart.float().square().sum() / (len(images) * n_times)
    return Terms(error, kl_per_unit(mean.float(), log_variance.float()))


def looked_at(
    networks: list[ConditionalVae], images: np.ndarray, labels: np.ndarray, random_state: int, progress: Progress
) -> tuple[Terms, np.ndarray]:
    """Terms over images (n, c, s, s) with always the same noise, and the means (n, latent) that they get without any.

    With several networks, image i goes through network i. Raises `Cancelled`: large images take seconds.
    """
    rng = torch.Generator().manual_seed(derived_seed(random_state, "VAE look"))
    reconstruction, kl, means = [], [], []
    size = 1 if len(networks) > 1 else CHUNK
    with torch.no_grad():
        for first in range(0, len(images), size):
            check_cancelled(progress)
            network = networks[first if len(networks) > 1 else 0]
            device = network.mean.weight.device
            piece = torch.from_numpy(np.ascontiguousarray(images[first : first + size], np.float32)).to(device)
            classes = torch.from_numpy(np.ascontiguousarray(labels[first : first + size], np.int64))
            told = one_hot(classes, network.n_classes).float().to(device)
            terms = terms_of(network, piece, told, 1, rng)
            reconstruction.append(terms.reconstruction * len(piece))
            kl.append(terms.kl * len(piece))
            means.append(network.posterior(network.features(piece), told, None)[0].float().cpu().numpy())
    n = len(images)
    return Terms(torch.stack(reconstruction).sum() / n, torch.stack(kl).sum(dim=0) / n), np.concatenate(means)
