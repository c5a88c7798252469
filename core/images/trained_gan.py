"""A trained generator: latent vectors to images, and the file it is kept in."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from core.errors import UserError
from core.files import atomic_write
from core.images.gan_history import GanHistory
from core.images.settings import GanSettings

if TYPE_CHECKING:
    from models.dcgan import Generator

SETTINGS = "settings"


@dataclass(frozen=True, eq=False)
class TrainedGan:
    """The generator with the lowest KID of a training, in evaluation mode.

    step, kid: when it was that, and how low. history: of the training that it comes from.
    """

    network: Generator
    settings: GanSettings
    history: GanHistory

    @property
    def step(self) -> int:
        return int(self.history.step[self.history.best])

    @property
    def kid(self) -> float:
        return float(self.history.kid[self.history.best])

    def decode(self, z: np.ndarray) -> np.ndarray:
        """Images (m, c, s, s) float32 in [0, 1] of latents z (m, latent).

        An image depends on its own latent alone, to the last bit: whichever others are decoded beside it.
        """
        from core.images.adversaries import decode

        shape = (0, self.settings.channels, self.settings.size, self.settings.size)
        return np.concatenate([np.empty(shape, np.float32), *decode(self.network, z)])

    def save(self, path: Path) -> None:
        """As safetensors: weights and history, the settings as JSON in the head. Raises `UserError` on a full disk."""
        import torch
        from safetensors.torch import save

        weights = {f"network.{name}": value.cpu().contiguous() for name, value in self.network.state_dict().items()}
        told = {f"history.{name}": torch.from_numpy(array) for name, array in self.history.arrays().items()}
        atomic_write(path, save(weights | told, {SETTINGS: json.dumps(asdict(self.settings))}))

    @classmethod
    def load(cls, path: Path) -> TrainedGan:
        """What `save` wrote. Raises `UserError` for any other file."""
        import torch
        from safetensors import SafetensorError, safe_open

        from core.images.device import best_device, placed
        from models.dcgan import Generator

        try:
            with safe_open(path, "pt") as file:
                settings = GanSettings(**json.loads(file.metadata()[SETTINGS]))
                with torch.device("meta"):  # takes no memory, whatever the settings of a made-up file ask for
                    network = Generator(settings.size, settings.channels, settings.latent, settings.norm)
                weights = {name: file.get_tensor(f"network.{name}") for name in network.state_dict()}
                network.load_state_dict(weights, assign=True)
                history = GanHistory.restored(
                    {n: file.get_tensor(f"history.{n}").numpy() for n in GanHistory().arrays()}
                )
                history.kid[history.best], history.step[history.best]  # both must be there
        except (OSError, SafetensorError, LookupError, TypeError, ValueError, RuntimeError) as error:
            raise UserError(
                f"{path.name} is not a generator of this program.",
                "It is damaged, or something else wrote it.",
                "Train the generator again.",
            ) from error
        return cls(placed(network, best_device()).eval(), settings, history)
