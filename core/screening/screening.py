"""Screening people against a cohort that none of them is part of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from core.errors import UserError
from core.screening.certainty import certainty
from core.screening.cohort import N_OUTER, Training, training_samples, without
from core.screening.comparable import Given, comparable
from core.screening.movement import movement
from core.screening.pace import Pace
from core.screening.protocols import check_input, people_of
from core.screening.provenance import table_hash, versions
from core.screening.record import EmotionReport, FeatureReading, Screening
from core.screening.remarks import coverage_notes, notes_on, stranger_notes, warnings_of
from core.screening.statistics import percentile
from core.screening.surroundings import surroundings
from core.screening.verdict import decide
from core.settings import ScreeningSettings
from core.types import EMOTIONS, GROUPS, EmotionVote, Progress, Quiet, Samples

if TYPE_CHECKING:
    import pandas as pd


def screen(
    person: pd.DataFrame, cohort: pd.DataFrame, settings: ScreeningSettings, progress: Progress | None = None
) -> Screening:
    """Judge the rows of one person by fold models trained on everybody else of the cohort.

    person: their rows of an AU table; several rows of one emotion are averaged. cohort: an AU table; the person's own
    rows and rows of unknown group are dropped before anything is fitted. Raises `GuardError` for synthetic rows, and
    `UserError` when `person` is nobody or more than one, or when no emotion of theirs can be judged.
    """
    subjects = sorted({str(subject) for subject in person["subject"]})
    if len(subjects) != 1:
        raise UserError(
            "No row of the person was given." if not subjects else f"The rows are of {len(subjects)} people.",
            "A screening judges one person.",
            "Choose the rows of one person." if subjects else "Choose a person who has measured clips.",
        )
    return screen_people(person, cohort, settings, progress)[0]


def screen_people(
    people: pd.DataFrame, cohort: pd.DataFrame, settings: ScreeningSettings, progress: Progress | None = None
) -> list[Screening]:
    """`screen` for everybody in `people`, by subject; those for whom the same rows train share what is trained.

    Who has no emotion that can be judged is `undecided`, and each emotion says why. Raises `UserError`, before anything
    is trained, where that is so of everybody.
    """
    for table in (people, cohort):
        check_input(table)
    rows_of = {str(subject): rows for subject, rows in people.groupby(people["subject"].astype(str))}
    compared = {subject: comparable(rows, cohort) for subject, rows in rows_of.items()}
    alike: dict[str, list[str]] = {}
    for subject, ((_, others), _) in compared.items():
        alike.setdefault(table_hash(without(others, subject)), []).append(subject)
    pace = Pace(progress or Quiet(), len(alike) * len(EMOTIONS) * settings.n_folds * (1 + N_OUTER))
    trainings = [
        (subjects, Training(without(compared[subjects[0]][0][1], subjects[0]), settings, pace))
        for subjects in alike.values()
    ]
    _check_somebody([(compared[subject][0][0], training) for subjects, training in trainings for subject in subjects])
    screenings = {}
    while trainings:
        subjects, training = trainings.pop()  # its models go once it is done with
        for subject in subjects:
            (person, _), mixed = compared[subject]
            given = Given(rows_of[subject], cohort, mixed)
            screenings[subject] = _screening(subject, person, given, training)
    pace.finish("Done")
    return [screenings[subject] for subject in sorted(screenings)]


def check_cohort(cohort: pd.DataFrame, settings: ScreeningSettings) -> None:
    """Raise what `screen_people` would of the cohort whoever is screened, before any clip of them is measured."""
    check_input(cohort)
    known = cohort[cohort["group"].isin(GROUPS)]
    reasons = []
    for emotion in EMOTIONS:
        material, reason = training_samples(known, emotion, settings.features)
        if material is not None:
            return
        reasons.append(reason)
    raise UserError(
        "The cohort can train no emotion.",
        " ".join(dict.fromkeys(reasons)),
        "Add labelled people of both groups to it.",
    )


def _check_somebody(candidates: list[tuple[pd.DataFrame, Training]]) -> None:
    """Raise `UserError` where no emotion of any (person's rows, training for them) can be judged."""
    reasons: dict[str, None] = {}
    for person, training in candidates:
        for emotion in EMOTIONS:
            face, reason = _face(emotion, person, training)
            if face is not None:
                return
            reasons.setdefault(reason)
    raise UserError(
        "The person cannot be judged." if len(candidates) == 1 else "None of these people can be judged.",
        " ".join(list(reasons)[: len(EMOTIONS)]),
        "Add labelled people to the cohort, or clips of whom you screen.",
    )


def _screening(subject: str, person: pd.DataFrame, given: Given, training: Training) -> Screening:
    reports = tuple(_emotion_report(emotion, person, given.person, training) for emotion in EMOTIONS)
    others = training.rows
    _, y = people_of(others)
    votes = [report.vote for report in reports]
    near = [(report.vote.emotion, report.surroundings) for report in reports if report.surroundings]
    return Screening(
        person=subject,
        verdict=decide(votes, training.calibration),
        emotions=reports,
        n_pd=int(np.sum(y == 1)),
        n_control=int(np.sum(y == 0)),
        simulated=bool(others["simulated"].astype(bool).any()),
        vote_accuracy=training.calibrated_accuracy,
        certainty=certainty(votes, training.calibration, training.withheld_curve),
        movement=movement(given.person, without(given.cohort, subject)),
        warnings=tuple(warnings_of(others, given.mixed) + stranger_notes(near)),
        notes=tuple(
            notes_on(person, given.cohort, others, training.settings.features)
            + coverage_notes([(r.vote.emotion, r.n_one_sided, r.vote.n_models) for r in reports])
        ),
        settings=training.settings,
        cohort_hash=table_hash(without(given.cohort, subject)),
        person_hash=table_hash(given.person),
        versions=versions(),
    )


def _face(emotion: str, person: pd.DataFrame, training: Training) -> tuple[np.ndarray | None, str]:
    """What the models of an emotion judge of the person, (d,), or None and why there is nothing to judge."""
    material, reason = training.samples(emotion)
    if material is None:
        return None, reason
    return measured_face(emotion, person, material.features)


def measured_face(emotion: str, person: pd.DataFrame, features: Sequence[str]) -> tuple[np.ndarray | None, str]:
    """The mean of the person's complete rows of an emotion, (d,), or None and why there is none."""
    rows = person[person["emotion"] == emotion]
    if rows.empty:
        return None, f"There is no clip of {emotion}."
    rows = rows.reindex(columns=list(features)).astype(float)
    complete = rows.dropna()
    if complete.empty:
        lacking = rows.columns[rows.isna().any()]
        return None, f"{', '.join(lacking)} of the person could not be measured."
    return complete.mean().to_numpy(), ""


def _emotion_report(emotion: str, person: pd.DataFrame, measured: pd.DataFrame, training: Training) -> EmotionReport:
    x, reason = _face(emotion, person, training)
    material, _ = training.samples(emotion)
    if x is None or material is None:
        return EmotionReport(EmotionVote(emotion, 0, 0, 0.0, "tie", usable=False, reason=reason))
    models = training.models(emotion)
    n_pd = sum(models.label_of_person.values())
    n_control = len(models.label_of_person) - n_pd
    shown = measured.loc[(person["emotion"] == emotion) & person[list(material.features)].notna().all(axis=1)]
    intensities = shown[list(material.features)].to_numpy(float).mean(axis=0)
    return EmotionReport(
        models.vote(x), readings(x, intensities, material), n_pd, n_control, models.out_of_fold(), models.n_one_sided,
        surroundings(x, material),
    )  # fmt: skip


def readings(x: np.ndarray, intensities: np.ndarray, material: Samples) -> tuple[FeatureReading, ...]:
    """Of a person's features x (d,) among the rows of `material`; intensities: (d,) what of them is shown."""
    found = []
    for j, name in enumerate(material.features):
        with_pd, controls = (material.X[material.y == side, j] for side in (1, 0))
        found.append(FeatureReading(name, float(intensities[j]), percentile(x[j], with_pd), percentile(x[j], controls)))
    return tuple(found)
