"""A VAE of all classes of an image set, judged beside real images that were held out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.files import atomic_path
from core.images.dataset import ImageSet, pixel_hash, pixels
from core.images.prepared import Prepared, prepared
from core.images.settings import VaeSettings
from core.one_thread import one_thread
from core.progress import Stretch
from core.rng import generator
from core.types import Progress, Quiet, check_cancelled
from core.variational import collapse_words

if TYPE_CHECKING:
    from core.images.features import Features
    from core.images.trained_vae import TrainedVae

VAE = "vae.safetensors"
LOOK = "look.npz"
CODES = "codes.npz"
N_SHOWN = 16
"""Images of a look: so many originals, what they are decoded to, and new ones drawn around them."""
N_JUDGED = 200
"""Synthetic images of a class that are measured."""
_FEATURES_SHARE = 0.15
"""Of the whole work, about."""


def train_vae(
    image_set: ImageSet, settings: VaeSettings, folder: Path, progress: Progress | None = None
) -> dict[str, Any]:
    """Train a VAE on three quarters of a set, as a dict for JSON; the network and what it shows is kept in `folder`.

    Stopped, it goes on there with the same result. folder: `VAE`; `LOOK`, after each look and in the end, with step,
    and originals, reconstructed and drawn (`N_SHOWN`, c, s, s); `CODES`, the means (n, latent) and labels (n,) of all
    images. Keys: settings, step, n_active, collapsed (words, "" where it has not), history, n_train, n_held_out,
    reconstruction (of held-out images: sum of squared errors of an image), classes (name -> label and `beside`, see
    `BesideReal`), n_per_class. Raises `Cancelled` and what `core.images.vae.train` raises.
    """
    with one_thread():
        return _trained(image_set, settings, folder, progress or Quiet())


def _trained(image_set: ImageSet, settings: VaeSettings, folder: Path, progress: Progress) -> dict[str, Any]:
    from core.images.features import Features
    from core.images.vae import Labelled, train

    data = prepared(image_set, settings.size, settings.channels, settings.random_state)
    folder.mkdir(parents=True, exist_ok=True)
    own, share, show = Labelled(data.images, data.labels), 1 - _FEATURES_SHARE, _keeper(folder, data)
    vae = train(own, len(image_set.classes), settings, Stretch(progress, 0, share, 1), folder, show)
    show(vae.step, vae)
    vae.save(folder / VAE)
    features = Features.fit(data.images, data.labels, settings.random_state, Stretch(progress, share, 1, 1, "Judging"))
    classes = {}
    for label, name in enumerate(image_set.classes):
        check_cancelled(progress)
        classes[name] = {"label": label, "beside": _beside(vae, data, label, features, settings.random_state)}
    if not vae.of_each:
        _keep_codes(vae, data, folder, progress)
    return {
        "settings": asdict(settings),
        "step": vae.step,
        "n_active": vae.n_active,
        "collapsed": collapse_words(vae.n_active, settings.latent, settings.plan),
        "history": {name: array.tolist() for name, array in vae.history.arrays().items()},
        "n_train": len(data.images),
        "n_held_out": len(data.held_out),
        "reconstruction": _error(vae, data, progress),
        "classes": classes,
        "n_per_class": image_set.n_per_class,
    }


def drawn_set(
    vae: TrainedVae, data: Prepared, labels: Mapping[str, int], n: int, random_state: int, source: str
) -> ImageSet:
    """n new images of each class as a set of nobody, drawn beside the images that the VAE was trained on.

    data: these. labels: name of each class to be drawn -> its number there. source: of
    `core.images.settings.SOURCES`. Raises what `core.images.vae_sampling.sample` raises.
    """
    from core.images.vae_sampling import sample

    made = []
    for label in labels.values():
        networks = np.flatnonzero(data.labels == label) if vae.of_each else None
        made.append(pixels(sample(vae, data.of(label), label, n, random_state, source, networks)))
    images, n_made = np.concatenate(made), n * len(labels)
    return ImageSet(
        "Drawn by a VAE", images, np.repeat(np.arange(len(labels)), n), tuple(labels),
        np.full(n_made, ""), np.array([pixel_hash(image) for image in images]),
    )  # fmt: skip


def _beside(vae: TrainedVae, data: Prepared, label: int, features: Features, random_state: int) -> dict[str, Any]:
    from core.images.beside_real import beside_held_out
    from core.images.vae_sampling import sample

    networks = np.flatnonzero(data.labels == label) if vae.of_each else None
    made = sample(vae, data.of(label), label, N_JUDGED, random_state, networks=networks)
    return asdict(beside_held_out(data.of(label), data.held_out_of(label), made, features))


def _keep_codes(vae: TrainedVae, data: Prepared, folder: Path, progress: Progress) -> None:
    parts = (data.images, data.labels), (data.held_out, data.held_out_labels)
    means = np.concatenate([vae.code(*part, progress=progress)[0] for part in parts])
    with atomic_path(folder / CODES) as file:
        np.savez(file, means=means, labels=np.concatenate([labels for _, labels in parts]))


def _error(vae: TrainedVae, data: Prepared, progress: Progress) -> float | None:
    """None where no network knows a held-out image."""
    if vae.of_each:
        return None
    made = vae.reconstructed(data.held_out, data.held_out_labels, progress=progress)
    return float(np.square(made - data.held_out).sum(axis=(1, 2, 3)).mean())


def _keeper(folder: Path, data: Prepared) -> Callable[[int, TrainedVae], None]:
    """Keeps what a look shows: held-out images, or those that the networks know."""
    from core.images.vae_sampling import redrawn

    def keep(step: int, vae: TrainedVae) -> None:
        of_each = vae.of_each
        images, labels = (data.images, data.labels) if of_each else (data.held_out, data.held_out_labels)
        shown = np.linspace(0, len(images) - 1, min(N_SHOWN, len(images))).round().astype(int)
        networks = shown if of_each else None
        drawn = redrawn(vae, images[shown], labels[shown], generator(vae.settings.random_state, "VAE look"), networks)
        with atomic_path(folder / LOOK) as part:
            np.savez(
                part, step=step, originals=images[shown],
                reconstructed=vae.reconstructed(images[shown], labels[shown], networks), drawn=drawn,
            )  # fmt: skip

    return keep
