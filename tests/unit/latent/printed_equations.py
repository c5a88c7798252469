"""Equations 2, 3 and 5 of AGCL as the paper prints them, in plain Python."""

from __future__ import annotations

import itertools
import math

import numpy as np


def by_loops(X: np.ndarray, y: np.ndarray) -> tuple[float, float, float]:
    """c_intra, s_inter and the normalised sc of one cluster, over ordered pairs."""
    labels = sorted(set(y.tolist()))
    members = {label: [x for x, own in zip(X.tolist(), y.tolist(), strict=True) if own == label] for label in labels}
    c_intra = sum(
        sum(math.dist(a, b) for a, b in itertools.permutations(rows, 2)) / (len(rows) * (len(rows) - 1))
        for rows in members.values()
        if len(rows) > 1
    )
    s_inter = sum(
        sum(math.dist(a, b) for a in members[one] for b in members[other]) / (len(members[one]) * len(members[other]))
        for one, other in itertools.permutations(labels, 2)
    )
    entropy = -sum(len(rows) / len(X) * math.log2(len(rows) / len(X)) for rows in members.values())
    ratio = s_inter / c_intra / entropy if c_intra else math.inf
    return c_intra, s_inter, 1.0 if math.isinf(ratio) else ratio / (1 + ratio)
