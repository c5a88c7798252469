"""Training a GAN on the images of one class (Fernandes, Correia and Machado 2020, section 4.3 and Table 2).

What is kept is the generator with the lowest KID, not the last: on tens of images losses say nothing about the images,
and a generator gets worse again. The KID is taken against the same originals, there being too few to hold some out, so
it also falls where originals are learnt by heart: `core.images.beside_real` tells.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch

from core.errors import UserError
from core.images import training_checkpoint
from core.images.adversaries import Adversaries, decode, fixed_latents
from core.images.features import Features
from core.images.gan_history import GanHistory
from core.images.metrics import kid
from core.images.settings import GanSettings
from core.images.trained_gan import TrainedGan
from core.images.training_checkpoint import Progressed
from core.types import Progress, Quiet, check_cancelled
from models.dcgan import Generator

N_SAMPLES = 256
"""Images that the KID is measured on."""
N_GRID = 16
"""The first of these, which `on_sample` shows."""


def train(
    images: np.ndarray,
    settings: GanSettings,
    progress: Progress | None,
    folder: Path,
    on_sample: Callable[[int, np.ndarray], None] | None = None,
    features: Features | None = None,
) -> TrainedGan:
    """The best generator for images (n, c, s, s) float32 in [0, 1] of one class.

    folder: where the checkpoint lies. One that was made from the same images, features and settings, but for the number
    of steps, is gone on from, with the same result bit for bit as without the stop (on the same device, with the same
    torch and number of threads). on_sample: told (step, images (`N_GRID`, c, s, s)) of always the same latents with
    each checkpoint. features: in which the KID is measured; None: of a random network, see `Features.fit`.

    Raises `Cancelled`, at most a step late, what was done since the last checkpoint being lost; `UserError` for fewer
    than two images and on a full disk; `ValueError` for images of another shape than that of the settings.
    """
    progress = progress or Quiet()
    _check(images, settings)
    images = np.ascontiguousarray(images, np.float32)
    if features is None:
        features = Features.fit(images, np.zeros(len(images), np.int64), settings.random_state)
    made_from = _made_from(images, settings, features)
    adversaries = Adversaries(settings)
    done = training_checkpoint.read(folder, made_from, adversaries, GanHistory, settings.steps, settings.check_every)
    originals, latents = features.of(images), fixed_latents(settings, N_SAMPLES, "samples")
    shown = torch.from_numpy(images).to(adversaries.device)
    losses = []
    for step in range(done.history.steps_done + 1, settings.steps + 1):
        check_cancelled(progress)
        losses.append(adversaries.step(shown))
        if step % settings.check_every and step < settings.steps:
            progress.report(step, settings.steps)
            continue
        sampler = adversaries.sampler()
        samples = _decoded(sampler, latents, progress)
        loss_g, loss_d = np.mean(losses, axis=0)
        reached = kid(originals, features.of(samples))
        if reached is None or not np.isfinite(reached):
            raise UserError(
                f"The training has come apart at step {step}.",
                "The weights are no finite numbers any more.",
                "Choose a lower learning rate, then start again.",
            )
        history = done.history.and_then(step=step, loss_g=loss_g, loss_d=loss_d, kid=reached)
        is_best = history.best == len(history.step) - 1
        done = Progressed(history, _weights(sampler) if is_best else done.best)
        losses = []
        training_checkpoint.write(folder, made_from, adversaries, done)
        if on_sample is not None:
            on_sample(step, samples[:N_GRID])
        progress.report(step, settings.steps, f"KID {reached:.2f}, losses {loss_g:.2f} and {loss_d:.2f}")
    best = adversaries.sampler()
    best.load_state_dict(done.best)
    return TrainedGan(best, settings, done.history)


def _check(images: np.ndarray, settings: GanSettings) -> None:
    shape = (settings.channels, settings.size, settings.size)
    if images.shape[1:] != shape:
        raise ValueError(f"images of shape {images.shape[1:]} where the settings say {shape}")
    if len(images) < 2:
        raise UserError(
            f"A generator cannot be trained on {len(images)} image{'' if len(images) == 1 else 's'}.",
            "It learns how the images of a class differ.",
            "Add images to this class.",
        )


def _made_from(images: np.ndarray, settings: GanSettings, features: Features) -> dict[str, Any]:
    recipe = {name: value for name, value in asdict(settings).items() if name != "steps"}
    return {
        "settings": recipe,
        "images": hashlib.sha256(images.tobytes()).hexdigest(),
        "features": features.digest,
        "torch": torch.__version__,
    }


def _decoded(sampler: Generator, latents: np.ndarray, progress: Progress) -> np.ndarray:
    pieces = []
    for piece in decode(sampler, latents):
        check_cancelled(progress)
        pieces.append(piece)
    return np.concatenate(pieces)


def _weights(network: Generator) -> dict[str, torch.Tensor]:
    return {name: value.cpu().contiguous() for name, value in network.state_dict().items()}
