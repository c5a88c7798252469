"""How the whole procedure votes on people it never saw, and how often it is right about them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.screening.calibration import calibrate
from core.screening.statistics import Rate
from core.screening.verdict import CONTROL_LIKE, MIN_EMOTIONS, PD_LIKE, decide, overall_share
from core.types import EmotionVote, Verdict


@dataclass(frozen=True)
class HeldOutVotes:
    """How the whole procedure votes on people it never saw.

    label_of_person: 1 for PD and 0 for control, for everybody; votes: of each person who could be judged, one an
    emotion. n_outer: parts of the people, 0 where the cohort is too small, and reason says so.
    """

    label_of_person: dict[str, int]
    votes: dict[str, tuple[EmotionVote, ...]]
    n_outer: int
    reason: str = ""

    def accuracy(self) -> dict[str, Any]:
        """`decided` (a `Rate` as JSON over the people who got a verdict), `n_undecided`, `n_people`, `n_outer`.

        The first two are None where the cohort is too small, and `reason` says so.
        """
        return self._judged(lambda person: decide(self.votes.get(person, ())))

    def calibrated_accuracy(self) -> dict[str, Any]:
        """`accuracy` of verdicts that a calibration has to bear out: of each person one fitted to all the others."""
        people, shares, y = self.shares()
        fitted = {person: calibrate(np.delete(shares, i), np.delete(y, i)) for i, person in enumerate(people.tolist())}
        return self._judged(lambda person: decide(self.votes.get(person, ()), fitted.get(person)))

    def _judged(self, verdict_on: Callable[[str], Verdict]) -> dict[str, Any]:
        n_people = len(self.label_of_person)
        if not self.n_outer:
            return {"decided": None, "n_undecided": None, "n_people": n_people, "n_outer": 0, "reason": self.reason}
        right = undecided = 0
        for person, label in self.label_of_person.items():
            verdict = verdict_on(person)
            right += verdict.decision == (PD_LIKE if label else CONTROL_LIKE)
            undecided += verdict.decision not in (PD_LIKE, CONTROL_LIKE)
        decided = Rate(right, n_people - undecided)
        return {
            "decided": decided.to_json(), "n_undecided": undecided, "n_people": n_people,
            "n_outer": self.n_outer, "reason": "",
        }  # fmt: skip

    def shares(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(people, overall share of votes for PD, y), each (n,), by code: what `calibration.calibrate` is fitted on.

        Without people of under `MIN_EMOTIONS` usable emotions: nobody like them gets a verdict, and their shares, of
        fewer votes, lie further from the middle. The votes are those of the whole procedure. `EmotionModels` holds
        votes on its own held-out people too, but of one or two fold models each, where a new person gets all 25.
        """
        judged = {
            person: share
            for person, votes in sorted(self.votes.items())
            if sum(vote.usable for vote in votes) >= MIN_EMOTIONS and (share := overall_share(votes)) is not None
        }
        y = np.array([self.label_of_person[person] for person in judged], dtype=int)
        return np.array(list(judged), dtype=object), np.array(list(judged.values()), dtype=float), y
