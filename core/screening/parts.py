"""The parts of both protocols: tuned on some people, tested on others; at once, and resumable."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from core.parallel import Piece, Tally, open_pool, outcomes
from core.screening.method_grids import Plan
from core.screening.pace import Pace
from core.screening.protocols import MIN_PEOPLE, check_disjoint
from core.screening.provenance import versions
from core.screening.tuning import mean_faces, tune
from core.screening.voting import shares_for_pd
from core.types import Progress, Quiet, Samples

N_OUTER = 5
"""Parts of the people in a nested estimate."""

N_REPEATS = 2


@dataclass(frozen=True)
class Part:
    """One emotion, method and classifier. train, test: people. random_state: the same for all methods and classifiers,
    so that they meet the same folds."""

    emotion: str
    plan: Plan
    train: np.ndarray
    test: np.ndarray
    random_state: int

    @property
    def weight(self) -> int:
        """Models to fit."""
        return self.plan.n_settings * self.plan.n_folds


def evaluate(samples: Samples, part: Part, progress: Progress | None = None) -> dict[str, Any]:
    """Tune on the rows of `part.train`, vote on the people of `part.test`, each by the mean of their rows.

    samples: real rows of one emotion. Keys: setting, n_settings, n_folds, n_one_sided (folds in which AGCL had nothing
    to start from in some class), fold_accuracy (one a fold, of the chosen setting), held_out and test (person -> share
    of the fold models for PD, the test ones weighted by fold accuracy), fold_tests (each held-out person of each fold,
    with the probability of PD), test_probability (person -> mean of the fold models' probabilities, weighted alike),
    unweighted (whether no fold model was ever right). `test` empty, with a reason, where the part has too few people
    to train on. Raises `GuardError` when a person is on both sides, `Cancelled` when `progress` says so.
    """
    check_disjoint(part.train, part.test)
    rows = np.flatnonzero(np.isin(samples.groups, part.train))
    training = subset(samples, rows)
    counts = [len(np.unique(training.groups[training.y == side])) for side in (1, 0)]
    if min(counts) < MIN_PEOPLE:
        reason = f"There are {counts[0]} people with PD and {counts[1]} controls in {part.emotion} to train on."
        return {"test": {}, "test_probability": {}, "reason": reason}
    pace = Pace(progress or Quiet(), 1.0)
    codes, _, faces = mean_faces(samples, np.flatnonzero(np.isin(samples.groups, part.test)))
    votes, probability = np.zeros(0), np.zeros(0)
    # Matrices of few rows gain nothing from threads, which wait for one another: an MLP took 20 times as long.
    with threadpool_limits(1):
        tuned = tune(training, part.plan, part.random_state, lambda share: pace.step("", share))
        if len(codes):
            said = tuned.probabilities(faces)
            votes, probability = (shares_for_pd(each, tuned.accuracy) for each in (said > 0.5, said))
    return {
        "setting": tuned.setting.to_json(),
        "n_settings": tuned.n_settings,
        "n_folds": len(tuned.tests),
        "n_one_sided": tuned.n_one_sided,
        "fold_accuracy": tuned.accuracy.tolist(),
        "held_out": tuned.held_out,
        "fold_tests": [[test.person, test.probability] for fold in tuned.tests for test in fold],
        "test": dict(zip(codes.tolist(), votes.tolist(), strict=True)),
        "test_probability": dict(zip(codes.tolist(), probability.tolist(), strict=True)),
        "unweighted": not tuned.accuracy.any(),
    }


def evaluate_all(
    parts: Mapping[str, tuple[Samples, Part]],
    progress: Progress,
    finished: Mapping[str, Any],
    on_result: Callable[[str, Any], None],
    n_processes: int | None,
) -> dict[str, Any]:
    """What `evaluate` finds for each part, in their order, by `n_processes` (see `core.parallel.open_pool`).

    finished: key -> what an earlier run found, which is taken over; `on_result` is told each new one. The result is the
    same whatever the number of processes: a part knows its own seed, and its outcome depends on nothing else. Raises
    what `evaluate` raises.
    """
    found = {key: finished[key] for key in parts if key in finished}
    total = sum(part.weight for _, part in parts.values())
    done = sum(parts[key][1].weight for key in found)
    pieces = iter(
        [
            Piece(key, key.replace("/", ", "), part.weight, evaluate, (samples, part))
            for key, (samples, part) in parts.items()
            if key not in found
        ]
    )
    tally = Tally(progress, done, total)
    tally.check_cancelled()
    with open_pool(n_processes, versions) as pool:
        for piece, outcome in outcomes(pieces, pool, tally):
            found[piece.key] = outcome
            on_result(piece.key, outcome)
    tally.tell("Done")
    return {key: found[key] for key in parts}


def subset(samples: Samples, rows: np.ndarray) -> Samples:
    """Some `rows` of samples."""
    return Samples(
        samples.X[rows], samples.y[rows], samples.groups[rows], samples.features, samples.automatic, samples.limits
    )
