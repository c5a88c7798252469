"""How the training of a VAE went."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from core.images.training_history import TrainingHistory, none_yet


@dataclass(frozen=True, eq=False)
class VaeHistory(TrainingHistory):
    """reconstruction, kl: (h,) means over the steps since the look before: sum of squared errors of an image, nats.

    Of the images trained on, always with the same noise: loss (h,), with the whole K; kl_per_unit (h, latent); active
    (h,), number of active units, 0 with a network of each image, which knows nothing to tell it from. All as
    `core.variational` has them.
    """

    reconstruction: np.ndarray = field(default_factory=none_yet)
    kl: np.ndarray = field(default_factory=none_yet)
    loss: np.ndarray = field(default_factory=none_yet)
    active: np.ndarray = field(default_factory=none_yet)
    kl_per_unit: np.ndarray = field(default_factory=none_yet)

    @property
    def best(self) -> int:
        """Place of the lowest loss, the first of equals."""
        return int(np.nanargmin(self.loss))

    def is_over(self, patience: int, tolerance: float) -> bool:
        """Whether none of the last `patience` looks has a loss lower by more than `tolerance` of it than before."""
        if len(self.loss) <= patience:
            return False
        before = float(self.loss[:-patience].min())
        return float(self.loss[-patience:].min()) >= before - tolerance * abs(before)
