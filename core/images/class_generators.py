"""A generator for each class of an image set, judged beside real images that were held out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import UserError
from core.files import atomic_path
from core.images.dataset import ImageSet, resized, tensor
from core.images.settings import GanSettings
from core.images.split import split
from core.one_thread import one_thread
from core.progress import Stretch
from core.rng import generator
from core.types import Progress, Quiet

HELD_OUT = 0.25
"""Share of the images that no generator sees."""
N_JUDGED = 200
"""Synthetic images of a class that are measured."""

SAMPLES = "samples.npz"
FEATURES = "features.safetensors"
GENERATOR = "generator.safetensors"
_FEATURES_SHARE = 0.1
"""Of the whole work, about."""


@dataclass(frozen=True, eq=False)
class Prepared:
    """Images (n, c, s, s) float32 in [0, 1] as a generator takes them; held_out: those it never sees; labels (n,)."""

    images: np.ndarray
    labels: np.ndarray
    held_out: np.ndarray
    held_out_labels: np.ndarray

    def of(self, label: int) -> np.ndarray:
        return self.images[self.labels == label]

    def held_out_of(self, label: int) -> np.ndarray:
        return self.held_out[self.held_out_labels == label]


def prepared(image_set: ImageSet, settings: GanSettings) -> Prepared:
    """The set at the generator's size, a quarter of it held out, nobody on both sides. Raises what `split` raises."""
    train, test = split(resized(image_set, settings.size, settings.channels), HELD_OUT, settings.random_state)
    return Prepared(tensor(train.images), train.labels, tensor(test.images), test.labels)


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
    data = prepared(image_set, settings)
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


def label_of(image_set: ImageSet, name: str) -> int:
    """The number of a class; raises `UserError` where there is none of this name."""
    if name not in image_set.classes:
        raise UserError(
            f"There is no class {name}.", f"The images have: {', '.join(image_set.classes)}.", "Choose one of these."
        )
    return image_set.classes.index(name)


def class_folder(folder: Path, label: int) -> Path:
    """Where everything of one class lies."""
    return folder / f"class-{label}"


def _keeper(folder: Path) -> Callable[[int, np.ndarray], None]:
    def keep(step: int, images: np.ndarray) -> None:
        with atomic_path(folder / SAMPLES) as part:
            np.savez(part, step=step, images=images)

    return keep
