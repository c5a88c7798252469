"""The AGCL paper's protocol (section V.C, Table IV), and beside every number the one that nested validation gives.

Paper: test people are held out; leave-two-out folds of the others choose one setting by mean fold accuracy and give 25
fold models, which vote on the test people, weighted by fold accuracy; a person's emotions vote by majority.
Nested: every person is tested once a repeat, by fold models tuned and trained on the other parts of the people only.
Both are made of the same part, tune on some people and vote on others; only who is compared with what differs: the
paper's validation score is read off the people that chose the setting.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import UserError
from core.rng import derived_seed, generator
from core.screening.cohort import training_samples
from core.screening.comparable import comparable
from core.screening.confounders import confounders
from core.screening.method_grids import NONE, Plan, check_method
from core.screening.parts import N_OUTER, N_REPEATS, Part, evaluate_all
from core.screening.protocols import check_input, people_folds, people_of, split_people
from core.screening.provenance import table_hash, versions
from core.screening.table_iv import INTERVALS, Findings, difference_rows, nested_key, paper_key, table_rows
from core.settings import ValidationSettings
from core.types import EMOTIONS, GROUPS, Progress, Quiet, Samples

if TYPE_CHECKING:
    import pandas as pd

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


def run(
    table: pd.DataFrame,
    settings: ValidationSettings,
    progress: Progress | None = None,
    finished: Mapping[str, Any] | None = None,
    on_result: Callable[[str, Any], None] = lambda key, result: None,
    n_processes: int | None = 0,
) -> dict[str, Any]:
    """Both protocols for the methods and classifiers of the settings on an AU table, as a dict for JSON.

    `on_result(key, result)` hands over each finished part, itself fit for JSON; a later run of the same table and
    settings takes them back as `finished` and repeats none. Rows of unknown group are not used. n_processes: see
    `core.parallel.open_pool`; the result does not depend on it.

    Keys: settings, versions, input_hash, seeds (key of a part -> seed), simulated, people, rows (see `table_rows`),
    differences (see `difference_rows`), intervals (what they hold for), nested (its sizes), confounders (see
    `core.screening.confounders`), skipped (emotion -> why), mixed (see `core.screening.comparable`; empty where one
    backend measured everybody). Raises `GuardError` for a table with synthetic rows, `UserError` for unknown names and
    where the cohort is too small, `Cancelled` when `progress` says so.
    """
    check_input(table)
    chosen = combinations(settings)
    given = table[table["group"].isin(GROUPS)].reset_index(drop=True)
    (known,), mixed = comparable(given)
    people, y = people_of(known)
    train, test = split_people(people, y, settings.test_share, derived_seed(settings.random_state, "test people"))
    labels = dict(zip(people.tolist(), y.tolist(), strict=True))
    materials, skipped = _materials(known, train, settings.features)
    if settings.permuted:
        materials, labels = permuted(materials, labels, settings.random_state)
        y = np.array([labels[person] for person in people])
    parts = {
        **paper_parts(materials, chosen, settings, train, test, paper_plan),
        **nested_parts(materials, chosen, settings, people, y),
    }
    results = evaluate_all(materials, parts, progress or Quiet(), finished or {}, on_result, n_processes)
    findings = Findings(results, labels, list(materials), chosen, N_REPEATS)
    return {
        "settings": asdict(settings),
        "versions": versions(),
        "input_hash": table_hash(given),
        "seeds": {key: part.random_state for key, part in parts.items()},
        "simulated": bool(known["simulated"].astype(bool).any()),
        "people": {"n": len(people), "n_pd": int(y.sum()), "n_train": len(train), "n_test": len(test)},
        "rows": table_rows(findings),
        "differences": difference_rows(findings),
        "intervals": INTERVALS,
        "nested": nested_sizes(chosen),
        "confounders": confounders(given, labels, settings.random_state),
        "skipped": skipped,
        "mixed": mixed,
    }


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


def _materials(known: pd.DataFrame, train: np.ndarray, feature_set: str) -> tuple[dict[str, Samples], dict[str, str]]:
    """The complete rows of each emotion that the training people suffice for, and why the others are left out."""
    usable, skipped = {}, {}
    for emotion in EMOTIONS:
        _, reason = training_samples(known[known["subject"].isin(train)], emotion, feature_set)
        material, _ = training_samples(known, emotion, feature_set)
        if reason or material is None:
            skipped[emotion] = reason
        else:
            usable[emotion] = material
    if not usable:
        raise UserError(
            "No emotion has enough people to train on.",
            next(iter(skipped.values())),
            "Add labelled people of both groups to the cohort.",
        )
    return usable, skipped


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
