"""The majority across emotions, and when to withhold it. Imports nothing heavy."""

from __future__ import annotations

from collections.abc import Sequence

from core.types import CONTROL, PD, EmotionVote, Verdict

MIN_EMOTIONS = 3
"""Usable emotions under which no verdict is given."""

PD_LIKE, CONTROL_LIKE, UNDECIDED = "PD-like", "control-like", "undecided"


def decide(votes: Sequence[EmotionVote]) -> Verdict:
    """The side that more than half of the usable emotions voted for, or `undecided`.

    An emotion whose own fold models tied stays in the count of usable emotions and stands for neither side, so it can
    only make a verdict harder to reach.
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
    return Verdict(decision, reason, tuple(votes))


def _count(n: int) -> str:
    return "No emotion" if n == 0 else "Only 1 emotion" if n == 1 else f"Only {n} emotions"
