"""Latent space: what the sliders do to the map, the tree and the words; UMAP is never waited for."""

from __future__ import annotations

import base64
import io
import json
import time
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from core.latent.features import complete_rows, samples
from core.latent.projection import pca
from core.settings import AGCLSettings
from core.workspace import cohorts, jobs
from pages.parts import compare_people, picture, space, space_exports
from pages.parts.projection import Projection
from tests.pages.finished import enter


@pytest.fixture
def umap_settings(demo):
    return {"table": demo.table_hash, "emotion": "anger", "features": "Table II", "random_state": 0}


@pytest.fixture
def mapped(ws, demo, umap_settings):
    """A finished map of the first emotion, so that no test starts a worker; its coordinates are those of PCA."""
    job = enter(ws, "project", umap_settings, jobs.DONE, result=json.dumps({"n": 54}))
    job.run_dir.mkdir(parents=True)
    found = samples(cohorts.read_table(ws, demo.table_hash), "anger", "Table II", scaled=True)
    np.savez(job.run_dir / "umap.npz", Z=pca(found.X)[0])
    return job


def axis_titles(app) -> list[str]:
    figure = json.loads(app.get("plotly_chart")[0].proto.spec)
    return [figure["layout"]["xaxis"]["title"]["text"], figure["layout"]["yaxis"]["title"]["text"]]


def clusters(app):
    return next(d.value for d in app.dataframe if "fate" in d.value)


def test_without_a_cohort_it_leads_on(open_page):
    app = open_page("latent_space")
    assert [s.value for s in app.header] == ["No cohort yet"]
    assert not app.get("plotly_chart")


def test_the_threshold_cuts_the_tree(mapped, open_page):
    app = open_page("latent_space")
    assert len(app.get("plotly_chart")) == 5
    whole = clusters(app)
    assert set(whole["fate"]) == {"kept", "split"}
    assert any("**100 %** of PD, **100 %** of control" in m.value for m in app.markdown)
    app.slider(key="threshold").set_value(1.0).run()
    assert not app.exception
    once = clusters(app)
    assert len(once) < len(whole)
    assert "split" not in set(once["fate"])
    assert once["n"].sum() == 54


def test_a_group_that_gets_nothing_is_said_loudly(mapped, open_page):
    app = open_page("latent_space")
    app.slider(key="threshold").set_value(1.0).run()
    app.select_slider(key="k").set_value("2").run()
    assert len(app.warning) == 1
    assert "AGCL makes no synthetic rows" in app.warning[0].value
    assert "Lower the threshold" in app.warning[0].value
    app.button_group(key="rule").set_value("pseudocode").run()
    assert not app.warning


def test_umap_is_shown_when_a_worker_has_fitted_it(mapped, open_page):
    app = open_page("latent_space")
    assert axis_titles(app) == ["UMAP 1 (no unit)", "UMAP 2 (no unit)"]
    app.button_group(key="map").set_value("PCA").run()
    assert axis_titles(app) == ["PC 1 (sd)", "PC 2 (sd)"]


def test_pca_is_shown_while_a_worker_fits_umap(ws, demo, umap_settings, open_page):
    enter(ws, "project", umap_settings, jobs.RUNNING)
    app = open_page("latent_space")
    assert axis_titles(app) == ["PC 1 (sd)", "PC 2 (sd)"]
    assert any("while a worker fits UMAP" in m.value for m in app.markdown)
    assert len(jobs.recent(ws)) == 1


def test_a_failed_map_is_told_and_pca_stays(ws, demo, umap_settings, open_page):
    enter(ws, "project", umap_settings, jobs.FAILED, error=json.dumps(["It broke.", "Disk full.", "Make room."]))
    app = open_page("latent_space")
    assert axis_titles(app) == ["PC 1 (sd)", "PC 2 (sd)"]
    assert any(b.label == "Retry" for b in app.button)


def test_a_new_person_is_found_in_the_map_but_not_in_the_tree(ws, demo, open_page):
    frame = cohorts.read_table(ws, demo.table_hash)
    person = frame[frame["emotion"] == "anger"].head(1).assign(subject="NEW7", group="", simulated=False)
    cohorts.add_rows(ws, demo, person)
    cohort = cohorts.in_use(ws)
    settings = {"table": cohort.table_hash, "emotion": "anger", "features": "Table II", "random_state": 0}
    enter(ws, "project", settings, jobs.RUNNING)
    app = open_page("latent_space")
    figure = json.loads(app.get("plotly_chart")[0].proto.spec)
    unknown = next(trace for trace in figure["data"] if trace["name"] == "group unknown")
    assert unknown["text"] == ["NEW7"]
    table = clusters(app)
    assert table.loc[~table["cluster"].str.contains(".", regex=False), "n"].sum() == 54


