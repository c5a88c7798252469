"""ADASYN and KMeansSMOTE: their own rows where they make them, SMOTE's where they do not, and words that say so."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from imblearn import over_sampling

from core.latent.inexact import ADASYN, FilledUp, KMeansSMOTE, filled_words
from core.latent.samplers import synthetic_rows
from core.settings import ADASYNSettings


def overlapping(n: int = 60) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1], [n - n // 3, n // 3])
    return np.clip(rng.normal(2, 1, (n, 3)) + 0.5 * y[:, None], 0, 5), y


def apart() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    return np.r_[rng.uniform(0, 0.5, (12, 3)), rng.uniform(4.5, 5, (12, 3))], np.repeat([0, 1], 12)


def between(made: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """(m,) how far each of `made` is from the nearest line between two of `rows`."""
    a, b = (rows[index] for index in np.triu_indices(len(rows), 1))
    along = ((made[:, None] - a) * (b - a)).sum(axis=2) / np.maximum(((b - a) ** 2).sum(axis=1), 1e-12)
    nearest = a + np.clip(along, 0, 1)[..., None] * (b - a)
    return np.linalg.norm(made[:, None] - nearest, axis=2).min(axis=1)


@pytest.mark.filterwarnings("ignore::core.latent.inexact.FilledUp")
@pytest.mark.parametrize("sampler", [ADASYN(alpha=2, random_state=0), KMeansSMOTE(alpha=2, clusters=4, random_state=0)])
def test_every_row_lies_between_two_rows_of_its_class(sampler: ADASYN | KMeansSMOTE) -> None:
    X, y = overlapping()
    X_new, y_new = sampler.fit_resample(X, y)
    for label in (0, 1):
        assert between(X_new[60:][y_new[60:] == label], X[y == label]).max() < 1e-9
    assert sampler.n_filled_.keys() == {0, 1}
    assert max(sampler.n_filled_.values()) < 10


def test_adasyn_makes_more_where_the_other_class_is_near() -> None:
    rng = np.random.default_rng(3)
    X = np.r_[rng.normal(1, 0.1, (20, 2)), rng.normal(3, 0.1, (20, 2)), rng.normal(3, 0.1, (10, 2))]
    y = np.repeat([0, 0, 1], [20, 20, 10])
    X_new, y_new = ADASYN(alpha=3, random_state=0).fit_resample(X, y)
    assert (X_new[50:][y_new[50:] == 0] > 2).all()


def test_adasyn_has_the_rows_that_imbalanced_learn_gives() -> None:
    X, y = overlapping()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FilledUp)
        made = ADASYN(alpha=1, random_state=0)
        _, y_new = made.fit_resample(X, y)
    for label in (0, 1):
        n = int((y == label).sum())
        _, peer = over_sampling.ADASYN(sampling_strategy={label: 2 * n}, random_state=0).fit_resample(X, y)
        short = n - (len(peer) - 60)
        assert made.n_filled_[label] == max(short, 0)
        assert (y_new[60:] == label).sum() == n


def test_who_has_no_other_class_near_is_filled_up_by_smote_and_told() -> None:
    X, y = apart()
    sampler = ADASYN(alpha=2, random_state=0)
    with pytest.warns(FilledUp, match="SMOTE made 24 of 24 rows of 0 and 24 of 24 rows of 1") as caught:
        X_new, y_new = sampler.fit_resample(X, y)
    assert caught[0].filename == __file__
    assert sampler.n_filled_ == {0: 24, 1: 24}
    assert np.bincount(y_new[24:]).tolist() == [24, 24]
    assert between(X_new[24:][y_new[24:] == 1], X[y == 1]).max() < 1e-9


def test_no_cluster_with_enough_rows_is_told() -> None:
    X, y = overlapping()
    sampler = KMeansSMOTE(alpha=1, k=30, random_state=0)
    with pytest.warns(FilledUp, match="came short"):
        sampler.fit_resample(X, y)
    assert sampler.n_filled_ == {0: 40, 1: 20}


def test_too_many_rows_are_thinned_out_evenly() -> None:
    # K-means SMOTE rounds the rows of every cluster up.
    X, y = overlapping()
    clusters = 3
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        X_new, _ = KMeansSMOTE(alpha=1.05, clusters=clusters, random_state=0).fit_resample(X, y)
    assert len(X_new) == 60 + 42 + 21


def test_one_row_of_a_class_is_copied() -> None:
    X, y = overlapping()
    y[y == 1] = np.r_[2, np.zeros(19, int)]
    for kind in (ADASYN, KMeansSMOTE):
        with pytest.warns(FilledUp):
            X_new, y_new = kind(alpha=3, random_state=0).fit_resample(X, y)
        np.testing.assert_array_equal(X_new[60:][y_new[60:] == 2], np.repeat(X[y == 2], 3, axis=0))


def test_what_was_filled_up_goes_with_the_rows() -> None:
    X, y = apart()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        made = synthetic_rows(X, y, ADASYNSettings(alpha=1), None)
    assert made.n_filled == {0: 12, 1: 12}
    said = filled_words(made.n_filled, made.y, {0: "control", 1: "PD"})
    assert said.startswith("SMOTE made 12 of 12 rows of control and 12 of 12 rows of PD:")
