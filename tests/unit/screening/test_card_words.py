"""Words on a kept model: a number has its interval, a missing one is said to be missing."""

from __future__ import annotations

from core.screening.card_words import emotions_of, headline, interval, kind_words, people_words
from core.types import GROUPS
from tests.unit.screening.kept import kept


def test_a_share_has_its_interval_and_a_missing_one_is_a_dash() -> None:
    assert interval({"accuracy": 0.7368, "ci": [0.66, 0.811]}) == "74 % [66–81 %]"
    assert interval(None) == interval({"accuracy": None, "ci": None}) == "–"


def test_the_headline_says_when_there_is_no_number() -> None:
    assert "None of the 59 people got a verdict" in headline(kept().card)
    vote = {**kept().card["vote_accuracy"], "decided": None, "reason": "Too few people."}
    assert "not estimated. Too few people." in headline({**kept().card, "vote_accuracy": vote})


def test_who_trained_it_and_on_what() -> None:
    card = kept().card
    n_pd, n_control = (card["people"][f"n_{group.lower()}"] for group in GROUPS)
    assert people_words(card) == f"59 simulated people, {n_pd} with PD and {n_control} controls"
    assert people_words({**card, "simulated": False}).startswith("59 people, ")
    assert emotions_of(card) == ["anger", "fear"]
    assert kind_words(card) == "logistic regression on Table II, without synthetic rows"
    assert "with synthetic rows by AGCL (alpha " in kind_words(kept("kNN", "automatic", "AGCL").card)
