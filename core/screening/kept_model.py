"""Screening people by a kept model: nothing is trained, and nobody is judged by a model that knows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.errors import UserError
from core.screening import card as cards
from core.screening.bundle import Bundle
from core.screening.calibration import Calibration
from core.screening.certainty import certainty
from core.screening.known_people import check_people
from core.screening.protocols import check_input
from core.screening.provenance import table_hash, versions
from core.screening.record import EmotionReport, FeatureReading, Screening
from core.screening.remarks import coverage_notes
from core.screening.screening import measured_face
from core.screening.statistics import Rate
from core.screening.verdict import decide
from core.types import EMOTIONS, GROUPS, EmotionVote

if TYPE_CHECKING:
    import pandas as pd

SIMULATED = (
    "The model was trained on simulated people: no camera ever saw them, and the verdict says nothing about anybody."
)


def screen_by(bundle: Bundle, people: pd.DataFrame) -> list[Screening]:
    """Judge everybody in an AU table by a kept model, by subject; several rows of one emotion are averaged.

    Raises `GuardError` for synthetic rows, and `UserError` where a person was trained on, where other backends measured
    them than the people of the model, or where no emotion of anybody can be judged.
    """
    check_input(people)
    check_people(bundle.card, people)
    by_person = people.groupby(people["subject"].astype(str))
    found = [_screening(bundle, str(subject), rows) for subject, rows in by_person]
    if not any(vote.usable for screening in found for vote in screening.verdict.votes):
        reasons = dict.fromkeys(vote.reason for screening in found for vote in screening.verdict.votes)
        raise UserError(
            "The person cannot be judged." if len(found) == 1 else "None of these people can be judged.",
            " ".join(list(reasons)[: len(EMOTIONS)]),
            "Film the emotions that the model knows, with all of its features.",
        )
    return found


def _screening(bundle: Bundle, subject: str, rows: pd.DataFrame) -> Screening:
    told = bundle.card
    reports = tuple(_report(bundle, emotion, rows) for emotion in EMOTIONS)
    notes = [f"Judged by a kept model of {told['people']['n']} people; nothing was trained for this screening."]
    if known := [group for group in rows["group"].unique() if group in GROUPS]:
        notes.append(f"The person is labelled {known[0]} in the table; the label was not used.")
    votes, calibration = [report.vote for report in reports], Calibration.from_json(told["calibration"])
    return Screening(
        person=subject,
        verdict=decide(votes, calibration),
        emotions=reports,
        n_pd=told["people"]["n_pd"],
        n_control=told["people"]["n_control"],
        simulated=told["simulated"],
        vote_accuracy=told["vote_accuracy"],
        certainty=certainty(votes, calibration, told["risk_coverage"]),
        movement=[],
        warnings=(SIMULATED,) if told["simulated"] else (),
        notes=(*notes, *coverage_notes([(r.vote.emotion, r.n_one_sided, r.vote.n_models) for r in reports])),
        settings=bundle.settings,
        cohort_hash=told["input_hash"],
        person_hash=table_hash(rows),
        versions=versions(),
        model=bundle.identity,
    )


def _report(bundle: Bundle, emotion: str, rows: pd.DataFrame) -> EmotionReport:
    if emotion not in bundle.models:
        return _unusable(
            emotion, f"The model was not trained for it. {bundle.card['skipped'].get(emotion, '')}".strip()
        )
    models, told = bundle.models[emotion], bundle.card["emotions"][emotion]
    x, reason = measured_face(emotion, rows, models.features)
    if x is None:
        return _unusable(emotion, reason)
    readings = tuple(
        FeatureReading(name, float(value), *(_percentile(value, told["reference"][name][group]) for group in GROUPS))
        for name, value in zip(models.features, x, strict=True)
    )
    out_of_fold = Rate(told["out_of_fold"]["correct"], told["out_of_fold"]["n"])
    return EmotionReport(models.vote(x), readings, told["n_pd"], told["n_control"], out_of_fold, told["n_one_sided"])


def _unusable(emotion: str, reason: str) -> EmotionReport:
    return EmotionReport(EmotionVote(emotion, 0, 0, 0.0, "tie", usable=False, reason=reason))


def _percentile(value: float, quantiles: list[float]) -> float:
    """Share of the people of the model below `value`, in per cent, between the quantiles that were kept."""
    steps = np.linspace(0, 100, cards.N_QUANTILES)
    first, last = (int(np.searchsorted(quantiles, round(value, 4), side)) for side in ("left", "right"))
    if first < last:  # half of those equal to it count as below, as `core.screening.statistics.percentile` has it
        return float(steps[first] + steps[last - 1]) / 2
    return float(np.interp(value, quantiles, steps))
