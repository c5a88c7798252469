"""Validation: Table IV with the nested number beside every one, and words that follow from the numbers."""

from __future__ import annotations

import copy
import json
from dataclasses import asdict

import pytest

from core.screening.paper_protocol import run
from core.settings import ValidationSettings
from core.workspace import jobs
from core.workspace.demo import demo_table
from pages.parts import protocol_report, shell
from tests.pages.finished import enter


@pytest.fixture(scope="module")
def result() -> dict:
    """A real run of both protocols on a small grid."""
    settings = ValidationSettings(alphas=(7,), n_thresholds=1, n_folds=2)
    return json.loads(json.dumps(run(demo_table(), settings)))


@pytest.fixture
def wanted(demo):
    return {"table": demo.table_hash, **asdict(ValidationSettings())}


def with_difference(result: dict, mean: float, low: float, high: float) -> dict:
    changed = copy.deepcopy(result)
    changed["differences"][-1] |= {"mean": mean, "ci": [low, high]}
    return changed


def test_without_a_cohort_it_leads_on(open_page):
    assert [s.value for s in open_page("validation").header] == ["No cohort to validate on"]


def test_before_a_run_both_numbers_are_explained(demo, open_page):
    app = open_page("validation")
    assert any("Two numbers for the same method" in m.value for m in app.markdown)
    assert [b.label for b in app.button if b.proto.type == "primary"] == ["Run"]


def test_a_finished_run_is_shown_after_a_refresh_and_only_for_its_settings(ws, wanted, result, open_page):
    enter(ws, "validate", wanted, jobs.DONE, result=json.dumps(result))
    app = open_page("validation")
    assert "On this cohort AGCL" in app.info[0].value
    assert "Simulated people" in app.info[0].value
    table = app.dataframe[0].value
    assert len(table) == len(result["rows"]) == 18
    assert {"tuned ± SD (%)", "test (%)", "nested (%)", "settings tried"} <= set(table.columns)
    assert len(app.get("plotly_chart")) == 1
    app.selectbox(key="validate_classifier").set_value("SVM").run()
    assert not app.exception
    assert not app.dataframe


def test_a_running_job_is_shown_and_started_once(ws, wanted, open_page):
    enter(ws, "validate", wanted, jobs.RUNNING)
    app = open_page("validation")
    assert any(b.label == "Cancel" for b in app.button)
    next(b for b in app.button if b.label == "Run").click().run()
    assert not app.exception
    assert len(jobs.recent(ws)) == 1


def test_a_failed_run_is_told(ws, wanted, open_page):
    enter(ws, "validate", wanted, jobs.FAILED, error=json.dumps(["Too few.", "Two people.", "Add people."]))
    app = open_page("validation")
    assert any("Too few." in t.value for t in (*app.markdown, *app.text))
    assert any(b.label == "Retry" for b in app.button)


@pytest.mark.parametrize(
    ("mean", "low", "high", "told"),
    [
        (0.05, 0.01, 0.09, "AGCL helped.**"),
        (0.02, -0.03, 0.07, "AGCL did not help.**"),
        (-0.06, -0.1, -0.02, "AGCL did harm.**"),
    ],
)
def test_the_words_follow_the_interval(result, mean, low, high, told):
    words = protocol_report.words(with_difference(result, mean, low, high))
    assert told in words
    assert ("includes 0" in words) == (low <= 0 <= high)
    assert f"{100 * abs(mean):.1f} points" in words


def test_flattery_is_the_gap_to_the_nested_number():
    row = {
        "validation": {"mean": 0.9, "sd": 0.2}, "nested": {"accuracy": 0.65}, "n_settings": 480,
        "test": {"accuracy": 0.8, "ci": [0.55, 0.93], "n": 15},
    }  # fmt: skip
    words = protocol_report.flattery(row)
    assert "90.0 %, 25.0 points above that" in words
    assert "480 settings" in words
    assert "15 test people give 80 % [55–93 %]" in words


def test_missing_numbers_are_dashes(result):
    changed = copy.deepcopy(result)
    changed["rows"][0]["test"] = {"correct": 0, "n": 0, "accuracy": None, "ci": None}
    assert protocol_report.table(changed)["test (%)"][0] == "–"
    assert json.loads(protocol_report.exports(result)[0].data()) == {"notice": shell.NOTICE, **result}
