"""Images through a trained VAE and back, in pieces of one size so that no image depends on its neighbours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.nn.functional import one_hot

from core.one_thread import one_thread
from core.types import Progress, Quiet, check_cancelled

if TYPE_CHECKING:
    from core.images.trained_vae import TrainedVae

CHUNK = 32
"""Images that go through at once; fewer are filled up: how products are summed depends on their number."""


def code(
    vae: TrainedVae,
    images: np.ndarray,
    labels: np.ndarray,
    networks: np.ndarray | None,
    rng: np.random.Generator | None,
    progress: Progress | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """See `TrainedVae.code`."""
    latent = vae.settings.latent
    mean, sd = np.empty((len(images), latent), np.float32), np.empty((len(images), latent), np.float32)
    noise = None if rng is None else torch.Generator().manual_seed(int(rng.integers(2**31)))
    with one_thread(), torch.no_grad():
        for number, rows in _pieces(len(images), networks):
            check_cancelled(progress or Quiet())
            network = vae.networks[number]
            x, told = _filled(images[rows]), _told(labels[rows], vae.n_classes)
            device = network.mean.weight.device
            found, log_variance = network.posterior(network.features(x.to(device)), told.to(device), noise)
            mean[rows] = found[: len(rows)].cpu().numpy()
            sd[rows] = (log_variance[: len(rows)] / 2).exp().cpu().numpy()
    return mean, sd


def decode(
    vae: TrainedVae,
    z: np.ndarray,
    labels: np.ndarray,
    networks: np.ndarray | None,
    progress: Progress | None = None,
) -> np.ndarray:
    """See `TrainedVae.decode`."""
    s = vae.settings
    images = np.empty((len(z), s.channels, s.size, s.size), np.float32)
    with one_thread(), torch.no_grad():
        for number, rows in _pieces(len(z), networks):
            check_cancelled(progress or Quiet())
            network = vae.networks[number]
            device = network.mean.weight.device
            logits = network.logits(_filled(z[rows]).to(device), _told(labels[rows], vae.n_classes).to(device))
            images[rows] = torch.sigmoid(logits)[: len(rows)].cpu().numpy()
    return images


def _pieces(n: int, networks: np.ndarray | None) -> Iterator[tuple[int, np.ndarray]]:
    """Number of a network, and at most `CHUNK` rows that go through it."""
    of = np.zeros(n, int) if networks is None else networks
    for number in np.unique(of):
        rows = np.flatnonzero(of == number)
        for first in range(0, len(rows), CHUNK):
            yield int(number), rows[first : first + CHUNK]


def _filled(rows: np.ndarray) -> torch.Tensor:
    filled = torch.zeros(CHUNK, *rows.shape[1:])
    filled[: len(rows)] = torch.from_numpy(np.ascontiguousarray(rows, np.float32))
    return filled


def _told(labels: np.ndarray, n_classes: int) -> torch.Tensor:
    told = torch.zeros(CHUNK, n_classes)
    told[: len(labels)] = one_hot(torch.from_numpy(np.asarray(labels, np.int64)), n_classes).float()
    return told
