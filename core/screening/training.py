"""Training a model to keep: the fold models of a whole cohort, and a card that says what they are worth."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import UserError
from core.people import person_key
from core.scales import backends_of, mixture
from core.screening import bundle, card, model_file
from core.screening.bundle import Bundle
from core.screening.cohort import N_OUTER, Training
from core.screening.known_people import mark, row_marks
from core.screening.pace import Pace
from core.screening.protocols import check_input, people_of
from core.screening.provenance import table_hash, versions
from core.screening.statistics import Rate
from core.screening.voting import EmotionModels, held_out_shares
from core.settings import ScreeningSettings
from core.types import EMOTIONS, GROUPS, PD, Progress, Quiet, Samples

if TYPE_CHECKING:
    import pandas as pd


def train(table: pd.DataFrame, settings: ScreeningSettings, progress: Progress | None = None) -> Bundle:
    """The fold models of every emotion that the AU table can train, with scores of people whom no model had seen.

    Rows of unknown group are not used. The same table, settings and versions give the same bytes. Raises `GuardError`
    for a table that must not be split, `UserError` where it mixes backends or can train no emotion, `Cancelled` when
    `progress` says so.
    """
    check_input(table)
    rows = table[table["group"].isin(GROUPS)].reset_index(drop=True)
    if mixture(rows):
        raise UserError(
            "The cohort mixes backends.",
            f"It has {', '.join(backends_of(rows))}; whoever is screened later would be on one of their scales.",
            "Keep the rows of one backend in a cohort of their own and train on that.",
        )
    pace = Pace(progress or Quiet(), len(EMOTIONS) * settings.n_folds * (1 + N_OUTER))
    training = Training(rows, settings, pace)
    material, skipped = {}, {}
    for emotion in EMOTIONS:
        found, reason = training.samples(emotion)
        if found is None:
            skipped[emotion] = reason
        else:
            material[emotion] = found
    if not material:
        raise UserError(
            "The cohort can train no emotion.",
            " ".join(dict.fromkeys(skipped.values())),
            "Add labelled people of both groups to it.",
        )
    files, emotions = {}, {}
    for emotion, found in material.items():
        models = training.models(emotion)
        files[f"{emotion}.skops"] = content = model_file.dump([model.pipeline for model in models.models])
        emotions[emotion] = {**_about(models, found), "file": _about_file(f"{emotion}.skops", content)}
    input_hash = table_hash(rows)
    told = {
        "format": card.FORMAT,
        "settings": asdict(settings),
        "input_hash": input_hash,
        "simulated": bool(rows["simulated"].astype(bool).any()),
        "backends": list(backends_of(rows)),
        "versions": versions(),
        "people": {**_about_people(rows, input_hash), "n_rows_unknown": len(table) - len(rows)},
        "emotions": emotions,
        "skipped": skipped,
        "vote_accuracy": training.calibrated_accuracy,
        "calibration": training.calibration.to_json(),
        "risk_coverage": training.withheld_curve,
    }
    pace.finish("Done")
    return bundle.read(card.written(told), files)  # what is kept has been opened again


def _about(models: EmotionModels, material: Samples) -> dict[str, Any]:
    labels = models.label_of_person
    shares = held_out_shares([model.held_out for model in models.models])
    rates = {}
    for name, label in (("sensitivity", 1), ("specificity", 0)):
        right = [share if label else 1 - share for person, share in shares.items() if labels[person] == label]
        rates[name] = Rate(float(sum(right)), len(right)).to_json()
    n_pd = sum(labels.values())
    return {
        "features": list(models.features),
        "n_pd": n_pd,
        "n_control": len(labels) - n_pd,
        "n_rows": len(material.y),
        "weights": models.weights.tolist(),
        "n_one_sided": models.n_one_sided,
        "out_of_fold": models.out_of_fold().to_json(),
        **rates,
        "reference": {
            name: {group: _quantiles(material.X[material.y == (group == PD), j]) for group in GROUPS}
            for j, name in enumerate(material.features)
        },
    }


def _quantiles(values: np.ndarray) -> list[float]:
    return [round(float(value), 4) for value in np.quantile(values, np.linspace(0, 1, card.N_QUANTILES))]


def _about_file(name: str, content: bytes) -> dict[str, Any]:
    return {"name": name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def _about_people(rows: pd.DataFrame, input_hash: str) -> dict[str, Any]:
    people, y = people_of(rows)
    once = rows.drop_duplicates("subject")
    age: dict[str, dict[str, float]] = {}
    sex: dict[str, dict[str, int]] = {}
    for group in GROUPS:
        theirs = once[once["group"] == group]
        ages = [float(value) for value in theirs["age"].dropna()] if "age" in theirs else []
        if ages:
            age[group] = {"n": len(ages), "median": median(ages), "low": min(ages), "high": max(ages)}
        counts = theirs["sex"].fillna("").replace("", "unknown").value_counts() if "sex" in theirs else {}
        if set(counts) - {"unknown"}:
            sex[group] = {str(key): int(n) for key, n in sorted(counts.items())}
    return {
        "n": len(people),
        "n_pd": int(y.sum()),
        "n_control": int(len(y) - y.sum()),
        "n_rows": len(rows),
        "age": age,
        "sex": sex,
        "marks": sorted(mark(input_hash, person_key(person)) for person in people),
        "row_marks": sorted(row_marks(rows, input_hash)),
    }
