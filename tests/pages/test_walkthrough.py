"""Walk-through: from an empty workspace to the verdict, one vote after the other."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import pytest

from core.screening.screening import screen
from core.settings import ScreeningSettings
from core.types import EMOTIONS
from core.workspace import backend_choice, cohorts, jobs
from core.workspace.demo import demo_table
from pages.parts import verdict_steps
from tests.pages.finished import enter


@pytest.fixture(scope="module")
def result() -> dict:
    """A real screening of one of the four people, by few fold models."""
    table = demo_table()
    person = next(iter(sorted(set(table["subject"]))))
    return screen(table[table["subject"] == person], table, replace(ScreeningSettings(), n_folds=3)).to_json()


def labels(app) -> list[str]:
    return [button.label for button in app.button]


def test_it_begins_with_what_will_come_and_brings_the_people_in(ws, open_page):
    app = open_page("walkthrough")
    assert "Bring in the four people" in labels(app)
    next(b for b in app.button if b.label == "Bring in the four people").click().run()
    assert not app.exception
    people = verdict_steps.demo_people(ws)
    assert len(people) == 4
    assert all([clip.emotion for clip in mine] == list(EMOTIONS) for mine in people.values())
    assert "Measure 5 clips" in labels(app)
    assert sum("not measured yet" in m.value for m in app.markdown) == 5


def test_while_clips_are_measured_their_progress_is_shown(ws, demo, open_page):
    cohorts.open_demo(ws)
    mine = next(iter(verdict_steps.demo_people(ws).values()))
    enter(ws, "extract", backend_choice.extraction_settings(ws, [clip.id for clip in mine]), jobs.RUNNING)
    app = open_page("walkthrough")
    assert "Measure 5 clips" not in labels(app)
    assert "Cancel" in labels(app)


def test_the_votes_come_one_after_the_other_and_then_the_verdict(ws, demo, open_page, result, monkeypatch):
    cohorts.open_demo(ws)
    person, mine = next(iter(verdict_steps.demo_people(ws).items()))
    with ws.transaction() as t:
        t.execute("UPDATE clips SET measured = 1, verdict = 'not usable'")  # pictures are of another test
    ids = [clip.id for clip in mine]
    cohort = cohorts.load_demo(ws)
    wanted = {"table": cohort.table_hash, "person": person, "clip_ids": ids, **asdict(ScreeningSettings())}
    enter(ws, "screen", wanted, jobs.DONE, result=json.dumps(result))
    app = open_page("walkthrough")
    assert any("None has voted yet" in m.value for m in app.markdown)
    for number, emotion in enumerate(EMOTIONS, start=1):
        button = next(b for b in app.button if b.key == "next_vote")
        assert button.label == f"Next: {emotion}"
        button.click().run()
        assert not app.exception
        figure = json.loads(app.get("plotly_chart")[0].proto.spec)
        assert len(figure["data"][0]["y"]) == number
        verdict_shown = any("Verdict on" in m.value for m in app.markdown)
        assert verdict_shown == (number == 5)
    app.button(key="no_votes").click().run()
    assert any("None has voted yet" in m.value for m in app.markdown)
