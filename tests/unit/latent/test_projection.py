"""Two coordinates of the AU space."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from core.latent.projection import fit_umap, pca, place


def test_pca_of_a_line_by_hand() -> None:
    # Points t · (3, 4) / 5 with t = −2, 0, 2: the first axis is (0.6, 0.8) with positive loadings, the second empty.
    X = np.outer([-2.0, 0.0, 2.0], [0.6, 0.8])
    Z, Z_new = pca(X, np.array([[0.6, 0.8], [-0.8, 0.6]]))
    assert Z[:, 0] == pytest.approx([-2, 0, 2])
    assert Z[:, 1] == pytest.approx([0, 0, 0])
    assert Z_new is not None
    assert Z_new[:, 0] == pytest.approx([1, 0], abs=1e-12)


def test_pca_agrees_with_scikit_learn_up_to_sign_and_keeps_its_own() -> None:
    from sklearn.decomposition import PCA

    X = np.random.default_rng(0).normal(size=(50, 17)) * np.arange(1, 18)
    Z, none = pca(X)
    assert none is None
    assert np.abs(Z) == pytest.approx(np.abs(PCA(2).fit_transform(X)))
    assert pca(X[::-1])[0][::-1] == pytest.approx(Z)


@pytest.mark.parametrize("shape", [(1, 5), (3, 1), (2, 17)])
def test_pca_of_little_data_has_two_finite_columns(shape: tuple[int, int]) -> None:
    Z, Z_new = pca(np.random.default_rng(0).normal(size=shape), np.zeros((4, shape[1])))
    assert Z.shape == (shape[0], 2)
    assert Z_new is not None
    assert Z_new.shape == (4, 2)
    assert np.isfinite(Z).all()


def test_a_known_row_takes_its_place_and_a_new_one_goes_to_its_neighbours() -> None:
    rng = np.random.default_rng(0)
    X = np.concatenate([rng.normal(0, 1, (20, 4)), rng.normal(30, 1, (20, 4))])
    Z = np.concatenate([np.tile([-1.0, 0.0], (20, 1)), np.tile([9.0, 4.0], (20, 1))]) + rng.normal(0, 0.1, (40, 2))
    assert place(X, Z, X) == pytest.approx(Z)
    near_second = place(X, Z, rng.normal(30, 1, (50, 4)))
    assert np.abs(near_second - [9, 4]).max() < 0.5
    assert np.isfinite(place(X, Z, np.full((1, 4), 1e6))).all()
    assert place(X, Z, np.zeros((0, 4))).shape == (0, 2)


def test_memberships_add_up_to_the_logarithm_of_k_by_hand() -> None:
    # Four rows, k = 4, log2 4 = 2: distances 0.5, 1.5, 2.5, 3.5 from 0.5; with q = exp(−1 / σ) the sum
    # √q (1 + q + q² + q³) = 2 at q = 0.674303; weights then 1, q, q², q³ and the mean of 0, 1, 2, 3 (rows at
    # 0, −1, −2, −3 mapped to 0 … 3) is (q + 2 q² + 3 q³) / (1 + q + q² + q³) = 1.027867.
    X, Z = -np.arange(4.0)[:, None], np.stack([np.arange(4.0), np.zeros(4)], axis=1)
    assert place(X, Z, np.array([[0.5]]))[0] == pytest.approx([1.027867, 0.0], abs=1e-6)


def test_placing_many_rows_at_once_equals_placing_each() -> None:
    rng = np.random.default_rng(1)
    X, Z, X_new = rng.normal(size=(30, 5)), rng.normal(size=(30, 2)), rng.normal(size=(2_100, 5))
    together = place(X, Z, X_new)
    assert place(X, Z, X_new[2_050:2_060]) == pytest.approx(together[2_050:2_060])


def test_umap_keeps_apart_what_is_apart_for_any_n_and_repeats_itself() -> None:
    rng = np.random.default_rng(0)
    for n in (4, 6, 40):
        X = rng.normal(size=(n, 5)) + 12 * (np.arange(n) % 2)[:, None]
        Z = fit_umap(X, random_state=1)
        assert Z.shape == (n, 2)
        assert np.isfinite(Z).all()
    assert np.array_equal(Z, fit_umap(X, random_state=1))
    inside = np.linalg.norm(Z[::2] - Z[::2].mean(axis=0), axis=1).mean()
    assert np.linalg.norm(Z[::2].mean(axis=0) - Z[1::2].mean(axis=0)) > 2 * inside


def test_what_is_compiled_of_umap_is_kept_for_the_next_process() -> None:
    """Ten seconds of every map otherwise."""
    script = """
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
from core.latent.projection import fit_umap
fit_umap(np.random.default_rng(0).normal(size=(30, 4)))
from umap.umap_ import compute_membership_strengths, smooth_knn_dist
from umap.utils import fast_knn_indices
for function in (fast_knn_indices, smooth_knn_dist, compute_membership_strengths):
    assert function.stats.cache_hits and not function.stats.cache_misses, function
"""
    fit_umap(np.random.default_rng(0).normal(size=(30, 4)))
    root = Path(__file__).resolve().parents[3]
    subprocess.run([sys.executable, "-c", script], check=True, env={**os.environ, "PYTHONPATH": str(root)})
