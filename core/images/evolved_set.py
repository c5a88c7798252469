"""A set of images of one class, evolved in the latent space of its generator, beside a random set of as many."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.files import atomic_path
from core.images.class_generators import FEATURES, GENERATOR, class_folder
from core.images.dataset import ImageSet, pixel_hash, pixels
from core.images.evolution import Evolved, evolve_images
from core.images.metrics import kid, near_copy_share, pair_distance
from core.images.prepared import label_of, prepared
from core.images.settings import EvolutionSettings
from core.one_thread import one_thread
from core.rng import generator
from core.types import Progress, Quiet, check_cancelled

if TYPE_CHECKING:
    from core.images.features import Features

SHOWN, SETS = "shown.npz", "sets.npz"
SHOWN_EVERY_S = 1.0


def evolve_class(
    generators: Path,
    image_set: ImageSet,
    name: str,
    settings: EvolutionSettings,
    random_state: int,
    folder: Path,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Evolve a set of images of the class `name` by its generator in the folder `generators`, as a dict for JSON.

    Stopped, it goes on in `folder` with the same result. folder: `SHOWN` while it runs (`best`, `first` images and
    `history.*`), in the end `SETS`: images (q, c, s, s) and latents (q, latent) of `evolved`, `first` and `random`.
    Keys: settings, random_state, generation, history, evolved, first and random (each with pair_distance, kid,
    class_probability and near_copy_share). Raises `UserError` where the generator is not there, `Cancelled`.
    """
    from core.images.features_file import load_features
    from core.images.trained_gan import TrainedGan

    progress = progress or Quiet()
    label = label_of(image_set, name)
    gan = TrainedGan.load(class_folder(generators, label) / GENERATOR)
    features = load_features(generators / FEATURES)
    originals = prepared(image_set, gan.settings.size, gan.settings.channels, gan.settings.random_state).of(label)
    check_cancelled(progress)
    folder.mkdir(parents=True, exist_ok=True)
    with one_thread():
        evolved = evolve_images(
            gan.decode, originals, lambda images: features.probabilities(images)[:, label], settings, random_state,
            progress, folder, _shower(folder),
        )  # fmt: skip
    z = generator(random_state, "random set").standard_normal((settings.n_images, settings.latent), np.float32)
    sets = {
        "evolved": (evolved.images, evolved.latents),
        "first": (evolved.first_images, evolved.first_latents),
        "random": (gan.decode(z), z),
    }
    with atomic_path(folder / SETS) as part:
        images = {f"{which}.images": pair[0] for which, pair in sets.items()}
        latents = {f"{which}.latents": pair[1] for which, pair in sets.items()}
        np.savez(part, **images, **latents)
    return {
        "settings": asdict(settings),
        "random_state": random_state,
        "generation": evolved.generation,
        "history": {what: values.tolist() for what, values in evolved.history.items()},
        **{which: _measured(images, originals, features, label) for which, (images, _) in sets.items()},
    }


def as_image_set(images: np.ndarray, name: str) -> ImageSet:
    """Synthetic images (n, c, s, s) in [0, 1] of the class `name` as a set of nobody."""
    drawn = pixels(images)
    n = len(drawn)
    hashes = np.array([pixel_hash(image) for image in drawn])
    return ImageSet(f"Evolved {name}", drawn, np.zeros(n, int), (name,), np.full(n, ""), hashes)


def _measured(images: np.ndarray, originals: np.ndarray, features: Features, label: int) -> dict[str, float | None]:
    return {
        "pair_distance": pair_distance(images),
        "kid": kid(features.of(originals), features.of(images)),
        "class_probability": float(features.probabilities(images)[:, label].mean()),
        "near_copy_share": near_copy_share(images, originals),
    }


def _shower(folder: Path) -> Callable[[Evolved], None]:
    """Keeps the sets and the history for the eye, at most once in `SHOWN_EVERY_S`."""
    due_s = 0.0

    def show(evolved: Evolved) -> None:
        nonlocal due_s
        if time.monotonic() < due_s:
            return
        history: Mapping[str, np.ndarray] = {f"history.{what}": values for what, values in evolved.history.items()}
        with atomic_path(folder / SHOWN) as part:
            np.savez(part, best=evolved.images, first=evolved.first_images, **history)
        due_s = time.monotonic() + SHOWN_EVERY_S

    return show
