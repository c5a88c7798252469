"""How far two groups of people lie apart in one measure: size, interval and test, for many measures at once.

People are the unit. The size of a difference is Hedges' g with an exact interval; whether there is one at all is asked
of the ranks (Mann–Whitney), because intensities end at 0, pile up there and are skewed; and the probabilities are
adjusted for the number of measures looked at (Benjamini–Hochberg). Size and test are two questions: an interval beside
0 and a probability above the limit may stand in one row.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.screening.statistics import CONFIDENCE
from core.types import CONTROL, PD

if TYPE_CHECKING:
    import pandas as pd

FALSE_DISCOVERIES = 0.05
"""Expected share of false ones among the differences that are called found."""

POWER = 0.8
FEWEST = 2
"""People in each group below which no spread, and so no standardised difference, exists."""


@dataclass(frozen=True)
class GroupDifference:
    """PD against control in one measure. g > 0: larger in PD. NaN where it is not defined.

    n_pd, n_control: people with a value. g: Hedges' g; g_low, g_high: its 95 % interval. p: two-sided, Mann–Whitney.
    p_adjusted: Benjamini–Hochberg over the measures compared together.
    """

    feature: str
    n_pd: int
    n_control: int
    median_pd: float
    median_control: float
    g: float
    g_low: float
    g_high: float
    p: float
    p_adjusted: float = math.nan

    @property
    def found(self) -> bool:
        """Whether it stays when the number of measures is accounted for."""
        return self.p_adjusted <= FALSE_DISCOVERIES

    def to_json(self) -> dict[str, object]:
        """The fields; None where not defined."""
        return {name: None if value != value else value for name, value in asdict(self).items()}


def compare_groups(rows: pd.DataFrame, features: Sequence[str]) -> list[GroupDifference]:
    """PD against control in each of `features`, the largest |g| first, those without a g last.

    rows: columns subject, group and `features`; one row a person, people of unknown group are left out, and so is a
    missing value, from its own measure alone. Raises ValueError where a person has several rows: they are no
    independent observations.
    """
    from dataclasses import replace

    from scipy.stats import false_discovery_control

    rows = rows[rows["group"].isin((PD, CONTROL))]
    if rows["subject"].duplicated().any():
        raise ValueError("a person counts once: take the rows of one emotion")
    is_pd = (rows["group"] == PD).to_numpy()
    found = []
    for feature in features:
        values = rows[feature].to_numpy(float)
        known = np.isfinite(values)
        found.append(_compare(feature, values[is_pd & known], values[~is_pd & known]))
    tested = [i for i, difference in enumerate(found) if not math.isnan(difference.p)]
    if tested:
        adjusted = false_discovery_control([found[i].p for i in tested], method="bh")
        for i, p in zip(tested, adjusted, strict=True):
            found[i] = replace(found[i], p_adjusted=float(p))
    return sorted(found, key=lambda d: (math.isnan(d.g), -abs(d.g) if d.g == d.g else 0.0))


def hedges_g(a: np.ndarray, b: np.ndarray, confidence: float = CONFIDENCE) -> tuple[float, float, float]:
    """Hedges' g of `a` against `b` and its interval: (g, low, high); NaN where it is not defined.

    With m = n_a + n_b − 2 and the pooled s² = ((n_a − 1) s_a² + (n_b − 1) s_b²) / m,

        d = (mean_a − mean_b) / s,   g = J(m) · d,   J(m) = Γ(m/2) / (√(m/2) · Γ((m − 1)/2))

    (Hedges 1981; J exact and not its approximation 1 − 3/(4m − 1)): g is the unbiased estimate of the
    population's δ. The interval is for δ: t = d · √ñ, ñ = n_a n_b / (n_a + n_b), is noncentral t with m degrees of
    freedom and noncentrality δ √ñ, and the limits are the δ under which a t at least as large, or as small, has
    probability 2.5 % (Hedges & Olkin 1985, ch 5; Steiger & Fouladi 1997). Exact for normal values of equal variance.
    Not defined for fewer than two people in a group, and where neither group varies.
    """
    n_a, n_b = len(a), len(b)
    if min(n_a, n_b) < FEWEST:
        return (math.nan,) * 3
    m = n_a + n_b - 2
    s = math.sqrt(((n_a - 1) * float(np.var(a, ddof=1)) + (n_b - 1) * float(np.var(b, ddof=1))) / m)
    if s <= 1e-12 * max(1.0, float(np.abs(a).max()), float(np.abs(b).max())):
        return (math.nan,) * 3
    d = (float(np.mean(a)) - float(np.mean(b))) / s
    root = math.sqrt(n_a * n_b / (n_a + n_b))
    tail = (1 - confidence) / 2
    low, high = _noncentrality(d * root, m, 1 - tail), _noncentrality(d * root, m, tail)
    return small_sample_correction(m) * d, low / root, high / root


def small_sample_correction(m: int) -> float:
    """J(m) = Γ(m/2) / (√(m/2) · Γ((m − 1)/2)), which takes the bias from d (Hedges 1981); m > 1."""
    return math.exp(math.lgamma(m / 2) - math.lgamma((m - 1) / 2)) / math.sqrt(m / 2)


def detectable_difference(n_a: int, n_b: int, power: float = POWER, alpha: float = 1 - CONFIDENCE) -> float:
    """The smallest |δ| that a two-sided t test of so many people finds with that power; NaN below two a group.

    For one measure alone: with many, after adjustment, it takes a larger one. Mann–Whitney needs about 5 % more people
    where the values are normal (asymptotic relative efficiency 3/π) and fewer where they have long tails.
    """
    if min(n_a, n_b) < FEWEST:
        return math.nan
    from scipy.optimize import brentq
    from scipy.stats import nct, t

    m, root = n_a + n_b - 2, math.sqrt(n_a * n_b / (n_a + n_b))
    limit = float(t.ppf(1 - alpha / 2, m))
    return float(brentq(lambda delta: float(nct.sf(limit, m, delta * root)) - power, 0.0, (limit + 20.0) / root))


def _compare(feature: str, a: np.ndarray, b: np.ndarray) -> GroupDifference:
    g, low, high = hedges_g(a, b)
    median_pd, median_control = (float(np.median(x)) if len(x) else math.nan for x in (a, b))
    return GroupDifference(feature, len(a), len(b), median_pd, median_control, g, low, high, _mann_whitney(a, b))


def _mann_whitney(a: np.ndarray, b: np.ndarray) -> float:
    """Two-sided: exact for small groups without ties, else normal with correction for ties (Mann & Whitney 1947)."""
    if min(len(a), len(b)) < FEWEST or np.ptp(np.concatenate([a, b])) == 0:
        return math.nan
    from scipy.stats import mannwhitneyu

    return float(mannwhitneyu(a, b, alternative="two-sided", method="auto").pvalue)


def _noncentrality(t: float, m: int, probability: float) -> float:
    """The noncentrality under which a noncentral t of m degrees of freedom lies below `t` with that probability."""
    from scipy.optimize import brentq
    from scipy.special import gammainccinv, gammaincinv, ndtr

    # T ≤ t where Z + shift ≤ t·R, R² = χ²_m / m: summed over R, because scipy's own noncentral t gives NaN or hangs
    # far out.
    first, last = (math.sqrt(2 / m * float(inverse(m / 2, 1e-14))) for inverse in (gammaincinv, gammainccinv))
    r = np.linspace(first, last, 2001)
    density = np.exp((m - 1) * np.log(r) - m * r**2 / 2)
    weights = density / density.sum()
    reach = 10.0 + 4.0 * abs(t)
    return float(brentq(lambda shift: float(weights @ ndtr(t * r - shift)) - probability, t - reach, t + reach))