def test_one_group_only_is_explained(ws, demo, open_page):
    frame = cohorts.read_table(ws, demo.table_hash)
    cohort = cohorts.create(ws, "Only PD", frame[frame["group"] == "PD"])
    cohorts.use(ws, cohort.id)
    app = open_page("latent_space")
    assert len(app.error) == 1
    assert "control" in app.error[0].value


def test_a_slider_costs_the_server_little(ws, demo):
    table = cohorts.read_table(ws, demo.table_hash)
    here = space.build.__wrapped__(table, demo.table_hash, space.Choice("fear", "Table II", None, "text"))
    start = time.process_time()
    for threshold in np.linspace(0, 1, 20):
        cut = here.tree.cut(threshold)
        space.synthetic_rows(here, cut, 7, "hierarchical")
    assert (time.process_time() - start) / 20 < 0.05


def test_synthetic_rows_stay_on_the_scale_and_name_their_cluster(ws, demo):
    table = cohorts.read_table(ws, demo.table_hash)
    here = space.build.__wrapped__(table, demo.table_hash, space.Choice("fear", "Table II", None, "text"))
    cut = here.tree.cut(0.0)
    made = space.synthetic_rows(here, cut, 7, "paper")
    values = made[list(here.features)].to_numpy()
    assert values.min() >= 0
    assert values.max() <= 5
    assert len(made) == 7 * here.n_labelled
    pure = {f"cluster {c.path}": ("PD" if c.counts[1] else "control") for c in cut.clusters if c.pure}
    assert made["source"].map(pure).tolist() == made["group"].tolist()


def traces(app, part: str) -> dict[str, int]:
    figure = json.loads(app.get("plotly_chart")[0].proto.spec)
    return {trace["name"]: len(points(trace)) for trace in figure["data"] if trace["meta"]["part"] == part}


def points(trace) -> list:
    x = trace["x"]
    return x if isinstance(x, list) else np.frombuffer(base64.b64decode(x["bdata"]), x["dtype"]).tolist()


def test_the_finest_cut_holds_the_synthetic_rows_of_every_threshold(ws, demo):
    table = cohorts.read_table(ws, demo.table_hash)
    for rule in ("text", "pseudocode"):
        choice = space.Choice("fear", "Table II", 3, rule)
        here = space.build.__wrapped__(table, demo.table_hash, choice)
        settings = AGCLSettings(alpha=3.0, rule=rule)
        shown = picture._build.__wrapped__(here, demo.table_hash, choice, "AGCL", settings, Projection("PCA"))
        for threshold in (0.0, 0.3, 0.5, 0.55, 0.6, 0.7, 1.0):
            cut = here.tree.cut(threshold)
            alone = space.synthetic_rows(here, cut, 3.0, settings.spread)
            there = shown.synthetic[shown.synthetic_at(threshold)]
            columns = [*here.features, "source"]
            pd.testing.assert_frame_equal(
                there[columns].sort_values(columns).reset_index(drop=True),
                alone[columns].sort_values(columns).reset_index(drop=True),
            )
            assert len(shown.outlines_at(cut)) == (~cut.split).sum()
            ends = shown.rows_at(cut)["cluster"].iloc[: here.n_labelled]
            assert ends.tolist() == [cut.clusters[label].path for label in cut.labels]


def test_other_methods_are_drawn_and_no_threshold_changes_them(mapped, open_page):
    app = open_page("latent_space")
    app.selectbox(key="method").set_value("SMOTE").run()
    assert sum(traces(app, "synthetic").values()) == 7 * 54
    app.slider(key="threshold").set_value(1.0).run()
    assert sum(traces(app, "synthetic").values()) == 7 * 54
    app.selectbox(key="method").set_value("none").run()
    assert not app.exception
    assert not traces(app, "synthetic")


def test_every_emotion_on_one_map_can_be_told_by_colour(ws, demo, open_page):
    settings = {"table": demo.table_hash, "emotion": "every emotion", "features": "all 17", "random_state": 0}
    enter(ws, "project", settings, jobs.RUNNING)
    app = open_page("latent_space")
    assert "emotion" not in app.selectbox(key="colour").options
    app.selectbox(key="features").set_value("all 17").run()
    app.toggle(key="all_emotions").set_value(True).run()
    app.selectbox(key="colour").set_value("emotion").run()
    assert not app.exception
    assert {"fear, PD", "anger, control"} <= set(traces(app, "real"))
    assert sum(traces(app, "real").values()) == 272
    app.selectbox(key="features").set_value("Table II").run()
    assert "Use all 17" in app.error[0].value


