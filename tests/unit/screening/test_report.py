"""The report: the same bytes each time, everything in it, nothing of it executable, older results too."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from core.screening.report.content import sections
from core.screening.report.html import html
from core.screening.report.pdf import pdf
from core.screening.screening import screen
from core.settings import NOTICE, ScreeningSettings
from core.types import EMOTIONS
from core.workspace.demo import demo_table


@pytest.fixture(scope="module")
def result() -> dict[str, Any]:
    table = demo_table()
    return screen(table[table["subject"] == "SIM01"], table, replace(ScreeningSettings(), n_folds=3)).to_json()


def test_the_same_result_gives_the_same_bytes(result: dict[str, Any]) -> None:
    assert html(result) == html(result)
    assert pdf(result) == pdf(result)


def test_it_says_everything_that_the_page_says(result: dict[str, Any]) -> None:
    written = html(result)
    for words in (NOTICE, "SIMULATED", result["verdict"]["decision"], result["person_hash"], result["cohort"]["hash"],
                  f"{result['certainty']['probability']:.2f}", "logistic regression", *EMOTIONS):  # fmt: skip
        assert words in written
    assert written.count("<img") == 3
    assert "http" not in written.replace("http://www.w3.org", "")
    told = [sentence for section in sections(result) for sentence in section.sentences]
    assert set(result["warnings"]) | set(result["notes"]) <= set(told)


def test_what_a_user_can_have_typed_is_text(result: dict[str, Any]) -> None:
    evil = "<script>alert(1)</script>&"
    written = html({**result, "person": evil, "notes": [evil], "warnings": [evil]})
    assert "<script" not in written
    assert "&lt;script&gt;" in written
    assert pdf({**result, "person": evil, "notes": [evil]}).startswith(b"%PDF")


def test_a_pdf_is_one_and_has_its_pages(result: dict[str, Any]) -> None:
    written = pdf(result)
    assert written.startswith(b"%PDF")
    assert written.rstrip().endswith(b"%%EOF")
    assert written.count(b"/Type /Page\n") + written.count(b"/Type /Page ") >= 2


def test_older_results_and_emotions_that_do_not_count_are_reported(result: dict[str, Any]) -> None:
    table = demo_table()
    person = table[(table["subject"] == "SIM01") & table["emotion"].isin(EMOTIONS[:2])]
    few = screen(person, table, replace(ScreeningSettings(), n_folds=3)).to_json()
    older = {key: value for key, value in few.items() if key not in ("certainty", "movement", "model")}
    written = html(older)
    assert "undecided" in written
    assert "does not count" in written
    assert "There is no clip of fear." in written
    assert written.count("<img") == 1
    assert pdf(older).startswith(b"%PDF")
