"""The simulated cohort: Table I's counts, plausible intensities, and how well the groups can be told apart."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from core.latent.features import samples
from core.latent.simulated_cohort import PROFILES, simulate_cohort
from core.types import ACTION_UNITS, CONTROL, EMOTIONS, PD, SIDED_ACTION_UNITS, TABLE_KEYS


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return simulate_cohort()


def test_counts_are_those_of_table_i(table: pd.DataFrame) -> None:
    counts = {
        group: [int(((table.group == group) & (table.emotion == e)).sum()) for e in EMOTIONS] for group in (PD, CONTROL)
    }
    assert counts == {PD: [26, 25, 26, 25, 29], CONTROL: [28, 30, 27, 30, 26]}
    people = table.drop_duplicates("subject")
    assert sorted(people.subject) == [f"SIM{number:02d}" for number in range(1, 60)]
    assert (people.group == PD).sum() == 29
    assert table.groupby("subject").group.nunique().max() == 1
    assert not table.duplicated(["subject", "emotion"]).any()
    assert table.groupby("subject").size().min() >= 4


def test_columns_values_and_provenance(table: pd.DataFrame) -> None:
    sides = [f"{unit}_{side}" for unit in SIDED_ACTION_UNITS for side in "LR"]
    assert list(table.columns[:5]) == list(TABLE_KEYS)
    assert set(table.columns[5:]) == set(ACTION_UNITS) | set(sides)
    intensities = table.iloc[:, 5:].to_numpy(float)
    assert np.isfinite(intensities).all()
    assert intensities.min() >= 0
    assert intensities.max() <= 5
    assert table.simulated.all()
    assert set(table.backend) == {"simulated"}


def test_the_same_seed_gives_the_same_bytes(table: pd.DataFrame) -> None:
    assert simulate_cohort(0).to_csv() == table.to_csv()
    assert simulate_cohort(1).to_csv() != table.to_csv()


def test_expressions_differ_and_pd_is_weaker_and_less_even(table: pd.DataFrame) -> None:
    for emotion, profile in PROFILES.items():
        mean = table[table.emotion == emotion][list(ACTION_UNITS)].mean()
        assert set(mean.nlargest(3).index) <= set(profile)
    amplitude = table[list(ACTION_UNITS)].sum(axis=1).groupby(table.group).mean()
    assert 0.5 < amplitude[PD] / amplitude[CONTROL] < 0.8
    left, right = (table[[f"{unit}_{side}" for unit in SIDED_ACTION_UNITS]].to_numpy() for side in "LR")
    uneven = np.abs(left - right).sum(axis=1) / (left + right).sum(axis=1)
    assert uneven[table.group == PD].mean() > 1.5 * uneven[table.group == CONTROL].mean()


def auroc(table: pd.DataFrame) -> float:
    """Five folds by person, a logistic regression per emotion on Table II, averaged over a person's emotions."""
    people = table.drop_duplicates("subject")
    names, is_pd = people.subject.to_numpy(), (people.group == PD).to_numpy(int)
    probabilities: dict[str, list[float]] = {name: [] for name in names}
    for _, test in StratifiedKFold(5, shuffle=True, random_state=0).split(names, is_pd):
        for emotion in EMOTIONS:
            found = samples(table, emotion, "Table II")
            held_out = np.isin(found.groups, names[test])
            model = make_pipeline(StandardScaler(), LogisticRegression()).fit(found.X[~held_out], found.y[~held_out])
            for name, probability in zip(
                found.groups[held_out], model.predict_proba(found.X[held_out])[:, 1], strict=True
            ):
                probabilities[name].append(probability)
    return float(roc_auc_score(is_pd, [np.mean(probabilities[name]) for name in names]))


def test_groups_overlap_about_as_much_as_real_ones(table: pd.DataFrame) -> None:
    assert 0.80 <= auroc(table) <= 0.92
    assert 0.80 <= np.mean([auroc(simulate_cohort(seed)) for seed in range(1, 5)]) <= 0.92
