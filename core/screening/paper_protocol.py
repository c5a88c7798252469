"""The AGCL paper's protocol (section V.C, Table IV), and beside every number the one that nested validation gives.

Paper: test people are held out; leave-two-out folds of the others choose one setting by mean fold accuracy and give 25
fold models, which vote on the test people, weighted by fold accuracy; a person's emotions vote by majority.
Nested: every person is tested once a repeat, by fold models tuned and trained on the other parts of the people only.
Both are made of the same part, tune on some people and vote on others; only who is compared with what differs: the
paper's validation score is read off the people that chose the setting.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import UserError
from core.rng import derived_seed
from core.screening.cohort import training_samples
from core.screening.comparable import comparable
from core.screening.pace import Pace
from core.screening.protocols import check_disjoint, check_input, check_real, people_folds, people_of, split_people
from core.screening.provenance import table_hash, versions
from core.screening.table_iv import INTERVALS, PAPER, difference_rows, nested_key, paper_key, table_rows
from core.screening.tuning import Plan, tune
from core.screening.voting import shares_for_pd
from core.settings import ValidationSettings
from core.types import EMOTIONS, GROUPS, Progress, Quiet, check_cancelled

if TYPE_CHECKING:
    import pandas as pd

N_OUTER = 5
"""Parts of the people in the nested estimate."""


@dataclass(frozen=True)
class NestedSize:
    """How thorough the nested estimate is: repeats, and what is tuned inside each part (folds, alphas, thresholds)."""

    n_repeats: int
    n_folds: int
    n_alphas: int
    n_thresholds: int


THOROUGH, BRIEF = NestedSize(2, 25, 4, 4), NestedSize(1, 10, 2, 3)
"""Thorough where models are fitted in well under a millisecond (kNN), brief for the other classifiers."""


@dataclass(frozen=True)
class Part:
    """One emotion and method, tuned on some people and tested on others."""

    emotion: str
    plan: Plan
    train: np.ndarray
    test: np.ndarray
    random_state: int

    @property
    def weight(self) -> int:
        """Models to fit."""
        return self.plan.n_settings * self.plan.n_folds


def run(
    table: pd.DataFrame,
    settings: ValidationSettings,
    progress: Progress | None = None,
    finished: Mapping[str, Any] | None = None,
    on_result: Callable[[str, Any], None] = lambda key, result: None,
) -> dict[str, Any]:
    """Both protocols for `settings.method` and for no augmentation on an AU table, as a dict for JSON.

    `on_result(key, result)` hands over each finished part, itself fit for JSON; a later run of the same table and
    settings takes them back as `finished` and repeats none. Rows of unknown group are not used.

    Keys: settings, versions, input_hash, simulated, people, rows (see `table_rows`), differences (see
    `difference_rows`), intervals (what they hold for), nested (its sizes), skipped (emotion -> why), mixed (see
    `core.screening.comparable`; empty where one backend measured everybody). Raises
    `GuardError` for a table with synthetic rows, `UserError` where the cohort is too small, `Cancelled` when
    `progress` says so.
    """
    check_input(table)
    given = table[table["group"].isin(GROUPS)].reset_index(drop=True)
    (known,), mixed = comparable(given)
    people, y = people_of(known)
    train, test = split_people(people, y, settings.test_share, derived_seed(settings.random_state, "test people"))
    emotions, skipped = _usable_emotions(known[known["subject"].isin(train)], settings.features)
    methods = tuple(dict.fromkeys(("none", settings.method)))
    parts = {
        **_paper_parts(emotions, methods, settings, train, test),
        **_nested_parts(emotions, methods, settings, people, y),
    }
    progress = progress or Quiet()
    pace = Pace(progress, sum(part.weight for part in parts.values()))
    results: dict[str, Any] = {}
    for key, part in parts.items():
        check_cancelled(progress)
        message = f"{part.emotion}, {part.plan.method}: {'paper' if key.startswith(PAPER) else 'nested'}"
        if finished is not None and key in finished:
            results[key] = finished[key]
            pace.step(message, part.weight)
        else:
            results[key] = evaluate(known, part, settings.features, _ticker(pace, message, part.weight))
            on_result(key, results[key])
    pace.finish("Done")
    labels = dict(zip(people.tolist(), y.tolist(), strict=True))
    return {
        "settings": asdict(settings),
        "versions": versions(),
        "input_hash": table_hash(given),
        "simulated": bool(known["simulated"].astype(bool).any()),
        "people": {"n": len(people), "n_pd": int(y.sum()), "n_train": len(train), "n_test": len(test)},
        "rows": table_rows(results, labels, emotions, methods, settings.classifier),
        "differences": difference_rows(results, labels, emotions, methods),
        "intervals": INTERVALS,
        "nested": {"n_outer": N_OUTER, **asdict(nested_size(settings.classifier))},
        "skipped": skipped,
        "mixed": mixed,
    }


def evaluate(
    known: pd.DataFrame, part: Part, feature_set: str, tick: Callable[[float], None] = lambda share: None
) -> dict[str, Any]:
    """Tune on `part.train`, vote on `part.test`.

    Keys: setting, n_settings, n_folds, n_one_sided (folds in which AGCL had nothing to start from in some class),
    fold_accuracy (one a fold, of the chosen setting), held_out and test (person -> share of the fold models for PD, the
    test ones weighted by fold accuracy), unweighted (whether no fold model was ever right). Empty where the part has
    too few people to train on. Raises `GuardError` when a person is on both sides or a row is synthetic.
    """
    check_disjoint(part.train, part.test)
    check_real(known)
    material, reason = training_samples(known[known["subject"].isin(part.train)], part.emotion, feature_set)
    if material is None:
        return {"test": {}, "reason": reason}
    tuned = tune(material, part.plan, part.random_state, tick)
    rows = known[known["subject"].isin(part.test) & (known["emotion"] == part.emotion)]
    faces = rows.set_index("subject")[list(material.features)].dropna().groupby(level=0).mean()
    shares = np.zeros(0)
    if len(faces):
        shares = shares_for_pd(tuned.predict(faces.to_numpy(float)), tuned.accuracy)
    return {
        "setting": tuned.setting.to_json(),
        "n_settings": tuned.n_settings,
        "n_folds": len(tuned.accuracy),
        "n_one_sided": tuned.n_one_sided,
        "fold_accuracy": tuned.accuracy.tolist(),
        "held_out": tuned.held_out,
        "test": {str(person): float(share) for person, share in zip(faces.index, shares, strict=True)},
        "unweighted": not tuned.accuracy.any(),
    }


def _usable_emotions(train: pd.DataFrame, feature_set: str) -> tuple[list[str], dict[str, str]]:
    usable, skipped = [], {}
    for emotion in EMOTIONS:
        material, reason = training_samples(train, emotion, feature_set)
        if material is None:
            skipped[emotion] = reason
        else:
            usable.append(emotion)
    if not usable:
        raise UserError(
            "No emotion has enough people to train on.",
            next(iter(skipped.values())),
            "Add labelled people of both groups to the cohort.",
        )
    return usable, skipped


def _plan(settings: ValidationSettings, method: str) -> Plan:
    return Plan(
        settings.classifier, method, settings.rule, settings.spread, settings.alphas, settings.n_thresholds,
        settings.n_folds,
    )  # fmt: skip


def nested_size(classifier: str) -> NestedSize:
    """How thorough a nested estimate the classifier's speed allows."""
    return THOROUGH if classifier == "kNN" else BRIEF


