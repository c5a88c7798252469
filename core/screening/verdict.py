"""The majority across emotions, and when to withhold it. Imports nothing heavy."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean
from typing import TYPE_CHECKING

from core.types import CONTROL, PD, EmotionVote, Verdict

if TYPE_CHECKING:
    from core.screening.calibration import Calibration

MIN_EMOTIONS = 3
"""Usable emotions under which no verdict is given."""

PD_LIKE, CONTROL_LIKE, UNDECIDED = "PD-like", "control-like", "undecided"


def overall_share(votes: Sequence[EmotionVote]) -> float | None:
    """Mean over the usable emotions of the share of votes for PD, 0 to 1; None where no emotion can be used.

    What is calibrated, instead of the share of emotions that voted PD: that takes six values of five emotions, so that
    votes of 13 to 12 and of 25 to 0 would mean the same probability.
    """
    usable = [vote.weight_for_pd for vote in votes if vote.usable]
    return fmean(usable) if usable else None


def decide(votes: Sequence[EmotionVote], calibration: Calibration | None = None) -> Verdict:
    """The side that more than half of the usable emotions voted for, or `undecided`.

    An emotion whose own fold models tied stays in the count of usable emotions and stands for neither side, so it can
    only make a verdict harder to reach. With a `calibration`, the majority also needs the interval of the calibrated
    probability to lie on its side of 0.5.
    """
    usable = [vote for vote in votes if vote.usable]
    for_pd = sum(vote.decision == PD for vote in usable)
    for_control = sum(vote.decision == CONTROL for vote in usable)
    tied = len(usable) - for_pd - for_control
    if len(usable) < MIN_EMOTIONS:
        decision = UNDECIDED
        reason = f"{_count(len(usable))} can be used, and a verdict needs at least {MIN_EMOTIONS}."
    elif 2 * for_pd > len(usable):
        decision, reason = PD_LIKE, f"{for_pd} of {len(usable)} usable emotions voted PD."
    elif 2 * for_control > len(usable):
        decision, reason = CONTROL_LIKE, f"{for_control} of {len(usable)} usable emotions voted control."
    else:
        decision = UNDECIDED
        aside = f" and {tied} tied" if tied else ""
        reason = f"No side has a majority: {for_pd} voted PD, {for_control} voted control{aside}."
    doubt = _doubt(votes, decision, calibration) if calibration is not None and decision != UNDECIDED else ""
    if doubt:
        decision, reason = UNDECIDED, f"{reason} {doubt}"
    return Verdict(decision, reason, tuple(votes))


def _doubt(votes: Sequence[EmotionVote], decision: str, calibration: Calibration) -> str:
    """Why the calibrated probability does not bear out a majority, empty where it does."""
    share = overall_share(votes)
    if share is None:
        return ""
    low, high = calibration.interval(share)
    if (low, high) == (0.0, 1.0):
        return "What these votes are worth could not be told from the people left out of training."
    if low <= 0.5 <= high:
        return "But the interval of the calibrated probability holds 0.5, which leaves both sides open."
    if (low > 0.5) != (decision == PD_LIKE):
        return "But the calibrated probability lies on the other side."
    return ""


def _count(n: int) -> str:
    return "No emotion" if n == 0 else "Only 1 emotion" if n == 1 else f"Only {n} emotions"
