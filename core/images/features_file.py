"""Fitted features in a file, so that numbers of a later run compare with those of an earlier one."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from core.errors import UserError
from core.files import atomic_write
from core.images.features import Features
from models.feature_network import FeatureNetwork

_SHAPE = "shape"


def save_features(features: Features, size: int, channels: int, path: Path) -> None:
    """As safetensors: weights, means and deviations; what the network is for as JSON in the head.

    size, channels: of the images that it was fitted to. Raises `UserError` on a full disk.
    """
    weights = {f"network.{name}": value.contiguous() for name, value in features.network.state_dict().items()}
    scale = {"mean": torch.from_numpy(features.mean), "sd": torch.from_numpy(features.sd)}
    shape = [size, channels, features.network.head.out_features]
    path.parent.mkdir(parents=True, exist_ok=True)
    atomic_write(path, save(weights | scale, {_SHAPE: json.dumps(shape)}))


def load_features(path: Path) -> Features:
    """What `save_features` wrote. Raises `UserError` for any other file."""
    try:
        with safe_open(path, "pt") as file:
            network = FeatureNetwork(*json.loads(file.metadata()[_SHAPE]))
            network.load_state_dict({name: file.get_tensor(f"network.{name}") for name in network.state_dict()})
            mean, sd = (file.get_tensor(name).numpy() for name in ("mean", "sd"))
    except (OSError, SafetensorError, LookupError, TypeError, ValueError, RuntimeError) as error:
        raise UserError(
            f"{path.name} does not hold the features that images are compared in.",
            "It is damaged, or something else wrote it.",
            "Train the generator again.",
        ) from error
    return Features(network.eval(), mean, sd)
