"""The one file that a training goes on from: safetensors, with what it was made from as JSON in its head."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, Protocol

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from core.files import atomic_write
from core.images.training_history import CHECKPOINT, History

MADE_FROM = "made_from"


class Trained(Protocol):
    """Networks in training, with all that their next step depends on."""

    def state(self) -> dict[str, torch.Tensor]:
        """All of it by name, on the CPU."""

    def restore(self, state: Mapping[str, torch.Tensor]) -> None:
        """Go on from what `state` gave: the steps that follow are the same bit for bit."""


@dataclass
class Progressed(Generic[History]):
    """What a training has besides its networks. best: the best weights so far, by name."""

    history: History
    best: dict[str, torch.Tensor] = field(default_factory=dict)


def write(folder: Path, made_from: Mapping[str, Any], trained: Trained, progressed: Progressed[Any]) -> None:
    """Replace the checkpoint in `folder`, whole or not at all. Raises `UserError` on a full disk."""
    tensors = {f"now.{name}": value for name, value in trained.state().items()}
    tensors |= {f"best.{name}": value for name, value in progressed.best.items()}
    tensors |= {f"history.{name}": torch.from_numpy(array) for name, array in progressed.history.arrays().items()}
    folder.mkdir(parents=True, exist_ok=True)
    atomic_write(folder / CHECKPOINT, save(tensors, {MADE_FROM: _told(made_from, trained)}))


def read(
    folder: Path, made_from: Mapping[str, Any], trained: Trained, kind: type[History], most_steps: int, every: int
) -> Progressed[History]:
    """Set `trained` to the checkpoint in `folder`, if one made from the same is there with at most `most_steps`.

    One that was made from something else, by other networks, or is damaged, is not gone on from: the training then
    begins anew. So it does after one that ended between two looks, `every` steps apart, and shall now go further.
    """
    try:
        with safe_open(folder / CHECKPOINT, "pt") as file:
            if (file.metadata() or {}).get(MADE_FROM) != _told(made_from, trained):
                return Progressed(kind())
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - it is no dict
    except (FileNotFoundError, SafetensorError):
        return Progressed(kind())
    parts: dict[str, dict[str, torch.Tensor]] = {"now": {}, "best": {}, "history": {}}
    for name, value in tensors.items():
        part, _, key = name.partition(".")
        parts[part][key] = value
    history = kind.restored({name: value.numpy() for name, value in parts["history"].items()})
    between_looks = history.steps_done % every and history.steps_done < most_steps
    if history.steps_done > most_steps or between_looks:
        return Progressed(kind())
    trained.restore(parts["now"])
    return Progressed(history, parts["best"])


def _told(made_from: Mapping[str, Any], trained: Trained) -> str:
    """With the shapes of the weights: another version of the program may have other networks."""
    shapes = {name: list(value.shape) for name, value in trained.state().items() if not name.startswith("adam.")}
    return json.dumps({**made_from, "shapes": shapes}, sort_keys=True)
