"""Which groups a person may belong to at a stated error rate: class-conditional conformal sets of the vote for PD.

Nothing is fitted but ranks: the share of votes for PD of people left out is the only yardstick, so the sets are right
whatever the shape of the shares, as long as the new person and the cohort's people of their group are exchangeable.
That is exact for one set of models; here people left out were judged by models of four fifths of the cohort and the new
one by models of all of it (cross-conformal, Vovk 2015), which the coverage curve is there to check.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.screening.statistics import Rate
from core.types import CONTROL, PD

TIE = 1e-9
"""Shares closer than this are equal: they are sums of weights in another order."""


@dataclass(frozen=True)
class PValues:
    """How usual the person's share would be for each group: share of its people (and the person) at least as unlike it.

    Above 0 and at most 1; they do not add up to 1.
    """

    pd: float
    control: float

    def set_at(self, error: float) -> frozenset[str]:
        """The groups whose p exceeds `error`, 0 < error < 1: the person's own is missed with probability ≤ `error`.

        Both where the vote cannot tell, and where a group has under 1/error − 1 people. Empty where the share would be
        unusual for either group; it is kept as it is, since filling it up would hide that the person resembles nobody,
        and stands, as both do, for no verdict. No random tie-breaking: it would narrow the sets by under 1/(n + 1) and
        give one person different answers.
        """
        if not 0 < error < 1:
            raise ValueError(f"an error rate lies between 0 and 1, not at {error}")
        return frozenset(group for group, p in ((PD, self.pd), (CONTROL, self.control)) if p > error)


@dataclass(frozen=True)
class Coverage:
    """How the sets at one error rate did on people left out. pd, control: those whose set held their group.

    n_single, n_both, n_empty: sets of one group, of both and of none.
    """

    error: float
    pd: Rate
    control: Rate
    n_single: int
    n_both: int
    n_empty: int


def p_values(share: float, shares_pd: Sequence[float], shares_control: Sequence[float]) -> PValues:
    """p-values of a share of votes for PD against those of people left out, by group.

    p(PD) = (1 + #{PD people with a share ≤ this one}) / (n_PD + 1), and p(control) with ≥: the person is counted with
    the group (Vovk, Gammerman & Shafer 2005, ch 2 and 4.5, Mondrian by label). Under the true group P(p ≤ ε) ≤ ε for
    every ε and n. A group with nobody has p = 1: nothing speaks against it.
    """
    at_most = int(np.sum(np.asarray(shares_pd, float) <= share + TIE))
    at_least = int(np.sum(np.asarray(shares_control, float) >= share - TIE))
    return PValues((1 + at_most) / (len(shares_pd) + 1), (1 + at_least) / (len(shares_control) + 1))


def left_out_p_values(shares: np.ndarray, y: np.ndarray) -> list[PValues]:
    """p-values of each of n people against all others: shares (n,), y (n,) 1 for PD and 0 for control."""
    shares, y = np.asarray(shares, float), np.asarray(y, int)
    result = []
    for i, share in enumerate(shares):
        others = np.arange(len(shares)) != i
        result.append(p_values(float(share), shares[others & (y == 1)].tolist(), shares[others & (y == 0)].tolist()))
    return result


def coverage_curve(shares: np.ndarray, y: np.ndarray, errors: Sequence[float]) -> list[Coverage]:
    """How often the sets of people left out held their group, at each error rate; coverage should be 1 − error or more.

    shares (n,), y (n,) as in `left_out_p_values`.
    """
    judged = left_out_p_values(shares, y)
    curve = []
    for error in errors:
        sets = [p.set_at(error) for p in judged]
        held = [
            Rate(sum(group in s for s, label in zip(sets, y, strict=True) if label == side), int(np.sum(y == side)))
            for side, group in ((1, PD), (0, CONTROL))
        ]
        sizes = [len(s) for s in sets]
        curve.append(Coverage(error, held[0], held[1], sizes.count(1), sizes.count(2), sizes.count(0)))
    return curve
