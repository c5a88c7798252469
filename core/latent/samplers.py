"""From settings to the sampler that they describe: one place that knows every method."""

from __future__ import annotations

import warnings
from dataclasses import asdict

import numpy as np
from imblearn.base import BaseSampler

from core.latent.agcl import AGCL, NoSyntheticRows
from core.latent.borrowed import SMOTE, SmoothedBootstrap
from core.latent.class_gaussian import ClassGaussian
from core.latent.duplication import Duplication
from core.latent.gaussian_noise import GaussianNoise
from core.latent.genetic_search import GeneticSearch
from core.latent.inexact import ADASYN, KMeansSMOTE
from core.latent.knnmtd import KNNMTD
from core.latent.row_sampler import Told
from core.latent.s3vae import S3VAE
from core.latent.synthesis import Bounds, Synthetic
from core.settings import (
    ADASYNSettings,
    AGCLSettings,
    ClassGaussianSettings,
    DuplicationSettings,
    GaussianNoiseSettings,
    GeneticSearchSettings,
    KMeansSMOTESettings,
    KNNMTDSettings,
    S3VAESettings,
    SamplerSettings,
    SmoothedBootstrapSettings,
    SMOTESettings,
)

_KINDS: dict[type[SamplerSettings], type[BaseSampler]] = {
    AGCLSettings: AGCL,
    GaussianNoiseSettings: GaussianNoise,
    KNNMTDSettings: KNNMTD,
    ClassGaussianSettings: ClassGaussian,
    SMOTESettings: SMOTE,
    SmoothedBootstrapSettings: SmoothedBootstrap,
    ADASYNSettings: ADASYN,
    KMeansSMOTESettings: KMeansSMOTE,
    GeneticSearchSettings: GeneticSearch,
    S3VAESettings: S3VAE,
    DuplicationSettings: Duplication,
}


def sampler(settings: SamplerSettings, bounds: Bounds | None, random_state: int) -> BaseSampler:
    """The imbalanced-learn sampler of these settings, for use alone or in a Pipeline. bounds: on the scale of its X."""
    return _KINDS[type(settings)](**asdict(settings), bounds=bounds, random_state=random_state)


def synthetic_rows(
    X: np.ndarray, y: np.ndarray, settings: SamplerSettings, bounds: Bounds | None, random_state: int = 0
) -> Synthetic:
    """What a method makes of X (n, d), y (n,): each feature is standardised over these rows meanwhile.

    bounds: on the scale of X. source: of AGCL the path of the cluster; else the row of X, -1 where it was made from the
    whole class.
    """
    mean, sd = X.mean(axis=0), X.std(axis=0)
    sd = np.where(sd > 0, sd, 1.0)
    scaled = None if bounds is None else tuple((np.asarray(bound) - mean) / sd for bound in bounds)
    made = sampler(settings, scaled, random_state)
    with warnings.catch_warnings():
        # The rows that are not there say it, and what is told of them.
        warnings.simplefilter("ignore", NoSyntheticRows)
        warnings.simplefilter("ignore", Told)
        X_new, y_new = made.fit_resample((X - mean) / sd, y)
    new = made.is_synthetic_
    values = X_new[new] * sd + mean
    if bounds is not None:
        # Scaling there and back may leave a bound by the last bit.
        np.clip(values, *bounds, out=values)
    told = getattr(made, "history_", {}), getattr(made, "n_filled_", {})
    units = getattr(made, "n_active_", 0), getattr(made, "n_units_", 0)
    return Synthetic(values, y_new[new], made.source_[new], *told, units, getattr(made, "remark_", ""))
