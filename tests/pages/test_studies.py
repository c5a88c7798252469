"""Studies: without images, asked for, and what a real study found."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import pytest

from core.images.settings import ARMS, STUDY_LIVE, StudySettings
from core.images.studies import run
from core.images.synthetic_sets import SyntheticSet
from core.workspace import image_sources, jobs
from pages.parts import study_choice, study_report
from tests.pages.finished import enter


class Faded:
    """A set maker for a page test: the originals, darker."""

    def prepare(self, originals, label, progress):
        return {"kid": 0.5}

    def make(self, originals, label, random_state, kind, progress):
        return SyntheticSet(0.8 * originals.images[originals.labels == label], {"best": [1.0, 0.9]})


@pytest.fixture(scope="module")
def result(tmp_path_factory) -> dict:
    """A real study of three digits, short."""
    from core.images.dataset import digits

    settings = StudySettings(epochs=2, n_folds=2, n_seeds=2, n_train=10, size_px=16, classes=3)
    few = digits().at(range(200))
    return json.loads(json.dumps(run(few, settings, Faded(), tmp_path_factory.mktemp("study"))))


@pytest.fixture
def digits(ws):
    return image_sources.from_digits(ws)


def wanted(digits) -> dict:
    return {"images": digits.id, "gan_steps": study_choice.FEW_STEPS, **asdict(replace(STUDY_LIVE, size_px=16))}


def test_without_images_it_says_what_is_compared(ws, open_page):
    app = open_page("studies")
    assert any("Does it help?" in m.value for m in app.markdown)
    assert "Run" not in [b.label for b in app.button]


def test_a_study_is_asked_for_with_its_arms(ws, digits, open_page):
    app = open_page("studies")
    app.multiselect(key="study_arms").set_value(["duplication", "classic augmentation"]).run()
    next(b for b in app.button if b.label == "Run").click().run()
    (job,) = jobs.recent(ws)
    assert job.settings["arms"] == ["original", "classic augmentation", "duplication"]
    app.multiselect(key="study_arms").set_value([]).run()
    assert any("Choose something to compare with" in m.value for m in app.markdown)


def test_what_was_found_stands_in_words_figures_and_tables(ws, digits, result, open_page):
    enter(ws, "study", wanted(digits), jobs.DONE, result=json.dumps(result))
    app = open_page("studies")
    assert not app.exception
    assert len(app.info) == len(ARMS) - 1
    assert all(i.value.startswith("**On this dataset") for i in app.info)
    assert any("p = .56" in m.value for m in app.markdown)
    intervals, table = (frame.value for frame in app.dataframe)
    assert len(intervals) == len(ARMS)
    assert len(table) == len(ARMS) * 3
    app.toggle(key="study_paper").set_value(True).run()
    assert len(app.dataframe[1].value) > len(table)
    as_json, as_csv, as_latex = (each.data() for each in study_report.exports(result))
    assert json.loads(as_json)["arms"] == result["arms"]
    assert as_csv.count("\n") > len(ARMS)
    assert "\\toprule" in as_latex


def test_a_paused_study_can_be_resumed(ws, digits, open_page):
    enter(ws, "study", wanted(digits), jobs.CANCELLED)
    labels = [b.label for b in open_page("studies").button]
    assert "Resume" in labels
