"""Synthetic samples: exact counts, nothing where nothing is pure, and rows that say what they are."""

from __future__ import annotations

import io
import json
import re

import pandas as pd
import pytest

from core.settings import SAMPLERS
from core.workspace import cohorts


def counts(app) -> dict[str, tuple[int, int]]:
    frame = next(d.value for d in app.dataframe if list(d.value.columns) == ["group", "real", "synthetic"])
    return {row.group: (row.real, row.synthetic) for row in frame.itertuples()}


def listed(app) -> pd.DataFrame:
    return next(d.value for d in app.dataframe if "source" in d.value)


def test_without_a_cohort_it_leads_on(open_page):
    app = open_page("synthetic_samples")
    assert [s.value for s in app.header] == ["No cohort yet"]
    assert not app.get("download_button")


def test_every_row_of_a_pure_cluster_gives_alpha_rows(demo, open_page):
    app = open_page("synthetic_samples")
    assert counts(app) == {"PD": (26, 182), "control": (28, 196)}
    rows = listed(app)
    assert rows["synthetic"].all()
    assert rows["source"].str.startswith("cluster ").all()
    assert (rows["subject"] == "").all()
    assert rows["simulated"].all()
    app.slider(key="alpha").set_value(2).run()
    assert counts(app) == {"PD": (26, 52), "control": (28, 56)}


def test_without_a_method_the_real_rows_stand_alone(demo, open_page):
    app = open_page("synthetic_samples")
    app.selectbox(key="method").set_value("none").run()
    assert not app.exception
    assert counts(app) == {"PD": (26, 0), "control": (28, 0)}
    assert len(listed(app)) == 54


@pytest.mark.parametrize("method", [name for name in SAMPLERS if name != "AGCL"])
def test_every_method_gives_alpha_rows_and_names_its_sources(demo, open_page, method):
    app = open_page("synthetic_samples")
    app.selectbox(key="method").set_value(method).run()
    app.slider(key="alpha").set_value(2).run()
    assert not app.exception
    assert counts(app) == {"PD": (26, 52), "control": (28, 56)}
    rows = listed(app)
    assert set(rows["backend"]) == {method}
    units = rows.filter(like="AU")
    assert units.min(axis=None) >= 0
    assert units.max(axis=None) <= 5
    whole = method in ("class Gaussian", "SMOTE", "ADASYN", "KMeansSMOTE", "genetic search")
    assert rows["source"].str.fullmatch("the group" if whole else r"SIM\d\d").all()


def test_what_a_method_is_asked_for_reaches_it(demo, open_page):
    app = open_page("synthetic_samples")
    app.selectbox(key="method").set_value("Gaussian noise").run()
    narrow = listed(app).filter(like="AU").std().sum()
    app.select_slider(key="sigma").set_value(1.0).run()
    assert listed(app).filter(like="AU").std().sum() > 1.1 * narrow
    app.selectbox(key="method").set_value("kNNMTD").run()
    before = listed(app).filter(like="AU")
    app.button_group(key="neighbours").set_value("multivariate").run()
    assert not app.exception
    assert not before.equals(listed(app).filter(like="AU"))


def test_a_genetic_search_shows_its_curve_and_other_methods_none(demo, open_page):
    app = open_page("synthetic_samples")
    app.selectbox(key="method").set_value("genetic search").run()
    app.slider(key="generations").set_value(30).run()
    assert not app.exception
    drawn = json.loads(next(c.proto.spec for c in app.get("plotly_chart") if "generation" in c.proto.spec))
    assert [(trace["name"], trace["yaxis"]) for trace in drawn["data"]] == [
        (group, axis) for group in ("PD", "control") for axis in ("y", "y", "y2")
    ]
    said = next(m.value for m in app.markdown if "class gate" in m.value)
    assert re.search(r"\*\*\d+ %\*\* of PD and \*\*\d+ %\*\* of control", said)
    app.selectbox(key="method").set_value("SMOTE").run()
    assert not any("generation" in chart.proto.spec for chart in app.get("plotly_chart"))


def test_rows_that_a_method_could_not_make_are_told(demo, open_page):
    app = open_page("synthetic_samples")
    app.selectbox(key="method").set_value("KMeansSMOTE").run()
    app.slider(key="kmeanssmote_k").set_value(10).run()
    app.slider(key="kmeanssmote_clusters").set_value(12).run()
    assert counts(app) == {"PD": (26, 182), "control": (28, 196)}
    assert "SMOTE made 196 of 196 rows of control and 182 of 182 rows of PD" in app.info[0].value
    app.selectbox(key="method").set_value("SMOTE").run()
    assert not app.info


def test_methods_of_equal_settings_are_not_taken_for_one_another(demo, open_page):
    app = open_page("synthetic_samples")
    rows = {}
    for method in ("SMOTE", "ADASYN", "class Gaussian", "duplication"):
        app.selectbox(key="method").set_value(method).run()
        rows[method] = listed(app).filter(like="AU").sum().sum()
    assert len(set(rows.values())) == 4


def test_nothing_pure_is_said_loudly(demo, open_page):
    app = open_page("synthetic_samples")
    app.slider(key="threshold").set_value(1.0).run()
    app.select_slider(key="k").set_value("2").run()
    assert "AGCL makes no synthetic rows" in app.warning[0].value
    lacking = [group for group, (_, made) in counts(app).items() if made == 0]
    assert lacking
    assert all(group in app.warning[0].value for group in lacking)


@pytest.mark.parametrize("spread", ["paper", "scaled", "hierarchical"])
def test_every_spread_stays_on_the_scale(demo, open_page, spread):
    app = open_page("synthetic_samples")
    app.button_group(key="spread").set_value(spread).run()
    units = listed(app).filter(like="AU")
    assert units.min(axis=None) >= 0
    assert units.max(axis=None) <= 5


def test_one_group_only_is_explained(ws, demo, open_page):
    frame = cohorts.read_table(ws, demo.table_hash)
    cohorts.use(ws, cohorts.create(ws, "Only PD", frame[frame["group"] == "PD"]).id)
    app = open_page("synthetic_samples")
    assert len(app.error) == 1
    assert not app.get("plotly_chart")


def test_the_export_holds_real_then_synthetic_rows(ws, demo):
    from pages.parts import space, tables
    from pages.parts.space import Choice

    frame = cohorts.read_table(ws, demo.table_hash)
    here = space.build.__wrapped__(frame, demo.table_hash, Choice("fear", "Table II", None, "text"))
    made = space.synthetic_rows(here, here.tree.cut(0.0), 1, "hierarchical")
    rows = space.with_provenance(here, made, "fear")
    csv = next(item for item in tables.exports(rows, "x") if item.mime == "text/csv")
    back = pd.read_csv(io.StringIO(csv.data()), keep_default_na=False)
    assert back["synthetic"].tolist() == [False] * here.n_labelled + [True] * len(made)
    assert (back.loc[~back["synthetic"], "source"] == "").all()
    assert set(back.loc[back["synthetic"], "backend"]) == {"AGCL"}
