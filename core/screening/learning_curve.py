"""How the score grows with the people trained on: whether more people would help, before any method is asked to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from core.rng import derived_seed, generator
from core.screening.classifiers import Recipe, fit_pipeline
from core.screening.parts import N_OUTER, N_REPEATS
from core.screening.plans import PLAIN
from core.screening.protocols import MIN_PEOPLE, check_disjoint, people_folds
from core.screening.table_iv.rows import majority, rate
from core.screening.tuning import mean_faces
from core.types import Samples

N_SIZES = 6


def learning_curve(
    materials: Mapping[str, Samples], labels: Mapping[str, int], random_state: int
) -> list[dict[str, Any]]:
    """Accuracy of the majority vote on people never seen, by how many people were trained on; fewest first.

    materials: emotion -> rows. labels: person -> 1 for PD, 0 for control. The outer parts of a nested estimate, of
    whose training people as many of each group are drawn as a size says, the fewer among the more; one plain logistic
    regression an emotion, which nothing is tuned of. Keys of a row: n_people (trained on, half of each group) and what
    `Rate.to_json` gives. Raises what `people_folds` raises.
    """
    people = np.array(sorted(labels), dtype=object)
    y = np.array([labels[person] for person in people])
    repeats: dict[int, list[dict[str, float]]] = {}
    for repeat in range(N_REPEATS):
        seed = derived_seed(random_state, "learning curve", repeat)
        votes: dict[int, dict[str, float]] = {}
        for test in people_folds(people, y, N_OUTER, seed):
            training = np.setdiff1d(people, test)
            check_disjoint(training, test)
            order = _order(training, labels, derived_seed(seed, *test))
            for size in _sizes(y):
                chosen = np.concatenate([side[:size] for side in order])
                votes.setdefault(size, {}).update(_vote(materials, chosen, test, seed))
        for size, found in votes.items():
            repeats.setdefault(size, []).append(found)
    return [{"n_people": 2 * size, **rate(found, labels).to_json()} for size, found in sorted(repeats.items())]


def _sizes(y: np.ndarray) -> list[int]:
    """People of each group: up to the most that every part leaves to train on, about evenly by their logarithm."""
    fewest = min(int(np.sum(y == side)) for side in (1, 0))
    most = fewest - int(np.ceil(fewest / N_OUTER))
    return sorted({round(size) for size in np.geomspace(min(MIN_PEOPLE, most), most, N_SIZES).tolist()})


def _order(training: np.ndarray, labels: Mapping[str, int], random_state: int) -> list[np.ndarray]:
    """The people of each group as they are drawn, PD first."""
    rng = generator(random_state, "people drawn")
    side = np.array([labels[person] for person in training])
    return [rng.permutation(training[side == which]) for which in (1, 0)]


def _vote(materials: Mapping[str, Samples], train: np.ndarray, test: np.ndarray, random_state: int) -> dict[str, float]:
    by_emotion = []
    for samples in materials.values():
        rows = np.flatnonzero(np.isin(samples.groups, train))
        codes, _, faces = mean_faces(samples, np.flatnonzero(np.isin(samples.groups, test)))
        if len(set(samples.y[rows].tolist())) == 2 and len(codes):
            model, _ = fit_pipeline(Recipe(PLAIN), samples, rows, random_state)
            by_emotion.append(dict(zip(codes.tolist(), model.predict_proba(faces)[:, 1].tolist(), strict=True)))
    return majority(by_emotion)
