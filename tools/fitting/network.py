"""The network of `core.faces.regression`: several trained alike, side by side in one that gives their mean.

Examples are disturbed anew each time they are shown.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from core.faces.features import mirrored
from core.faces.regression import side_inputs
from core.types import ACTION_UNITS, SIDED_ACTION_UNITS
from tools.fitting.examples import Examples

SETTINGS: dict[str, Any] = {
    "random_state": 0,
    "networks": 3,
    "hidden": 64,
    "weight_decay": 1e-3,
    "learning_rate": 2e-3,
    "batch_size": 256,
    "epochs": 30,
    "gain_sd": 0.5,
    "noise_sd": 0.4,
}
"""gain_sd, noise_sd: each time that it is shown, an example has its inputs multiplied by exp(N(0, gain_sd²)), one
factor an input, person, side and epoch, and N(0, noise_sd²) added, in standard deviations of the input: real faces are
not the rendered ones, and this keeps the network from leaning on what is small and exact in these."""

_SIDED = [ACTION_UNITS.index(unit) for unit in SIDED_ACTION_UNITS]
_UNIT = 2.0
"""Intensities are divided by it in training, so that they are about as large as the inputs."""


def train(cast: list[Examples]) -> dict[str, np.ndarray]:
    """The arrays that `core.faces.regression.NETWORK` names."""
    inputs, truths, shown_by = _shown(cast)
    scale = inputs.std(axis=0)
    seeds = range(SETTINGS["random_state"], SETTINGS["random_state"] + SETTINGS["networks"])
    layers = [_layers(inputs / scale, truths / _UNIT, shown_by, seed) for seed in seeds]
    hidden, bias, output = (np.concatenate(each, axis=-1) for each in zip(*layers, strict=True))
    return {
        "scale": scale.astype(np.float32),
        "hidden_weights": hidden,
        "hidden_bias": bias,
        "output_weights": np.ascontiguousarray(output.T) * np.float32(_UNIT / len(layers)),
    }


def _layers(inputs: np.ndarray, truths: np.ndarray, shown_by: np.ndarray, seed: int) -> tuple[np.ndarray, ...]:
    """Weights (k, h) and bias (h,) of the hidden layer, weights (17, h) of the output of one network."""
    import torch

    torch.manual_seed(seed)
    torch.set_num_threads(1)
    x, y = (torch.tensor(values, dtype=torch.float32) for values in (inputs, truths))
    whose, n_inputs = torch.tensor(shown_by), inputs.shape[1]
    network = torch.nn.Sequential(
        torch.nn.Linear(n_inputs, SETTINGS["hidden"]),
        torch.nn.ReLU(),
        torch.nn.Linear(SETTINGS["hidden"], len(ACTION_UNITS)),
    )
    size, epochs = SETTINGS["batch_size"], SETTINGS["epochs"]
    optimizer = torch.optim.AdamW(
        network.parameters(), lr=SETTINGS["learning_rate"], weight_decay=SETTINGS["weight_decay"]
    )
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs * (len(x) // size))
    rest = torch.zeros(1, n_inputs)
    for _ in range(epochs):
        gain = torch.exp(SETTINGS["gain_sd"] * torch.randn(int(whose.max()) + 1, n_inputs))
        order = torch.randperm(len(x))
        for first in range(0, len(x) - size + 1, size):
            batch = order[first : first + size]
            asked = x[batch] * gain[whose[batch]] + SETTINGS["noise_sd"] * torch.randn(size, n_inputs)
            error = network(asked) - network(rest) - y[batch]
            optimizer.zero_grad()
            (error**2).mean().backward()
            optimizer.step()
            schedule.step()
    hidden, bias, output, _ = (values.detach().numpy() for values in network.parameters())
    return hidden.T, bias, output


def _shown(cast: list[Examples]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Inputs (m, k) and truths (m, 17) of both sides of every example, and (m,) the number of the person's side."""
    inputs, truths, shown_by = [], [], []
    for number, person in enumerate(cast):
        for side, truth in enumerate((person.right, person.left)):
            features, neutral = person.features, person.neutral
            if side:
                features, neutral = mirrored(features), mirrored(neutral)
            inputs.append(side_inputs(features, neutral))
            truths.append(person.intensity.astype(np.float64))
            truths[-1][:, _SIDED] = truth
            shown_by.append(np.full(len(features), 2 * number + side))
    return np.concatenate(inputs), np.concatenate(truths), np.concatenate(shown_by)
