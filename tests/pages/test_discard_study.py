"""The discard study on the page Studies: asked for, and what a real study found."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from types import SimpleNamespace

import pytest

from core.images.discards import run
from core.images.settings import DISCARD_ARMS, DISCARD_LIVE
from core.workspace import image_sources, jobs
from pages.parts import discard_report, job_panel
from tests.pages.finished import enter
from tests.unit.images.discarded import TINY, noisy

SHORT = replace(TINY, rates=(0.8, 0.95), epochs=2)


@pytest.fixture(scope="module")
def result(tmp_path_factory) -> dict:
    """A real study of three digits, short, with noise for VAEs."""
    from core.images.dataset import digits

    noise = SimpleNamespace(refill=lambda remaining, wanted, arm, seed, progress: noisy(remaining, wanted, seed))
    found = run(digits().at(range(200)), SHORT, noise, tmp_path_factory.mktemp("discard"))
    return json.loads(json.dumps(found))


@pytest.fixture
def digits(ws):
    return image_sources.from_digits(ws)


@pytest.fixture
def opened(open_page):
    """The page with the discard study chosen."""

    def open_it():
        app = open_page("studies")
        app.segmented_control(key="study_kind").set_value("Discard").run()
        assert not app.exception
        return app

    return open_it


def wanted(digits, **changed) -> dict:
    return {"images": digits.id, **asdict(replace(DISCARD_LIVE, size_px=16, **changed))}


def test_without_images_it_says_what_is_compared(ws, opened):
    app = opened()
    assert any("Does it replace what is lost?" in m.value for m in app.markdown)
    assert "Run" not in [b.label for b in app.button]


def test_the_augmentation_study_is_still_there(ws, digits, open_page):
    app = open_page("studies")
    assert any("Does it help?" in m.value for m in app.markdown)
    assert "Compared with the originals alone" in [m.label for m in app.multiselect]


def test_a_study_is_asked_for_with_class_rates_and_arms(ws, digits, opened):
    app = opened()
    app.selectbox(key="discard_class").set_value("3").run()
    app.multiselect(key="discard_rates_live").set_value(["97.5 %", "60 %"]).run()
    app.multiselect(key="discard_arms").set_value(["duplicate", "S3VAE"]).run()
    next(b for b in app.button if b.label == "Run").click().run()
    (job,) = jobs.recent(ws)
    assert (job.kind, job_panel.title(job)) == ("discard", "Discard study")
    told = job.settings
    assert (told["discarded"], told["rates"], told["n_train"]) == (3, [0.6, 0.975], 40)
    assert told["arms"] == ["full", "discard", "S3VAE", "duplicate"]


def test_each_class_and_no_rate(ws, digits, opened):
    app = opened()
    app.selectbox(key="discard_class").set_value("each class").run()
    next(b for b in app.button if b.label == "Run").click().run()
    assert jobs.recent(ws)[0].settings["discarded"] is None
    app.multiselect(key="discard_rates_live").set_value([]).run()
    assert any("Choose how much is discarded" in m.value for m in app.markdown)


def test_a_class_of_other_images_is_forgotten(ws, digits, open_page):
    app = open_page("studies")
    app.session_state["discard_class"] = "Tapered"
    app.segmented_control(key="study_kind").set_value("Discard").run()
    assert not app.exception
    assert app.selectbox(key="discard_class").value == "0"


def test_a_resnet_is_given_images_that_it_is_for(ws, digits, opened):
    app = opened()
    app.segmented_control(key="discard_network").set_value("ResNet-18").run()
    next(b for b in app.button if b.label == "Run").click().run()
    assert jobs.recent(ws)[0].settings["size_px"] == 32


def test_what_was_found_stands_in_words_figures_and_tables(ws, digits, result, opened):
    enter(ws, "discard", wanted(digits), jobs.DONE, result=json.dumps(result))
    app = opened()
    assert not app.exception
    assert [i.value.split(",")[0] for i in app.info] == [
        "**With 80 % of class 1 discarded",
        "**With 95 % of class 1 discarded",
    ]
    assert any("Table 7 exchanges its datasets" in m.value for m in app.markdown)
    intervals, groups, models = (frame.value for frame in app.dataframe)
    assert len(intervals) == 1 + 2 * (len(DISCARD_ARMS) - 1)
    assert (len(groups), len(models)) == (1 + 2 * 4, 2 * 2)
    app.toggle(key="discard_paper").set_value(True).run()
    assert [len(frame.value) for frame in app.dataframe[1:]] == [len(groups) + 20, len(models) + 12]
    app.segmented_control(key="discard_shown").set_value("80 %").run()
    assert not app.exception


def test_a_rate_of_another_study_is_not_looked_for(ws, digits, result, opened):
    enter(ws, "discard", wanted(digits), jobs.DONE, result=json.dumps(result))
    app = opened()
    app.session_state["discard_shown"] = "60 %"
    app.run()
    assert not app.exception
    assert app.segmented_control(key="discard_shown").value == "95 %"


def test_its_files_carry_every_row(result):
    as_json, as_csv, as_latex = (each.data() for each in discard_report.exports(result))
    assert json.loads(as_json)["rows"] == result["rows"]
    assert as_csv.count("\n") > len(result["rows"])
    assert as_latex.count("\\toprule") == 2


def test_a_paused_study_can_be_resumed(ws, digits, opened):
    enter(ws, "discard", wanted(digits), jobs.CANCELLED)
    assert "Resume" in [b.label for b in opened().button]
