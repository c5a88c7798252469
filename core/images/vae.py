"""Training a C-VAE or an S3VAE (Chen et al. 2023, section 3) on the images of all classes at once.

What is kept are the weights with the lowest loss at a look, and the training ends when that falls no more: the paper's
early stopping, which its Table 3 gives a tolerance of 0.01. The look is at the images that are trained on, so that
images held out choose nothing and can judge.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from core.errors import UserError
from core.images import training_checkpoint
from core.images.autoencoders import Autoencoders, looked_at
from core.images.settings import VaeSettings
from core.images.trained_vae import TrainedVae
from core.images.training_checkpoint import Progressed
from core.images.vae_history import VaeHistory
from core.types import Progress, Quiet, check_cancelled
from core.variational import PER_IMAGE, active_units

N_LOOKED = 512
"""Of more images that many, spread over them all, are looked at."""
MOST_PER_IMAGE = 32
"""Networks of their own; more images are refused."""
REPORT_EVERY = 10
"""Steps from one report of progress to the next."""


@dataclass(frozen=True, eq=False)
class Labelled:
    """images: (n, c, s, s) float32 in [0, 1]. labels: (n,) int."""

    images: np.ndarray
    labels: np.ndarray

    def looked(self) -> Labelled:
        """At most `N_LOOKED` of them, spread evenly."""
        if len(self.images) <= N_LOOKED:
            return self
        chosen = np.linspace(0, len(self.images) - 1, N_LOOKED).round().astype(int)
        return Labelled(self.images[chosen], self.labels[chosen])


def train(
    data: Labelled,
    n_classes: int,
    settings: VaeSettings,
    progress: Progress | None,
    folder: Path,
    on_look: Callable[[int, TrainedVae], None] | None = None,
) -> TrainedVae:
    """The best network for `data`; with the plan `per-image` one network of each image, which memorises it.

    folder: where the checkpoint lies. One that was made from the same images and settings, but for the number of
    steps, is gone on from, with the same result bit for bit as without the stop (on the same device, with the same
    torch and number of threads). on_look: told (step, the network as it is) with each checkpoint.

    Raises `Cancelled`, at most a step late, what was done since the last checkpoint being lost; `UserError` for no
    images, for more than `MOST_PER_IMAGE` with that plan, where the loss is no finite number any more (the checkpoint
    then holds the last good weights) and on a full disk; `ValueError` for images of another shape than the settings'.
    """
    progress = progress or Quiet()
    _check(data, settings)
    of_each = settings.plan == PER_IMAGE
    seen = data.looked()
    networks = Autoencoders(settings, n_classes, len(data.images) if of_each else 1)
    made_from = _made_from(data, n_classes, settings)
    done = training_checkpoint.read(folder, made_from, networks, VaeHistory, settings.steps, settings.check_every)
    images = torch.from_numpy(np.ascontiguousarray(data.images, np.float32)).to(networks.device)
    labels = torch.from_numpy(np.ascontiguousarray(data.labels, np.int64)).to(networks.device)
    terms = []
    first = done.history.steps_done + 1
    if done.history.is_over(settings.patience, settings.tolerance):
        first = settings.steps + 1
    for step in range(first, settings.steps + 1):
        check_cancelled(progress)
        found = networks.step(images, labels, step)
        terms.append((found.reconstruction, found.kl.sum()))
        if step % settings.check_every and step < settings.steps:
            if step % REPORT_EVERY == 0:
                progress.report(step, settings.steps)
            continue
        reconstruction, kl = np.mean([[float(each) for each in pair] for pair in terms], axis=0)
        look, means = looked_at(networks.networks, seen.images, seen.labels, settings.random_state, progress)
        loss = float(look.loss(settings.K, settings.free_bits))
        if not np.isfinite([reconstruction, kl, loss]).all():
            raise _apart(step, done.history)
        history = done.history.and_then(
            step=step, reconstruction=reconstruction, kl=kl, loss=loss,
            active=0 if of_each else int(active_units(means).sum()), kl_per_unit=look.kl.double().cpu().numpy(),
        )  # fmt: skip
        done = Progressed(history, networks.weights() if history.best == len(history.step) - 1 else done.best)
        terms = []
        training_checkpoint.write(folder, made_from, networks, done)
        if on_look is not None:
            on_look(step, TrainedVae.of(networks.weights(), settings, n_classes, history))
        said = f"loss {loss:.1f}, {history.active[-1]} of {settings.latent} units active"
        if history.is_over(settings.patience, settings.tolerance):
            progress.report(settings.steps, settings.steps, f"ended at step {step}: {said}")
            break
        progress.report(step, settings.steps, said)
    return TrainedVae.of(done.best, settings, n_classes, done.history)


def _check(data: Labelled, settings: VaeSettings) -> None:
    shape = (settings.channels, settings.size, settings.size)
    if data.images.shape[1:] != shape:
        raise ValueError(f"images of shape {data.images.shape[1:]} where the settings say {shape}")
    if not len(data.images):
        raise UserError("There is nothing to train on.", "No image is left.", "Add images.")
    if settings.plan == PER_IMAGE and len(data.images) > MOST_PER_IMAGE:
        raise UserError(
            f"{len(data.images)} images are too many for a network of each.",
            f"Up to {MOST_PER_IMAGE} are trained this way.",
            "Choose another sampling plan, or fewer images.",
        )


def _apart(step: int, history: VaeHistory) -> UserError:
    kept = f" The weights of step {history.step[history.best]:.0f} are kept." if len(history.step) else ""
    return UserError(
        f"The training has come apart at step {step}.",
        f"The loss is no finite number any more.{kept}",
        "Choose a lower learning rate, then start again.",
    )


def _made_from(data: Labelled, n_classes: int, settings: VaeSettings) -> dict[str, Any]:
    recipe = {name: value for name, value in asdict(settings).items() if name != "steps"}
    told = hashlib.sha256(np.ascontiguousarray(data.images).data)
    told.update(np.ascontiguousarray(data.labels, np.int64).data)
    return {"settings": recipe, "images": told.hexdigest(), "n_classes": n_classes, "torch": torch.__version__}
