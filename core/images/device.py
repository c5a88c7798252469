"""Where networks work: on a GPU where there is one, in the memory format and the precision that are fast."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import torch
from torch import nn

Network = TypeVar("Network", bound=nn.Module)


def best_device() -> torch.device:
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def placed(network: Network, device: torch.device) -> Network:
    """On the device, in the memory format that is fast on a GPU, and on a CPU by a tenth for a VAE."""
    network = network.to(device)
    for weights in network.parameters():
        if weights.dim() == 4:
            # Not `contiguous`, which leaves the weights of a single channel as they are; the maps behind such a layer
            # would then be in the other format, and be copied forth and back in every step.
            weights.data = torch.empty_like(weights, memory_format=torch.channels_last).copy_(weights.data)
    return network


def precision(device: torch.device) -> torch.autocast:
    """A block in bfloat16 on a GPU, in float32 on a CPU."""
    return torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda")


def adam_state(optimizer: torch.optim.Optimizer) -> dict[str, torch.Tensor]:
    """What Adam remembers, by the number of the weights and the name of the moment."""
    return {
        f"{number}.{key}": value
        for number, weights in enumerate(optimizer.param_groups[0]["params"])
        for key, value in optimizer.state[weights].items()
    }


def restore_adam(optimizer: torch.optim.Optimizer, state: Mapping[str, torch.Tensor]) -> None:
    """Undo `adam_state`, for an optimizer of the same weights."""
    for number, weights in enumerate(optimizer.param_groups[0]["params"]):
        if f"{number}.step" not in state:  # no step was taken with these weights yet
            continue
        moments = {key: torch.empty_like(weights).copy_(state[f"{number}.{key}"]) for key in ("exp_avg", "exp_avg_sq")}
        optimizer.state[weights] = {"step": state[f"{number}.step"].to(weights.device), **moments}
