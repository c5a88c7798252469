"""An image classifier with the training of the GAN + GA paper (Fernandes, Correia and Machado 2020, Table 1).

Adam with learning rate 2e-4 and betas 0.5 and 0.999, batches of 32, or another `Schedule`; binary cross-entropy of each
class against the rest. On a CPU one thread works, so that the same seed gives the same bits and several fits can share
the cores; a GPU, where there is one, works in bfloat16 and its last bits may vary.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits

from core.images.classic_augmentation import classic
from core.images.device import best_device, placed, precision
from core.images.settings import NETWORKS, Schedule
from core.images.training_schedule import EarlyStopping, decay_learning_rate, optimizer_of
from core.one_thread import one_thread
from core.rng import derived_seed
from core.types import Progress, Quiet, check_cancelled
from models.resnet import ResNet18
from models.small_cnn import SmallCNN

CHUNK = 64
"""Images that are judged at once."""


@dataclass(frozen=True, eq=False)
class TrainedClassifier:
    """A trained network. training_accuracy, validation_accuracy: one value an epoch, 0 to 1.

    Training accuracy is that of the batches, each judged just before the network learnt from it; validation accuracy is
    taken at the end of the epoch, and empty where there was nothing to validate on. stopped_early: before its epochs.
    """

    network: nn.Module
    training_accuracy: tuple[float, ...]
    validation_accuracy: tuple[float, ...]
    stopped_early: bool = False

    def probabilities(self, images: np.ndarray, progress: Progress | None = None) -> np.ndarray:
        """(n, n_classes) of images (n, c, s, s) in [0, 1]: of each class against the rest, so rows need not sum to 1.

        Raises `Cancelled`.
        """
        device = next(self.network.parameters()).device
        with one_thread():
            logits = _logits(self.network, _on(device, images), progress or Quiet())
            return torch.sigmoid(logits.double()).cpu().numpy()


def train(
    images: np.ndarray,
    labels: np.ndarray,
    n_classes: int,
    network: str,
    epochs: int,
    random_state: int,
    augmented: bool = False,
    validation: tuple[np.ndarray, np.ndarray] | None = None,
    progress: Progress | None = None,
    schedule: Schedule | None = None,
) -> TrainedClassifier:
    """Train on images (n, c, s, s) float32 in [0, 1] with labels (n,), 0 to n_classes - 1.

    network: one of `NETWORKS`. random_state: gives the first weights, whatever the images, and the order of the
    batches. augmented: with `classic_augmentation.classic` of every batch. validation: images and labels that
    are only judged, after each epoch; they change nothing but when the training ends, where the `schedule` has a
    patience. The weights are those of the last epoch. schedule: without one that of the paper. Raises `Cancelled`
    between batches, `ValueError` for an unknown network or optimiser or fewer than two images.
    """
    if len(images) < 2:
        raise ValueError("a classifier needs at least two images to train on")
    progress, schedule = progress or Quiet(), schedule or Schedule()
    device = best_device()
    with one_thread():
        model = placed(_new(network, images.shape[1:], n_classes, derived_seed(random_state, "weights")), device)
        x, y = _on(device, images), _on(device, labels.astype(np.int64))
        checked = None if validation is None else (_on(device, validation[0]), _on(device, validation[1]))
        optimizer = optimizer_of(model, schedule)
        stopping = EarlyStopping(schedule.patience, schedule.min_gain)
        rng = torch.Generator().manual_seed(derived_seed(random_state, "batches"))
        accuracies: list[float] = []
        validated: list[float] = []
        step = 0
        for epoch in range(epochs):
            model.train()
            right = torch.zeros((), dtype=torch.long, device=device)
            # Batches of equal size: batch norm cannot train on one left over image.
            for batch in torch.randperm(len(x), generator=rng).tensor_split(math.ceil(len(x) / schedule.batch)):
                check_cancelled(progress)
                chosen = batch.to(device)
                shown = classic(x[chosen], rng) if augmented else x[chosen]
                decay_learning_rate(optimizer, schedule, step)
                step += 1
                right += _step(model, optimizer, shown, y[chosen], n_classes)
            accuracies.append(right.item() / len(x))
            if checked is not None:
                said = _logits(model, checked[0], progress).argmax(dim=1)
                validated.append((said == checked[1]).double().mean().item())
            progress.report(epoch + 1, epochs, f"epoch {epoch + 1} of {epochs}")
            if validated and stopping.says_enough(validated[-1]):
                break
    model.eval()
    return TrainedClassifier(model, tuple(accuracies), tuple(validated), len(accuracies) < epochs)


def _step(
    model: nn.Module, optimizer: torch.optim.Optimizer, images: torch.Tensor, labels: torch.Tensor, n_classes: int
) -> torch.Tensor:
    """Learn from one batch; how many of it were right before."""
    with precision(images.device):
        logits = model(images).float()
    one_hot = nn.functional.one_hot(labels, n_classes).float()
    optimizer.zero_grad()
    binary_cross_entropy_with_logits(logits, one_hot).backward()
    optimizer.step()
    return (logits.detach().argmax(dim=1) == labels).sum()


def _new(network: str, shape: tuple[int, ...], n_classes: int, seed: int) -> nn.Module:
    channels, size = shape[0], shape[1]
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        if network == "small CNN":
            return SmallCNN(size, channels, n_classes)
        if network == "ResNet-18":
            return ResNet18(channels, n_classes)
    raise ValueError(f"network must be one of {NETWORKS}, not {network!r}")


def _logits(model: nn.Module, images: torch.Tensor, progress: Progress) -> torch.Tensor:
    model.eval()
    found = []
    with torch.no_grad(), precision(images.device):
        for piece in images.split(CHUNK):
            check_cancelled(progress)
            found.append(model(piece).float())
    return torch.cat(found)


def _on(device: torch.device, array: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(array)).to(device)
