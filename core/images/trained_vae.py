"""A trained VAE: images to latent units and back, new images of a class, and the file it is kept in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from core.errors import UserError
from core.files import atomic_write
from core.images.settings import VaeSettings
from core.images.vae_history import VaeHistory
from core.types import Progress
from core.variational import PER_IMAGE

if TYPE_CHECKING:
    import torch

    from models.cvae import ConditionalVae

CARD = "card"


@dataclass(frozen=True, eq=False)
class TrainedVae:
    """The networks with the lowest loss of a training: one, or with the plan `per-image` one of each image."""

    networks: tuple[ConditionalVae, ...]
    settings: VaeSettings
    n_classes: int
    history: VaeHistory

    @property
    def step(self) -> int:
        return int(self.history.step[self.history.best])

    @property
    def n_active(self) -> int:
        return int(self.history.active[self.history.best])

    @property
    def of_each(self) -> bool:
        """Whether the i-th image that was trained on has the i-th network, which knows no other."""
        return self.settings.plan == PER_IMAGE

    def code(
        self,
        images: np.ndarray,
        labels: np.ndarray,
        networks: np.ndarray | None = None,
        rng: np.random.Generator | None = None,
        progress: Progress | None = None,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Mean and standard deviation (n, latent) of the posterior of images (n, c, s, s) of classes (n,).

        networks: (n,) which of the networks, without it the first. rng: draws the noise on the features, as in
        training; None for none. Raises `Cancelled`.
        """
        from core.images.coding import code

        return code(self, images, labels, networks, rng, progress)

    def decode(
        self,
        z: np.ndarray,
        labels: np.ndarray,
        networks: np.ndarray | None = None,
        progress: Progress | None = None,
    ) -> np.ndarray:
        """Images (n, c, s, s) float32 in [0, 1] of z (n, latent) and classes (n,).

        An image depends on its own z alone, to the last bit, whichever others are decoded beside it.
        """
        from core.images.coding import decode

        return decode(self, z, labels, networks, progress)

    def reconstructed(
        self,
        images: np.ndarray,
        labels: np.ndarray,
        networks: np.ndarray | None = None,
        progress: Progress | None = None,
    ) -> np.ndarray:
        """What the means of images (n, c, s, s), without noise, are decoded to."""
        return self.decode(self.code(images, labels, networks, None, progress)[0], labels, networks, progress)

    def save(self, path: Path) -> None:
        """As safetensors: weights and history, the settings as JSON in the head. Raises `UserError` on a full disk."""
        import torch
        from safetensors.torch import save

        weights = {
            f"network.{number}.{name}": value.cpu().contiguous()
            for number, network in enumerate(self.networks)
            for name, value in network.state_dict().items()
        }
        told = {f"history.{name}": torch.from_numpy(array) for name, array in self.history.arrays().items()}
        card = {"settings": asdict(self.settings), "n_classes": self.n_classes, "n_networks": len(self.networks)}
        atomic_write(path, save(weights | told, {CARD: json.dumps(card)}))

    @classmethod
    def load(cls, path: Path) -> TrainedVae:
        """What `save` wrote. Raises `UserError` for any other file."""
        import torch
        from safetensors import SafetensorError, safe_open

        try:
            with safe_open(path, "pt") as file:
                card = json.loads(file.metadata()[CARD])
                names = [name for name in file.keys() if name.startswith("network.")]  # noqa: SIM118 - it is no dict
                settings, n_networks = VaeSettings(**card["settings"]), card["n_networks"]
                if n_networks != len({name.split(".")[1] for name in names}) or n_networks < 1:
                    raise ValueError("another number of networks")
                if n_networks > 1 and settings.plan != PER_IMAGE:
                    raise ValueError("several networks where one learns from all images")
                weights = {name.removeprefix("network."): file.get_tensor(name) for name in names}
                if any(value.dtype != torch.float32 for value in weights.values()):
                    raise TypeError("weights of another kind of number")
                kept = {name: file.get_tensor(f"history.{name}").numpy() for name in VaeHistory().arrays()}
            history = VaeHistory.restored(kept)
            history.loss[history.best], history.step[history.best], history.active[history.best]  # all must be there
            return cls.of(weights, settings, card["n_classes"], history)
        except (OSError, SafetensorError, LookupError, TypeError, ValueError, RuntimeError) as error:
            raise UserError(
                f"{path.name} is not a VAE of this program.",
                "It is damaged, or something else wrote it.",
                "Train it again.",
            ) from error

    @classmethod
    def of(
        cls, weights: Mapping[str, torch.Tensor], settings: VaeSettings, n_classes: int, history: VaeHistory
    ) -> TrainedVae:
        """From weights by the number of the network and the name, as `Autoencoders.weights` gives them."""
        import torch

        from core.images.autoencoders import network_of
        from core.images.device import best_device, placed

        networks = []
        for number in range(len({name.split(".", 1)[0] for name in weights})):
            with torch.device("meta"):  # takes no memory, whatever the settings of a made-up file ask for
                network = network_of(settings, n_classes)
            own = {name: weights[f"{number}.{name}"] for name in network.state_dict()}
            network.load_state_dict(own, assign=True)
            networks.append(placed(network, best_device()).eval())
        return cls(tuple(networks), settings, n_classes, history)
