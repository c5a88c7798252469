"""What each measure of fidelity says of rows that can be judged by hand, and what it never says."""

from __future__ import annotations

import math
from dataclasses import asdict, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from core.latent.fidelity.closeness import Closeness, closeness, usual_distance
from core.latent.fidelity.manifold import Manifold, manifold
from core.latent.fidelity.measures import ALL, NAMES, evenly, measure
from core.latent.fidelity.spread import correlation_difference, out_of_range_share, variance_ratio
from core.latent.fidelity.trained import learned, told_apart_auroc
from core.latent.synthesis import Synthetic
from core.types import CONTROL, PD, Samples

SHARES = ("near_copy_share", "neighbour_ratio", "out_of_range_share", "rejected_share", "precision", "recall",
          "coverage", "told_apart_auroc", "learned_auroc", "learned_accuracy")  # fmt: skip


def column(*values: float) -> np.ndarray:
    return np.array(values)[:, None]


def people(rng: np.random.Generator, n: int, d: int) -> Samples:
    """n rows of n people in both groups, rounded so that values repeat, with a constant column where d > 1."""
    X = np.round(rng.uniform(0, 5, (n, d)))
    if d > 1:
        X[:, -1] = 0.1
    codes = np.array([f"P{number}" for number in range(n)])
    return Samples(X, np.arange(n) % 2, codes, tuple(f"AU{number:02}" for number in range(d)))


def test_closeness_by_hand() -> None:
    # People at 0, 1 and 3: nearest at 1, 1 and 2, usually 1. Made at 0.4 (to 0: 0.4, to 1: 0.6) and 2 (both 1).
    found = closeness(column(0.4, 2.0), column(0.0, 1.0, 3.0), np.array(["a", "b", "c"]))
    assert found.near_copy_share == 0.5
    assert found.distance_ratio == pytest.approx(0.7)
    assert found.neighbour_ratio == pytest.approx((0.4 / 0.6 + 1) / 2)


def test_a_persons_own_rows_are_not_somebody_else() -> None:
    real, who = column(0.0, 0.1, 4.0, 5.0), np.array(["a", "a", "b", "c"])
    assert usual_distance(real, who) == pytest.approx((1 + 3.9) / 2)
    copy = closeness(column(0.0), real, who)
    assert copy == Closeness(near_copy_share=1.0, distance_ratio=0.0, neighbour_ratio=0.0)


def test_closeness_without_anybody_to_be_close_to() -> None:
    one = np.array(["a"])
    assert closeness(column(1.0), column(1.0), one) == Closeness()
    assert closeness(np.empty((0, 1)), column(1.0, 2.0), np.array(["a", "b"])) == Closeness()
    # Two people alike in everything: a copy is a copy, but no distance can be a ratio of nothing.
    twins = closeness(column(1.0, 2.0), column(1.0, 1.0), np.array(["a", "b"]))
    assert twins == Closeness(near_copy_share=0.5, distance_ratio=None, neighbour_ratio=1.0)


def test_manifold_by_hand() -> None:
    # Radii to the nearest fellow: 1, 1, 1 and 8. 0.5 lies in the balls about 0 and 1 alone, 20 in none.
    found = manifold(column(0.5, 20.0), column(0.0, 1.0, 2.0, 10.0), k=1)
    assert found == Manifold(precision=0.5, recall=1.0, density=1.0, coverage=0.5)


def test_manifold_takes_the_farthest_fellow_where_there_are_few() -> None:
    # Three people, k = 3: balls of radius 5, 4 and 5 about 0, 1 and 5; the ball of 0 holds 4.5, that of 1, that of 5.
    assert manifold(column(4.5), column(0.0, 1.0, 5.0)) == Manifold(1.0, None, 1.5, 1.0)
    assert manifold(column(1.0), column(1.0)) == Manifold()
    assert manifold(np.empty((0, 1)), column(1.0, 2.0)) == Manifold()


def test_spread_by_hand() -> None:
    real = np.array([[0.0, 0.0, 7.0], [2.0, 4.0, 7.0], [4.0, 2.0, 7.0]])
    made = np.array([[1.0, 1.0, 7.0], [2.0, 2.0, 8.0], [3.0, 3.0, 7.0]])
    # Variances 1 over 4 in both features that vary; correlations 1 and 0.5; 8 alone of nine values is outside.
    assert variance_ratio(made, real) == pytest.approx(0.25)
    assert correlation_difference(made[:, :2], real[:, :2]) == pytest.approx(0.5)
    assert correlation_difference(made, real) == pytest.approx(0.5)
    assert out_of_range_share(made, real) == pytest.approx(1 / 9)


def test_a_unit_that_few_show_is_not_all_of_the_variance_ratio() -> None:
    rng = np.random.default_rng(0)
    real, made = rng.normal(size=(2, 2000, 5))
    made[:, 0] *= 100
    assert variance_ratio(made, real) == pytest.approx(1, abs=0.1)


def test_spread_where_it_is_not_defined() -> None:
    one, two, same = column(1.0), column(1.0, 2.0), column(3.0, 3.0)
    assert variance_ratio(one, two) is None
    assert variance_ratio(two, one) is None
    assert variance_ratio(two, same) is None
    assert variance_ratio(same, two) == 0
    assert correlation_difference(np.eye(2), np.eye(2)) is None
    assert correlation_difference(column(1, 2, 3), column(1, 2, 3)) is None
    assert out_of_range_share(np.empty((0, 1)), two) is None


