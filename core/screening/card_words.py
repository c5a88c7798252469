"""A kept model in words: what every place that speaks of one says alike. Plain text, read from its card."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.types import EMOTIONS

HOLDS_ROWS = {
    "kNN": "Its file holds every row that it was trained on, scaled: treat it like the table itself.",
    "SVM": "Its file holds the rows next to its boundary, scaled: treat it like the table itself.",
}
"""Classifiers that carry people's rows with them."""


def interval(rate: Mapping[str, Any] | None) -> str:
    """A share with its 95 % interval: `74 % [66–81 %]`; missing as `–`."""
    if not rate or rate["accuracy"] is None:
        return "–"
    low, high = rate["ci"]
    return f"{100 * rate['accuracy']:.0f} % [{100 * low:.0f}–{100 * high:.0f} %]"


def emotions_of(card: Mapping[str, Any]) -> list[str]:
    """The emotions that the model knows, in the usual order."""
    return [emotion for emotion in EMOTIONS if emotion in card["emotions"]]


def people_words(card: Mapping[str, Any]) -> str:
    """`59 simulated people, 29 with PD and 30 controls`."""
    people, simulated = card["people"], "simulated " if card["simulated"] else ""
    return f"{people['n']} {simulated}people, {people['n_pd']} with PD and {people['n_control']} controls"


def kind_words(card: Mapping[str, Any]) -> str:
    """`logistic regression on Table II, without synthetic rows`."""
    settings = card["settings"]
    method = "without synthetic rows"
    if settings["method"] == "AGCL":
        agcl = settings["agcl"]
        method = (
            f"with synthetic rows by AGCL (alpha {agcl['alpha']:g}, threshold {agcl['threshold']:g}, rule "
            f"{agcl['rule']}, spread {agcl['spread']})"
        )
    return f"{settings['classifier']} on {settings['features']}, {method}"


def headline(card: Mapping[str, Any]) -> str:
    """What the whole vote is worth, in one sentence."""
    vote = card["vote_accuracy"]
    if vote["decided"] is None:
        return f"How often the whole vote is right was not estimated. {vote['reason']}".strip()
    if vote["decided"]["accuracy"] is None:
        return f"None of the {vote['n_people']} people got a verdict when they were left out, so there is no accuracy."
    return (
        f"Of {vote['decided']['n']} verdicts on people never seen, {interval(vote['decided'])} were right; "
        f"{vote['n_undecided']} of {vote['n_people']} people stayed undecided."
    )
