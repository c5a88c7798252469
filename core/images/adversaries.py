"""A generator and a discriminator against each other: one step of training, and the generator that images come from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy

import numpy as np
import torch
from torch import nn

from core.images.device import adam_state, best_device, placed, precision, restore_adam
from core.images.settings import GanSettings
from core.rng import derived_seed
from models.dcgan import Discriminator, Generator

CHUNK = 32
"""Latents that are decoded at once."""
N_CALIBRATION = 256


class Adversaries:
    """Both networks, their optimisers, the averaged generator and the random numbers, on a GPU where there is one.

    Memory format and precision are those of `core.images.device`. Random numbers are drawn on the CPU by `rng`, so
    that they do not depend on the device. Raises `ValueError` for sizes that `models.dcgan` does not know.
    """

    def __init__(self, settings: GanSettings) -> None:
        self.settings = settings
        self.device = best_device()
        self.rng = torch.Generator().manual_seed(derived_seed(settings.random_state, "GAN batches and latents"))
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(derived_seed(settings.random_state, "GAN weights"))
            generator = Generator(settings.size, settings.channels, settings.latent, settings.norm)
            discriminator = Discriminator(settings.size, settings.channels, settings.norm)
        self.generator, self.discriminator = placed(generator, self.device), placed(discriminator, self.device)
        self.average = None if settings.ema is None else deepcopy(self.generator)
        self.optimizers = {"generator": self._adam(self.generator), "discriminator": self._adam(self.discriminator)}

    def _adam(self, network: nn.Module) -> torch.optim.Adam:
        s = self.settings
        return torch.optim.Adam(network.parameters(), s.learning_rate, (s.beta1, s.beta2), fused=True)

    def step(self, images: torch.Tensor) -> tuple[float, float]:
        """Losses of generator and discriminator on a batch drawn from images (n, c, s, s), each trained once.

        With D the discriminator's logit and BCE(logit, label) the binary cross-entropy (Goodfellow et al. 2014, the
        generator's loss in its form that does not saturate):

            loss_d = BCE(D(x), 1) + BCE(D(G(z)), 0)        loss_g = BCE(D(G(z)), 1), with the new D and the same z
        """
        size = min(self.settings.batch, len(images))
        batch = images[torch.randperm(len(images), generator=self.rng)[:size].to(images.device)]
        z = torch.randn(size, self.settings.latent, generator=self.rng).to(self.device)
        with precision(self.device):
            made = self.generator(z)
            loss_d = _bce(self.discriminator(batch), 1.0) + _bce(self.discriminator(made.detach()), 0.0)
        self._descend("discriminator", self.discriminator, loss_d)
        with precision(self.device):
            loss_g = _bce(self.discriminator(made), 1.0)
        self._descend("generator", self.generator, loss_g)
        if self.average is not None and self.settings.ema is not None:
            with (
                torch.no_grad()
            ):  # weights alone: running means of BatchNorm belong to the weights they were seen under
                for ours, theirs in zip(self.average.parameters(), self.generator.parameters(), strict=True):
                    ours.lerp_(theirs, 1.0 - self.settings.ema)
        return loss_g.item(), loss_d.item()

    def state(self) -> dict[str, torch.Tensor]:
        """All that the next step depends on, by name, on the CPU; `restore` reads it."""
        found = {
            f"{name}.{key}": value
            for name, network in self._networks().items()
            for key, value in network.state_dict().items()
        }
        for name, optimizer in self.optimizers.items():
            found |= {f"adam.{name}.{key}": value for key, value in adam_state(optimizer).items()}
        return {name: value.detach().cpu().contiguous() for name, value in found.items()} | {
            "rng": self.rng.get_state()
        }

    def restore(self, state: Mapping[str, torch.Tensor]) -> None:
        """Go on from `state`: the steps that follow are the same bit for bit, on the device that it was taken on."""
        for name, network in self._networks().items():
            network.load_state_dict({key: state[f"{name}.{key}"] for key in network.state_dict()})
        for name, optimizer in self.optimizers.items():
            own = f"adam.{name}."
            restore_adam(
                optimizer, {key.removeprefix(own): value for key, value in state.items() if key.startswith(own)}
            )
        self.rng.set_state(state["rng"])

    def _networks(self) -> dict[str, nn.Module]:
        both: dict[str, nn.Module] = {"generator": self.generator, "discriminator": self.discriminator}
        return both if self.average is None else both | {"average": self.average}

    def _descend(self, name: str, network: nn.Module, loss: torch.Tensor) -> None:
        loss.backward(inputs=list(network.parameters()))  # no gradients for the weights of the other one
        self.optimizers[name].step()
        self.optimizers[name].zero_grad()

    def sampler(self) -> Generator:
        """A copy of the generator that images come from, averaged if asked for, as it decodes: in evaluation mode.

        An averaged one with BatchNorm gets running means of its own, measured on its own maps of fixed latents.
        """
        network = deepcopy(self.generator if self.average is None else self.average)
        norms = [module for module in network.modules() if isinstance(module, nn.BatchNorm2d)]
        if self.average is not None and norms:
            for norm in norms:
                norm.reset_running_stats()
                norm.momentum = None  # the mean over what is seen from here on
            z = fixed_latents(self.settings, N_CALIBRATION, "calibration")
            with torch.no_grad():
                network.train()(torch.from_numpy(z).to(self.device))
        return network.eval()


def decode(network: Generator, z: np.ndarray) -> Iterator[np.ndarray]:
    """Images in pieces (`CHUNK`, c, s, s) float32 of latents (m, latent), the last shorter.

    The network always gets `CHUNK` latents, the last filled up: how products are summed depends on their number, so an
    image would otherwise differ in its last bit with how many were asked for beside it.
    """
    weights = network.project.weight
    for first in range(0, len(z), CHUNK):
        piece = torch.from_numpy(np.ascontiguousarray(z[first : first + CHUNK], np.float32))
        filled = torch.zeros(CHUNK, z.shape[1])
        filled[: len(piece)] = piece
        with torch.no_grad():
            yield network(filled.to(weights.device))[: len(piece)].cpu().numpy()


def fixed_latents(settings: GanSettings, n: int, purpose: str) -> np.ndarray:
    """(n, latent) float32 from N(0, 1), always the same for a purpose."""
    rng = torch.Generator().manual_seed(derived_seed(settings.random_state, "GAN", purpose))
    return torch.randn(n, settings.latent, generator=rng).numpy()


def _bce(logits: torch.Tensor, label: float) -> torch.Tensor:
    return nn.functional.binary_cross_entropy_with_logits(logits, torch.full_like(logits, label))
