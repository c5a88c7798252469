"""An image set as generators take it: at their size, and with images held out that judge them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.errors import UserError
from core.images.dataset import ImageSet, resized, tensor
from core.images.split import split

HELD_OUT = 0.25
"""Share of the images that no generator sees."""


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


def prepared(image_set: ImageSet, size: int, channels: int, random_state: int) -> Prepared:
    """The set at a generator's size, a quarter of it held out, nobody on both sides. Raises what `split` raises."""
    train, test = split(resized(image_set, size, channels), HELD_OUT, random_state)
    return Prepared(tensor(train.images), train.labels, tensor(test.images), test.labels)


def label_of(image_set: ImageSet, name: str) -> int:
    """The number of a class; raises `UserError` where there is none of this name."""
    if name not in image_set.classes:
        raise UserError(
            f"There is no class {name}.", f"The images have: {', '.join(image_set.classes)}.", "Choose one of these."
        )
    return image_set.classes.index(name)
