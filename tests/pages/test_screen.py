"""Screen: who is chosen, what the verdict says and stands on, and that no person ever reaches the address."""

from __future__ import annotations

import io
import json
from dataclasses import asdict, replace

import numpy as np
import pytest
from PIL import Image

from core.screening.calibration import Calibration
from core.screening.screening import screen
from core.settings import ScreeningSettings
from core.types import ACTION_UNITS, EMOTIONS, SIDED_ACTION_UNITS, ActionUnits, Measurement, Quality
from core.workspace import clips, cohorts, intake, jobs
from core.workspace.demo import demo_table
from tests.pages.finished import enter


@pytest.fixture(scope="module")
def results() -> dict[str, dict]:
    """Real screenings of one person, with all five emotions and with two, by few fold models."""
    table = demo_table()
    person = table[table["subject"] == "SIM01"]
    settings = replace(ScreeningSettings(), n_folds=3)
    few = person[person["emotion"].isin(EMOTIONS[:2])]
    mixed = person.assign(backend="openface")
    return {
        "all": screen(person, table, settings).to_json(),
        "few": screen(few, table, settings).to_json(),
        "mixed": screen(mixed, table, settings).to_json(),
    }


@pytest.fixture
def wanted(demo):
    return {"table": demo.table_hash, "person": "SIM01", "clip_ids": [], **asdict(ScreeningSettings())}


def texts(app) -> str:
    return "\n".join([m.value for m in app.markdown] + [str(h.proto.body) for h in app.get("html")])


def test_without_a_cohort_it_leads_on(open_page):
    app = open_page("screen")
    assert [s.value for s in app.header] == ["No cohort to compare with"]


def test_before_a_run_it_says_what_will_come(demo, open_page):
    app = open_page("screen")
    assert app.selectbox(key="screen_person").value == "SIM01"
    assert "the verdict is withheld" in texts(app)
    assert [b.label for b in app.button if b.proto.type == "primary"] == ["Train and screen"]
    assert not app.get("download_button")


def test_a_new_person_without_measured_clips_is_led_to_clips(demo, open_page):
    app = open_page("screen")
    app.button_group(key="screen_source").set_value("new, from clips").run()
    assert not app.exception
    assert [s.value for s in app.header] == ["No measured clips"]
    assert next(b for b in app.button if b.label == "Train and screen").disabled


def test_a_new_person_is_screened_by_their_usable_clips(ws, demo, results, open_page):
    taken = []
    for shade, (emotion, verdict) in enumerate(
        {"anger": "usable", "fear": "not usable", "surprise": "warning"}.items()
    ):
        image = io.BytesIO()
        Image.new("RGB", (64, 48), (40 * shade, 90, 90)).save(image, "PNG")
        clip = intake.receive_clip(ws, f"P01_{emotion}.png", image.getvalue())
        clips.save_measurement(ws, clip.id, measured(emotion, verdict))
        taken.append(clip.id)
    app = open_page("screen")
    app.button_group(key="screen_source").set_value("new, from clips").run()
    assert app.selectbox(key="screen_new_person").options == ["P01"]
    assert "Missing: happiness, disgust, fear." in texts(app)
    settings = {"table": demo.table_hash, "person": "P01", **asdict(ScreeningSettings())}
    enter(ws, "screen", {**settings, "clip_ids": [taken[0], taken[2]]}, jobs.DONE, result=json.dumps(results["few"]))
    app.run()
    assert "undecided" in texts(app)


def measured(emotion: str, verdict: str) -> Measurement:
    quality = Quality(verdict, "" if verdict == "usable" else "Told.", 1, 1.0, 0.9, 0.0, 0.0, 110.0, 80.0, 120.0, 1)
    sides = np.full((1, len(SIDED_ACTION_UNITS)), 2.0)
    units = ActionUnits(np.zeros(1), np.ones(1), np.ones(1, bool), np.ones(1, int), np.zeros((1, 3)),
                        np.full((1, len(ACTION_UNITS)), 2.0), sides, sides)  # fmt: skip
    return Measurement(emotion, units, None, 0, np.ones(1), quality, "hypomimia-lab")


def test_people_of_unknown_group_come_first(ws, demo, open_page):
    frame = cohorts.read_table(ws, demo.table_hash)
    cohorts.add_rows(ws, demo, frame.head(5).assign(subject="ZOE", group=""))
    app = open_page("screen")
    assert app.selectbox(key="screen_person").options[0] == "ZOE (group unknown)"


def test_the_verdict_stands_beside_what_it_is_worth(ws, wanted, results, open_page):
    enter(ws, "screen", wanted, jobs.DONE, result=json.dumps(results["all"]))
    app = open_page("screen")
    shown = texts(app)
    assert results["all"]["verdict"]["decision"] in shown
    assert results["all"]["verdict"]["reason"] in shown
    assert shown.count("A qualified clinician must interpret the results.") == 2  # above the page and in the verdict
    assert "not a diagnosis" in shown
    decided = results["all"]["vote_accuracy"]["decided"]
    assert f"{100 * decided['accuracy']:.0f} % [{100 * decided['ci'][0]:.0f}–{100 * decided['ci'][1]:.0f} %]" in shown
    assert any("simulated" in w.value for w in app.warning)
    votes = next(json.loads(c.proto.spec) for c in app.get("plotly_chart"))
    assert {trace["name"] for trace in votes["data"]} == {"PD", "control"}
    assert [b.label for b in app.get("download_button")] == [
        "Report as PDF", "Report as HTML", "Result as JSON", "Votes as CSV"
    ]  # fmt: skip


