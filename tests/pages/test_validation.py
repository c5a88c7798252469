"""Validation: Table IV with the nested number beside every one, and words that follow from the numbers."""

from __future__ import annotations

import copy
import json
from dataclasses import asdict

import pytest

from core.screening.paper_protocol import run
from core.settings import CLASSIFIERS, ValidationSettings
from core.workspace import jobs
from core.workspace.demo import demo_table
from pages.parts import shell, validation_report
from tests.pages.finished import enter


@pytest.fixture(scope="module")
def result() -> dict:
    """A real run of both protocols on a small grid."""
    settings = ValidationSettings(alphas=(7,), n_thresholds=1, n_folds=2)
    return json.loads(json.dumps(run(demo_table(), settings)))


@pytest.fixture
def wanted(demo):
    return {"table": demo.table_hash, **asdict(ValidationSettings())}


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
    assert any("Simulated people" in m.value for m in app.markdown)
    table = app.dataframe[0].value
    assert len(table) == 6 * 2
    assert ("kNN", "nested [95 %]") in list(table.columns)
    assert len(app.get("plotly_chart")) == 3
    assert any("labels dealt anew" in m.value for m in app.markdown)
    app.segmented_control(key="validate_shown").set_value("kNN").run()
    app.toggle(key="validate_paper").set_value(True).run()
    assert ("kNN", "paper: test") in list(app.dataframe[0].value.columns)
    app.segmented_control(key="validate_compare").set_value("Table IV").run()
    assert not app.exception
    assert not app.dataframe


def test_the_papers_table_and_an_own_choice_are_what_is_run(demo, ws, open_page):
    app = open_page("validation")
    app.segmented_control(key="validate_compare").set_value("Table IV").run()
    next(b for b in app.button if b.label == "Run").click().run()
    (job,) = jobs.recent(ws)
    assert job.settings["classifiers"] == list(CLASSIFIERS)
    assert job.settings["methods"] == ["Gaussian noise", "kNNMTD", "AGCL"]
    app.segmented_control(key="validate_compare").set_value("own").run()
    app.multiselect(key="validate_classifiers").set_value([]).run()
    assert any("at least one classifier" in m.value for m in app.markdown)
    assert next(b for b in app.button if b.label == "Run").disabled
    app.multiselect(key="validate_classifiers").set_value(["SVM", "kNN"]).run()
    app.multiselect(key="validate_methods").set_value(["genetic search"]).run()
    assert any("far longer than the other methods" in m.value for m in app.markdown)
    app.multiselect(key="validate_methods").set_value(["S3VAE"]).run()
    assert any("trains thousands of small networks" in m.value for m in app.markdown)


def test_what_else_tells_the_groups_apart_is_a_table(ws, wanted, result, open_page):
    told = {**result, "confounders": [{"column": "age", "auroc": 0.69, "ci": [0.55, 0.8], "n": 59}]}
    enter(ws, "validate", wanted, jobs.DONE, result=json.dumps(told))
    (table,) = open_page("validation").table
    assert table.value.iloc[0].tolist() == ["age", "0.69 [0.55–0.80]", "59"]


def test_every_score_has_its_calibration(ws, wanted, result, open_page):
    enter(ws, "validate", wanted, jobs.DONE, result=json.dumps(result))
    scores = open_page("validation").dataframe[-1].value
    assert len(scores) == len(result["scores"])
    assert scores["brier"].str.match(r"0\.\d\d \[0\.\d\d–[01]\.\d\d\]").all()


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


def test_missing_numbers_are_dashes_and_exports_are_whole(result):
    changed = copy.deepcopy(result)
    changed["rows"][0]["test"] = {"correct": 0, "n": 0, "accuracy": None, "ci": None}
    changed["scores"][0]["nested"]["auroc"] = None
    as_json, as_csv, as_latex, as_html = (each.data() for each in validation_report.exports(changed))
    assert json.loads(as_json) == {"notice": shell.NOTICE, **changed}
    assert len(as_csv.splitlines()) == 1 + len(result["rows"])
    assert "–" in as_latex
    assert "–" in as_html
