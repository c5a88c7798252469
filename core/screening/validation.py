"""Both protocols on any table of people, every number with the scores of the same method beside it.

`tuned_cv` is what the paper reports: the score of the best setting on the people who chose it. `nested` scores people
whom no choice has seen. `test` scores the fold models, tuned on all of the table, on people of another one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import UserError
from core.rng import derived_seed
from core.screening.confounders import confounders
from core.screening.controls import permuted
from core.screening.parts import N_REPEATS, evaluate_all
from core.screening.plain_table import Columns, Material, material
from core.screening.plans import combinations, nested_parts, nested_plan, nested_sizes, paper_parts, paper_plan
from core.screening.protocols import MIN_PEOPLE, split_people
from core.screening.provenance import table_hash, versions
from core.screening.table_iv.rows import INTERVALS, Findings, difference_rows
from core.screening.table_iv.scores import result_rows, shown
from core.settings import ValidationSettings
from core.types import Progress, Quiet, Samples

if TYPE_CHECKING:
    import pandas as pd

PAPER, NESTED = "paper", "nested"
PROTOCOLS = (NESTED, PAPER)


def validate(
    table: pd.DataFrame,
    test: pd.DataFrame | None,
    columns: Columns,
    settings: ValidationSettings,
    protocol: str = NESTED,
    permute_labels: bool = False,
    progress: Progress | None = None,
    finished: Mapping[str, Any] | None = None,
    on_result: Callable[[str, Any], None] = lambda key, result: None,
    n_processes: int | None = 0,
) -> dict[str, Any]:
    """Every method of the settings with every classifier on a table whose cells are text, as a dict for JSON.

    protocol: `NESTED` tunes on all people of the table with the grid that fits into a nested estimate, gives that
    estimate, and tests on `test` where there is one. `PAPER` tunes with the paper's whole grid, and holds out
    `settings.test_share` of the people where there is no `test`; it has no nested estimate. permute_labels: people of
    the table draw their labels anew from all of them, so that there is nothing to learn. finished, on_result,
    n_processes: see `core.screening.paper_protocol.run`. `settings.features` is not used: the columns name them.

    Keys: protocol, settings, permuted, columns, seeds, versions, inputs (hashes of the rows), people, nested (sizes),
    confounders, remarks, skipped, intervals, differences (see `difference_rows`; empty for `PAPER`) and results, a row
    an emotion, method and classifier, of several emotions also their majority vote: tuned_cv, nested and test are each
    what `both_scores` gives, or None where the protocol has no such thing; tuned_cv has besides fold_mean and fold_sd
    (of the accuracy over the folds, population), n_folds, n_settings (tried) and setting (chosen).

    Raises what `material` does, and `UserError` where people are too few to be parted.
    """
    chosen = combinations(settings)
    given = material(table, test, columns)
    samples, train, labels = given.samples, given.train, {**given.train, **given.test}
    if permute_labels:
        samples, dealt = permuted(samples, train, settings.random_state)
        train, labels = dealt, {**dealt, **given.test}
    people = np.array(sorted(train), dtype=object)
    y = np.array([train[person] for person in people])
    tested = np.array(sorted(given.test), dtype=object)
    if protocol == PAPER:
        if test is None:
            seed = derived_seed(settings.random_state, "test people")
            people, tested = split_people(people, y, settings.test_share, seed)
            samples = _trainable(samples, people, given.skipped)
        parts = paper_parts(samples, chosen, settings, people, tested, paper_plan)
    else:
        # With the grids of the nested estimate, which then tells of this very procedure.
        whole = paper_parts(samples, chosen, settings, people, tested, nested_plan)
        parts = {**whole, **nested_parts(samples, chosen, settings, people, y)}
    given_to = {key: (samples[part.emotion], part) for key, part in parts.items()}
    results = evaluate_all(given_to, progress or Quiet(), finished or {}, on_result, n_processes)
    findings = Findings(results, labels, list(samples), chosen, N_REPEATS if protocol == NESTED else 0)
    emotions = shown(findings)
    differences = difference_rows(findings) if protocol == NESTED else []
    return {
        "protocol": protocol,
        "settings": {**asdict(settings), "features": list(columns.features)},
        "permuted": permute_labels,
        "columns": {**asdict(columns), "positive": given.positive, "negative": given.negative},
        "seeds": {"seed": settings.random_state, **{key: part.random_state for key, part in parts.items()}},
        "versions": versions(),
        "inputs": {"table": table_hash(table), **({} if test is None else {"test": table_hash(test)})},
        "people": _people(given, train, len(people), len(tested)),
        "nested": nested_sizes(chosen) if protocol == NESTED else None,
        "confounders": confounders(table, train, settings.random_state, columns.person),
        "remarks": given.remarks,
        "skipped": given.skipped,
        "intervals": INTERVALS,
        "differences": [row for row in differences if row["emotion"] in emotions],
        "results": result_rows(findings, has_test=len(tested) > 0),
    }


def _trainable(samples: Mapping[str, Samples], people: np.ndarray, skipped: dict[str, str]) -> dict[str, Samples]:
    """The emotions of which enough `people` have rows; why not is added to `skipped` for the others."""
    kept = {}
    for emotion, each in samples.items():
        rows = np.isin(each.groups, people)
        counts = [len(np.unique(each.groups[rows & (each.y == side)])) for side in (1, 0)]
        if min(counts) < MIN_PEOPLE:
            skipped[emotion] = f"Without those held out {counts[0]} people with PD and {counts[1]} controls are left."
        else:
            kept[emotion] = each
    if not kept:
        raise UserError(
            "Too few people can be trained on.",
            next(iter(skipped.values())),
            "Give a table with more people, test people of their own, or use the nested protocol.",
        )
    return kept


def _people(given: Material, train: Mapping[str, int], n_train: int, n_test: int) -> dict[str, int]:
    return {
        "n": len(train), "n_pd": sum(train.values()), "n_control": len(train) - sum(train.values()),
        "n_train": n_train, "n_test": n_test,
    }  # fmt: skip
