"""The one file that a training goes on from: safetensors, with what it was made from as JSON in its head."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from core.files import atomic_write
from core.images.adversaries import Adversaries
from core.images.gan_history import CHECKPOINT, History

MADE_FROM = "made_from"


@dataclass
class Progressed:
    """What a training has besides its networks. best: weights of the sampler with the lowest KID, by name."""

    history: History = field(default_factory=History)
    best: dict[str, torch.Tensor] = field(default_factory=dict)


def write(folder: Path, made_from: Mapping[str, Any], adversaries: Adversaries, progressed: Progressed) -> None:
    """Replace the checkpoint in `folder`, whole or not at all. Raises `UserError` on a full disk."""
    tensors = {f"now.{name}": value for name, value in adversaries.state().items()}
    tensors |= {f"best.{name}": value for name, value in progressed.best.items()}
    tensors |= {f"history.{name}": torch.from_numpy(array) for name, array in progressed.history.arrays().items()}
    folder.mkdir(parents=True, exist_ok=True)
    atomic_write(folder / CHECKPOINT, save(tensors, {MADE_FROM: json.dumps(made_from, sort_keys=True)}))


def read(folder: Path, made_from: Mapping[str, Any], adversaries: Adversaries, most_steps: int) -> Progressed:
    """Set `adversaries` to the checkpoint in `folder`, if one made from the same is there with at most `most_steps`.

    One that was made from something else, or is damaged, is not gone on from: the training then begins anew.
    """
    try:
        with safe_open(folder / CHECKPOINT, "pt") as file:
            if (file.metadata() or {}).get(MADE_FROM) != json.dumps(made_from, sort_keys=True):
                return Progressed()
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - it is no dict
    except (FileNotFoundError, SafetensorError):
        return Progressed()
    parts: dict[str, dict[str, torch.Tensor]] = {"now": {}, "best": {}, "history": {}}
    for name, value in tensors.items():
        part, _, key = name.partition(".")
        parts[part][key] = value
    history = History.restored({name: value.numpy() for name, value in parts["history"].items()})
    if history.steps_done > most_steps:
        return Progressed()
    adversaries.restore(parts["now"])
    return Progressed(history, parts["best"])
