"""Clips: what comes in, what is refused, what is measured, what joins a cohort."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from core.types import ACTION_UNITS, SIDED_ACTION_UNITS, ActionUnits, Measurement, Quality
from core.workspace import clips, cohorts, intake


def still(shade: int) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48), (shade, shade, shade)).save(buffer, "PNG")
    return buffer.getvalue()


def measurement(emotion: str, n: int = 12, peak: int = 7) -> Measurement:
    quality = Quality("usable", "", n, 1.0, 0.9, 4.0, 3.0, 110.0, 80.0, 120.0, 1)
    intensity = np.full((n, len(ACTION_UNITS)), 0.5)
    intensity[peak] = 3.0
    sides = intensity[:, : len(SIDED_ACTION_UNITS)]
    units = ActionUnits(
        timestamp_s=np.arange(n) / 25,
        confidence=np.full(n, 0.9),
        success=np.ones(n, bool),
        n_faces=np.ones(n, int),
        pose_deg=np.zeros((n, 3)),
        intensity=intensity,
        left=sides,
        right=sides,
    )
    return Measurement(emotion, units, (0, 4), peak, intensity.sum(axis=1), quality, "hypomimia-lab")


@pytest.fixture
def measured(ws):
    """Two people, measured in anger; the second also has a clip of an unknown emotion."""
    names = ("P01_anger.png", "P02_anger.png", "P02_wink.png")
    taken = [intake.receive_clip(ws, name, still(40 * i + 20)) for i, name in enumerate(names)]
    for clip in taken:
        clips.save_measurement(ws, clip.id, measurement(clip.emotion))
    return taken


def button(app: AppTest, label: str):
    return next(b for b in app.button if b.label == label)


def test_the_empty_page_says_how_to_name_files_and_leads_on(open_page):
    app = open_page("clips")
    assert len(app.file_uploader) == 1
    assert "No clips yet" in [s.value for s in app.header]
    assert any("P07_anger.mp4" in text.value for text in app.markdown)
    assert not any(b.label.startswith("Measure") for b in app.button)


def test_a_good_file_comes_in_and_a_bad_one_is_told_apart(ws, open_page):
    app = open_page("clips")
    app.file_uploader[0].set_value(
        [("P07_anger.png", still(90), "image/png"), ("P08_fear.mp4", b"only words", "video/mp4")]
    ).run()
    assert not app.exception
    assert len(app.error) == 1
    assert "P08" in app.error[0].value
    assert [(c.subject, c.emotion) for c in clips.list_clips(ws)] == [("P07", "anger")]
    assert [path.suffix for path in ws.clips_dir.iterdir()] == [".png"]
    assert button(app, "Measure 1 clip")


def test_the_same_file_twice_is_stored_once_and_said(ws, open_page):
    intake.receive_clip(ws, "P07_anger.png", still(90))
    app = open_page("clips")
    app.file_uploader[0].set_value([("again.png", still(90), "image/png")]).run()
    assert len(clips.list_clips(ws)) == 1
    assert any("already here, stored once" in text.value for text in app.markdown)


def test_unknown_emotions_and_missing_labels_are_flagged(ws, open_page):
    intake.receive_clip(ws, "P02_wink.png", still(50))
    intake.receive_clip(ws, "holiday.png", still(60), subject="", emotion="")
    app = open_page("clips")
    told = "\n".join(warning.value for warning in app.warning)
    assert "wink" in told
    assert "Person or emotion is missing" in told


def test_a_measured_clip_is_looked_at_on_faces(open_page, measured):
    app = open_page("clips")
    assert not app.get("plotly_chart")
    button(app, "See faces").click().run()
    assert not app.exception
    assert [title.value for title in app.title] == ["Faces"]
    assert app.main.selectbox[0].value == measured[0].id


@pytest.mark.parametrize(
    ("n", "reason", "remedy"),
    [
        (95, "No face was found in any of the 95 frames.", "Film again"),
        (1, "A single image shows no change from rest; add a neutral image or clip.", "begins at rest"),
    ],
)
def test_a_useless_clip_is_explained_in_one_message(ws, open_page, n, reason, remedy):
    clip = intake.receive_clip(ws, "P03_fear.png", still(70))
    found = measurement("fear", n, 0)
    quality = replace(found.quality, verdict="not usable", reason=reason)
    clips.save_measurement(ws, clip.id, replace(found, peak_frame=None, quality=quality))
    app = open_page("clips")
    assert len(app.error) == 1
    told = app.error[0].value.replace("\\", "")
    assert told.startswith(f"P03_fear.png is not usable. {reason} ")
    assert remedy in told
    assert not app.warning
    assert not app.get("plotly_chart")


def test_a_clip_that_cannot_be_read_is_explained_in_one_message(ws, open_page):
    clip = intake.receive_clip(ws, "P03_fear.png", still(70))
    clips.save_unusable(ws, clip.id, "P03_fear.png cannot be played. Its frames are damaged.")
    (error,) = open_page("clips").error
    assert error.value.replace("\\", "") == (
        "P03_fear.png cannot be played. Its frames are damaged. Export the clip anew as MP4 and bring it in again."
    )


def test_usable_people_make_a_new_cohort_and_undo_takes_it_back(ws, open_page, measured):
    app = open_page("clips")
    button(app, "Add 2 people").click().run()
    cohort = cohorts.in_use(ws)
    assert cohort is not None
    assert (cohort.name, cohort.n_people, cohort.n_rows, cohort.simulated) == ("My cohort", 2, 2, False)
    button(app, "Undo adding").click().run()
    assert not app.exception
    assert cohorts.in_use(ws) is None


def test_usable_people_join_the_cohort_in_use_and_undo_takes_them_out(ws, open_page, demo, measured):
    app = open_page("clips")
    button(app, "Add 2 people").click().run()
    joined = cohorts.in_use(ws)
    assert joined is not None
    assert joined.n_people == demo.n_people + 2
    button(app, "Undo adding").click().run()
    back = cohorts.in_use(ws)
    assert back is not None
    assert back.table_hash == demo.table_hash


def test_every_choice_has_a_name_for_a_screen_reader(open_page, measured):
    app = open_page("clips")
    for widget in (*app.selectbox, *app.text_input, *app.button_group, *app.file_uploader, *app.button):
        assert widget.label.strip()
