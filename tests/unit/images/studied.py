"""Small images of noise and a maker of synthetic sets, for studies that take seconds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from core.images.dataset import ImageSet, digits, pixel_hash
from core.images.settings import StudySettings
from core.images.study_split import StudyImages
from core.images.synthetic_sets import EVOLVED, SyntheticSet
from core.rng import generator
from core.types import Progress

TINY = StudySettings(epochs=2, n_folds=2, n_seeds=2, n_train=6, size_px=16, classes=2)


def noise_set(labels: list[int], people: list[str] | None = None) -> ImageSet:
    """4 x 4 images of noise, all different."""
    images = np.random.default_rng(3).integers(0, 256, (len(labels), 4, 4, 1), np.uint8)
    return ImageSet(
        "noise", images, np.array(labels), tuple("abc"[: max(labels) + 1]), np.array(people or [""] * len(labels)),
        np.array([pixel_hash(image) for image in images]),
    )  # fmt: skip


def few_digits(n_per_class: int = 12) -> ImageSet:
    """The first so many images of each digit."""
    every = digits()
    return every.at(np.concatenate([np.flatnonzero(every.labels == label)[:n_per_class] for label in range(10)]))


def study_images(image_set: ImageSet) -> StudyImages:
    return StudyImages.of(image_set, 16, 1)


@dataclass(frozen=True)
class Maker:
    """Originals under noise. It writes down in `folder` what it was asked for and which images it saw."""

    folder: Path

    def prepare(self, originals: StudyImages, label: int, progress: Progress) -> dict[str, Any]:
        self._note(f"generator/{label}", originals)
        return {"kid": 0.5 + label}

    def make(
        self, originals: StudyImages, label: int, random_state: int, kind: str, progress: Progress
    ) -> SyntheticSet:
        self._note(f"{kind}/{label}/{random_state}", originals)
        own = originals.images[originals.labels == label]
        images = np.clip(own[::-1] + generator(random_state).normal(0, 0.1, own.shape), 0, 1).astype(np.float32)
        history = {"best": [1.0, 0.9 - random_state % 2 / 10], "mean": [1.0, 0.95]} if kind == EVOLVED else {}
        return SyntheticSet(images, history)

    def _note(self, what: str, originals: StudyImages) -> None:
        with (self.folder / "asked.txt").open("a") as file:
            file.write(f"{what} {','.join(originals.hashes)}\n")

    @property
    def asked(self) -> list[str]:
        path = self.folder / "asked.txt"
        return [line.split()[0] for line in path.read_text().splitlines()] if path.is_file() else []

    @property
    def seen(self) -> set[str]:
        return {h for line in (self.folder / "asked.txt").read_text().splitlines() for h in line.split()[1].split(",")}


def marked(images: StudyImages) -> StudyImages:
    """The same as synthetic images."""
    nobody = np.full(len(images), "")
    return replace(images, people=nobody, hashes=nobody, synthetic=np.ones(len(images), bool))
