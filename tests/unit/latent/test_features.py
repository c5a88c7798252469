"""From an AU table to the arrays of one emotion."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.errors import UserError
from core.latent.features import complete_rows, feature_names, group_means, samples
from core.scales import limits_of
from core.types import ACTION_UNITS, EMOTIONS, TABLE_II
from core.workspace.demo import demo_table


def small_table() -> pd.DataFrame:
    rows = [
        ("A", "fear", "PD", 1.0, 2.0, 3.0),
        ("B", "fear", "control", 3.0, 2.0, 1.0),
        ("C", "fear", "", 5.0, 5.0, 5.0),
        ("A", "anger", "PD", 0.0, 0.0, 0.0),
        ("D", "fear", "control", 2.0, 2.0, 2.0),
    ]
    return pd.DataFrame(rows, columns=["subject", "emotion", "group", "AU05", "AU12", "AU17"])


def test_table_ii_is_the_papers() -> None:
    assert list(TABLE_II) == list(EMOTIONS)
    assert TABLE_II["disgust"] == ("AU23", "AU25", "AU45")
    assert all(len(names) == 3 and set(names) <= set(ACTION_UNITS) for names in TABLE_II.values())
    assert feature_names("fear", "all 17") == ACTION_UNITS
    assert feature_names("sadness", "all 17") == ACTION_UNITS


def test_group_means_are_of_known_groups_in_their_order_and_of_what_was_measured() -> None:
    table = small_table()
    table.loc[1, "AU17"] = np.nan
    means = group_means(table[table["emotion"] == "fear"], ("AU05", "AU17"))
    assert list(means.index) == ["PD", "control"]
    assert means.to_numpy().tolist() == [[1, 3], [2.5, 2]]
    assert list(group_means(table[table["group"] == "control"], ("AU12",)).index) == ["control"]


def test_one_emotions_rows_of_known_group_in_order() -> None:
    found = samples(small_table(), "fear", "Table II")
    assert found.features == ("AU05", "AU12", "AU17")
    assert found.X.tolist() == [[1, 2, 3], [3, 2, 1], [2, 2, 2]]
    assert found.y.tolist() == [1, 0, 0]
    assert found.groups.tolist() == ["A", "B", "D"]


def test_scaled_by_hand() -> None:
    # AU05: 1, 3, 2: mean 2, sd √(2/3) = 0.81650: −1.22474, 1.22474, 0.  AU12 is constant: 0.
    found = samples(small_table(), "fear", "Table II", scaled=True)
    assert found.X[:, 0] == pytest.approx([-1.224745, 1.224745, 0], abs=1e-6)
    assert found.X[:, 1].tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("table", "emotion", "feature_set", "said"),
    [
        (small_table(), "sadness", "Table II", "no Table II feature set for 'sadness'"),
        (small_table(), "fear", "all 17", "no AU01, AU02"),
        (small_table().drop(columns="AU12"), "fear", "Table II", "no AU12"),
        (small_table().query("group != 'PD'"), "fear", "Table II", "nobody with the group PD"),
        (small_table(), "surprise", "all 17", "no AU01"),
        (small_table().assign(AU12=[1.0, np.nan, 1, 1, 1]), "fear", "Table II", "1 of 3 rows for fear have a missing"),
    ],
)
def test_what_cannot_be_used_is_said_plainly(table: pd.DataFrame, emotion: str, feature_set: str, said: str) -> None:
    with pytest.raises(UserError, match=said) as caught:
        samples(table, emotion, feature_set)
    assert caught.value.why
    assert caught.value.remedy


def test_an_unknown_feature_set_is_a_bug_not_a_user_error() -> None:
    with pytest.raises(ValueError, match="feature_set must be one of"):
        feature_names("fear", "some")


def test_the_simulated_cohort_gives_both_groups_in_every_emotion() -> None:
    table = demo_table()
    assert [len(samples(table, emotion, "all 17").y) for emotion in EMOTIONS] == [54, 55, 53, 55, 55]


def test_the_sided_and_the_dynamic_sets_of_the_demo_cohort() -> None:
    table = demo_table()
    sided = feature_names("anger", "left and right")
    assert len(sided) == 31
    assert {"AU12_L", "AU12_R", "AU17", "AU25", "AU26"} <= set(sided)
    for features in ("left and right", "dynamics"):
        found = samples(complete_rows(table, "anger", features), "anger", features)
        low, high = limits_of(found.features)
        assert ((low <= found.X) & (high >= found.X)).all()
        assert not found.automatic


def test_of_the_automatic_set_the_candidates_are_all_17() -> None:
    found = samples(demo_table(), "anger", "automatic")
    assert found.features == ACTION_UNITS
    assert found.automatic


def test_a_table_without_sides_says_so_in_one_line() -> None:
    table = demo_table().drop(columns=[f"AU01_{side}" for side in "LR"])
    with pytest.raises(UserError, match=r"The table has no AU01_L, AU01_R\. left and right for anger needs AU01_L, .*"):
        complete_rows(table, "anger", "left and right")
