"""New images are dealt out evenly, noisy where the noise layer has a part, and from where they are said to be."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from core.errors import UserError
from core.images.autoencoders import Autoencoders
from core.images.settings import MIXTURE, POSTERIOR, PRIOR, SOURCES, VaeSettings
from core.images.trained_vae import TrainedVae
from core.images.vae import Labelled, train
from core.images.vae_history import VaeHistory
from core.images.vae_sampling import interpolated, sample
from core.rng import dealt
from core.variational import PER_IMAGE
from tests.unit.images.vae_training import squares

pytestmark = pytest.mark.usefixtures("one_thread")
SMALL = VaeSettings(size=16, n_layers=2, latent=4, sigma=0.5)


def untrained(settings: VaeSettings, n_networks: int = 1) -> TrainedVae:
    return TrainedVae.of(Autoencoders(settings, 2, n_networks).weights(), settings, 2, VaeHistory())


def certain(settings: VaeSettings) -> TrainedVae:
    """All but no spread of z around the mean: what is left is the noise layer's."""
    vae = untrained(settings)
    torch.nn.init.zeros_(vae.networks[0].log_variance.weight)
    torch.nn.init.constant_(vae.networks[0].log_variance.bias, -80.0)
    return vae


@pytest.fixture(scope="module")
def vae() -> TrainedVae:
    return untrained(SMALL)


@pytest.fixture(scope="module")
def images() -> np.ndarray:
    data = squares(8)
    return data.images[data.labels == 1]


def test_every_image_is_dealt_as_often_as_any_other() -> None:
    rng = np.random.default_rng(0)
    for n_images, n in ((1, 5), (4, 12), (4, 14), (7, 3), (5, 0)):
        found = dealt(n_images, n, rng)
        counts = Counter(found.tolist())
        assert len(found) == n
        assert set(counts) <= set(range(n_images))
        assert sorted(counts[i] for i in range(n_images)) == sorted(
            n // n_images + (i < n % n_images) for i in range(n_images)
        )
    left_over = Counter(int(dealt(4, 5, np.random.default_rng(seed))[-1]) for seed in range(200))
    assert sorted(left_over) == [0, 1, 2, 3]
    assert min(left_over.values()) > 25  # 50 each, give or take four standard deviations


@pytest.mark.parametrize("source", SOURCES)
def test_images_are_as_many_as_asked_and_the_seed_decides(vae: TrainedVae, images: np.ndarray, source: str) -> None:
    made = sample(vae, images, 1, 7, 3, source)
    assert made.shape == (7, 1, 16, 16)
    assert made.dtype == np.float32
    assert made.min() >= 0
    assert made.max() <= 1
    assert len(np.unique(made.reshape(7, -1), axis=0)) == 7
    assert sample(vae, images, 1, 7, 3, source).tobytes() == made.tobytes()
    assert not np.array_equal(sample(vae, images, 1, 7, 4, source), made)
    assert sample(vae, images, 1, 0, 3, source).shape == (0, 1, 16, 16)


def test_around_an_image_the_noise_layer_works_as_in_training(images: np.ndarray) -> None:
    """With a posterior that is a point, images differ from their reconstruction by the noise layer alone."""
    still, noisy = certain(replace(SMALL, sigma=0.0)), certain(SMALL)
    labels = np.ones(len(images), int)
    for vae, differs in ((still, False), (noisy, True)):
        made = sample(vae, images, 1, len(images), 0)
        near = np.allclose(made, vae.reconstructed(images, labels), atol=1e-6)
        assert near is not differs


def test_around_each_image_z_has_the_spread_of_its_posterior(images: np.ndarray) -> None:
    vae = untrained(replace(SMALL, sigma=0.0))
    shown: list[torch.Tensor] = []
    vae.networks[0].project.register_forward_hook(lambda module, given, found: shown.append(given[0]))
    mean, sd = vae.code(images[:1], np.ones(1, int))
    sample(vae, images[:1], 1, 2_048, 0)
    z = torch.cat(shown)[:, :4].numpy()
    np.testing.assert_allclose(z.mean(axis=0), mean[0], atol=0.1)
    np.testing.assert_allclose(z.std(axis=0), sd[0], rtol=0.06)
    told = torch.cat(shown)[:, 4:].numpy()
    np.testing.assert_array_equal(told, np.tile([0.0, 1.0], (2_048, 1)))


def test_the_prior_needs_no_image_and_is_normal(images: np.ndarray) -> None:
    vae = untrained(SMALL)
    shown: list[torch.Tensor] = []
    vae.networks[0].project.register_forward_hook(lambda module, given, found: shown.append(given[0]))
    made = sample(vae, images[:0], 1, 2_048, 0, PRIOR)
    z = torch.cat(shown)[:, :4].numpy()
    np.testing.assert_allclose(z.mean(axis=0), 0, atol=0.1)
    np.testing.assert_allclose(z.std(axis=0), 1, rtol=0.06)
    np.testing.assert_array_equal(sample(vae, images, 1, 2_048, 0, PRIOR), made)
    for source in (POSTERIOR, MIXTURE):
        with pytest.raises(UserError, match="no image to draw around"):
            sample(vae, images[:0], 1, 1, 0, source)