@pytest.mark.parametrize("features", ["left and right", "dynamics", "automatic"])
def test_every_set_of_features_has_a_map(ws, demo, open_page, features):
    settings = {"table": demo.table_hash, "emotion": "anger", "features": features, "random_state": 0}
    enter(ws, "project", settings, jobs.RUNNING)
    app = open_page("latent_space")
    app.selectbox(key="features").set_value(features).run()
    assert not app.exception
    assert not app.error
    assert any("Chosen on everybody shown" in info.value for info in app.info) == (features == "automatic")


def test_people_in_the_lasso_stand_side_by_side(mapped, demo, open_page):
    app = open_page("latent_space")
    assert any("Draw around people" in m.value for m in app.markdown)
    choice = space.Choice("anger", "Table II", None, "text")
    app.session_state["people_in_lasso"] = ((demo.table_hash, choice), [0, 5])
    app.run()
    assert any("In the lasso: 2 people" in m.value for m in app.markdown)
    figure = json.loads(app.get("plotly_chart")[1].proto.spec)
    assert len(figure["data"][0]["y"]) == 4  # both groups' means and two people
    app.selectbox(key="emotion").set_value("fear").run()
    assert not any("In the lasso" in m.value for m in app.markdown)
    app.selectbox(key="emotion").set_value("anger").run()
    app.button(key="clear_lasso").click().run()
    assert any("Draw around people" in m.value for m in app.markdown)


def test_a_code_below_a_picture_is_no_markdown(ws, demo, umap_settings, open_page, monkeypatch):
    table = cohorts.read_table(ws, demo.table_hash).replace({"subject": {"SIM01": "*S*_1"}})
    named = cohorts.create(ws, "Named oddly", table)
    cohorts.use(ws, named.id)
    enter(ws, "project", {**umap_settings, "table": named.table_hash}, jobs.RUNNING)
    clip = SimpleNamespace(subject="*S*_1", emotion="anger", measured=True, verdict="usable")
    monkeypatch.setattr(compare_people.clips, "list_clips", lambda ws: [clip])
    monkeypatch.setattr(compare_people, "_peak", lambda ws, clip: Image.new("RGB", (8, 8)))
    app = open_page("latent_space")
    choice = space.Choice("anger", "Table II", None, "text")
    first = int(complete_rows(table, "anger", "Table II")["subject"].tolist().index("*S*_1"))
    app.session_state["people_in_lasso"] = ((named.table_hash, choice), [first])
    app.run()
    assert not app.exception
    captions = [image.caption for images in app.get("image") for image in images.proto.imgs]
    assert captions == [r"\*S\*\_1: peak frame"]


def test_what_is_taken_away_is_what_is_shown(ws, demo):
    table = cohorts.read_table(ws, demo.table_hash)
    choice, settings = space.Choice("fear", "Table II", None, "text"), AGCLSettings(threshold=0.5)
    here = space.build.__wrapped__(table, demo.table_hash, choice)
    cut = here.tree.cut(0.5)
    shown = picture._build.__wrapped__(here, demo.table_hash, choice, "AGCL", settings, Projection("PCA"))
    files = {item.file_name: item for item in space_exports.exports(demo, choice, "AGCL", settings, shown, cut)}
    augmented = pd.read_csv(io.StringIO(files["latent_space_fear.csv"].data()))
    made = augmented[augmented["synthetic"]]
    assert len(made) == shown.synthetic_at(0.5).sum() > 0
    assert set(made["backend"]) == {"AGCL"}
    assert made["source"].str.startswith("cluster ").all()
    about = json.loads(files["latent_space_fear.json"].data())
    assert about["input_hash"] == demo.table_hash
    assert about["settings"]["threshold"] == about["tree"]["threshold"] == 0.5
    assert about["simulated"] is True
    assert len(pd.read_csv(io.StringIO(files["latent_space_fear_clusters.csv"].data()))) == len(cut.clusters)
    people = pd.read_csv(io.StringIO(files["latent_space_fear_people.csv"].data()))
    assert len(people) == len(here.rows)
    assert b"SVG" in files["latent_space_fear.svg"].data()[:400] or b"<svg" in files["latent_space_fear.svg"].data()
