"""What a screening says of a person: the records that a page, a report and the command line read."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from core.screening.statistics import Rate
from core.screening.surroundings import Surroundings
from core.settings import ScreeningSettings
from core.types import EmotionVote, Verdict


@dataclass(frozen=True)
class FeatureReading:
    """One action unit of the person as it was measured, and its percentile among people with PD and controls, 0 to 100.

    The percentile is of what was compared: of the intensity, or where backends are mixed of the normalised one.
    """

    name: str
    value: float
    percentile_pd: float
    percentile_control: float


@dataclass(frozen=True)
class EmotionReport:
    """One emotion: the vote, what it was cast on, how many people trained it, and how it did on people left out.

    n_one_sided: fold models for which AGCL could add nothing to one class or both. surroundings: who is near of the
    people trained on, or of the cohort beside a kept model.
    """

    vote: EmotionVote
    features: tuple[FeatureReading, ...] = ()
    n_pd: int = 0
    n_control: int = 0
    out_of_fold: Rate | None = None
    n_one_sided: int = 0
    surroundings: Surroundings | None = None

    def to_json(self) -> dict[str, Any]:
        out_of_fold = self.out_of_fold.to_json() if self.out_of_fold else None
        return {
            **asdict(self.vote), "features": [asdict(feature) for feature in self.features],
            "n_pd": self.n_pd, "n_control": self.n_control, "out_of_fold": out_of_fold,
            "n_one_sided": self.n_one_sided,
            "surroundings": self.surroundings.to_json() if self.surroundings else None,
        }  # fmt: skip


@dataclass(frozen=True)
class ComparedWith:
    """The people beside a kept model, see `core.screening.cohort_beside`. hash: of their rows."""

    n_pd: int
    n_control: int
    simulated: bool
    hash: str


@dataclass(frozen=True)
class Screening:
    """A verdict with everything behind it.

    vote_accuracy: see `core.screening.held_out.HeldOutVotes.calibrated_accuracy`. certainty: see
    `core.screening.certainty`. movement: see `core.screening.movement`. warnings: what takes the meaning from the
    verdict, to be read with it. notes: what else was done with the rows. model: hash of the kept model that judged,
    empty where the cohort was trained on for this screening. compared_with: among whom percentiles, surroundings and
    movement are where they are not those trained on.
    """

    person: str
    verdict: Verdict
    emotions: tuple[EmotionReport, ...]
    n_pd: int
    n_control: int
    simulated: bool
    vote_accuracy: dict[str, Any]
    certainty: dict[str, Any]
    movement: list[dict[str, Any]]
    warnings: tuple[str, ...]
    notes: tuple[str, ...]
    settings: ScreeningSettings
    cohort_hash: str
    person_hash: str
    versions: dict[str, str]
    model: str = ""
    compared_with: ComparedWith | None = None

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
            "certainty": self.certainty,
            "movement": self.movement,
            "warnings": list(self.warnings),
            "notes": list(self.notes),
            "settings": asdict(self.settings),
            "person_hash": self.person_hash,
            "versions": self.versions,
            "model": self.model,
            "compared_with": asdict(self.compared_with) if self.compared_with else None,
        }  # fmt: skip
