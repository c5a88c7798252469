"""In words: do the rows of a method look like people?

Every limit is a distance from what people show who were held out, because with few people no measure is at its ideal.
The tests of Table III do not count: copies pass them best of all.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.latent.fidelity.assessment import Assessment
from core.latent.fidelity.splits import COPIES, METHOD, REAL

PASSES, FAILS, UNDECIDED = "passes", "fails", "undecided"

NEAR_COPIES = 0.2
"""Of the rows that would not be near-copies if they were new people: at one in five, patients are given away."""

NARROW, WIDE = 2 / 3, 3 / 2
"""Variance ratio: standard deviations off by more than a fifth, unless people differ by as much among themselves."""

TOLD_APART = 0.2
"""AUROC above that of real people, or of chance: from 0.7 on, seven of ten pairs of a person and a row are told."""

AMISS = 0.3
"""Precision, recall, coverage below that of people: beyond what chance does with ten people a group."""

TAUGHT_LESS = 0.1
"""AUROC that a model loses by learning from the rows, unless it loses as much with other people to learn from."""

SELDOM_NOTHING = 0.05
"""Share of splits in which nothing may be made of a group."""

NO_PERSONS = "By these features people do not differ from one another, so near-copies cannot be told."


@dataclass(frozen=True)
class FidelityVerdict:
    """What was decided of a method, and why.

    decision: `passes`, `fails` or `undecided` (not enough can be measured). reasons: a sentence for each limit that is
    not met, the gravest first. remarks: what else a reader should know, a sentence each.
    """

    decision: str
    reasons: tuple[str, ...]
    remarks: tuple[str, ...]

    @property
    def words(self) -> str:
        """One paragraph."""
        opening = {
            PASSES: "Passes: every measure is within its limit.",
            FAILS: "Fails.",
            UNDECIDED: "Undecided.",
        }[self.decision]
        return " ".join((opening, *self.reasons, *self.remarks))


def verdict(found: Assessment, candidate: str = METHOD) -> FidelityVerdict:
    """On one of `CANDIDATES` of an assessment, beside the people who were held out in the same splits."""
    nothing = _nothing(found) if candidate == METHOD else []
    often = max(found.n_nothing.values()) > SELDOM_NOTHING * found.n_splits
    near_copies = _near_copies(found, candidate)
    reasons = [
        *(nothing if often else []),
        near_copies,
        _spread(found, candidate),
        _told_apart(found, candidate),
        *_amiss(found, candidate),
        _taught_less(found, candidate),
    ]
    given = tuple(reason for reason in reasons if reason)
    remarks = [*([] if often else nothing), *([] if near_copies else _near_remark(found, candidate))]
    unknown = found.mean("near_copy_share", REAL) == 1 or found.mean("told_apart_auroc", candidate) is None
    decision = FAILS if given else UNDECIDED if unknown else PASSES
    return FidelityVerdict(decision, given, (*remarks, *_tests_remark(found, candidate)))


def _pair(found: Assessment, measure: str, candidate: str) -> tuple[float, float] | None:
    """What the candidate and the people show; None unless both are defined."""
    one, people = found.mean(measure, candidate), found.mean(measure, REAL)
    return None if one is None or people is None else (one, people)


def _nothing(found: Assessment) -> list[str]:
    return [
        f"No synthetic rows of {group}: nothing was made of this group in {n} of {found.n_splits} splits."
        for group, n in found.n_nothing.items()
        if n
    ]


def _near_copies(found: Assessment, candidate: str) -> str:
    both = _pair(found, "near_copy_share", candidate)
    if both is None or both[1] == 1 or (both[0] - both[1]) / (1 - both[1]) <= NEAR_COPIES:
        return ""
    return f"Too many near-copies: {_near_words(*both)}. A near-copy of a patient is a patient."


def _near_words(one: float, people: float) -> str:
    return (
        f"{one:.0%} of the rows, and {people:.0%} of new people, are nearer to one of the people that rows were made "
        f"from than half the usual distance between people"
    )


def _near_remark(found: Assessment, candidate: str) -> list[str]:
    both = _pair(found, "near_copy_share", candidate)
    if both is None:
        return []
    return [NO_PERSONS if both[1] == 1 else f"Near-copies: {_near_words(*both)}."]


def _spread(found: Assessment, candidate: str) -> str:
    ratio, people = found.mean("variance_ratio", candidate), found.summary("variance_ratio", REAL)
    if ratio is None or people.low is None or people.high is None:
        return ""
    beside = f"their variance is {ratio:.2f} times the people's (other people's: {people.low:.2f} to {people.high:.2f})"
    if ratio < min(NARROW, people.low):
        return f"Too narrow: {beside}."
    return f"Too wide: {beside}." if ratio > max(WIDE, people.high) else ""


def _told_apart(found: Assessment, candidate: str) -> str:
    both = _pair(found, "told_apart_auroc", candidate)
    if both is None or both[0] <= max(0.5, both[1]) + TOLD_APART:
        return ""
    return f"A classifier tells them from new people: AUROC {both[0]:.2f}, real people {both[1]:.2f}."


def _amiss(found: Assessment, candidate: str) -> list[str]:
    told = {
        "precision": "Many lie where no people lie: precision",
        "recall": "They reach less far than people do: recall",
        "coverage": "They leave out where people lie: coverage",
    }
    reasons = []
    for measure, words in told.items():
        both = _pair(found, measure, candidate)
        if both is not None and both[0] < both[1] - AMISS:
            reasons.append(f"{words} {both[0]:.2f}, real people {both[1]:.2f}.")
    return reasons


def _taught_less(found: Assessment, candidate: str) -> str:
    auroc, people = found.mean("learned_auroc", candidate), found.summary("learned_auroc", REAL)
    if auroc is None or people.mean is None or people.low is None:
        return ""
    if auroc >= min(people.mean - TAUGHT_LESS, people.low):
        return ""
    beside = f"AUROC {auroc:.2f}, one that learned from people {people.mean:.2f}"
    return f"They teach less: a model that learned from them judges new people with {beside}."


def _tests_remark(found: Assessment, candidate: str) -> list[str]:
    rejected = [found.mean("rejected_share", one) for one in (candidate, REAL, COPIES)]
    if any(share is None for share in rejected):
        return []
    one, people, copies = rejected
    return [
        f"The tests of Table III find a difference in {one:.0%} of comparisons, {people:.0%} for new people and "
        f"{copies:.0%} for copies; they do not count."
    ]
