"""A model card has the usual headings, every TRIPOD+AI item, intervals, and calls simulated people simulated."""

from __future__ import annotations

import json

import pytest

from core.screening import card_files
from core.screening.card_words import interval
from core.screening.model_card import sections
from core.screening.tripod import OF_THE_STUDY, items
from core.settings import NOTICE
from tests.unit.screening.kept import kept

HEADINGS = [
    "Model details", "Intended use", "Factors", "Metrics", "Training data", "Evaluation data and protocol",
    "Quantitative analyses", "Calibration", "Ethical considerations", "Caveats and limits",
]  # fmt: skip


def told(heading: str, **changes: object) -> str:
    card = {**kept().card, **changes}
    return " ".join(next(s for s in sections(card, "f" * 64) if s.heading == heading).sentences)


def test_the_headings_are_the_usual_ones_and_no_table_is_ragged() -> None:
    found = sections(kept().card, kept().identity)
    assert [section.heading for section in found] == HEADINGS
    for section in found:
        assert all(sentence[-1] in ".," for sentence in section.sentences)
        assert len({len(row) for row in section.rows}) <= 1


def test_simulated_people_are_called_simulated() -> None:
    assert "simulated: no camera ever saw them" in told("Training data")
    assert "simulated" not in told("Training data", simulated=False)


def test_every_score_has_its_interval_and_n() -> None:
    rows = next(s for s in sections(kept().card, "") if s.heading == "Quantitative analyses").rows
    fear = kept().card["emotions"]["fear"]
    (row,) = (row for row in rows if row[0] == "fear")
    assert row == ("fear", *(interval(fear[n]) for n in ("out_of_fold", "sensitivity", "specificity")), "6")


@pytest.mark.parametrize(("classifier", "says"), [("kNN", "every row"), ("SVM", "rows next to its boundary")])
def test_models_that_carry_rows_say_so(classifier: str, says: str) -> None:
    card = kept(classifier).card
    ethics = next(s for s in sections(card, "") if s.heading == "Ethical considerations")
    assert says in " ".join(ethics.sentences)
    assert says not in told("Ethical considerations")


def test_a_model_without_calibration_says_so_and_one_with_shows_it() -> None:
    fitted = kept().card["calibration"]
    assert f"Fitted to the votes on {len(fitted['shares_pd']) + len(fitted['shares_control'])} people" in told(
        "Calibration", calibration={**fitted, "kind": "logistic"}
    )
    assert "must not be read as one" in told("Calibration", calibration={**fitted, "kind": "flat"})


def test_the_coverage_of_the_sets_is_counted_on_people_left_out() -> None:
    """Ten a side, far apart: p is (1 + rank) / 10 on the own side and 1/11 on the other; at 20 % error two fall out."""
    shares = [i / 100 for i in range(10)]
    fitted = {**kept().card["calibration"], "kind": "logistic", "target_error": 0.2,
              "shares_control": shares, "shares_pd": [1 - share for share in shares]}  # fmt: skip
    said = told("Calibration", calibration=fitted)
    assert "error of 20 %" in said
    assert "of 80 % [49–94 %] with PD and 80 % [49–94 %] of the controls" in said
    assert "one group for 16, both for 0 and neither for 4" in said


def test_all_items_of_tripod_ai_are_there_once() -> None:
    found = items(kept().card, kept().identity)
    numbers = [item.number for item in found]
    assert len(numbers) == len(set(numbers)) == 52
    assert sorted({int(number.rstrip("abcdefg")) for number in numbers}) == list(range(1, 28))
    answers = {item.number: item.answer for item in found}
    assert answers["17"] == OF_THE_STUDY  # a program cannot know who approved
    assert interval(kept().card["emotions"]["fear"]["out_of_fold"]) in answers["23a"]


@pytest.mark.parametrize("form", ["as_markdown", "as_html", "as_json"])
def test_a_card_to_take_away_has_notice_hash_and_no_mark_of_a_person(form: str) -> None:
    bundle = kept()
    text = getattr(card_files, form)(bundle.card, "My <b>model</b> | x", bundle.identity)
    assert NOTICE in text
    assert bundle.identity in text
    assert "simulated" in text
    assert bundle.card["people"]["marks"][0] not in text
    if form == "as_json":
        assert json.loads(text)["emotions"] == bundle.card["emotions"]
    else:
        assert all(heading in text for heading in (*HEADINGS, "TRIPOD+AI"))
        assert "<b>model" not in text
    if form == "as_html":
        assert "http" not in text
