"""How well age, sex, site or recording protocol alone predict the label: what a face model must beat to mean anything.

On the smile videos of UFNet the name of the recording study alone reaches an AUROC of 0.82, as much as the strongest
action unit, because some studies filmed patients at a clinic and others controls at home.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import UserError
from core.rng import derived_seed
from core.screening.metrics import scores
from core.screening.parts import N_OUTER, N_REPEATS
from core.screening.protocols import check_disjoint, people_folds

if TYPE_CHECKING:
    import pandas as pd

NAMES = ("age", "sex", "gender", "site", "centre", "center", "protocol", "device", "camera", "backend")
"""Columns that say who a person is or how they were recorded, in any case."""


def confounders(
    table: pd.DataFrame, labels: Mapping[str, int], random_state: int, subject: str = "subject"
) -> list[dict[str, Any]]:
    """One row for each of `NAMES` that the table has and that varies: column, auroc, ci, n.

    labels: person -> 1 for PD, 0 for control; the column `subject` says whose a row is. A person counts once, by the
    mean of their numbers or the most frequent of their words; who has none is left out. Logistic regression, which
    nothing is tuned of, on people who were not trained on: `N_OUTER` parts, `N_REPEATS` times. An AUROC below one half
    says that the column tells nothing. Columns that too few people have are left out.
    """
    found = []
    for column in table.columns:
        if str(column).strip().casefold() not in NAMES:
            continue
        people, X = _values(table, str(column), subject)
        known = np.array([person in labels for person in people], bool)
        people, X = people[known], X[known]
        if len(np.unique(X, axis=0)) < 2:
            continue
        y = np.array([labels[person] for person in people], int)
        seeds = [derived_seed(random_state, "confounders", repeat) for repeat in range(N_REPEATS)]
        try:
            p = np.concatenate([_nested_probabilities(X, y, people, seed) for seed in seeds])
        except UserError:
            continue
        score = scores(p, np.tile(y, N_REPEATS), np.tile(people.astype(str), N_REPEATS))
        found.append({"column": str(column), "auroc": score.auroc, "ci": score.to_json()["auroc_ci"], "n": score.n})
    return found


def _values(table: pd.DataFrame, column: str, subject: str) -> tuple[np.ndarray, np.ndarray]:
    """People with a value (n,), and it: (n, 1) where all are numbers, else (n, words) of 0 and 1."""
    import pandas as pd

    rows = table[[subject, column]].dropna()
    rows = rows[rows[column].astype(str).str.strip() != ""]
    numbers = pd.to_numeric(rows[column], errors="coerce")
    if numbers.notna().all():
        by_person = numbers.astype(float).groupby(rows[subject]).mean()
        return by_person.index.to_numpy(object), by_person.to_numpy(float)[:, None]
    words = rows[column].astype(str).groupby(rows[subject]).agg(lambda given: given.mode().iloc[0])
    return words.index.to_numpy(object), pd.get_dummies(words).to_numpy(float)


def _nested_probabilities(X: np.ndarray, y: np.ndarray, people: np.ndarray, random_state: int) -> np.ndarray:
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    p = np.empty(len(y))
    for part in people_folds(people, y, N_OUTER, random_state):
        tested = np.isin(people, part)
        check_disjoint(people[~tested], people[tested])
        model = make_pipeline(StandardScaler(), LogisticRegression()).fit(X[~tested], y[~tested])
        p[tested] = model.predict_proba(X[tested])[:, 1]
    return p