def test_a_classifier_tells_what_is_shifted_or_narrow_and_nothing_else() -> None:
    rng = np.random.default_rng(1)
    real, who = rng.normal(size=(200, 3)), np.arange(200)
    assert told_apart_auroc(rng.normal(size=(200, 3)), real, who) == pytest.approx(0.5, abs=0.08)
    assert told_apart_auroc(rng.normal(size=(200, 3)) + 6, real, who) == 1
    assert told_apart_auroc(0.1 * rng.normal(size=(200, 3)), real, who) > 0.85
    assert told_apart_auroc(real[:1], real, who) is None
    assert told_apart_auroc(real, real, np.zeros(200)) is None


def test_copies_teach_what_their_originals_do() -> None:
    rng = np.random.default_rng(2)
    X, y = rng.normal(size=(40, 3)), np.repeat([0, 1], 20)
    X[y == 1] += 1
    unseen, y_unseen = rng.normal(size=(60, 3)) + np.repeat([0, 1], 30)[:, None], np.repeat([0, 1], 30)
    auroc, accuracy = learned(np.tile(X, (7, 1)), np.tile(y, 7), 40, unseen, y_unseen)
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(X, y)
    assert auroc == pytest.approx(roc_auc_score(y_unseen, model.decision_function(unseen)), abs=2e-3)
    right = model.predict(unseen) == y_unseen
    assert accuracy == pytest.approx((right[:30].mean() + right[30:].mean()) / 2, abs=0.02)
    assert learned(X[y == 1], y[y == 1], 20, unseen, y_unseen) == (None, None)


def test_every_source_gives_its_share_of_the_rows() -> None:
    source = np.array(["a"] * 21 + ["b"] * 7 + ["c"] * 14)
    for seed in range(20):
        chosen = source[evenly(source, 6, np.random.default_rng(seed))]
        assert {name: int((chosen == name).sum()) for name in "abc"} == {"a": 3, "b": 1, "c": 2}
    assert len(evenly(source[:0], 0, np.random.default_rng(0))) == 0


def test_copies_and_new_people_in_every_measure() -> None:
    rng = np.random.default_rng(3)
    makers, unseen = (replace(people(rng, 60, 3), X=rng.normal(2.5, 0.5, (60, 3))) for _ in range(2))
    thrice = np.tile(np.arange(60), 3)
    copies = measure(Synthetic(makers.X[thrice], makers.y[thrice], makers.groups[thrice]), makers, unseen)
    assert (copies[ALL].near_copy_share, copies[ALL].distance_ratio, copies[PD].neighbour_ratio) == (1, 0, 0)
    assert copies[ALL].correlation_difference == pytest.approx(0)
    assert copies[ALL].out_of_range_share == 0
    new = measure(Synthetic(unseen.X, unseen.y, unseen.groups), makers, makers)
    assert new[ALL].distance_ratio == pytest.approx(1, abs=0.2)
    assert new[ALL].near_copy_share < 0.25
    assert new[CONTROL].variance_ratio == pytest.approx(1, abs=0.5)
    assert new[ALL].told_apart_auroc == pytest.approx(0.5, abs=0.15)
    assert new[PD].told_apart_auroc is None


@settings(deadline=None, max_examples=25)
@given(
    seed=st.integers(0, 2**31), n=st.integers(2, 24), n_made=st.integers(0, 40), d=st.integers(1, 5),
    one_sided=st.booleans(),
)  # fmt: skip
def test_every_measure_is_a_number_in_its_range_or_none_whatever_the_order(
    seed: int, n: int, n_made: int, d: int, one_sided: bool
) -> None:
    rng = np.random.default_rng(seed)
    makers, unseen = people(rng, n, d), people(rng, n, d)
    made = Synthetic(
        np.round(rng.uniform(-1, 6, (n_made, d))), rng.integers(0, 1 if one_sided else 2, n_made), np.arange(n_made)
    )
    found = measure(made, makers, unseen, seed)
    for measures in found.values():
        values = asdict(measures)
        assert tuple(values) == NAMES
        assert all(value is None or (math.isfinite(value) and value >= 0) for value in values.values())
        assert all(values[name] is None or values[name] <= 1 + 1e-12 for name in SHARES)
    if one_sided:
        assert found[PD].near_copy_share is None

    def shuffled(rows: Samples) -> Samples:
        order = rng.permutation(len(rows.y))
        return replace(rows, X=rows.X[order], y=rows.y[order], groups=rows.groups[order])

    again = measure(made, shuffled(makers), unseen, seed)
    for group in found:
        for name in NAMES[:7]:
            one, other = getattr(found[group], name), getattr(again[group], name)
            assert one == other or one == pytest.approx(other), name


def test_the_order_of_distinct_rows_changes_nothing() -> None:
    rng = np.random.default_rng(4)
    makers, unseen = (replace(people(rng, 24, 3), X=rng.uniform(0, 5, (24, 3))) for _ in range(2))
    made = Synthetic(rng.uniform(0, 5, (50, 3)), np.arange(50) % 2, rng.integers(0, 9, 50))
    a, b, c = (rng.permutation(size) for size in (24, 24, 50))
    turned = [replace(rows, X=rows.X[o], y=rows.y[o], groups=rows.groups[o]) for rows, o in ((makers, a), (unseen, b))]
    again = measure(Synthetic(made.X[c], made.y[c], made.source[c]), *turned, 5)
    for group, measures in measure(made, makers, unseen, 5).items():
        for name in NAMES:
            assert getattr(again[group], name) == pytest.approx(getattr(measures, name)), name


def test_a_value_that_is_not_a_number_is_refused() -> None:
    makers = people(np.random.default_rng(0), 8, 2)
    broken = makers.X.copy()
    broken[3, 1] = np.nan
    with pytest.raises(ValueError, match="not a finite number"):
        measure(Synthetic(broken, makers.y, makers.groups), makers, makers)
