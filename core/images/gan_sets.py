"""The synthetic sets of a study as the GAN + GA paper makes them: a generator a class, random and evolved sets."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import UserError
from core.images.class_generators import FEATURES, GENERATOR, class_folder
from core.images.evolution import evolve_images
from core.images.features import Features
from core.images.features_file import load_features, save_features
from core.images.settings import EvolutionSettings, GanSettings
from core.images.study_split import StudyImages
from core.images.synthetic_sets import EVOLVED, SyntheticSet
from core.images.trained_gan import TrainedGan
from core.progress import Stretch
from core.rng import generator
from core.types import Progress


@dataclass(frozen=True)
class GanSets:
    """A `core.images.synthetic_sets.SetMaker`. folder: where generators and their checkpoints lie.

    Generators are trained on the training images alone; the classifier of the gate is fitted to them too.
    """

    gan: GanSettings
    evolution: EvolutionSettings
    folder: Path

    def prepare(self, originals: StudyImages, label: int, progress: Progress) -> dict[str, Any]:
        """Train the generator of a class; its settings, step and KID."""
        gan = self._generator(originals, label, progress)
        return {"settings": asdict(gan.settings), "step": gan.step, "kid": gan.kid}

    def make(
        self, originals: StudyImages, label: int, random_state: int, kind: str, progress: Progress
    ) -> SyntheticSet:
        """As many images as the class has originals: drawn at random, or evolved."""
        gan = self._generator(originals, label, progress)
        own = originals.images[originals.labels == label]
        if kind != EVOLVED:
            rng = generator(random_state, "random set")
            return SyntheticSet(gan.decode(rng.standard_normal((len(own), gan.settings.latent), np.float32)))
        features = self._features(originals, progress)
        settings = replace(self.evolution, n_images=len(own), latent=gan.settings.latent)
        found = evolve_images(
            gan.decode, own, lambda images: features.probabilities(images)[:, label], settings, random_state, progress
        )
        return SyntheticSet(found.images, {"best": found.history["best"].tolist()})

    def _generator(self, originals: StudyImages, label: int, progress: Progress) -> TrainedGan:
        from core.images.gan import train

        own = class_folder(self.folder, label)
        try:
            return TrainedGan.load(own / GENERATOR)
        except UserError:  # not trained yet, or its file is gone
            features = self._features(originals, Stretch(progress, 0, 0.1, 1))
            images = originals.images[originals.labels == label]
            gan = train(images, self._settings(originals), Stretch(progress, 0.1, 1, 1), own, None, features)
            gan.save(own / GENERATOR)
            return gan

    def _features(self, originals: StudyImages, progress: Progress) -> Features:
        try:
            return load_features(self.folder / FEATURES)
        except UserError:
            found = Features.fit(originals.images, originals.labels, self.gan.random_state, progress)
            settings = self._settings(originals)
            save_features(found, settings.size, settings.channels, self.folder / FEATURES)
            return found

    def _settings(self, originals: StudyImages) -> GanSettings:
        _, channels, size, _ = originals.images.shape
        return replace(self.gan, size=size, channels=channels)
