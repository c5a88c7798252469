"""Screening one person against a cohort that they are not part of."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import UserError
from core.screening.cohort import N_OUTER, Training, without
from core.screening.pace import Pace
from core.screening.protocols import check_input, people_of
from core.screening.provenance import table_hash, versions
from core.screening.statistics import Rate
from core.screening.verdict import decide
from core.settings import ScreeningSettings
from core.types import EMOTIONS, GROUPS, EmotionVote, Progress, Quiet, Samples, Verdict

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class FeatureReading:
    """One action unit of the person, 0 to 5, and its percentile, 0 to 100, among people with PD and controls."""

    name: str
    value: float
    percentile_pd: float
    percentile_control: float


@dataclass(frozen=True)
class EmotionReport:
    """One emotion: the vote, what it was cast on, how many people trained it, and how it did on people left out.

    n_one_sided: fold models for which AGCL could add nothing to one class or both.
    """

    vote: EmotionVote
    features: tuple[FeatureReading, ...] = ()
    n_pd: int = 0
    n_control: int = 0
    out_of_fold: Rate | None = None
    n_one_sided: int = 0

    def to_json(self) -> dict[str, Any]:
        out_of_fold = self.out_of_fold.to_json() if self.out_of_fold else None
        return {
            **asdict(self.vote), "features": [asdict(feature) for feature in self.features],
            "n_pd": self.n_pd, "n_control": self.n_control, "out_of_fold": out_of_fold,
            "n_one_sided": self.n_one_sided,
        }  # fmt: skip


@dataclass(frozen=True)
class Screening:
    """A verdict with everything behind it. vote_accuracy: see `core.screening.cohort.vote_accuracy`.

    warnings: what takes the meaning from the verdict, to be read with it. notes: what else was done with the rows.
    """

    person: str
    verdict: Verdict
    emotions: tuple[EmotionReport, ...]
    n_pd: int
    n_control: int
    simulated: bool
    vote_accuracy: dict[str, Any]
    warnings: tuple[str, ...]
    notes: tuple[str, ...]
    settings: ScreeningSettings
    cohort_hash: str
    person_hash: str
    versions: dict[str, str]

    def to_json(self) -> dict[str, Any]:
        """A plain dict for `json.dumps`; the same inputs, settings and versions give the same bytes."""
        return {
            "person": self.person,
            "verdict": {"decision": self.verdict.decision, "reason": self.verdict.reason},
            "emotions": [emotion.to_json() for emotion in self.emotions],
            "cohort": {
                "n_people": self.n_pd + self.n_control, "n_pd": self.n_pd, "n_control": self.n_control,
                "simulated": self.simulated, "hash": self.cohort_hash,
            },
            "vote_accuracy": self.vote_accuracy,
            "warnings": list(self.warnings),
            "notes": list(self.notes),
            "settings": asdict(self.settings),
            "person_hash": self.person_hash,
            "versions": self.versions,
        }  # fmt: skip


def screen(
    person: pd.DataFrame, cohort: pd.DataFrame, settings: ScreeningSettings, progress: Progress | None = None
) -> Screening:
    """Judge the rows of one person by fold models trained on everybody else of the cohort.

    person: their rows of an AU table; several rows of one emotion are averaged. cohort: an AU table; the person's own
    rows and rows of unknown group are dropped before anything is fitted. Raises `GuardError` for synthetic rows, and
    `UserError` when `person` is nobody or more than one, or when the cohort has too few people in every emotion.
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
    """`screen` for everybody in `people`, by subject; those for whom the same rows train share what is trained."""
    for table in (people, cohort):
        check_input(table)
    rows_of = {str(subject): rows for subject, rows in people.groupby(people["subject"].astype(str))}
    alike: dict[str, list[str]] = {}
    for subject in rows_of:
        alike.setdefault(table_hash(without(cohort, subject)), []).append(subject)
    pace = Pace(progress or Quiet(), len(alike) * len(EMOTIONS) * settings.n_folds * (1 + N_OUTER))
    screenings = {}
    for subjects in alike.values():
        training = Training(without(cohort, subjects[0]), settings, pace)
        for subject in subjects:
            screenings[subject] = _screening(subject, rows_of[subject], cohort, training)
    pace.finish("Done")
    return [screenings[subject] for subject in sorted(screenings)]


