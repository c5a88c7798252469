"""Features in which images are compared: maps of a small network that learns to tell the classes of the originals.

Nothing is downloaded, so there is no Inception; its features are for photographs, not for cells or grey faces. Those of
the last map alone would not do: sperm heads blurred by 1 px have a KID of 0.6 by them in two of four draws, nearer than
some held-out images; by means and standard deviations of all maps 3 or more in each.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch

from core.rng import derived_seed
from core.types import Progress, Quiet, check_cancelled
from models.feature_network import FeatureNetwork

N_STEPS = 1_000
BATCH = 32
LEARNING_RATE, WEIGHT_DECAY = 1e-3, 1e-2
SHIFT = 1 / 16
"""Images are moved by up to this share of their side each time they are shown, or tens of them are learnt by heart."""
CHUNK = 256


@dataclass(frozen=True, eq=False)
class Features:
    """A fitted network. mean, sd: (k,) of its features over the originals, by which all are standardised."""

    network: FeatureNetwork
    mean: np.ndarray
    sd: np.ndarray

    @classmethod
    def fit(
        cls, images: np.ndarray, labels: np.ndarray, random_state: int, progress: Progress | None = None
    ) -> Features:
        """Of originals (n, c, s, s) in [0, 1] with labels (n,), 0 to n_classes - 1.

        Cross-entropy, AdamW, `N_STEPS` batches in which every class is as likely. Of a single class there is nothing to
        learn: the network stays as it was drawn, and features of random convolutions compare images well where those of
        Inception do not fit (Naeem et al. 2020, section 4). Raises `Cancelled`.
        """
        n_classes = int(labels.max()) + 1
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(derived_seed(random_state, "feature network"))
            network = FeatureNetwork(images.shape[2], images.shape[1], n_classes)
        if len(np.unique(labels)) > 1:
            _train(network, images, labels, derived_seed(random_state, "feature batches"), progress or Quiet())
        raw = _features(network, images)
        sd = raw.std(axis=0)
        return cls(network, raw.mean(axis=0), np.where(sd > 0, sd, 1.0))

    def of(self, images: np.ndarray) -> np.ndarray:
        """(n, k) features of images (n, c, s, s), each with mean 0 and standard deviation 1 over the originals."""
        if not len(images):
            return np.empty((0, len(self.mean)))
        return (_features(self.network, images) - self.mean) / self.sd

    def probabilities(self, images: np.ndarray) -> np.ndarray:
        """(n, n_classes) of images (n, c, s, s). Fitted on few originals, they are surer than they should be."""
        with torch.no_grad():
            return torch.cat([self.network(piece)[1].double().softmax(1) for piece in _pieces(images)]).numpy()

    @property
    def digest(self) -> str:
        """SHA-256 of all that they depend on: numbers compare only between features that are the same."""
        digest = hashlib.sha256(self.mean.tobytes() + self.sd.tobytes())
        for weights in self.network.state_dict().values():
            digest.update(weights.numpy().tobytes())
        return digest.hexdigest()


def _train(network: FeatureNetwork, images: np.ndarray, labels: np.ndarray, seed: int, progress: Progress) -> None:
    rng = torch.Generator().manual_seed(seed)
    x, y = torch.from_numpy(images), torch.from_numpy(labels.astype(np.int64))
    share = 1.0 / torch.bincount(y)[y].double()
    optimizer = torch.optim.AdamW(network.parameters(), lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    network.train()
    for step in range(N_STEPS):
        check_cancelled(progress)
        progress.report(step, N_STEPS, "fitting the features in which images are compared")
        batch = torch.multinomial(share, BATCH, replacement=True, generator=rng)
        logits = network(_shifted(x[batch], rng))[1]
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(logits, y[batch]).backward()
        optimizer.step()
    network.eval()


def _shifted(images: torch.Tensor, rng: torch.Generator) -> torch.Tensor:
    """All of them moved alike, by up to `SHIFT` of the side, their edges repeated."""
    most = max(1, round(SHIFT * images.shape[2]))
    padded = torch.nn.functional.pad(images, (most,) * 4, mode="replicate")
    top, left = torch.randint(0, 2 * most + 1, (2,), generator=rng).tolist()
    return padded[:, :, top : top + images.shape[2], left : left + images.shape[3]]


def _features(network: FeatureNetwork, images: np.ndarray) -> np.ndarray:
    with torch.no_grad():
        return torch.cat([network(piece)[0].double() for piece in _pieces(images)]).numpy()


def _pieces(images: np.ndarray) -> Iterator[torch.Tensor]:
    yield from torch.from_numpy(np.ascontiguousarray(images, np.float32)).split(CHUNK)