def test_the_mixture_lies_where_the_posteriors_lie() -> None:
    """Two heaps of images: z of the mixture is in one of their heaps of codes, and about as often in each."""
    vae = certain(replace(SMALL, sigma=0.02, latent=1))
    head = vae.networks[0].mean
    torch.nn.init.zeros_(head.weight)
    images = np.concatenate([np.zeros((8, 1, 16, 16)), np.ones((8, 1, 16, 16))]).astype(np.float32)
    with torch.no_grad():
        dark, light = vae.networks[0].features(torch.from_numpy(images[[0, -1]]))
        direction = (light - dark) / (light - dark).square().sum()
        head.weight[0, : len(direction)] = 8 * direction
        head.bias[0] = -4 - 8 * (direction @ dark)
    mean, _ = vae.code(images, np.zeros(16, int))
    np.testing.assert_allclose(mean[:, 0], [-4] * 8 + [4] * 8, atol=1e-3)
    shown: list[torch.Tensor] = []
    vae.networks[0].project.register_forward_hook(lambda module, given, found: shown.append(given[0]))
    sample(vae, images, 0, 320, 0, MIXTURE)
    z = torch.cat(shown)[:, 0].numpy()
    assert (np.abs(np.abs(z) - 4) < 1).all()
    assert 0.4 < (z > 0).mean() < 0.6
    few = sample(vae, images[:3], 0, 5, 0, MIXTURE)  # fewer images than a component takes
    assert few.shape == (5, 1, 16, 16)


def test_an_unknown_source_is_refused(vae: TrainedVae, images: np.ndarray) -> None:
    with pytest.raises(ValueError, match="source"):
        sample(vae, images, 1, 1, 0, "elsewhere")


def test_classes_draw_for_themselves(vae: TrainedVae, images: np.ndarray) -> None:
    assert not np.array_equal(sample(vae, images, 0, 3, 0, PRIOR), sample(vae, images, 1, 3, 0, PRIOR))


def test_an_interpolation_begins_and_ends_with_the_reconstructions(vae: TrainedVae) -> None:
    data = squares(8)
    pair, labels = data.images[:2], (0, 1)
    one, other = vae.reconstructed(pair, np.array(labels))
    np.testing.assert_array_equal(interpolated(vae, pair, labels, np.array([0.0]))[0], one)
    np.testing.assert_array_equal(interpolated(vae, pair, labels, np.array([1.0]))[0], other)
    mean, _ = vae.code(pair, np.array(labels))
    quarter = (0.75 * mean[0] + 0.25 * mean[1])[None]
    np.testing.assert_allclose(
        interpolated(vae, pair, labels, np.array([0.25]))[0], vae.decode(quarter, np.zeros(1, int))[0], atol=1e-6
    )
    middle = mean.mean(axis=0, keepdims=True)
    for share, label in ((0.5, 0), (0.5 + 1e-6, 1)):
        expected = vae.decode(middle, np.array([label]))[0]
        np.testing.assert_allclose(interpolated(vae, pair, labels, np.array([share]))[0], expected, atol=1e-5)


def test_several_places_on_the_way_are_what_each_is_alone(vae: TrainedVae) -> None:
    pair, shares = squares(8).images[:2], np.array([0.0, 0.25, 0.75])
    together = interpolated(vae, pair, (0, 1), shares)
    alone = [interpolated(vae, pair, (0, 1), shares[i : i + 1])[0] for i in range(3)]
    np.testing.assert_array_equal(together, alone)


def test_with_a_network_of_each_image_there_is_no_space_to_draw_from(images: np.ndarray) -> None:
    vae = untrained(replace(SMALL, plan=PER_IMAGE), 3)
    networks = np.arange(3)
    for source in (PRIOR, MIXTURE):
        with pytest.raises(UserError, match=f"nothing can be drawn from the {source}"):
            sample(vae, images[:3], 1, 2, 0, source, networks)
    with pytest.raises(UserError, match="nothing between two images"):
        interpolated(vae, images[:2], (1, 1), np.array([0.5]))
    with pytest.raises(ValueError, match="networks"):
        sample(vae, images[:3], 1, 2, 0)


def test_a_network_of_each_image_learns_it_by_heart(tmp_path: Path) -> None:
    """What one makes is near its own image, farther from every other, and nearer than anything it began with."""
    data = squares(4, seed=3)
    settings = replace(SMALL, plan=PER_IMAGE, sigma=0.1, n_layers=3, steps=400, learning_rate=3e-3, patience=50)
    vae = train(Labelled(data.images, data.labels), 2, settings, None, tmp_path)
    own = np.flatnonzero(data.labels == 1)
    made = sample(vae, data.images[own], 1, 6, 0, networks=own)
    apart = np.square(made[:, None] - data.images[None]).mean(axis=(2, 3, 4))
    whose = own[dealt(2, 6, np.random.default_rng(0))]
    assert apart.argmin(axis=1).tolist() == whose.tolist()
    between = min(np.square(data.images[i] - data.images[j]).mean() for i in range(4) for j in range(4) if i != j)
    assert apart.min(axis=1).max() < between / 5
    swapped = vae.reconstructed(data.images[own], data.labels[own], own[::-1])
    np.testing.assert_array_equal(
        np.square(swapped[:, None] - data.images[None]).mean(axis=(2, 3, 4)).argmin(axis=1), own[::-1]
    )
