"""Samplers that make rows of a class from its rows: imbalanced-learn's checks, and what holds for all of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from imblearn.pipeline import make_pipeline
from imblearn.utils.estimator_checks import check_param_validation, parametrize_with_checks
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.preprocessing import StandardScaler

from core.latent.agcl import AGCL
from core.latent.borrowed import SMOTE, SmoothedBootstrap
from core.latent.class_gaussian import ClassGaussian
from core.latent.duplication import Duplication
from core.latent.gaussian_noise import GaussianNoise
from core.latent.genetic_search import GeneticSearch
from core.latent.inexact import ADASYN, KMeansSMOTE
from core.latent.knnmtd import KNNMTD
from core.latent.row_sampler import EnlargingSampler
from core.latent.s3vae import S3VAE
from core.latent.samplers import sampler, synthetic_rows
from core.rng import dealt
from core.settings import SAMPLERS as SETTINGS
from core.settings import GeneticSearchSettings, S3VAESettings

SAMPLERS = [
    Duplication(random_state=0),
    GaussianNoise(random_state=0),
    ClassGaussian(random_state=0),
    KNNMTD(random_state=0),
    KNNMTD(neighbours="multivariate", random_state=0),
    SMOTE(random_state=0),
    SmoothedBootstrap(random_state=0),
    ADASYN(random_state=0),
    KMeansSMOTE(random_state=0),
    GeneticSearch(generations=8, population=6, random_state=0),
    S3VAE(steps=4, random_state=0),
]
AGCLS = [AGCL(random_state=0), AGCL(threshold=0.0, spread="hierarchical", random_state=0)]

pytestmark = [
    pytest.mark.filterwarnings("ignore::core.latent.row_sampler.Told"),
    pytest.mark.filterwarnings("ignore::core.latent.agcl.NoSyntheticRows"),
]


def called(sampler: EnlargingSampler | AGCL) -> str:
    return f"{type(sampler).__name__}-{getattr(sampler, 'neighbours', '')}{getattr(sampler, 'spread', '')}"


each = pytest.mark.parametrize("sampler", SAMPLERS, ids=called)
each_and_agcl = pytest.mark.parametrize("sampler", [*SAMPLERS, *AGCLS], ids=called)


@parametrize_with_checks(list({type(sampler): sampler for sampler in reversed(SAMPLERS)}.values()))
def test_imbalanced_learns_checks(estimator: EnlargingSampler, check) -> None:  # type: ignore[no-untyped-def]
    check(estimator)


@each
def test_parameters_are_validated_by_name(sampler: EnlargingSampler) -> None:
    check_param_validation(type(sampler).__name__, clone(sampler))


def cohort(seed: int, n: int, d: int, n_classes: int) -> tuple[np.ndarray, np.ndarray]:
    """Intensities with a constant column, rows that are there twice, and classes of at least one row."""
    rng = np.random.default_rng(seed)
    X = np.round(rng.uniform(0, 5, (n, d)), 1)
    X[:, -1] = 2.0
    X[n // 2] = X[0]
    y = np.r_[np.arange(n_classes), rng.integers(0, n_classes, n - n_classes)]
    return X, y


@each_and_agcl
@settings(deadline=None, max_examples=25)
@given(
    seed=st.integers(0, 2**31),
    n=st.integers(6, 30),
    d=st.integers(1, 40),
    n_classes=st.integers(2, 5),
    alpha=st.floats(0, 4),
    words=st.booleans(),
)
def test_counts_bounds_labels_and_real_rows(
    sampler: EnlargingSampler | AGCL, seed: int, n: int, d: int, n_classes: int, alpha: float, words: bool
) -> None:
    X, y = cohort(seed, n, d, n_classes)
    if words:
        y = np.array(["control", "PD", "MSA", "PSP", "ET"])[y]
    made = clone(sampler).set_params(alpha=alpha, bounds=(0.0, 5.0))
    X_new, y_new = made.fit_resample(X, y)
    np.testing.assert_array_equal(X_new[:n], X)
    np.testing.assert_array_equal(y_new[:n], y)
    assert y_new.dtype == y.dtype
    assert {c: int((y_new[n:] == c).sum()) for c in np.unique(y)} == asked(made, y, alpha)
    assert np.isfinite(X_new).all()
    assert X_new.min() >= 0
    assert X_new.max() <= 5
    np.testing.assert_array_equal(made.is_synthetic_, np.arange(len(y_new)) >= n)
    if isinstance(made, AGCL):
        assert set(made.source_[:n]) == {""}
        assert all(made.source_[n:])
        return
    known = made.source_[n:] >= 0
    assert (made.source_[:n] == -1).all()
    np.testing.assert_array_equal(y[made.source_[n:][known]], y_new[n:][known])


def asked(made: EnlargingSampler | AGCL, y: np.ndarray, alpha: float) -> dict:
    """Rows of each class that a fitted sampler owes: of AGCL those of every pure cluster, each rounded by itself."""
    if not isinstance(made, AGCL):
        return {c: round(alpha * int((y == c).sum())) for c in np.unique(y)}
    owed = dict.fromkeys(np.unique(y), 0)
    for cluster in made.cut_.clusters:
        if cluster.pure:
            owed[y[cluster.members[0]]] += round(alpha * len(cluster.members))
    return owed


@each_and_agcl
@pytest.mark.parametrize("ties", [False, True])
def test_the_order_of_the_rows_changes_only_what_sources_are_called(
    sampler: EnlargingSampler | AGCL, ties: bool
) -> None:
    rng = np.random.default_rng(5)
    X, y = rng.uniform(0, 5, (30, 4)), rng.integers(0, 2, 30)
    if ties:
        X = X.round(0)
        X[:, 1] = 2.0
    order = rng.permutation(30)
    one, other = clone(sampler).set_params(alpha=2), clone(sampler).set_params(alpha=2)
    X_one, y_one = one.fit_resample(X, y)
    X_other, y_other = other.fit_resample(X[order], y[order])
    np.testing.assert_array_equal(X_other[30:], X_one[30:])
    np.testing.assert_array_equal(y_other[30:], y_one[30:])
    if isinstance(sampler, AGCL):
        np.testing.assert_array_equal(other.source_[30:], one.source_[30:])
        return
    from_rows = one.source_[30:] >= 0
    np.testing.assert_array_equal(X[order][other.source_[30:][from_rows]], X[one.source_[30:][from_rows]])


@each_and_agcl
def test_missing_values_are_refused(sampler: EnlargingSampler | AGCL) -> None:
    X, y = cohort(0, 12, 3, 2)
    X[3, 1] = np.nan
    with pytest.raises(ValueError, match="NaN"):
        clone(sampler).fit_resample(X, y)


@each_and_agcl
def test_a_constant_cohort_and_one_of_copies_give_their_rows(sampler: EnlargingSampler | AGCL) -> None:
    same = np.full((8, 3), 2.0)
    copies = np.repeat([[0.0, 1.0, 2.0], [5.0, 4.0, 2.0]], 4, axis=0)
    y = np.repeat([0, 1], 4)
    for X in (same, copies):
        made = clone(sampler).set_params(alpha=2)
        X_new, y_new = made.fit_resample(X, y)
        assert np.isfinite(X_new).all()
        assert {c: int((y_new[8:] == c).sum()) for c in (0, 1)} == asked(made, y, 2)


def test_every_row_is_dealt_as_often_as_any_other() -> None:
    counts = np.bincount(dealt(7, 24, np.random.default_rng(0)), minlength=7)
    assert sorted(counts) == [3, 3, 3, 3, 4, 4, 4]


def test_copies_are_copies() -> None:
    X, y = cohort(1, 20, 3, 2)
    made = Duplication(alpha=2, random_state=0)
    X_new, _ = made.fit_resample(X, y)
    np.testing.assert_array_equal(X_new[20:], X[made.source_[20:]])


def test_noise_has_the_standard_deviation_asked_for() -> None:
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(50, 3)), np.repeat([0, 1], 25)
    made = GaussianNoise(alpha=400, sigma=0.3, bounds=None, random_state=0)
    X_new, _ = made.fit_resample(X, y)
    noise = X_new[50:] - X[made.source_[50:]]
    np.testing.assert_allclose(noise.std(axis=0), 0.3, rtol=0.02)
    np.testing.assert_allclose(np.corrcoef(noise.T), np.eye(3), atol=0.03)


def test_a_class_gaussian_has_the_mean_and_the_shrunk_covariance_of_its_class() -> None:
    from sklearn.covariance import ledoit_wolf

    rng = np.random.default_rng(0)
    X = rng.multivariate_normal([1, 2], [[1, 0.8], [0.8, 1]], 40)
    y = np.repeat([0, 1], 20)
    X[y == 1] += 3
    X_new, y_new = ClassGaussian(alpha=2000, bounds=None, random_state=0).fit_resample(X, y)
    for label in (0, 1):
        rows, made = X[y == label], X_new[40:][y_new[40:] == label]
        np.testing.assert_allclose(made.mean(axis=0), rows.mean(axis=0), atol=0.03)
        np.testing.assert_allclose(np.cov(made.T), ledoit_wolf(rows)[0], rtol=0.05)


def test_every_setting_makes_a_sampler_that_goes_inside_a_pipeline() -> None:
    rng = np.random.default_rng(0)
    X, y = rng.uniform(0, 5, (40, 5)), np.repeat([0, 1], 20)
    for kind in SETTINGS.values():
        shorter = {GeneticSearchSettings: {"generations": 5}, S3VAESettings: {"steps": 5}}.get(kind, {})
        model = make_pipeline(StandardScaler(), sampler(kind(alpha=1, **shorter), None, 0), LogisticRegression())
        assert np.isfinite(cross_val_score(model, X, y, error_score="raise")).all()


def test_rows_come_back_on_the_scale_they_came_from() -> None:
    rng = np.random.default_rng(0)
    X, y = rng.uniform(0, 5, (40, 3)) * [1, 0.1, 1], np.repeat([0, 1], 20)
    for kind in SETTINGS.values():
        made = synthetic_rows(X, y, kind(alpha=3), (0.0, 5.0), 1)
        assert made.X.min() >= 0
        assert made.X.max() <= 5
        assert made.X[:, 1].max() < 1
        assert len(made.y) == len(made.source) == 120
