"""Latent space: what the sliders do to the map, the tree and the words; UMAP is never waited for."""

from __future__ import annotations

import json
import time

import numpy as np
import pytest

from core.latent.features import samples
from core.latent.projection import pca
from core.workspace import cohorts, jobs
from pages.parts import space
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
    assert len(app.get("plotly_chart")) == 4
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
