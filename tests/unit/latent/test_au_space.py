"""The standardised space of the clusters, and adding AGCL's rows to a table."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import UserError
from core.latent.au_space import augment, build_space
from core.settings import RULES, SPREADS, AGCLSettings

PURE = AGCLSettings(alpha=2, threshold=0, n_clusters=2)


def two_groups() -> pd.DataFrame:
    """Two far groups of two points, each of one class: two pure clusters at any threshold."""
    return pd.DataFrame(
        {"who": ["a", "b", "c", "d"], "group": ["PD", "PD", "control", "control"], "AU06": [0.0, 0.2, 4.0, 4.2]}
    )


def test_standardised_by_hand_and_back() -> None:
    # Mean (2, 10), population standard deviations sqrt((4 + 0 + 4) / 3) and 0; the constant column keeps its scale.
    X = np.array([[0.0, 10.0], [2.0, 10.0], [4.0, 10.0]])
    space = build_space(X, np.array([0, 1, 1]), n_clusters=2)
    sd = np.sqrt(8 / 3)
    assert space.mean.tolist() == [2.0, 10.0]
    assert space.sd == pytest.approx([sd, 1.0])
    assert space.standardised(X) == pytest.approx(np.array([[-2 / sd, 0], [0, 0], [2 / sd, 0]]))
    assert space.standardised(np.array([[2 + sd, 13.0]])) == pytest.approx(np.array([[1.0, 3.0]]))
    assert space.original(space.standardised(X)) == pytest.approx(X)


def test_a_wide_unit_does_not_outweigh_a_narrow_one() -> None:
    """AU45 separates the groups at a tenth of the range over which AU12 scatters: standardised, the clusters see it."""
    rng = np.random.default_rng(0)
    side = np.repeat([0, 1], 20)
    X = np.column_stack([rng.uniform(0, 5, 40), side * 0.4 + rng.normal(0, 0.01, 40)])
    space = build_space(X, side, n_clusters=2, threshold=1.0)
    assert space.tree.cut(1.0).coverage == {0: 1.0, 1: 1.0}
    raw = build_space(X * [1, 1e-6], side, n_clusters=2, threshold=1.0)
    assert raw.tree.cut(1.0).coverage == space.tree.cut(1.0).coverage


def test_synthetic_rows_come_back_on_the_original_scale() -> None:
    X = np.array([[0.0], [0.2], [4.0], [4.2]])
    space = build_space(X, np.array([0, 0, 1, 1]), n_clusters=2)
    made = space.synthesise(space.tree.cut(0.0), 500, "paper", None)
    for label, centre in ((0, 0.1), (1, 4.1)):
        # Both points of a pair are 0.1 from their centre, so r = 0.1 (equation 6).
        points = made.X[made.y == label, 0]
        assert len(points) == 1000
        assert points.mean() == pytest.approx(centre, abs=0.02)
        assert points.std() == pytest.approx(0.1, rel=0.1)
    clipped = space.synthesise(space.tree.cut(0.0), 500, "paper")
    assert np.array_equal(clipped.X, np.clip(made.X, 0, 5))


def test_rows_are_added_with_their_source() -> None:
    result = augment(two_groups(), "group", ["AU06"], PURE)
    assert list(result.columns) == ["who", "group", "AU06", "synthetic", "source"]
    assert result["synthetic"].tolist() == [False] * 4 + [True] * 8
    made = result[result["synthetic"]]
    assert made["group"].value_counts().to_dict() == {"PD": 4, "control": 4}
    assert made["who"].isna().all()
    assert made.groupby("source")["group"].unique().map(list).tolist() in (
        [["PD"], ["control"]], [["control"], ["PD"]],
    )  # fmt: skip
    assert set(made["source"]) == {"cluster 0", "cluster 1"}
    assert made["AU06"].between(0, 5).all()


def test_values_beyond_intensities_are_not_clipped_to_them() -> None:
    table = two_groups().assign(AU06=[-60.0, -50.0, 50.0, 60.0])
    made = augment(table, "group", ["AU06"], PURE).iloc[4:]
    assert made.loc[made["group"] == "PD", "AU06"].mean() < -40
    assert made.loc[made["group"] == "control", "AU06"].mean() > 40


def test_text_gives_the_numbers_that_it_says() -> None:
    rng = np.random.default_rng(1)
    table = pd.DataFrame(
        {"group": ["PD", "control"] * 15, "AU06": rng.uniform(0, 5, 30), "AU12": rng.uniform(0, 5, 30)}
    )
    as_text = table.astype({"AU06": str, "AU12": str})
    features = ["AU06", "AU12"]
    one, other = (augment(t, "group", features, AGCLSettings(threshold=0)).iloc[30:] for t in (table, as_text))
    assert np.array_equal(one[features].to_numpy(float), other[features].to_numpy(float))


@pytest.mark.parametrize(
    ("table", "label", "features", "said"),
    [
        (two_groups(), "diagnosis", ["AU06"], "no column diagnosis.*who, group, AU06"),
        (two_groups().assign(synthetic=False), "group", ["AU06"], "column synthetic already"),
        (two_groups().assign(source="clinic A"), "group", ["AU06"], "column source.*Rename"),
        (two_groups().assign(code=["a", "b", "c", "d"]), "code", ["AU06"], "4 of the 4 values in the column code"),
        (two_groups().assign(code=["a", "a", "c", "d"]), "code", ["AU06"], "2 of the 3 values in the column code"),
        (two_groups(), "group", [], "No feature columns"),
        (two_groups().assign(AU06=[1, np.nan, 2, np.inf]), "group", ["AU06"], r"2 of 4 rows.*\(lines 3, 5\)"),
        (two_groups().assign(AU06=["1", "", "x", "2"]), "group", ["AU06"], r"2 of 4 rows.*\(lines 3, 4\)"),
        (two_groups().assign(group=["PD", "PD", None, "control"]), "group", ["AU06"], r"lines 4\)"),
        (two_groups().assign(group=["PD", " ", "control", "control"]), "group", ["AU06"], r"lines 3\)"),
        (two_groups().assign(group="PD"), "group", ["AU06"], "one class only"),
    ],
)
def test_what_cannot_be_augmented_is_refused(table: pd.DataFrame, label: str, features: list[str], said: str) -> None:
    with pytest.raises(UserError, match=said):
        augment(table, label, features, PURE)


@settings(max_examples=40, deadline=None)
@given(
    values=st.lists(st.tuples(st.floats(0, 5), st.floats(0, 5)), min_size=3, max_size=20),
    alpha=st.floats(0, 9),
    threshold=st.floats(0, 1),
    n_clusters=st.none() | st.integers(1, 6),
    rule=st.sampled_from(RULES),
    spread=st.sampled_from(SPREADS),
    seed=st.integers(0, 99),
)
def test_real_rows_stay_and_synthetic_ones_are_faces_a_camera_could_report(
    values: list, alpha: float, threshold: float, n_clusters: int | None, rule: str, spread: str, seed: int
) -> None:
    table = pd.DataFrame(values, columns=["AU06", "AU12"])
    table["group"] = ["PD" if i % 2 else "control" for i in range(len(table))]
    chosen = AGCLSettings(alpha, threshold, n_clusters, rule, spread)
    result = augment(table, "group", ["AU06", "AU12"], chosen, seed)
    pd.testing.assert_frame_equal(
        result.loc[: len(table) - 1, list(table.columns)], table, check_exact=True, check_dtype=False
    )
    assert result["synthetic"].sum() == len(result) - len(table)
    made = result.iloc[len(table) :]
    assert made[["AU06", "AU12"]].apply(lambda column: column.between(0, 5)).all(axis=None)
    assert made["source"].str.startswith("cluster ").all()
    pd.testing.assert_frame_equal(result, augment(table, "group", ["AU06", "AU12"], chosen, seed), check_exact=True)
