"""A generator for each class of an image set, judged beside real images that were held out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from core.files import atomic_path
from core.images.dataset import ImageSet
from core.images.prepared import label_of, prepared
from core.images.settings import GanSettings
from core.one_thread import one_thread
from core.progress import Stretch
from core.rng import generator
from core.types import Progress, Quiet

N_JUDGED = 200
"""Synthetic images of a class that are measured."""

SAMPLES = "samples.npz"
FEATURES = "features.safetensors"
GENERATOR = "generator.safetensors"
_FEATURES_SHARE = 0.1
"""Of the whole work, about."""


def train_generators(
    image_set: ImageSet,
    classes: Sequence[str],
    settings: GanSettings,
    folder: Path,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Train one generator for each of the `classes`, as a dict for JSON; what they are is kept in `folder`.

    Stopped, it goes on there with the same result. folder: `FEATURES`, and in the `class_folder` of each class its
    `GENERATOR` and, while it is trained, `SAMPLES` of always the same latents. Keys: settings, classes (name -> label,
    step, kid, history, and `beside`, see `BesideReal`), n_per_class. Raises `Cancelled`, `UserError` for classes that
    are not there, and what `core.images.gan.train` raises.
    """
    with one_thread():
        return _trained(image_set, classes, settings, folder, progress or Quiet())


def _trained(
    image_set: ImageSet, classes: Sequence[str], settings: GanSettings, folder: Path, progress: Progress
) -> dict[str, Any]:
    from core.images.beside_real import beside_held_out
    from core.images.features import Features
    from core.images.features_file import save_features
    from core.images.gan import train

    for name in classes:
        label_of(image_set, name)
    data = prepared(image_set, settings.size, settings.channels, settings.random_state)
    n = len(classes)
    before = _FEATURES_SHARE * n
    features = Features.fit(data.images, data.labels, settings.random_state, Stretch(progress, 0, before, before + n))
    save_features(features, settings.size, settings.channels, folder / FEATURES)
    found = {}
    for i, name in enumerate(classes):
        label = label_of(image_set, name)
        own = class_folder(folder, label)
        stretch = Stretch(progress, before + i, before + i + 1, before + n, name)
        gan = train(data.of(label), settings, stretch, own, _keeper(own), features)
        gan.save(own / GENERATOR)
        rng = generator(settings.random_state, "judged images", label)
        z = rng.standard_normal((N_JUDGED, settings.latent), np.float32)
        beside = beside_held_out(data.of(label), data.held_out_of(label), gan.decode(z), features)
        found[name] = {
            "label": label,
            "step": gan.step,
            "kid": gan.kid,
            "history": {what: array.tolist() for what, array in gan.history.arrays().items()},
            "beside": asdict(beside),
        }
    return {"settings": asdict(settings), "classes": found, "n_per_class": image_set.n_per_class}


def class_folder(folder: Path, label: int) -> Path:
    """Where everything of one class lies."""
    return folder / f"class-{label}"


def _keeper(folder: Path) -> Callable[[int, np.ndarray], None]:
    def keep(step: int, images: np.ndarray) -> None:
        with atomic_path(folder / SAMPLES) as part:
            np.savez(part, step=step, images=images)

    return keep
