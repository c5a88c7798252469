"""A cohort beside a kept model: where a person lies among people whose rows are here, as a card holds nobody's.

Nothing of it votes: a screening is only told more about, and its notes say among whom.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from core.errors import GuardError
from core.scales import backends_of, mixture
from core.screening.cohort import training_samples, without
from core.screening.movement import movement
from core.screening.protocols import check_input, people_of
from core.screening.provenance import table_hash
from core.screening.record import ComparedWith, EmotionReport, Screening
from core.screening.screening import readings
from core.screening.surroundings import surroundings
from core.types import GROUPS, Samples

if TYPE_CHECKING:
    import pandas as pd

_NOT_SHOWN = "People near and movement are not shown, and percentiles are among the people of the model: "


def beside(found: Screening, person: pd.DataFrame, cohort: pd.DataFrame) -> Screening:
    """The screening by a kept model with percentiles, people near and movement among the others of a cohort.

    person: their rows of an AU table. cohort: an AU table, in which the person may be. Votes, verdict and warnings stay
    as they are. Where another backend measured the cohort, or it lacks the features of the model, only a note is added
    that says so; of an emotion that it lacks alone, percentiles stay those among the people of the model.
    """
    others = without(cohort, found.person)
    material, lacking = _material(found, others)
    if reason := _why_not(person, others) or ("" if material else _joined(lacking)):
        return replace(found, notes=(*found.notes, f"{_NOT_SHOWN}{reason}."))
    _, y = people_of(others)
    compared = ComparedWith(
        n_pd=int(np.sum(y == 1)),
        n_control=int(np.sum(y == 0)),
        simulated=bool(others["simulated"].astype(bool).any()),
        hash=table_hash(others),
    )
    return replace(
        found,
        emotions=tuple(_placed(report, material.get(report.vote.emotion)) for report in found.emotions),
        movement=movement(person, others),
        compared_with=compared,
        notes=(*found.notes, *_notes(compared, bool(len(others) < cohort["group"].isin(GROUPS).sum()), lacking)),
    )


def _material(found: Screening, others: pd.DataFrame) -> tuple[dict[str, Samples], dict[str, str]]:
    """Of the emotions that were judged: the rows of the others as the model would see them, or why there are none."""
    material, lacking = {}, {}
    for report in found.emotions:
        if report.vote.usable:
            emotion = report.vote.emotion
            rows, reason = training_samples(others, emotion, found.settings.features)
            if rows is None:
                lacking[emotion] = reason
            else:
                material[emotion] = rows
    return material, lacking


def _why_not(person: pd.DataFrame, others: pd.DataFrame) -> str:
    """Why nobody of the others can be laid beside the person, as the end of a sentence; empty where they can."""
    if others.empty:
        return "nobody else of a known group is in the cohort in use"
    if mixture(person, others):
        cohort, own = (", ".join(backends_of(rows)) for rows in (others, person))
        return f"the cohort in use was measured by {cohort}, and the person by {own}"
    try:
        check_input(others)
    except GuardError as error:
        return f"the cohort in use cannot be compared with, as {error.what.rstrip('.')}"
    return ""


def _placed(report: EmotionReport, material: Samples | None) -> EmotionReport:
    if material is None:
        return report
    x = np.array([reading.value for reading in report.features])
    return replace(report, features=readings(x, x, material), surroundings=surroundings(x, material))


def _notes(compared: ComparedWith, left_out: bool, lacking: Mapping[str, str]) -> list[str]:
    n, simulated = compared.n_pd + compared.n_control, "simulated " if compared.simulated else ""
    counted = f"{compared.n_pd} with PD, {compared.n_control} controls{'; the person was left out' * left_out}"
    notes = [
        f"Percentiles, people near and movement are among {n} {simulated}people of the cohort in use ({counted}), not "
        "among those whom the model was trained on."
    ]
    if lacking:
        notes.append(f"In {', '.join(lacking)} percentiles are among the people of the model: {_joined(lacking)}.")
    return notes


def _joined(lacking: Mapping[str, str]) -> str:
    """Reasons, each once, as the end of a sentence."""
    reasons = dict.fromkeys(reason.rstrip(".") for reason in lacking.values())
    return "; ".join(f"{reason[:1].lower()}{reason[1:]}" for reason in reasons)
