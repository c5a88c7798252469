"""Models: trained, listed, compared, read, taken out, brought in and deleted; refusals leave nothing behind."""

from __future__ import annotations

import json
from dataclasses import asdict

import pandas as pd
import pytest

from core.errors import UserError
from core.screening import card_files
from core.screening.bundle import to_file
from core.settings import NOTICE, ScreeningSettings
from core.types import Quiet
from core.workspace import bundles, clips, cohorts, jobs, tasks
from pages.parts import model_choice, model_report, model_training
from tests.pages.finished import enter
from tests.unit.screening.kept import kept, stranger


def texts(app) -> str:
    return "\n".join([m.value for m in app.markdown] + [h.value for h in (*app.header, *app.subheader)])


def press(app, label: str):
    return next(b for b in app.button if b.label == label).click().run()


@pytest.fixture
def wanted(demo):
    return {"table": demo.table_hash, "name": demo.name, **asdict(ScreeningSettings())}


@pytest.fixture
def two(ws, demo):
    """Two models, the newer of SVMs."""
    bundles.keep(ws, kept(), "Plain *one*", bundles.TRAINED)
    return bundles.keep(ws, kept("SVM"), "Vectors", bundles.IMPORTED)


def test_without_cohort_and_models_it_leads_on(open_page):
    app = open_page("models")
    assert [h.value for h in app.header] == ["No model is kept yet"]
    assert "Training needs a cohort" in texts(app)
    assert not any(b.label == "Train and keep" for b in app.button)
    assert app.get("file_uploader")  # a model can be brought in all the same


def test_the_demo_cohort_can_be_trained_on_and_is_called_simulated(ws, demo, wanted, open_page):
    app = open_page("models")
    assert "all 59 simulated people" in texts(app)
    assert [b.label for b in app.button if b.proto.type == "primary"] == ["Train and keep"]
    enter(ws, "train", wanted, jobs.RUNNING)
    app = press(open_page("models"), "Train and keep")
    assert not app.exception
    assert any(b.label == "Cancel" for b in app.button)
    assert len(jobs.recent(ws)) == 1


def test_a_failed_training_is_told_with_retry(ws, wanted, open_page):
    enter(ws, "train", wanted, jobs.FAILED, error=json.dumps(["Too few.", "Two people.", "Add people."]))
    app = open_page("models")
    assert any("Too few." in t.value for t in app.text)
    assert any(b.label == "Retry" for b in app.button)


def test_the_newest_model_is_shown_with_its_card(two, open_page):
    app = open_page("models")
    assert "Vectors" in [h.value for h in app.header]
    assert [s.value for s in app.subheader][:2] == ["Model details", "Intended use"]
    assert NOTICE in texts(app)
    assert "no camera ever saw them" in texts(app)
    assert list(app.dataframe[0].value["name"]) == ["Vectors", "Plain *one*"]
    assert list(app.dataframe[0].value["trained on"]) == ["59 simulated"] * 2
    labels = [b.label for b in app.get("download_button")]
    assert labels == ["Model, one file", "Card as HTML", "Card as Markdown", "Card as JSON"]
    assert any("52 items" in m.value for m in app.markdown)


def test_models_stand_side_by_side(ws, two):
    models = bundles.list_kept(ws)
    table = model_report.comparison(models)
    assert list(table.columns) == ["", "Vectors (1)", "Plain *one* (2)"]
    values = table.set_index("")["Vectors (1)"]
    assert values["classifier"] == "SVM"
    assert values["right in fear"].endswith("%]")
    assert values["right in surprise"] == "–"
    assert "59 simulated people" in values["trained on"]
    (download,) = model_report.comparison_exports(models)
    assert download.data().count("\n") == 1 + len(table)


def test_a_comparison_says_what_overlapping_intervals_mean(ws, two):
    from streamlit.testing.v1 import AppTest

    def page():
        import os
        from pathlib import Path

        from core.workspace import bundles
        from core.workspace.store import Workspace
        from pages.parts import model_report

        model_report.show_comparison(bundles.list_kept(Workspace.open(Path(os.environ["LAB_HOME"]))))

    app = AppTest.from_function(page, default_timeout=30).run()
    assert not app.exception
    assert [h.value for h in app.header] == ["2 models side by side"]
    assert any("trained on the same rows" in m.value for m in app.markdown)


def test_what_is_exported_comes_back_the_same(ws, two, tmp_path):
    exports = {item.label: item for item in model_report.exports(ws, two)}
    assert exports["Model, one file"].file_name == "Vectors.labmodel"
    content = exports["Model, one file"].data()
    assert content == to_file(kept("SVM"))
    assert exports["Card as HTML"].data() == card_files.as_html(two.card, "Vectors", two.id)
    assert json.loads(exports["Card as JSON"].data())["sha256"] == two.id
    bundles.remove(ws, two.id)
    assert model_training.receive(ws, "Mine.labmodel", content).card == two.card


@pytest.mark.parametrize(
    "name", ["../../etc/cron.d/x.labmodel", "C:\\x\\x.labmodel", "x\u202e.labmodel", "\0x.labmodel", "x\n.labmodel"]
)
def test_the_name_of_a_file_is_only_shown(ws, name):
    model = model_training.receive(ws, name, to_file(kept()))
    assert model.name == "x"
    assert [path.name for path in ws.models_dir.iterdir()] == [model.id]


