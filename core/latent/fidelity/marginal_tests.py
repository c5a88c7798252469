"""The tests of the AGCL paper's Table III: per feature and group, twenty rows of each kind, do real and made differ?

They pass what they should not: few rows have little power, and copies of the people, whose values are the people's own,
pass best of all. So they stand beside the same tests on people who were held out, and no verdict rests on them.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.rng import generator
from core.types import CONTROL, PD

if TYPE_CHECKING:
    import pandas as pd

TESTS = ("t-test", "Levene", "KS")
"""Student's t for means, Levene's about the median for variances, Kolmogorov and Smirnov's for distributions."""

N_ROWS = 20
"""Rows of each kind and group (section V.B)."""

SIGNIFICANT = 0.05
LABELS = {CONTROL: 0, PD: 1}
"""The groups as `Samples.y` writes them, in the order of Table III."""


@dataclass(frozen=True)
class MarginalTest:
    """One row of Table III for one group. t, levene, ks: p values.

    None where a p value is not defined: fewer than two rows of a kind, or nothing varies.
    """

    feature: str
    group: str
    t: float | None
    levene: float | None
    ks: float | None

    @property
    def p_values(self) -> tuple[float | None, float | None, float | None]:
        """In the order of `TESTS`."""
        return self.t, self.levene, self.ks


def marginal_tests(
    X: np.ndarray,
    y: np.ndarray,
    X_made: np.ndarray,
    y_made: np.ndarray,
    features: Sequence[str],
    random_state: int = 0,
    n_rows: int = N_ROWS,
) -> tuple[MarginalTest, ...]:
    """Each of `features` and each group that has both kinds: X (n, d), y (n,) real, X_made (q, d), y_made (q,) made.

    y: 1 for PD, 0 for control. Of each kind and group `n_rows` rows are drawn without repetition, or all there are.
    scipy's `ttest_ind` (equal variances), `levene` (about the median), `ks_2samp` (exact where it can be), two-sided.
    """
    found = []
    for group, label in LABELS.items():
        one = _drawn(X[y == label], n_rows, generator(random_state, "real", group))
        other = _drawn(X_made[y_made == label], n_rows, generator(random_state, "made", group))
        if len(one) and len(other):
            p_values = zip(*(_p_values(test, one, other) for test in TESTS), strict=True)
            found += [MarginalTest(name, group, *p) for name, p in zip(features, p_values, strict=True)]
    return tuple(found)


def rejected_share(tests: Sequence[MarginalTest]) -> float | None:
    """Share of the defined p values below .05; None without any. About .05 is expected where nothing differs."""
    p_values = [p for test in tests for p in test.p_values if p is not None]
    return float(np.mean(np.array(p_values) < SIGNIFICANT)) if p_values else None


def table_iii(tests: Sequence[MarginalTest]) -> pd.DataFrame:
    """In the paper's layout: a row a feature, columns (test, group), p values; NaN where not defined."""
    import pandas as pd

    columns = [(test, group) for test in TESTS for group in LABELS]
    table = pd.DataFrame(
        np.nan,
        index=pd.Index(dict.fromkeys(test.feature for test in tests), name="feature"),
        columns=pd.MultiIndex.from_tuples(columns, names=["test", "group"]),
    )
    for test in tests:
        for name, p in zip(TESTS, test.p_values, strict=True):
            if p is not None:
                table.loc[test.feature, (name, test.group)] = p
    return table


def _drawn(rows: np.ndarray, n_rows: int, rng: np.random.Generator) -> np.ndarray:
    """`n_rows` of the rows, whatever their order, or all of them."""
    rows = rows[np.lexsort(rows.T[::-1])]
    return rows[rng.permutation(len(rows))[:n_rows]]


def _p_values(test: str, one: np.ndarray, other: np.ndarray) -> list[float | None]:
    from scipy.stats import ks_2samp, levene, ttest_ind

    if min(len(one), len(other)) < 2:
        return [None] * one.shape[1]
    with np.errstate(divide="ignore", invalid="ignore"), warnings.catch_warnings():
        # scipy warns of columns that are constant in one kind, and where it takes the asymptotic KS instead.
        warnings.simplefilter("ignore", RuntimeWarning)
        if test == "KS":
            varies = np.ptp(np.concatenate([one, other]), axis=0) > 0
            p = [ks_2samp(a, b).pvalue if v else np.nan for a, b, v in zip(one.T, other.T, varies, strict=True)]
        else:
            p = (ttest_ind if test == "t-test" else levene)(one, other, axis=0).pvalue
    return [float(value) if np.isfinite(value) else None for value in p]
