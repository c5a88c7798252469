"""The sets of the discard study as the S3VAE paper makes them: one VAE of what remains, sampled for what is gone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from core.images.discard_sets import as_synthetic
from core.images.settings import VaeSettings
from core.images.study_split import StudyImages
from core.images.vae import Labelled, train
from core.images.vae_sampling import sample
from core.one_thread import one_thread
from core.types import Progress


@dataclass(frozen=True)
class VaeSets:
    """Refills classes. settings: arm -> of its VAE."""

    settings: Mapping[str, VaeSettings]

    def refill(
        self, remaining: StudyImages, wanted: Mapping[int, int], arm: str, random_state: int, progress: Progress
    ) -> StudyImages:
        """Synthetic images, label -> how many, of a VAE trained on the `remaining` images of all classes alone.

        They are drawn from the posteriors of the class's own images. Raises `Cancelled` and what
        `core.images.vae.train` raises.
        """
        settings = replace(self.settings[arm], random_state=random_state)
        data = Labelled(remaining.images, remaining.labels)
        with one_thread(), TemporaryDirectory() as folder:
            vae = train(data, len(remaining.classes), settings, progress, Path(folder))
        made, labels = [remaining.images[:0]], []
        for label, n in wanted.items():
            own = np.flatnonzero(remaining.labels == label)
            networks = own if vae.of_each else None
            made.append(sample(vae, remaining.images[own], label, n, random_state, networks=networks))
            labels += [label] * n
        return as_synthetic(np.concatenate(made), np.array(labels, int), remaining.classes)
