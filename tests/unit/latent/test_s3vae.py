"""S3VAE of AU vectors: what its rows keep of their sources, what each setting does, and that it leaves no trace."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import UserError
from core.latent import s3vae
from core.latent.au_space import augment
from core.latent.s3vae import MOST_NETWORKS, S3VAE, Collapsed
from core.latent.samplers import synthetic_rows
from core.latent.vector_learning import MOST_UNITS
from core.screening.fold_space import FoldSpace
from core.screening.method_grids import Plan
from core.settings import S3VAESettings
from core.types import Samples
from core.variational import BATCH, EIGHT_BY_EIGHT, ONE_BY_64, PER_IMAGE, PLANS, collapse_words

ignored = pytest.mark.filterwarnings("ignore::core.latent.s3vae.Collapsed")


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def people(n: int = 40, d: int = 4, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Two groups a standard deviation apart, with features that go together in pairs."""
    rng = np.random.default_rng(seed)
    y = np.repeat([0, 1], n // 2)
    X = rng.normal(2.5, 0.6, (n, d)) + 0.6 * y[:, None]
    X[:, 1::2] = X[:, ::2] + rng.normal(0, 0.1, (n, d))[:, 1::2]
    return np.clip(X, 0, 5), y


def from_source(made: S3VAE, X: np.ndarray, X_new: np.ndarray) -> float:
    """Root mean square distance of made rows from their sources, in standard deviations of a feature."""
    new = made.is_synthetic_
    return float(np.sqrt((((X_new[new] - X[made.source_[new]]) / X.std(axis=0)) ** 2).mean()))


def test_every_row_serves_as_often_as_any_other_and_its_rows_lie_near_it() -> None:
    X, y = people()
    made = S3VAE(alpha=3, random_state=0)
    X_new, y_new = made.fit_resample(X, y)
    assert np.bincount(made.source_[40:], minlength=40).tolist() == [3] * 40
    np.testing.assert_array_equal(y_new[40:], y[made.source_[40:]])
    assert len(np.unique(X_new[40:], axis=0)) == 120
    shuffled = X[np.random.default_rng(0).permutation(40)]
    strangers = float(np.sqrt((((X_new[40:] - shuffled[made.source_[40:]]) / X.std(axis=0)) ** 2).mean()))
    assert from_source(made, X, X_new) < strangers / 2
    assert made.n_active_ >= 2
    assert made.n_units_ == 4
    assert made.remark_ == ""


def test_features_that_go_together_go_together_in_made_rows() -> None:
    X, y = people()
    X_new, _ = S3VAE(alpha=5, random_state=0).fit_resample(X, y)
    assert np.corrcoef(X_new[40:, 0], X_new[40:, 1])[0, 1] > 0.9


def test_a_large_K_draws_rows_to_the_middle_of_their_group_and_it_is_told() -> None:
    X, y = people()
    far, wide = [], []
    for K in (0.01, 1.0):
        made = S3VAE(alpha=5, K=K, random_state=0)
        X_new, _ = made.fit_resample(X, y)
        far.append(from_source(made, X, X_new))
        wide.append(X_new[40:][y[made.source_[40:]] == 0].std())
    assert far[0] < far[1]
    assert wide[0] > wide[1]
    collapsed = S3VAE(alpha=5, K=1000, random_state=0)
    with pytest.warns(Collapsed, match="None of 4 latent units tell the samples apart"):
        X_new, y_new = collapsed.fit_resample(X, y)
    assert collapsed.n_active_ == 0
    for label in (0, 1):
        middle = X_new[40:][y_new[40:] == label]
        np.testing.assert_allclose(middle.mean(axis=0), X[y == label].mean(axis=0), atol=0.3)
        assert middle.std(axis=0).max() < 0.15


def test_free_bits_keep_units_alive_where_K_would_kill_them() -> None:
    X, y = people()
    made = S3VAE(alpha=1, K=1000, free_bits=0.5, random_state=0)
    made.fit_resample(X, y)
    assert made.n_active_ >= 2


@ignored
@pytest.mark.parametrize("plan", PLANS)
def test_every_plan_learns_more_with_more_steps(plan: str) -> None:
    X, y = people(n=12)
    far = []
    for steps in (1, 150):
        made = S3VAE(alpha=4, plan=plan, steps=steps, random_state=0)
        X_new, _ = made.fit_resample(X, y)
        far.append(from_source(made, X, X_new))
    assert far[1] < far[0]


def test_a_network_a_row_copies_it_and_says_so() -> None:
    X, y = people(n=8)
    made = S3VAE(alpha=5, plan=PER_IMAGE, steps=150, random_state=0)
    with pytest.warns(Collapsed, match="near-copies"):
        X_new, _ = made.fit_resample(X, y)
    assert from_source(made, X, X_new) < 0.1
    assert made.n_active_ == 0


def test_a_network_a_row_is_refused_where_rows_are_many() -> None:
    X, y = people(n=MOST_NETWORKS + 2)
    with pytest.raises(UserError, match=f"{MOST_NETWORKS + 2} rows would need as many networks"):
        S3VAE(plan=PER_IMAGE).fit_resample(X, y)


def test_nothing_is_trained_where_nothing_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    X, y = people()
    monkeypatch.setattr(s3vae, "learn", None)
    made = S3VAE(alpha=0, random_state=0)
    X_new, _ = made.fit_resample(X, y)
    np.testing.assert_array_equal(X_new, X)
    assert (made.n_active_, made.n_units_, made.remark_) == (0, 0, "")


@ignored
@settings(deadline=None, max_examples=15)
@given(seed=st.integers(0, 2**31), d=st.integers(1, 30), plan=st.sampled_from(PLANS), large=st.booleans())
def test_single_rows_constant_features_and_odd_scales(seed: int, d: int, plan: str, large: bool) -> None:
    rng = np.random.default_rng(seed)
    X, y = (
        rng.normal(size=(6, d)) * (1e6 if large else 1e-6),
        np.array(["PD", "control", "control", "MSA", "MSA", "MSA"]),
    )
    X[:, 0] = 0.1
    made = S3VAE(alpha=2, plan=plan, steps=5, bounds=None, random_state=0)
    X_new, _ = made.fit_resample(X, y)
    assert np.isfinite(X_new).all()
    np.testing.assert_allclose(X_new[6:, 0], 0.1)
    assert made.n_units_ == min(max(d - 1, 1), MOST_UNITS)
    assert 0 <= made.n_active_ <= made.n_units_


@ignored
def test_the_process_is_left_as_it_was_and_its_threads_change_nothing() -> None:
    X, y = people()
    found = []
    for threads, seed in ((1, 5), (2, 6)):
        torch.set_num_threads(threads)
        torch.manual_seed(seed)
        before = torch.get_rng_state()
        found.append(S3VAE(alpha=2, steps=20, random_state=3).fit_resample(X, y)[0])
        assert torch.get_num_threads() == threads
        assert torch.equal(torch.get_rng_state(), before)
    assert found[0].tobytes() == found[1].tobytes()
    assert S3VAE(alpha=2, steps=20, random_state=4).fit_resample(X, y)[0].tobytes() != found[0].tobytes()


def test_remembered_networks_make_the_rows_of_new_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    X, y = people()
    rows = Samples(X, y, np.arange(40).astype(str), ("AU01", "AU02", "AU06", "AU12"))
    plan = Plan("kNN", "S3VAE", alphas=(2.0,))
    alone = [
        FoldSpace(rows, np.arange(40), plan, 0).probabilities(made_by, [{"n_neighbors": 3}], X)
        for made_by in (S3VAESettings(2, steps=20), S3VAESettings(5, steps=20), S3VAESettings(5, K=1, steps=20))
    ]
    trained = []
    learn = s3vae.learn
    monkeypatch.setattr(s3vae, "learn", lambda X, y, asked, seed: trained.append(asked.K) or learn(X, y, asked, seed))
    space = FoldSpace(rows, np.arange(40), plan, 0)
    together = [
        space.probabilities(made_by, [{"n_neighbors": 3}], X)
        for made_by in (S3VAESettings(2, steps=20), S3VAESettings(5, steps=20), S3VAESettings(5, K=1, steps=20))
    ]
    np.testing.assert_array_equal(together, alone)
    assert trained == [0.1, 1]


def test_what_is_remembered_of_other_rows_is_not_taken() -> None:
    X, y = people()
    memory: dict = {}
    for rows in (X, X + 0.1):
        S3VAE(alpha=1, steps=5, memory=memory, random_state=0).fit_resample(rows, y)
    assert len(memory) == 2


def test_collapse_is_told_of_a_table_and_of_made_rows() -> None:
    import pandas as pd

    X, y = people()
    table = pd.DataFrame(X, columns=["a", "b", "c", "d"]).assign(group=np.where(y == 1, "PD", "control"))
    with pytest.warns(Collapsed, match="has collapsed"):
        augment(table, "group", ["a", "b", "c", "d"], S3VAESettings(1, K=1000))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        made = synthetic_rows(X, y, S3VAESettings(1, K=1000), (0.0, 5.0))
    assert made.units == (0, 4)
    assert "has collapsed" in made.remark


def test_when_it_is_said_to_have_collapsed() -> None:
    assert collapse_words(1, 3, BATCH) == collapse_words(3, 7, ONE_BY_64) == collapse_words(6, 16, EIGHT_BY_EIGHT) == ""
    assert collapse_words(0, 1, BATCH).startswith("None of 1")
    assert collapse_words(2, 7, ONE_BY_64).endswith("Try 8x8 sampling.")
    assert collapse_words(5, 16, EIGHT_BY_EIGHT).startswith("5 of 16")


def test_torch_is_not_imported_before_it_is_needed() -> None:
    import subprocess
    import sys

    code = "import sys; import core.latent.samplers, core.screening.fold_space; print('torch' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert ran.stdout.strip() == "False", ran.stderr
    assert not hasattr(s3vae, "torch")


def test_noise_beyond_all_measure_is_told_and_makes_no_rows() -> None:
    X, y = people(20, 6)
    with pytest.raises(UserError, match="smaller sigma"):
        S3VAE(sigma=1e3, bounds=None, random_state=0).fit_resample(X, y)
