"""The demo cohort: Table I's counts, how well its groups can be told apart, and its clips in a workspace."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from core.latent.features import samples
from core.types import ACTION_UNITS, CONTROL, EMOTIONS, PD, SIDED_ACTION_UNITS, TABLE_KEYS
from core.workspace import clips, cohorts
from core.workspace.demo import demo_clips, demo_table
from core.workspace.store import Workspace


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return demo_table()


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
    intensities = table[[*ACTION_UNITS, *sides]].to_numpy(float)
    assert np.isfinite(intensities).all()
    assert intensities.min() >= 0
    assert intensities.max() <= 5
    assert table.simulated.dtype == bool
    assert table.simulated.all()
    assert set(table.backend) == {"hypomimia-lab"}


def test_pd_is_weaker_and_less_even(table: pd.DataFrame) -> None:
    amplitude = table[list(ACTION_UNITS)].sum(axis=1).groupby(table.group).mean()
    assert 0.5 < amplitude[PD] / amplitude[CONTROL] < 0.9
    left, right = (table[[f"{unit}_{side}" for unit in SIDED_ACTION_UNITS]].to_numpy() for side in "LR")
    uneven = np.abs(left - right).sum(axis=1) / (left + right).sum(axis=1)
    assert uneven[table.group == PD].mean() > 1.1 * uneven[table.group == CONTROL].mean()


def nested_auroc(table: pd.DataFrame, random_state: int) -> float:
    """Five outer folds by person; in each, a logistic regression an emotion on all 17 units, whose penalty is chosen by
    four inner folds of its training people; a person's score is the mean over their emotions."""
    people = table.drop_duplicates("subject")
    names, is_pd = people.subject.to_numpy(), (people.group == PD).to_numpy(int)
    scores: dict[str, list[float]] = {name: [] for name in names}
    for _, test in StratifiedKFold(5, shuffle=True, random_state=random_state).split(names, is_pd):
        for emotion in EMOTIONS:
            found = samples(table, emotion, "all 17")
            held_out = np.isin(found.groups, names[test])
            model = make_pipeline(StandardScaler(), LogisticRegression())
            search = GridSearchCV(model, {"logisticregression__C": [0.01, 0.1, 1.0]}, scoring="roc_auc", cv=4)
            search.fit(found.X[~held_out], found.y[~held_out])
            probabilities = search.predict_proba(found.X[held_out])[:, 1]
            for name, probability in zip(found.groups[held_out], probabilities, strict=True):
                scores[name].append(probability)
    return float(roc_auc_score(is_pd, [np.mean(scores[name]) for name in names]))


def test_groups_overlap_about_as_much_as_real_ones(table: pd.DataFrame) -> None:
    assert 0.80 <= nested_auroc(table, 0) <= 0.92


def test_the_clips_of_four_people_tell_what_is_true_in_them(table: pd.DataFrame) -> None:
    found = demo_clips()
    assert len(found) == 20
    groups = {clip.subject: clip.group for clip in found}
    assert sorted(groups.values()) == [PD, PD, CONTROL, CONTROL]
    assert all({c.emotion for c in found if c.subject == subject} == set(EMOTIONS) for subject in groups)
    assert sum(clip.path.stat().st_size for clip in found) < 2_500_000
    truths = json.loads((found[0].path.parent / "truth.json").read_text())
    for clip in found:
        truth = truths[clip.path.name]
        assert truth["simulated"] is True
        assert 0 < truth["onset_frame"] < truth["peak_frame"] < truth["n_frames"]
        row = table[(table.subject == clip.subject) & (table.emotion == clip.emotion)]
        assert len(row) == 1
        assert row.group.item() == clip.group == truth["group"]


def test_opening_the_demo_brings_its_clips_once(ws: Workspace) -> None:
    cohort = cohorts.open_demo(ws)
    assert cohorts.open_demo(ws) == cohort
    assert (cohort.n_people, cohort.n_rows, cohort.simulated) == (59, 272, True)
    here = clips.list_clips(ws)
    expected = {(clip.subject, clip.emotion, clip.group) for clip in demo_clips()}
    assert {(clip.subject, clip.emotion, clip.group) for clip in here} == expected
    assert len(here) == 20
    assert all(clip.simulated for clip in here)