def test_too_few_emotions_leave_it_undecided_with_every_reason(ws, wanted, results, open_page):
    enter(ws, "screen", wanted, jobs.DONE, result=json.dumps(results["few"]))
    shown = texts(open_page("screen"))
    assert "undecided" in shown
    assert "Only 2 emotions can be used" in shown
    for emotion in EMOTIONS[2:]:
        assert f"**{emotion.capitalize()} does not count.** There is no clip of {emotion}" in shown


def test_mixed_backends_are_warned_of(ws, wanted, results, open_page):
    enter(ws, "screen", wanted, jobs.DONE, result=json.dumps(results["mixed"]))
    assert any("different backends" in w.value for w in open_page("screen").warning)


def test_a_failed_run_is_told_with_retry(ws, wanted, open_page):
    enter(ws, "screen", wanted, jobs.FAILED, error=json.dumps(["It broke.", "Disk full.", "Make room."]))
    app = open_page("screen")
    assert any(b.label == "Retry" for b in app.button)
    assert not app.get("plotly_chart")


def test_another_person_or_setting_shows_no_foreign_verdict(ws, wanted, results, open_page):
    enter(ws, "screen", wanted, jobs.DONE, result=json.dumps(results["all"]))
    app = open_page("screen")
    app.selectbox(key="screen_person").set_value("SIM02").run()
    assert not app.get("plotly_chart")
    app.selectbox(key="screen_person").set_value("SIM01").run()
    assert app.get("plotly_chart")
    app.selectbox(key="screen_classifier").set_value("kNN").run()
    assert not app.get("plotly_chart")


def test_choices_reach_the_address_but_no_person_does(demo, open_page):
    app = open_page("screen")
    assert app.selectbox(key="screen_classifier").proto.query_param_key == "screen_classifier"
    assert app.selectbox(key="screen_person").proto.query_param_key == ""


def test_exports_carry_no_code_in_their_names(results):
    from pages.parts import shell, verdict

    as_pdf, as_html, as_json, as_csv = verdict.exports(results["all"])
    assert as_pdf.data().startswith(b"%PDF")
    assert shell.NOTICE in as_html.data()
    assert json.loads(as_json.data()) == {"notice": shell.NOTICE, "simulated": True, **results["all"]}
    assert as_csv.data().count("\n") == 1 + len(EMOTIONS)
    assert as_csv.data().count(shell.NOTICE) == len(EMOTIONS)
    assert "SIM01" not in "".join(item.file_name for item in (as_pdf, as_html, as_json, as_csv))


def test_a_person_without_a_usable_clip_is_not_looked_for_in_the_cohort(ws, demo, open_page):
    image = io.BytesIO()
    Image.new("RGB", (64, 48), (90, 90, 90)).save(image, "PNG")
    clip = intake.receive_clip(ws, "SIM01_anger.png", image.getvalue())
    clips.save_measurement(ws, clip.id, measured("anger", "not usable"))
    app = open_page("screen")
    app.button_group(key="screen_source").set_value("new, from clips").run()
    assert "No clip of SIM01 is usable" in texts(app)
    assert next(b for b in app.button if b.label == "Train and screen").disabled


def test_how_sure_a_verdict_is_and_what_the_accepted_error_changes(ws, wanted, results, open_page):
    enter(ws, "screen", wanted, jobs.DONE, result=json.dumps(results["all"]))
    app = open_page("screen")
    told = results["all"]["certainty"]
    low, high = told["ci"]
    assert f"{told['probability']:.2f} [{low:.2f}–{high:.2f}]" in texts(app)
    assert "At 10 % error" in texts(app)
    app.slider(key="target_error").set_value(40).run()
    assert not app.exception
    fewer = Calibration.from_json(told["calibration"]).conformal_set(told["share"], 0.4)
    at_forty = next(m.value for m in app.markdown if m.value.startswith("At 40 % error"))
    assert ("both groups are possible" in at_forty) == (len(fewer) == 2)
    assert ("neither group is usual" in at_forty) == (not fewer)
    assert "To be wrong in at most 40 % of calls" in texts(app)


def test_a_result_of_before_certainty_was_told_is_still_shown(ws, wanted, results, open_page):
    older = {key: value for key, value in results["all"].items() if key != "certainty"}
    enter(ws, "screen", wanted, jobs.DONE, result=json.dumps(older))
    app = open_page("screen")
    assert results["all"]["verdict"]["decision"] in texts(app)
    assert "Probability of PD" not in texts(app)


def test_earlier_screenings_of_other_rows_of_the_person_are_listed(ws, wanted, results, open_page):
    enter(ws, "screen", wanted, jobs.DONE, result=json.dumps(results["all"]))
    app = open_page("screen")
    assert not any("screenings of other rows" in e.label for e in app.expander)
    other = {**results["few"], "person": "sim01"}
    enter(ws, "screen", {**wanted, "clip_ids": ["x"]}, jobs.DONE, result=json.dumps(other))
    enter(ws, "screen", {**wanted, "person": "SIM02"}, jobs.DONE, result=json.dumps({**other, "person": "SIM02"}))
    app = open_page("screen")
    listed = next(d.value for d in app.dataframe if "rows (SHA-256)" in d.value)
    assert listed["rows (SHA-256)"].tolist() == [results["few"]["person_hash"][:12]]
    assert listed["verdict"].tolist() == ["undecided"]
