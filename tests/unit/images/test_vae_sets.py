"""A class is refilled from what remains of it, with as many synthetic images as are wanted, the same each time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from core.errors import Cancelled, UserError
from core.images import vae_sets
from core.images.dataset import digits as all_digits
from core.images.settings import C_VAE, S3VAE, VaeSettings
from core.images.study_split import StudyImages
from core.images.vae import Labelled
from core.images.vae_sets import VaeSets
from core.types import Quiet
from core.variational import BATCH, PER_IMAGE

pytestmark = pytest.mark.usefixtures("one_thread")
SHORT = VaeSettings(size=16, n_layers=2, latent=4, steps=6, check_every=3)
SETS = VaeSets({S3VAE: SHORT, C_VAE: replace(SHORT, plan=BATCH, sigma=0.0), PER_IMAGE: replace(SHORT, plan=PER_IMAGE)})


@pytest.fixture(scope="module")
def originals() -> StudyImages:
    """12 zeros, 3 ones and 8 twos, mixed."""
    images = StudyImages.of(all_digits(), 16, 1, 3)
    chosen = np.concatenate([np.flatnonzero(images.labels == label)[:n] for label, n in enumerate((12, 3, 8))])
    return images.at(np.random.default_rng(0).permutation(chosen))


def refilled(images: StudyImages, wanted: Mapping[int, int], arm: str = S3VAE, seed: int = 5) -> StudyImages:
    return SETS.refill(images, wanted, arm, seed, Quiet())


@pytest.mark.parametrize("arm", [S3VAE, C_VAE, PER_IMAGE])
def test_as_many_are_made_as_are_wanted_and_all_are_synthetic(originals: StudyImages, arm: str) -> None:
    made = refilled(originals, {1: 9, 2: 4, 0: 0}, arm)
    assert made.images.shape == (13, 1, 16, 16)
    assert made.images.dtype == np.float32
    assert made.images.min() >= 0
    assert made.images.max() <= 1
    assert made.labels.tolist() == [1] * 9 + [2] * 4
    assert made.classes == originals.classes
    assert made.synthetic.all()
    assert (made.people == "").all()
    assert (made.hashes == "").all()
    assert len(made) == len(made.people) == len(made.hashes) == 13
    assert len(np.unique(made.images.reshape(13, -1), axis=0)) == 13


def test_the_same_seed_makes_the_same_images_on_any_number_of_threads(originals: StudyImages) -> None:
    made = refilled(originals, {1: 5})
    torch.set_num_threads(2)
    try:
        assert refilled(originals, {1: 5}).images.tobytes() == made.images.tobytes()
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(1)
    assert not np.array_equal(refilled(originals, {1: 5}, seed=6).images, made.images)
    assert not np.array_equal(refilled(originals, {1: 5}, C_VAE).images, made.images)


def test_nothing_but_the_remaining_images_is_used(originals: StudyImages, monkeypatch: pytest.MonkeyPatch) -> None:
    trained_on: list[Labelled] = []
    drawn_around: list[tuple[int, np.ndarray]] = []
    train, sample = vae_sets.train, vae_sets.sample

    def watched(data: Labelled, n_classes: int, *rest: Any) -> Any:
        trained_on.append(data)
        assert n_classes == 3
        return train(data, n_classes, *rest)

    def seen(vae: Any, images: np.ndarray, label: int, *rest: Any, **named: Any) -> Any:
        drawn_around.append((label, images))
        return sample(vae, images, label, *rest, **named)

    monkeypatch.setattr(vae_sets, "train", watched)
    monkeypatch.setattr(vae_sets, "sample", seen)
    refilled(originals, {1: 2, 0: 1})
    np.testing.assert_array_equal(trained_on[0].images, originals.images)
    np.testing.assert_array_equal(trained_on[0].labels, originals.labels)
    assert [label for label, _ in drawn_around] == [1, 0]
    for label, images in drawn_around:
        np.testing.assert_array_equal(images, originals.images[originals.labels == label])


def test_each_image_s_own_network_makes_its_likes(originals: StudyImages, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[np.ndarray] = []
    sample = vae_sets.sample

    def seen(*given: Any, networks: np.ndarray) -> Any:
        asked.append(networks)
        return sample(*given, networks=networks)

    monkeypatch.setattr(vae_sets, "sample", seen)
    refilled(originals, {1: 2}, PER_IMAGE)
    np.testing.assert_array_equal(asked[0], np.flatnonzero(originals.labels == 1))


def test_a_class_of_which_nothing_remains_cannot_be_refilled(originals: StudyImages) -> None:
    with pytest.raises(UserError, match="no image to draw around"):
        refilled(originals.at(originals.labels != 1), {1: 2})


def test_nothing_wanted_makes_nothing(originals: StudyImages) -> None:
    assert refilled(originals, {}).images.shape == (0, 1, 16, 16)


def test_it_can_be_cancelled_and_leaves_no_file(
    originals: StudyImages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stop(Quiet):
        def cancelled(self) -> bool:
            return True

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(Cancelled):
        SETS.refill(originals, {1: 2}, S3VAE, 0, Stop())
    assert not list(tmp_path.iterdir())
