"""Faces: one measured clip, what it shows of whom, and what a correction by hand changes."""

from __future__ import annotations

import io
import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from core.faces.reliability import Reliability
from core.faces.video import read_frames
from core.types import ACTION_UNITS
from core.workspace import clips, intake
from core.workspace.clips import Clip
from core.workspace.store import Workspace
from pages.parts import face_clip, face_drawing, face_exports, face_figures
from pages.parts.face_drawing import BLURRED, MESH, SHOWN, Cutout
from tests.pages.test_clips import button, measurement, still

FILM = "single_face.mp4"


@pytest.fixture
def film(ws: Workspace, measured_home: Path) -> Clip:
    """The measured clip, in the workspace of this test."""
    shutil.copytree(measured_home, ws.home, dirs_exist_ok=True)
    (clip,) = clips.list_clips(ws)
    assert clip.peak_frame is not None
    return clip


def words(app: AppTest) -> str:
    return "\n".join(element.value for element in (*app.markdown, *app.header, *app.error))


def figures(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def bar(app: AppTest):
    return next(slider for slider in app.slider if slider.label == "Frame")


def scrub(app: AppTest, frame: int) -> None:
    bar(app).set_value(frame + 1).run()
    assert not app.exception


def test_without_clips_it_leads_to_clips(ws, open_page):
    app = open_page("faces")
    assert "No clips yet" in words(app)
    assert not app.error


def test_without_a_measured_clip_it_leads_to_measuring(ws, open_page):
    intake.receive_clip(ws, "P07_anger.png", still(90))
    app = open_page("faces")
    assert "No measured clips" in words(app)
    assert not app.selectbox


def test_a_useless_clip_says_why_and_what_to_do(ws, open_page):
    clip = intake.receive_clip(ws, "P03_fear.png", still(70))
    found = measurement("fear", 95, 0)
    quality = replace(found.quality, verdict="not usable", reason="No face was found in any of the 95 frames.")
    clips.save_measurement(ws, clip.id, replace(found, peak_frame=None, quality=quality))
    app = open_page("faces")
    (error,) = app.error
    assert "No face was found in any of the 95 frames. Film again" in error.value.replace("\\", "")
    assert not app.get("plotly_chart")


def test_a_measured_clip_opens_at_its_peak_as_a_mesh(ws, open_page, film):
    app = open_page("faces")
    found = clips.load_measurement(ws, film.id)
    assert not app.error
    assert app.get("plotly_chart")
    assert app.image
    assert next(g for g in app.button_group if g.label == "Face").value == MESH
    assert bar(app).value == found.peak_frame + 1
    assert (bar(app).min, bar(app).max) == (1, found.action_units.n_frames)
    assert f"Frame {found.peak_frame + 1} of {found.action_units.n_frames}" in words(app)
    units = next(group for group in app.button_group if group.label == "Action units to draw")
    assert units.value == ["AU01", "AU02", "AU05", "AU26"]
    assert found.dynamics is not None
    assert figures(app)["Amplitude"] == f"{found.dynamics.amplitude:.2f}"
    assert figures(app)["Face found"] == "100 %"
    assert "P01" not in json.dumps(dict(app.query_params))


def test_stepping_and_jumping_move_the_frame_in_view(ws, open_page, film):
    app = open_page("faces")
    peak = film.peak_frame
    button(app, "One frame on").click().run()
    assert bar(app).value == peak + 2
    button(app, "Neutral").click().run()
    assert bar(app).value == clips.load_measurement(ws, film.id).neutral[0] + 1
    assert button(app, "One frame back").disabled
    button(app, "Peak").click().run()
    assert bar(app).value == peak + 1


def test_playing_goes_on_by_itself_and_pauses_where_it_is(ws, open_page, film):
    app = open_page("faces")
    button(app, "Neutral").click().run()
    button(app, "Play").click().run()
    assert button(app, "Pause")
    before = bar(app).value
    app.run()
    assert bar(app).value > before
    assert bar(app).disabled
    button(app, "Pause").click().run()
    reached = bar(app).value
    assert reached > before
    assert not bar(app).disabled
    app.run()
    assert bar(app).value == reached
    button(app, "Play").click().run()
    button(app, "One frame back").click().run()
    assert button(app, "Play")


def test_the_peak_is_corrected_by_hand_and_undone(ws, open_page, film):
    app = open_page("faces")
    before = clips.rows_of(ws, [film.id])
    frame = (film.peak_frame + 30) % 72
    scrub(app, frame)
    button(app, "Peak is here").click().run()
    assert not app.error
    assert clips.get_clip(ws, film.id).peak_frame == frame
    assert "peak corrected by hand" in words(app)
    assert button(app, "Peak is here").disabled
    row = clips.rows_of(ws, [film.id])
    intensity = clips.load_measurement(ws, film.id).action_units.intensity[frame]
    np.testing.assert_allclose(row[list(ACTION_UNITS)].to_numpy(float)[0], intensity, atol=1e-6)
    assert not row.equals(before)
    button(app, "Undo").click().run()
    assert clips.get_clip(ws, film.id).peak_frame == film.peak_frame
    assert clips.rows_of(ws, [film.id]).equals(before)
    assert "corrected by hand" not in words(app).replace("Correct by hand", "").replace("can be corrected by hand", "")
    assert button(app, "Undo").disabled


def test_the_neutral_range_is_corrected_by_hand_and_undone(ws, open_page, film):
    app = open_page("faces")
    before = clips.load_measurement(ws, film.id)
    scrub(app, 10)
    button(app, "Starts here").click().run()
    scrub(app, 15)
    button(app, "Ends here").click().run()
    assert next(s for s in app.slider if s.label == "Neutral frames").value == (11, 16)
    button(app, "Use as neutral").click().run()
    assert not app.error
    after = clips.load_measurement(ws, film.id)
    assert after.neutral == (10, 15)
    assert not np.array_equal(after.action_units.intensity, before.action_units.intensity, equal_nan=True)
    assert "neutral corrected by hand" in words(app)
    button(app, "Undo").click().run()
    back = clips.load_measurement(ws, film.id)
    assert back.neutral == before.neutral
    np.testing.assert_array_equal(back.action_units.intensity, before.action_units.intensity)


def test_how_faces_are_shown_is_remembered_and_an_old_wish_to_hide_them_too(ws, open_page, film):
    app = open_page("faces")
    next(g for g in app.button_group if g.label == "Face").set_value(BLURRED).run()
    assert ws.preference("faces") == BLURRED
    assert next(g for g in open_page("faces").button_group if g.label == "Face").value == BLURRED
    ws.remember("faces", "Hidden")
    assert face_clip.preferred_view(ws) == MESH


def test_a_deleted_video_leaves_curves_and_figures(ws, open_page, film):
    clips.delete_video(ws, [film.id])
    app = open_page("faces")
    assert not app.error
    assert "The video was deleted" in words(app)
    assert not app.image
    assert app.get("plotly_chart")
    assert "Amplitude" in figures(app)


def test_a_measurement_of_an_earlier_version_asks_to_be_measured_again(ws, open_page):
    clip = intake.receive_clip(ws, "P01_anger.png", still(20))
    clips.save_measurement(ws, clip.id, measurement("anger"))
    app = open_page("faces")
    assert not app.error
    assert "To correct neutral or peak by hand, measure the clip again" in words(app)
    assert not any(b.label == "Peak is here" for b in app.button)


def test_clips_follow_each_other(ws, open_page):
    taken = [intake.receive_clip(ws, f"P0{i}_anger.png", still(20 * i)) for i in (1, 2, 3)]
    for clip in taken:
        clips.save_measurement(ws, clip.id, measurement("anger"))
    app = open_page("faces")
    assert app.main.selectbox[0].value == taken[0].id
    assert button(app, "Previous clip").disabled
    button(app, "Next clip").click().run()
    button(app, "Next clip").click().run()
    assert app.main.selectbox[0].value == taken[2].id
    assert button(app, "Next clip").disabled
    clips.remove_clips(ws, [taken[2].id])
    app.run()
    assert not app.exception
    assert app.main.selectbox[0].value == taken[0].id


def picture(face: face_clip.Face, frame: int) -> np.ndarray:
    """A frame as the page reads it, without the page's memory of it."""
    assert face.clip.path is not None
    parts = tuple(face.parts[frame : frame + 2])
    jpeg, *_ = face_clip.read_pictures(face.clip.id, frame, parts, face.clip.path, float(face.seconds[frame]))
    return np.asarray(Image.open(io.BytesIO(jpeg)))


def test_mesh_only_and_blurred_give_no_face_away(ws, film):
    face, frame = face_clip.load(ws, film), film.peak_frame
    found = picture(face, frame)
    drawn = {how: np.asarray(face_drawing.draw(how, found, face.mesh[frame], face.size, face.parts[frame], ()), float)
             for how in face_drawing.VIEWS}  # fmt: skip
    without = face_drawing.draw(MESH, None, face.mesh[frame], face.size, face.parts[frame], ())
    assert np.array_equal(drawn[MESH], np.asarray(without))  # not one pixel of the video
    assert np.abs(drawn[SHOWN] - found).mean() < 20 < np.abs(drawn[MESH] - found).mean()
    bare = np.asarray(face_drawing.draw(BLURRED, found, None, face.size, face.parts[frame], ()), float)
    detail = [np.abs(np.diff(image.astype(float), axis=1)).mean() for image in (found, bare)]
    assert detail[1] < 0.5 * detail[0]


def test_the_frame_drawn_is_the_frame_measured(ws, film, shared_data):
    face = face_clip.load(ws, film)
    frames = list(read_frames(shared_data / "clips" / FILM))
    for index in (3, 31, 64):
        drawn = picture(face, index).astype(float)
        off = [np.abs(drawn - face_drawing.cut(frames[i].image, face.parts[index])).mean()
               for i in range(index - 3, index + 4)]  # fmt: skip
        assert int(np.argmin(off)) == 3


def test_the_cutout_follows_a_face_and_keeps_its_size():
    outline = np.zeros((50, 478, 2))
    outline[:, [10, 152, 234, 454]] = [(0.2, 0.1), (0.2, 0.5), (0.1, 0.3), (0.3, 0.3)]
    outline[25:] += (0.4, 0.2)
    outline[10:14] = np.nan
    parts = face_drawing.cutouts(outline, np.arange(50) / 25, (1000, 500))
    assert len({part.scale for part in parts}) == 1
    centre = [part.x + face_drawing.WIDTH / 2 / part.scale for part in parts]
    assert centre[0] == pytest.approx(200)
    assert centre[12] == pytest.approx(200)
    assert centre[-1] == pytest.approx(600)
    assert 200 < centre[24] < 600


def test_without_a_mesh_the_whole_frame_is_drawn():
    (part,) = face_drawing.cutouts(None, np.zeros(1), (1920, 1080))
    assert part == Cutout(face_drawing.WIDTH / 1920, 0, pytest.approx((1080 - face_drawing.HEIGHT / part.scale) / 2))


def test_each_side_is_marked_by_its_own_intensity():
    units = measurement("anger").action_units
    left, right = units.left.copy(), units.right.copy()
    left[7], right[7] = 0.2, 0.2
    left[7, 8] = 2.0
    marks = face_drawing.marks(replace(units, left=left, right=right), 7)
    assert [(m.unit, m.side, m.intensity) for m in marks if m.side] == [("AU12", "L", 2.0)]
    assert {m.unit for m in marks if not m.side} == {"AU17", "AU25", "AU26"}


def test_exports_name_their_units_and_have_no_nan(ws, film):
    face = face_clip.load(ws, film)
    made = {item.file_name: item.data() for item in face_exports.of(face)}
    dynamics = json.loads(next(content for name, content in made.items() if name.endswith("_dynamics.json")))
    assert dynamics["peak_frame"] == film.peak_frame + 1
    assert set(dynamics["dynamics"]["au_mean"]) == set(ACTION_UNITS)
    assert dynamics["corrected_by_hand"] == []
    assert made["P01_surprise.parquet"][:4] == b"PAR1"
    assert json.loads(made["P01_surprise.json"])["inputs"] == [{"name": film.name, "sha256": film.sha256}]
    header, *rows = made["P01_surprise.csv"].splitlines()
    assert len(rows) == face.n_frames
    assert "AU12_r" in header.replace(" ", "").split(",")


def test_pictures_are_taken_away_as_they_are_shown(ws, film):
    face = face_clip.load(ws, film)
    image = face_clip.drawn(face, 3, MESH)
    files = {item.file_name: item.data() for item in face_exports.pictures(face, 3, image, ["AU01"])}
    assert files["P01_surprise_4.png"].startswith(b"\x89PNG")
    assert files["P01_surprise_curves.png"].startswith(b"\x89PNG")
    assert b"<svg" in files["P01_surprise_curves.svg"]
    assert not any("_4" in item.file_name for item in face_exports.pictures(face, 3, None, []))


def test_reliability_is_said_of_the_units_that_are_drawn(ws, open_page, film):
    known = {unit: Reliability(level, 0.8, 0.3, 0.7, None)
             for unit, level in (("AU01", "high"), ("AU20", "low"), ("AU26", "high"))}  # fmt: skip
    assert face_figures.reliability_words(("AU01", "AU20", "AU26"), known) == "Reliability: high AU01, AU26; low AU20"
    assert face_figures.reliability_words(("AU01",), {}) == ""
    app = open_page("faces")
    assert "Reliability: " in words(app)
    assert "not comparable across people" in words(app)


@pytest.mark.parametrize(
    ("asymmetry", "said"), [(0.123, "left +12 %"), (-0.4, "right +40 %"), (0.02, "even"), (float("nan"), "–")]
)
def test_asymmetry_is_said_in_words(asymmetry, said):
    assert face_figures.asymmetry_words(asymmetry) == said
