"""How a training went, readable while it runs and without torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

CHECKPOINT = "checkpoint.safetensors"
"""Name of the file in the training's folder that it goes on from."""

History = TypeVar("History", bound="TrainingHistory")


def none_yet() -> np.ndarray:
    return np.empty(0)


@dataclass(frozen=True, eq=False)
class TrainingHistory:
    """step: (h,) after how many it was looked; the fields of the kinds of training are arrays (h, …) beside it."""

    step: np.ndarray = field(default_factory=none_yet)

    @property
    def steps_done(self) -> int:
        return int(self.step[-1]) if len(self.step) else 0

    def and_then(self: History, **values: Any) -> History:
        """With one more look, given by the names of the fields."""
        arrays = self.arrays()
        return type(self)(
            **{
                name: np.concatenate([array, [values[name]]]) if len(array) else np.array([values[name]])
                for name, array in arrays.items()
            }
        )

    def arrays(self) -> dict[str, np.ndarray]:
        return {each.name: getattr(self, each.name) for each in fields(self)}

    @classmethod
    def restored(cls: type[History], arrays: Mapping[str, np.ndarray]) -> History:
        return cls(**{each.name: arrays[each.name] for each in fields(cls)})

    @classmethod
    def read(cls: type[History], folder: Path) -> History:
        """Of a training in `folder`, up to its last checkpoint; empty before the first."""
        from safetensors import safe_open

        path = folder / CHECKPOINT
        if not path.is_file():
            return cls()
        with safe_open(path, "np") as file:
            return cls.restored({each.name: file.get_tensor(f"history.{each.name}") for each in fields(cls)})
