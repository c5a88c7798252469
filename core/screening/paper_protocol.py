"""The AGCL paper's protocol (section V.C, Table IV), and beside every number the one that nested validation gives.

Paper: test people are held out; leave-two-out folds of the others choose one setting by mean fold accuracy and give 25
fold models, which vote on the test people, weighted by fold accuracy; a person's emotions vote by majority.
Nested: every person is tested once a repeat, by fold models tuned and trained on the other parts of the people only.
Both are made of the same part, tune on some people and vote on others; only who is compared with what differs: the
paper's validation score is read off the people that chose the setting.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import UserError
from core.rng import derived_seed
from core.screening.cohort import training_samples
from core.screening.comparable import comparable
from core.screening.confounders import confounders
from core.screening.controls import PERMUTED, permuted, permuted_pairs, with_controls
from core.screening.learning_curve import learning_curve
from core.screening.parts import N_REPEATS, Part, evaluate_all
from core.screening.plans import combinations, nested_parts, nested_sizes, paper_parts, paper_plan
from core.screening.protocols import check_input, people_of, split_people
from core.screening.provenance import table_hash, versions
from core.screening.table_iv.rows import INTERVALS, Findings, difference_rows, table_rows
from core.screening.table_iv.scores import result_rows
from core.settings import ValidationSettings
from core.types import EMOTIONS, GROUPS, Progress, Quiet, Samples

if TYPE_CHECKING:
    import pandas as pd


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

    Keys: settings, versions, input_hash, seeds (key of a part -> seed), simulated, people, compared (the methods and
    classifiers asked for; the others are controls), rows (see `table_rows`), scores (see `result_rows`), differences
    (see `difference_rows`), permuted (rows, of people whose labels were dealt anew), learning_curve (see there),
    intervals (what they hold for), nested (its sizes), confounders (see there), skipped (emotion -> why), mixed (see
    `core.screening.comparable`; empty where one backend measured everybody). Raises `GuardError` for a table with
    synthetic rows, `UserError` for unknown names and where the cohort is too small, `Cancelled` when `progress` says.
    """
    check_input(table)
    compared = combinations(settings)
    chosen = with_controls(compared)
    given = table[table["group"].isin(GROUPS)].reset_index(drop=True)
    (known,), mixed = comparable(given)
    people, y = people_of(known)
    train, test = split_people(people, y, settings.test_share, derived_seed(settings.random_state, "test people"))
    labels = dict(zip(people.tolist(), y.tolist(), strict=True))
    materials, skipped = _materials(known, train, settings.features)
    dealt_materials, dealt = permuted(materials, labels, settings.random_state)
    chance = permuted_pairs(compared)

    def parts_of(pairs: list[tuple[str, str]], labels: Mapping[str, int]) -> dict[str, Part]:
        y = np.array([labels[person] for person in people])
        held_out = paper_parts(materials, pairs, settings, train, test, paper_plan)
        return {**held_out, **nested_parts(materials, pairs, settings, people, y)}

    parts = {key: (materials[part.emotion], part) for key, part in parts_of(chosen, labels).items()}
    of_chance = parts_of(chance, dealt).items()
    parts |= {PERMUTED + key: (dealt_materials[part.emotion], part) for key, part in of_chance}
    results = evaluate_all(parts, progress or Quiet(), finished or {}, on_result, n_processes)
    findings = Findings(results, labels, list(materials), chosen, N_REPEATS)
    by_chance = {key.removeprefix(PERMUTED): found for key, found in results.items() if key.startswith(PERMUTED)}
    return {
        "settings": asdict(settings),
        "versions": versions(),
        "input_hash": table_hash(given),
        "seeds": {key: part.random_state for key, (_, part) in parts.items()},
        "simulated": bool(known["simulated"].astype(bool).any()),
        "people": {"n": len(people), "n_pd": int(y.sum()), "n_train": len(train), "n_test": len(test)},
        "compared": [list(pair) for pair in compared],
        "rows": table_rows(findings),
        "scores": result_rows(findings, has_test=True),
        "differences": difference_rows(findings),
        "permuted": table_rows(Findings(by_chance, dealt, list(materials), chance, N_REPEATS)),
        "learning_curve": learning_curve(materials, labels, settings.random_state),
        "intervals": INTERVALS,
        "nested": nested_sizes(chosen),
        "confounders": confounders(given, labels, settings.random_state),
        "skipped": skipped,
        "mixed": mixed,
    }


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
