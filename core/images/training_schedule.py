"""How fast a classifier learns and when it has learnt enough: optimiser, decaying learning rate, early stopping."""

from __future__ import annotations

import torch
from torch import nn

from core.images.settings import OPTIMIZERS, Schedule

SECOND_BETA = 0.999


def optimizer_of(model: nn.Module, schedule: Schedule) -> torch.optim.Optimizer:
    """A fresh optimiser of the model's weights. Raises `ValueError` where it is not among `OPTIMIZERS`."""
    if schedule.optimizer == "Adam":
        betas = (schedule.momentum, SECOND_BETA)
        return torch.optim.Adam(model.parameters(), lr=schedule.learning_rate, betas=betas)
    if schedule.optimizer == "SGD":
        return torch.optim.SGD(model.parameters(), lr=schedule.learning_rate, momentum=schedule.momentum)
    raise ValueError(f"optimizer must be one of {OPTIMIZERS}, not {schedule.optimizer!r}")


def learning_rate_at(schedule: Schedule, step: int) -> float:
    """learning_rate / (1 + decay_rate · step), step from 0: the decay over time that Keras' SGD has, whose three
    numbers are those of the S3VAE paper's Table 3."""
    return schedule.learning_rate / (1 + schedule.decay_rate * step)


def decay_learning_rate(optimizer: torch.optim.Optimizer, schedule: Schedule, step: int) -> None:
    """Let the optimiser take its next step, which is number `step`, with the learning rate of that step."""
    for group in optimizer.param_groups:
        group["lr"] = learning_rate_at(schedule, step)


class EarlyStopping:
    """Ends a training after `patience` epochs none of which was better than the best before by more than `min_gain`.

    patience None: never.
    """

    def __init__(self, patience: int | None, min_gain: float) -> None:
        self._patience, self._min_gain = patience, min_gain
        self._best = float("-inf")
        self._waited = 0

    def says_enough(self, accuracy: float) -> bool:
        """Hear the validation accuracy of one more epoch; whether it was the last."""
        if accuracy > self._best + self._min_gain:
            self._best, self._waited = accuracy, 0
        else:
            self._waited += 1
        return self._patience is not None and self._waited >= self._patience
