"""AGCL as a sampler: imbalanced-learn's own checks, provenance, the warning and the same bytes for the same seed."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import warnings

import numpy as np
import pytest
from imblearn.pipeline import make_pipeline
from imblearn.utils.estimator_checks import check_param_validation, parametrize_with_checks
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.preprocessing import StandardScaler

from core.latent.agcl import AGCL, NoSyntheticRows
from core.settings import RULES, SPREADS

DIGEST = """
import hashlib, numpy as np
from core.latent.agcl import AGCL
rng = np.random.default_rng(0)
X, y = rng.normal(1.5, 1, (3_000, 5)), rng.integers(0, 2, 3_000)
X_new, y_new = AGCL(alpha=2, threshold=0.0, spread="hierarchical", random_state=11).fit_resample(X, y)
print(hashlib.sha256(X_new.tobytes() + y_new.tobytes()).hexdigest())
"""


@pytest.mark.filterwarnings("ignore::core.latent.agcl.NoSyntheticRows")
@parametrize_with_checks([AGCL(random_state=0), AGCL(threshold=0.0, spread="hierarchical", random_state=0)])
def test_imbalanced_learns_checks(estimator: AGCL, check) -> None:  # type: ignore[no-untyped-def]
    check(estimator)


def test_parameters_are_validated_by_name() -> None:
    check_param_validation("AGCL", AGCL())


def cohort(n: int = 60, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    y = np.where(np.arange(n) % 2, "PD", "control")
    return np.clip(rng.normal(2, 1, (n, 3)) - 0.8 * (y == "PD")[:, None], 0, 5), y


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("spread", SPREADS)
def test_real_rows_come_first_unchanged_and_every_synthetic_row_names_its_cluster(rule: str, spread: str) -> None:
    X, y = cohort()
    sampler = AGCL(alpha=3, threshold=0.6, rule=rule, spread=spread, random_state=2)
    X_new, y_new = sampler.fit_resample(X, y)
    assert np.array_equal(X_new[: len(X)], X)
    assert np.array_equal(y_new[: len(y)], y)
    assert sampler.is_synthetic_.tolist() == [False] * len(X) + [True] * (len(X_new) - len(X))
    assert set(sampler.source_[: len(X)]) == {""}
    pure = {cluster.path: cluster for cluster in sampler.cut_.clusters if cluster.pure}
    assert pure
    assert len(X_new) - len(X) == 3 * sum(len(cluster.members) for cluster in pure.values())
    for source, label in zip(sampler.source_[len(X) :], y_new[len(X) :], strict=True):
        assert pure[source].counts[label] > 0
    share = {label: sum(c.counts[label] for c in pure.values()) / 30 for label in ("PD", "control")}
    assert sampler.coverage_ == pytest.approx(share)


def test_a_class_without_a_pure_cluster_is_warned_of_by_name() -> None:
    # k = 2 at threshold 1: a lone far PD, and a mixed cluster that holds every control.
    X = np.array([[5.0], [0.1], [0.2], [0.15], [0.3]])
    y = np.array(["PD", "PD", "control", "PD", "control"])
    sampler = AGCL(threshold=1.0, n_clusters=2, random_state=0)
    with pytest.warns(NoSyntheticRows, match="every class but control") as caught:
        sampler.fit_resample(X, y)
    assert sampler.coverage_ == {"control": 0.0, "PD": pytest.approx(1 / 3)}
    assert "threshold 1.0" in str(caught[0].message)


def test_no_synthetic_rows_at_all_is_warned_of_and_returns_the_real_rows() -> None:
    X, y = np.ones((8, 2)), np.tile([0, 1], 4)
    with pytest.warns(NoSyntheticRows, match="no class"):
        X_new, y_new = AGCL(random_state=0).fit_resample(X, y)
    assert np.array_equal(X_new, X)
    assert np.array_equal(y_new, y)


def test_a_covered_cohort_and_alpha_zero_are_not_warned_of() -> None:
    X, y = cohort()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        AGCL(threshold=0.0, random_state=0).fit_resample(X, y)
        assert len(AGCL(alpha=0, threshold=0.0, random_state=0).fit_resample(X, y)[0]) == len(X)


def test_same_seed_same_bytes_in_this_process_and_another() -> None:
    elsewhere = subprocess.run([sys.executable, "-c", DIGEST], capture_output=True, text=True, check=True).stdout
    rng = np.random.default_rng(0)
    X, y = rng.normal(1.5, 1, (3_000, 5)), rng.integers(0, 2, 3_000)
    sampler = AGCL(alpha=2, threshold=0.0, spread="hierarchical", random_state=11)
    X_new, y_new = sampler.fit_resample(X, y)
    here = hashlib.sha256(X_new.tobytes() + y_new.tobytes()).hexdigest()
    assert elsewhere.strip() == here
    assert not np.array_equal(X_new, clone(sampler).set_params(random_state=12).fit_resample(X, y)[0])


def test_a_random_state_object_advances_and_none_differs_each_time() -> None:
    X, y = cohort()
    state = np.random.RandomState(0)
    for seed in (state, None):
        one, other = (AGCL(threshold=0.0, random_state=seed).fit_resample(X, y)[0] for _ in range(2))
        assert not np.array_equal(one, other)


def test_inside_a_pipeline_only_training_folds_are_resampled_in_the_scaled_space() -> None:
    X, y = cohort(90)
    model = make_pipeline(
        StandardScaler(), AGCL(threshold=0.0, spread="hierarchical", bounds=None, random_state=0), LogisticRegression()
    )
    model.fit(X, y)
    assert len(model.predict(X)) == len(X)
    sampler = model[1]
    assert sampler.tree_.columns_.mean(axis=1) == pytest.approx([0, 0, 0], abs=1e-9)
    assert len(sampler.source_) == 8 * len(X)
    assert cross_val_score(model, X, y, cv=5).mean() > 0.6
