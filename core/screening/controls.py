"""What stands beside every comparison of methods: what they seem to bring must differ from what anything brings.

| control | what it tells |
|---|---|
| plain logistic regression | what the simplest classifier reaches without any synthetic rows |
| copies | what more rows do by themselves: k neighbours among m times as many smooth less |
| size-matched copies | must change nothing at all: m times the neighbours undo the copies |
| labels dealt anew | what the protocol shows where there is nothing to learn |

Copies are tried with kNN, where they matter most.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from core.rng import generator
from core.screening.method_grids import NONE
from core.screening.plans import PLAIN
from core.settings import MATCHED
from core.types import Samples

NEIGHBOURS = "kNN"
COPIES, MATCHED_COPIES = "duplication", f"{MATCHED}duplication"
PERMUTED = "permuted/"
"""Before the key of a part whose people have labels dealt anew."""

Pair = tuple[str, str]
"""Method and classifier."""


def with_controls(chosen: Sequence[Pair]) -> list[Pair]:
    """The `chosen` pairs, and after them the controls that are not among them."""
    controls = [(NONE, NEIGHBOURS), (COPIES, NEIGHBOURS), (MATCHED_COPIES, NEIGHBOURS), (NONE, PLAIN)]
    return list(dict.fromkeys([*chosen, *controls]))


def permuted_pairs(chosen: Sequence[Pair]) -> list[Pair]:
    """What is run on labels dealt anew: no augmentation, and the first method that was chosen, with kNN."""
    methods = [method for method, _ in chosen if method != NONE]
    return [(method, NEIGHBOURS) for method in dict.fromkeys([NONE, *methods[:1]])]


def permuted(
    materials: Mapping[str, Samples], labels: Mapping[str, int], random_state: int
) -> tuple[dict[str, Samples], dict[str, int]]:
    """The same with the `labels` dealt anew among their people, who alone lose their own: nothing is left to learn, so
    that scores above one half tell what a protocol makes of chance."""
    people = sorted(labels)
    dealt = generator(random_state, "permuted labels").permutation([labels[person] for person in people])
    new = dict(zip(people, dealt.tolist(), strict=True))
    relabelled = {emotion: replace(samples, y=_relabelled(samples, new)) for emotion, samples in materials.items()}
    return relabelled, new


def _relabelled(samples: Samples, labels: Mapping[str, int]) -> np.ndarray:
    pairs = zip(samples.groups.tolist(), samples.y.tolist(), strict=True)
    return np.array([labels.get(person, label) for person, label in pairs])
