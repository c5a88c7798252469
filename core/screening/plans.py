"""What both protocols do with every method and classifier: the grids they try, and the parts they are made of."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from core.rng import derived_seed
from core.screening.method_grids import NONE, Plan, check_method
from core.screening.parts import N_OUTER, N_REPEATS, Part
from core.screening.protocols import people_folds
from core.screening.table_iv.rows import nested_key, paper_key
from core.settings import ValidationSettings

PLAIN = "logistic regression"
"""The control among the classifiers: without augmentation it is always compared with."""


@dataclass(frozen=True)
class NestedSize:
    """What is tuned inside each part of a nested estimate: folds, alphas, and values of a second parameter."""

    n_folds: int
    n_alphas: int
    n_values: int


THOROUGH, BRIEF = NestedSize(25, 4, 4), NestedSize(10, 2, 3)
"""Thorough where models are fitted in well under a millisecond (kNN), brief for the other classifiers."""


def combinations(settings: ValidationSettings) -> list[tuple[str, str]]:
    """Every method with every classifier, each classifier without augmentation first, and plain logistic regression.

    Raises `UserError` for an unknown method.
    """
    methods = tuple(dict.fromkeys((NONE, *settings.methods)))
    for method in methods:
        check_method(method)
    pairs = [(method, classifier) for classifier in settings.classifiers for method in methods]
    return list(dict.fromkeys([*pairs, (NONE, PLAIN)]))


def nested_sizes(chosen: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """The sizes of a nested estimate: n_outer, n_repeats, and by classifier what is tuned inside."""
    inner = {classifier: asdict(nested_size(classifier)) for _, classifier in chosen}
    return {"n_outer": N_OUTER, "n_repeats": N_REPEATS, "inner": inner}


def nested_size(classifier: str) -> NestedSize:
    """How thorough a nested estimate the classifier's speed allows."""
    return THOROUGH if classifier == "kNN" else BRIEF


def paper_plan(settings: ValidationSettings, method: str, classifier: str) -> Plan:
    """The whole grid."""
    return Plan(
        classifier, method, settings.rule, settings.spread, settings.alphas, settings.n_thresholds, settings.n_folds
    )


def nested_plan(settings: ValidationSettings, method: str, classifier: str) -> Plan:
    """The paper's grid with fewer alphas, evenly thinned, fewer values of anything else and at most as many folds."""
    size = nested_size(classifier)
    return replace(
        paper_plan(settings, method, classifier),
        alphas=settings.alphas[:: math.ceil(len(settings.alphas) / size.n_alphas)],
        n_thresholds=min(settings.n_thresholds, size.n_values),
        n_values=size.n_values,
        n_folds=min(settings.n_folds, size.n_folds),
    )


def paper_parts(
    emotions: Iterable[str],
    chosen: Sequence[tuple[str, str]],
    settings: ValidationSettings,
    train: np.ndarray,
    test: np.ndarray,
    plan: Callable[[ValidationSettings, str, str], Plan],
) -> dict[str, Part]:
    """The parts that are tuned on the people `train` and tested on the people `test`, by their keys.

    plan: of the settings, a method and a classifier: `paper_plan` or `nested_plan`.
    """
    return {
        paper_key(emotion, method, classifier): Part(
            emotion, plan(settings, method, classifier), train, test,
            derived_seed(settings.random_state, "paper", emotion),
        )
        for emotion in emotions
        for method, classifier in chosen
    }  # fmt: skip


def nested_parts(
    emotions: Iterable[str],
    chosen: Sequence[tuple[str, str]],
    settings: ValidationSettings,
    people: np.ndarray,
    y: np.ndarray,
) -> dict[str, Part]:
    """The parts of the nested estimate by their keys: each of the people (n,) with label y (n,) tested once a repeat.

    Raises what `people_folds` raises.
    """
    seed = settings.random_state
    return {
        nested_key(emotion, method, classifier, repeat, i): Part(
            emotion, nested_plan(settings, method, classifier), np.setdiff1d(people, test), test,
            derived_seed(seed, "nested", emotion, repeat, i),
        )
        for repeat in range(N_REPEATS)
        for i, test in enumerate(people_folds(people, y, N_OUTER, derived_seed(seed, "nested people", repeat)))
        for emotion in emotions
        for method, classifier in chosen
    }  # fmt: skip
