"""How the training of a GAN went."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from core.images.training_history import TrainingHistory, none_yet


@dataclass(frozen=True, eq=False)
class GanHistory(TrainingHistory):
    """loss_g, loss_d: (h,) means over the steps since the look before.

    kid: (h,) of images of fixed latents against the originals of the class, `core.images.metrics.kid`.
    """

    loss_g: np.ndarray = field(default_factory=none_yet)
    loss_d: np.ndarray = field(default_factory=none_yet)
    kid: np.ndarray = field(default_factory=none_yet)

    @property
    def best(self) -> int:
        """Place of the lowest KID, the first of equals."""
        return int(np.nanargmin(self.kid))
