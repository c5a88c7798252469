"""Sets for a study: by generators that saw the training images alone, the same each time they are made."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.images.class_generators import GENERATOR, class_folder
from core.images.dataset import digits as all_digits
from core.images.gan_sets import GanSets
from core.images.settings import EvolutionSettings, GanSettings
from core.images.study_split import StudyImages
from core.images.synthetic_sets import EVOLVED, RANDOM
from core.types import Quiet

pytestmark = pytest.mark.usefixtures("few_feature_steps", "one_thread")


@pytest.fixture(scope="module")
def originals() -> StudyImages:
    images = StudyImages.of(all_digits(), 16, 1, 2)
    return images.at(np.concatenate([np.flatnonzero(images.labels == label)[:12] for label in (0, 1)]))


def maker(folder: Path) -> GanSets:
    return GanSets(
        GanSettings(size=16, steps=6, check_every=3, batch=8), EvolutionSettings(population=4, generations=3), folder
    )


def test_sets_are_as_large_as_the_class_and_the_same_each_time(originals: StudyImages, tmp_path: Path) -> None:
    made = maker(tmp_path / "a")
    told = made.prepare(originals, 1, Quiet())
    assert told["settings"]["size"] == 16
    first = {kind: made.make(originals, 1, 5, kind, Quiet()) for kind in (RANDOM, EVOLVED)}
    assert first[RANDOM].images.shape == first[EVOLVED].images.shape == (12, 1, 16, 16)
    assert list(first[EVOLVED].history["best"]) == sorted(first[EVOLVED].history["best"], reverse=True)
    assert len(first[EVOLVED].history["best"]) == 4
    (class_folder(tmp_path / "a", 1) / GENERATOR).unlink()  # it is trained again where it is gone
    for again in (made, maker(tmp_path / "b")):
        for kind, found in first.items():
            assert np.array_equal(again.make(originals, 1, 5, kind, Quiet()).images, found.images)
    assert not np.array_equal(made.make(originals, 1, 6, RANDOM, Quiet()).images, first[RANDOM].images)