@pytest.mark.parametrize("content", [b"", b"\x80\x04x", b"PK\3\4x", to_file(kept())[:-9]])
def test_what_is_no_model_is_refused_and_not_stored(ws, content):
    with pytest.raises(UserError):
        model_training.receive(ws, "x.labmodel", content)
    assert list(ws.models_dir.iterdir()) == []


def test_an_upload_is_kept_and_told(ws, demo, open_page):
    app = open_page("models")
    app.get("file_uploader")[0].set_value([("Theirs.labmodel", to_file(kept()), "application/octet-stream")]).run()
    assert not app.exception
    assert "Theirs is kept: imported" in app.success[0].value
    assert [model.name for model in bundles.list_kept(ws)] == ["Theirs"]


def test_a_refused_upload_is_told_in_one_place(ws, demo, open_page):
    app = open_page("models")
    app.get("file_uploader")[0].set_value([("x.labmodel", b"PK\3\4", "application/octet-stream")]).run()
    assert not app.exception
    assert "It is an archive" in app.error[0].value
    assert "Nothing is stored." in texts(app)
    assert bundles.list_kept(ws) == []


def test_a_model_is_deleted_after_a_word_about_it(ws, two, open_page):
    app = open_page("models")
    assert "cannot be undone" in texts(app)
    app = press(app, "Delete for good")
    assert "Vectors was deleted" in app.success[0].value
    assert [model.name for model in bundles.list_kept(ws)] == ["Plain *one*"]


def test_screen_offers_kept_models_and_asks_the_chosen_one(ws, two, demo, open_page):
    app = open_page("screen")
    choice = app.selectbox(key="screen_model")
    assert choice.options == ["Train on the cohort without this person", "Vectors", "Plain *one*"]
    choice.set_value(two.id).run()
    assert not app.exception
    assert "It judges nobody it was trained on." in texts(app)
    assert [b.label for b in app.button if b.proto.type == "primary"] == ["Screen"]
    assert not any(s.key == "screen_classifier" for s in app.selectbox)


def test_whom_a_model_knows_it_is_not_asked_about(ws, two, demo, open_page):
    frame = cohorts.read_table(ws, demo.table_hash)
    cohorts.add_rows(ws, demo, pd.concat([stranger(), frame[frame["subject"] == "SIM02"].assign(subject="A_1")]))
    app = open_page("screen")
    app.selectbox(key="screen_model").set_value(two.id).run()
    for person, why in {"SIM01": "The code is among those", "A_1": "A clip is among those"}.items():
        app.selectbox(key="screen_person").set_value(person).run()
        assert not app.exception
        assert next(b for b in app.button if b.label == "Screen").disabled
        (told,) = app.error
        assert why in told.value
    assert r"trained on A\_1" in told.value
    app.selectbox(key="screen_person").set_value("NEW").run()
    assert not app.error
    assert not next(b for b in app.button if b.label == "Screen").disabled
    app.selectbox(key="screen_person").set_value("SIM01").run()
    app.selectbox(key="screen_model").set_value("").run()
    assert not app.error  # trained without them, anybody of the cohort can be screened
    assert not next(b for b in app.button if b.label == "Train and screen").disabled


def test_a_model_is_not_asked_about_clips_that_it_was_not_made_for(ws, two, demo, open_page, monkeypatch):
    rows = stranger().head(2).assign(backend="openface")
    monkeypatch.setattr(clips, "rows_of", lambda ws, ids: rows)
    refused = model_choice.refusal(ws, two, cohorts.read_table(ws, demo.table_hash), ("NEW", ["a", "b"]))
    assert "measured like the people of this model" in refused.what
    rows = rows.head(0)
    assert model_choice.refusal(ws, two, rows, ("NEW", ["a", "b"])) is None  # the job says that nothing was measured


@pytest.mark.parametrize("alike", [True, False])
def test_where_somebody_lies_stands_beside_the_votes_of_a_kept_model(ws, two, demo, open_page, alike):
    table = cohorts.read_table(ws, demo.table_hash)
    table = table if alike else table.assign(backend="openface")
    cohort = cohorts.create(ws, "with somebody new", pd.concat([table, stranger()], ignore_index=True))
    cohorts.use(ws, cohort.id)
    settings = {"table": cohort.table_hash, "person": "NEW", "clip_ids": [], **two.card["settings"], "model": two.id}
    done = tasks.screen(ws, settings, Quiet(), ws.runs_dir)
    enter(ws, "screen", settings, jobs.DONE, result=json.dumps(done))
    app = open_page("screen")
    app.selectbox(key="screen_model").set_value(two.id).run()
    app.selectbox(key="screen_person").set_value("NEW").run()
    assert not app.exception
    near = [d.value for d in app.dataframe if "nearest people" in d.value]
    moving = [d.value for d in app.dataframe if "measure" in d.value]
    figures = len(app.get("plotly_chart"))
    if alike:
        assert "not among those whom the model was trained on" in texts(app)
        assert "over the people of the cohort in use" in texts(app)
        assert list(near[0]["emotion"]) == ["anger", "fear"]
        assert not near[0]["nearest people"].str.contains("NEW").any()
        assert "asymmetry" in set(moving[0]["measure"])
        assert figures == 4  # votes, the person in both groups, calibration, what is withheld
    else:
        assert "was measured by openface, and the person by hypomimia-lab" in texts(app).replace("\\", "")
        assert not near
        assert not moving
        assert figures == 3


def test_no_choice_of_models_without_any(demo, open_page):
    assert not any(s.key == "screen_model" for s in open_page("screen").selectbox)
