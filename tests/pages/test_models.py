"""Models: empty, trained, compared, taken away, brought in, deleted; and chosen on Screen."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import pytest

from core.screening.bundle import Bundle, from_file, to_file
from core.screening.training import train
from core.settings import ScreeningSettings
from core.workspace import bundles, jobs
from core.workspace.demo import demo_table
from pages.parts import model_view
from tests.pages.finished import enter


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    """A real model of the demo cohort, of few folds."""
    return train(demo_table(), replace(ScreeningSettings(), n_folds=3))


def words(app) -> str:
    return "\n".join(m.value for m in app.markdown)


def test_without_cohort_and_models_it_says_what_they_are_for(open_page):
    app = open_page("models")
    assert "No model is kept yet" in words(app)
    assert [h.value for h in app.header] == ["No cohort to train on"]
    assert not app.get("download_button")


def test_a_model_is_shown_with_its_scores_its_card_and_its_files(ws, demo, bundle, open_page):
    bundles.keep(ws, bundle, "Ward 7", bundles.TRAINED)
    app = open_page("models")
    table = next(d.value for d in app.dataframe if "right on people never seen" in d.value)
    assert table["model"].tolist() == ["Ward 7"]
    assert "%" in table["right on people never seen"][0]
    assert "simulated" in table["people"][0]
    headings = [e.label for e in app.expander]
    assert {"Intended use", "Training data", "Calibration", "Caveats and limits", "TRIPOD+AI"} <= set(headings)
    assert [b.proto.label for b in app.get("download_button")] == [
        "Model, one file", "Card as HTML", "Card as Markdown", "Card as JSON"
    ]  # fmt: skip


def test_what_is_taken_away_can_be_brought_in_elsewhere(ws, bundle):
    kept = bundles.keep(ws, bundle, "Ward 7", bundles.TRAINED)
    files = {item.label: item.data() for item in model_view.exports(ws, kept)}
    assert from_file(files["Model, one file"]).identity == kept.id
    assert files["Model, one file"] == to_file(bundle)
    assert "Intended use" in files["Card as HTML"]
    assert "<script" not in files["Card as HTML"]
    assert json.loads(files["Card as JSON"])["sha256"] == kept.id
    assert files["Card as Markdown"].startswith("# Ward 7")


def test_training_is_a_job_that_is_shown(ws, demo, open_page):
    wanted = {"table": demo.table_hash, "name": demo.name, **asdict(ScreeningSettings())}
    enter(ws, "train", wanted, jobs.RUNNING)
    app = open_page("models")
    assert "Cancel" in [b.label for b in app.button]


def test_models_stand_side_by_side_the_newest_first(ws, demo, bundle, open_page):
    bundles.keep(ws, bundle, "first", bundles.TRAINED)
    other = train(demo_table(), replace(ScreeningSettings(), n_folds=3, classifier="kNN"))
    bundles.keep(ws, other, "second", bundles.IMPORTED)
    app = open_page("models")
    table = next(d.value for d in app.dataframe if "right on people never seen" in d.value)
    assert table["model"].tolist() == ["second", "first"]
    app.selectbox(key="model_shown").set_value(bundle.identity).run()
    assert not app.exception
    assert any("logistic regression" in m.value for m in app.markdown)


def test_deleting_takes_two_clicks_and_is_told(ws, demo, bundle, open_page):
    bundles.keep(ws, bundle, "Ward 7", bundles.TRAINED)
    app = open_page("models")
    app.button(key="delete_model").click().run()
    assert not app.exception
    assert bundles.list_kept(ws) == []
    assert [s.value for s in app.success] == ["Ward 7 is deleted."]


def test_a_kept_model_can_be_chosen_to_screen(ws, demo, bundle, open_page):
    app = open_page("screen")
    assert not any(s.key == "screen_model" for s in app.selectbox)
    bundles.keep(ws, bundle, "Ward 7", bundles.TRAINED)
    app = open_page("screen")
    app.selectbox(key="screen_model").set_value(bundle.identity).run()
    assert not app.exception
    assert "Screen" in [b.label for b in app.button]


def test_an_import_is_checked_and_told(ws, demo, bundle, open_page):
    app = open_page("models")
    app.get("file_uploader")[0].upload("ward.labmodel", to_file(bundle), "application/json")
    app.run()
    assert not app.exception
    assert [s.value for s in app.success] == ["ward is kept."]
    app.get("file_uploader")[0].upload("bad.labmodel", b"PK\x03\x04", "application/json")
    app.run()
    assert len(app.error) == 1
    assert len(bundles.list_kept(ws)) == 1
