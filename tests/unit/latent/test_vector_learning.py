"""How the autoencoder of vectors learns: its optimiser beside torch's, and what it learns with no noise to hinder."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import torch

from core.latent.vector_learning import _LEARNING_RATE, _adam, learn
from core.settings import S3VAESettings
from core.variational import BATCH, PER_IMAGE
from models.vector_vae import VectorVAE


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def test_its_adam_is_torchs() -> None:
    x, classes = torch.randn(20, 3, generator=torch.Generator().manual_seed(0)), torch.eye(2).repeat(10, 1)
    learnt = []
    for ours in (True, False):
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            network = VectorVAE(3, 2, 2, sigma=0.0)

        def losses(network: VectorVAE = network) -> Iterator[torch.Tensor]:
            for _ in range(30):
                mean, log_variance = network.encode(x, classes)
                yield (network.decode(mean + log_variance, classes) - x).square().sum()

        weights = list(network.parameters())
        if ours:
            _adam(network, losses())
        else:
            optimizer = torch.optim.Adam(weights, lr=_LEARNING_RATE)
            for loss in losses():
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
        learnt.append(torch.nn.utils.parameters_to_vector(weights).detach())
    torch.testing.assert_close(learnt[0], learnt[1], rtol=1e-4, atol=1e-5)


def test_without_cost_and_noise_it_reproduces_rows_and_with_them_it_cannot() -> None:
    rng = np.random.default_rng(0)
    X, codes = rng.normal(3, 2, (30, 3)), np.arange(30) % 2
    away = []
    for settings in (S3VAESettings(sigma=0, K=0, plan=BATCH, steps=400), S3VAESettings(sigma=2, K=1, plan=BATCH)):
        made = learn(X, codes, settings, 0).rows_from(np.arange(30), 0)
        away.append(np.sqrt((((made - X) / X.std(axis=0)) ** 2).mean()))
    assert away[0] < 0.15
    assert away[1] > 3 * away[0]


def test_each_row_has_the_network_that_learnt_it_where_each_has_one() -> None:
    X, codes = np.random.default_rng(0).normal(size=(5, 3)), np.array([0, 0, 1, 1, 1])
    learnt = learn(X, codes, S3VAESettings(plan=PER_IMAGE, steps=150), 0)
    assert len(learnt.networks) == 5
    source = np.array([4, 0, 0, 2, 1, 3])
    np.testing.assert_allclose(learnt.rows_from(source, 0), X[source], atol=0.3)


def test_rows_of_a_seed_are_always_the_same() -> None:
    X, codes = np.random.default_rng(0).normal(size=(12, 3)), np.arange(12) % 2
    one, same = (learn(X, codes, S3VAESettings(alpha, steps=10), 7) for alpha in (1, 2))
    source = np.arange(12)
    assert one.rows_from(source, 3).tobytes() == same.rows_from(source, 3).tobytes()
    assert one.rows_from(source, 3).tobytes() != one.rows_from(source, 4).tobytes()