def _nested_plan(settings: ValidationSettings, method: str) -> Plan:
    """The paper's grid with fewer alphas, evenly thinned, fewer thresholds and at most as many folds."""
    size = nested_size(settings.classifier)
    return replace(
        _plan(settings, method),
        alphas=settings.alphas[:: math.ceil(len(settings.alphas) / size.n_alphas)],
        n_thresholds=min(settings.n_thresholds, size.n_thresholds),
        n_folds=min(settings.n_folds, size.n_folds),
    )


def _paper_parts(
    emotions: list[str], methods: tuple[str, ...], settings: ValidationSettings, train: np.ndarray, test: np.ndarray
) -> dict[str, Part]:
    return {
        paper_key(emotion, method): Part(
            emotion, _plan(settings, method), train, test, derived_seed(settings.random_state, "paper", emotion)
        )
        for emotion in emotions
        for method in methods
    }


def _nested_parts(
    emotions: list[str], methods: tuple[str, ...], settings: ValidationSettings, people: np.ndarray, y: np.ndarray
) -> dict[str, Part]:
    seed = settings.random_state
    return {
        nested_key(emotion, method, repeat, i): Part(
            emotion, _nested_plan(settings, method), np.setdiff1d(people, test), test,
            derived_seed(seed, "nested", emotion, repeat, i),
        )
        for repeat in range(nested_size(settings.classifier).n_repeats)
        for i, test in enumerate(people_folds(people, y, N_OUTER, derived_seed(seed, "nested people", repeat)))
        for emotion in emotions
        for method in methods
    }  # fmt: skip


def _ticker(pace: Pace, message: str, weight: int) -> Callable[[float], None]:
    return lambda share: pace.step(message, share * weight)
