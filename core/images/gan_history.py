"""How the training of a GAN went, readable while it runs and without torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

import numpy as np

CHECKPOINT = "checkpoint.safetensors"
"""Name of the file in the training's folder that it goes on from."""


def _none() -> np.ndarray:
    return np.empty(0)


@dataclass(frozen=True, eq=False)
class History:
    """step: (h,) after how many it was looked. loss_g, loss_d: (h,) means over the steps since the look before.

    kid: (h,) of images of fixed latents against the originals of the class, `core.images.metrics.kid`.
    """

    step: np.ndarray = field(default_factory=_none)
    loss_g: np.ndarray = field(default_factory=_none)
    loss_d: np.ndarray = field(default_factory=_none)
    kid: np.ndarray = field(default_factory=_none)

    @property
    def steps_done(self) -> int:
        return int(self.step[-1]) if len(self.step) else 0

    @property
    def best(self) -> int:
        """Place of the lowest KID, the first of equals."""
        return int(np.nanargmin(self.kid))

    def and_then(self, **values: float) -> History:
        """With one more look, given by the names of the fields."""
        return History(**{name: np.append(array, values[name]) for name, array in self.arrays().items()})

    def arrays(self) -> dict[str, np.ndarray]:
        return {each.name: getattr(self, each.name) for each in fields(self)}

    @classmethod
    def restored(cls, arrays: Mapping[str, np.ndarray]) -> History:
        return cls(**{each.name: arrays[each.name] for each in fields(cls)})


def history_of(folder: Path) -> History:
    """Of a training in `folder`, up to its last checkpoint; empty before the first."""
    from safetensors import safe_open

    path = folder / CHECKPOINT
    if not path.is_file():
        return History()
    with safe_open(path, "np") as file:
        return History.restored({each.name: file.get_tensor(f"history.{each.name}") for each in fields(History)})