def _screening(subject: str, person: pd.DataFrame, cohort: pd.DataFrame, training: Training) -> Screening:
    reports = tuple(_emotion_report(emotion, person, training) for emotion in EMOTIONS)
    if not any(report.out_of_fold for report in reports):
        raise UserError(
            f"Nothing could be trained for {subject}.",
            " ".join(dict.fromkeys(report.vote.reason for report in reports)),
            "Add labelled people to the cohort, or clips of this person.",
        )
    others = training.rows
    _, y = people_of(others)
    return Screening(
        person=subject,
        verdict=decide([report.vote for report in reports]),
        emotions=reports,
        n_pd=int(np.sum(y == 1)),
        n_control=int(np.sum(y == 0)),
        simulated=bool(others["simulated"].astype(bool).any()),
        vote_accuracy=training.accuracy,
        warnings=tuple(_warnings(person, others)),
        notes=tuple(_notes(person, cohort, others) + _coverage_notes(reports)),
        settings=training.settings,
        cohort_hash=table_hash(others),
        person_hash=table_hash(person),
        versions=versions(),
    )


def _emotion_report(emotion: str, person: pd.DataFrame, training: Training) -> EmotionReport:
    material, reason = training.samples(emotion)
    if material is None:
        return EmotionReport(_unusable(emotion, reason))
    rows = person[person["emotion"] == emotion]
    if rows.empty:
        return EmotionReport(_unusable(emotion, f"There is no clip of {emotion}."))
    rows = rows.reindex(columns=list(material.features)).astype(float)
    complete = rows.dropna()
    if complete.empty:
        lacking = rows.columns[rows.isna().any()]
        return EmotionReport(_unusable(emotion, f"{', '.join(lacking)} of the person could not be measured."))
    x = complete.mean().to_numpy()
    models = training.models(emotion)
    n_pd = sum(models.label_of_person.values())
    n_control = len(models.label_of_person) - n_pd
    return EmotionReport(
        models.vote(x), _readings(x, material), n_pd, n_control, models.out_of_fold(), models.n_one_sided
    )


def _unusable(emotion: str, reason: str) -> EmotionVote:
    return EmotionVote(emotion, 0, 0, 0.0, "tie", usable=False, reason=reason)


def _readings(x: np.ndarray, material: Samples) -> tuple[FeatureReading, ...]:
    readings = []
    for j, name in enumerate(material.features):
        with_pd, controls = (material.X[material.y == side, j] for side in (1, 0))
        readings.append(FeatureReading(name, float(x[j]), percentile(x[j], with_pd), percentile(x[j], controls)))
    return tuple(readings)


def percentile(value: float, reference: np.ndarray) -> float:
    """Share of `reference` (n,) below `value` plus half of those equal to it, in per cent."""
    return float(100 * (np.mean(reference < value) + np.mean(reference == value) / 2))


def _warnings(person: pd.DataFrame, others: pd.DataFrame) -> list[str]:
    warnings = []
    backends = {str(backend) for backend in (*others["backend"], *person["backend"])}
    if len(backends) > 1:
        warnings.append(
            f"Intensities come from different backends ({', '.join(sorted(backends))}) and are not comparable: "
            "this verdict means nothing until person and cohort are measured alike."
        )
    if others["simulated"].astype(bool).any():
        warnings.append(
            "The cohort is simulated: no camera ever saw these people, and the verdict says nothing about anybody."
        )
    return warnings


def _notes(person: pd.DataFrame, cohort: pd.DataFrame, others: pd.DataFrame) -> list[str]:
    notes = []
    known = [group for group in person["group"].unique() if group in GROUPS]
    if known:
        notes.append(f"The person is labelled {known[0]} in the table; the label was not used.")
    dropped = len(cohort) - len(others)
    unknown = int((~cohort["group"].isin(GROUPS)).sum())
    if dropped - unknown > 0:
        notes.append("The person is in the cohort and was left out of training.")
    if unknown:
        notes.append(f"{unknown} rows of unknown group were not trained on.")
    repeated = [e for e, n in person["emotion"].value_counts(sort=False).items() if n > 1 and e in EMOTIONS]
    if repeated:
        notes.append(f"Several clips of {', '.join(sorted(repeated))} were averaged.")
    incomplete = sum(
        bool(others[others["emotion"] == e].filter(regex=r"^AU\d\d$").isna().any(axis=None)) for e in EMOTIONS
    )
    if incomplete:
        notes.append(
            f"In {incomplete} emotions the cohort has rows with unmeasured action units; those were not trained on."
        )
    return notes


def _coverage_notes(reports: tuple[EmotionReport, ...]) -> list[str]:
    return [
        f"AGCL had no pure cluster of one group in {report.n_one_sided} of {report.vote.n_models} fold models of "
        f"{report.vote.emotion}, so these were trained with synthetic rows of one side only or of none."
        for report in reports
        if report.n_one_sided
    ]
