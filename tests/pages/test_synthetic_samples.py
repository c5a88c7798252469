"""Synthetic samples: exact counts, nothing where nothing is pure, and rows that say what they are."""

from __future__ import annotations

import io
import json
import re

import pandas as pd
import pytest

from core.latent.features import complete_rows, samples
from core.latent.fidelity.report import report
from core.settings import NOTICE, SAMPLERS
from core.workspace import cohorts, jobs
from pages.parts import chosen_row, space, synthesis
from pages.parts.synthesis import Asked
from tests.pages.finished import enter


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


def test_an_s3vae_tells_how_many_units_are_active_and_when_its_posterior_collapsed(demo, open_page):
    def collapse(app) -> list[str]:
        return [w.value for w in app.warning if "the posterior has collapsed" in w.value]

    app = open_page("synthetic_samples")
    app.selectbox(key="method").set_value("S3VAE").run()
    assert not app.exception
    assert any(re.fullmatch(r"\*\*[1-3]\*\* of 3 latent units tell the rows apart\.", m.value) for m in app.markdown)
    assert not collapse(app)
    usual = listed(app).filter(like="AU")
    spread = listed(app).groupby("group")[list(usual)].std()
    app.select_slider(key="s3vae_K").set_value(10.0).run()
    assert collapse(app)[0].startswith("None of 3 latent units tell the samples apart")
    assert (listed(app).groupby("group")[list(usual)].std() < spread / 2).all(axis=None)
    app.select_slider(key="s3vae_K").set_value(0.1).run()
    app.selectbox(key="s3vae_plan").set_value("1x64").run()
    app.slider(key="s3vae_sigma").set_value(0.5).run()
    assert not app.exception
    assert not usual.equals(listed(app).filter(like="AU"))


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


def faces(app) -> list[str]:
    """Accessible names of the faces that are drawn."""
    return re.findall(r'role="img" aria-label="([^"]*)"', "".join(m.value for m in app.markdown))


def choose_row(app, number: int) -> None:
    key = next(key for key in app.session_state.filtered_state if key.startswith("chosen-"))
    app.session_state[key] = {"selection": {"rows": [number], "columns": [], "cells": []}}
    app.run()
    assert not app.exception


def all_counts(app) -> list[tuple[int, int]]:
    """Synthetic rows of PD and of control, of each method."""
    return [
        tuple(d.value["synthetic"]) for d in app.dataframe if list(d.value.columns) == ["group", "real", "synthetic"]
    ]


def test_two_methods_stand_side_by_side_with_controls_of_their_own(demo, open_page):
    app = open_page("synthetic_samples")
    assert app.selectbox(key="method_b").value == "duplication"
    assert len(app.get("plotly_chart")) == 6  # one a method, the profile of the chosen row, three of how rows lie
    assert all_counts(app) == [(182, 196), (182, 196)]
    app.slider(key="alpha").set_value(2).run()
    assert all_counts(app) == [(52, 56), (52, 56)]
    app.selectbox(key="method").set_value("SMOTE").run()
    app.selectbox(key="method_b").set_value("SMOTE").run()
    app.slider(key="smote_k").set_value(1).run()
    assert app.slider(key="smote_k_b").value == 5
    one = listed(app).filter(like="AU")
    app.button_group(key="rows_of").set_value("SMOTE 2").run()
    assert not app.exception
    assert not one.equals(listed(app).filter(like="AU"))
    assert {"SMOTE 1", "SMOTE 2"} <= {m.value.strip("*") for m in app.markdown}


def test_both_methods_may_be_agcl_with_other_spreads(demo, open_page):
    app = open_page("synthetic_samples")
    app.selectbox(key="method_b").set_value("AGCL").run()
    app.slider(key="threshold_b").set_value(1.0).run()
    assert not app.exception
    assert app.slider(key="threshold").value == 0
    assert all_counts(app)[0] == (182, 196)
    assert sum(all_counts(app)[1]) < sum(all_counts(app)[0])


def test_one_method_alone_asks_for_no_rows_of_another(demo, open_page):
    app = open_page("synthetic_samples")
    app.selectbox(key="method_b").set_value("none").run()
    assert not app.exception
    assert len(all_counts(app)) == 1
    assert "rows_of" not in {group.key for group in app.button_group}


def test_rows_of_a_method_that_is_no_longer_there_give_way_to_the_first(demo, open_page):
    app = open_page("synthetic_samples")
    app.button_group(key="rows_of").set_value("duplication").run()
    app.selectbox(key="method_b").set_value("SMOTE").run()
    assert not app.exception
    assert not app.error
    assert app.button_group(key="rows_of").value == "AGCL"
    assert set(listed(app)["backend"]) == {"AGCL"}


def test_the_chosen_row_is_drawn_beside_its_sources_and_both_groups(demo, open_page):
    app = open_page("synthetic_samples")
    app.selectbox(key="features").set_value("all 17").run()
    app.selectbox(key="emotion").set_value("happiness").run()
    first = faces(app)
    names = [name.split(":")[0] for name in first]
    assert names[0] == f"Synthetic {listed(app)['group'].iloc[0]}, AGCL"
    assert names[1].startswith("Its source, ")
    assert names[2:] == ["Real PD, mean of 25", "Real controls, mean of 30"]
    assert "AU12" in first[0]
    row = listed(app).iloc[200]
    choose_row(app, 200)
    chosen = faces(app)
    assert chosen[0] != first[0]
    assert chosen[0].startswith(f"Synthetic {row['group']}, AGCL")
    strongest = row.filter(like="AU").astype(float)
    assert f"{strongest.idxmax()} {strongest.max():.1f}" in chosen[0]
    assert chosen[2:] == first[2:]


def test_a_copy_stands_beside_the_person_it_copies(demo, open_page):
    app = open_page("synthetic_samples")
    app.button_group(key="rows_of").set_value("duplication").run()
    choose_row(app, 3)
    copy, source = faces(app)[:2]
    assert source.startswith(f"Its source, {listed(app).iloc[3]['source']}")
    assert copy.split(":")[1] == source.split(":")[1]


def test_what_was_made_from_a_whole_group_stands_beside_its_mean_once(demo, open_page):
    app = open_page("synthetic_samples")
    app.selectbox(key="method").set_value("class Gaussian").run()
    assert [name.split(":")[0] for name in faces(app)] == [
        "Synthetic control, class Gaussian" if listed(app).iloc[0]["group"] == "control" else
        "Synthetic PD, class Gaussian", "Real PD, mean of 26", "Real controls, mean of 28"
    ]  # fmt: skip


def test_a_row_that_is_gone_gives_way_to_the_first(demo, open_page):
    app = open_page("synthetic_samples")
    choose_row(app, 377)
    app.slider(key="alpha").set_value(1).run()
    assert not app.exception
    assert len(faces(app)) == 4


def test_no_synthetic_rows_are_explained_in_words(demo, open_page):
    app = open_page("synthetic_samples")
    app.slider(key="alpha").set_value(0).run()
    assert not app.exception
    assert not faces(app)
    assert any("no synthetic rows: choose a method, and an α above 0" in m.value for m in app.markdown)


def test_no_code_of_a_person_gets_into_the_address(demo, open_page):
    app = open_page("synthetic_samples")
    app.button_group(key="rows_of").set_value("duplication").run()
    choose_row(app, 3)
    assert "SIM" not in str(dict(app.query_params))


def test_the_sources_of_rows(ws, demo, monkeypatch):
    for cached in ("build", "_made"):  # which live in a session
        monkeypatch.setattr(space, cached, getattr(space, cached).__wrapped__)
    table = cohorts.read_table(ws, demo.table_hash)
    choice = space.Choice("fear", "all 17", None, "text")
    agcl, copies = (
        synthesis.make(table, demo.table_hash, Asked(method, choice, 0.0, SAMPLERS[method](alpha=1)), method)
        for method in ("AGCL", "duplication")
    )
    for _, row in agcl.synthetic.iterrows():
        sources = agcl.sources(row)
        assert set(sources["group"]) == {row["group"]}
    for _, row in copies.synthetic.iterrows():
        (source,) = copies.sources(row).itertuples()
        assert source.subject == row["source"]
        assert row["AU12"] == pytest.approx(source.AU12)


def test_each_method_is_exported_with_its_provenance(demo, open_page):
    app = open_page("synthetic_samples")
    labels = [button.proto.label for button in app.get("download_button")]
    assert [label for label in labels if label.startswith(("AGCL", "duplication"))] == [
        "AGCL: CSV, 432 rows", "AGCL: Parquet, 432 rows", "duplication: CSV, 432 rows", "duplication: Parquet, 432 rows"
    ]  # fmt: skip
    assert "These faces as SVG" in labels


def test_the_faces_as_a_file_are_whole_without_the_page():
    from xml.etree import ElementTree

    from pages.parts.expression_face import Card, sheet

    cards = [Card("Synthetic <PD> & co", "PD", True, {"AU12": 3.0}), Card("Real", "control", False, {})]
    root = ElementTree.fromstring(sheet(cards))
    texts = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert texts[:4] == ["Synthetic <PD> & co", "AU12 3.0", "Real", "at rest"]
    assert texts[4].endswith(NOTICE)
    assert all(element.get("fill") == "currentColor" for element in root.iter() if element.tag.endswith("text"))
    assert not [element for element in root.iter() if element.tag.endswith("script")]


@pytest.mark.parametrize("features", ["left and right", "dynamics", "automatic"])
def test_every_set_of_features_is_drawn_on_its_own_scale(demo, open_page, features):
    app = open_page("synthetic_samples")
    app.selectbox(key="features").set_value(features).run()
    assert not app.exception
    figure = json.loads(app.get("plotly_chart")[0].proto.spec)
    standardised = "sd from" in figure["layout"]["yaxis"]["title"]["text"]
    assert standardised == (features == "dynamics")
    assert any("<svg" in m.value for m in app.markdown) != standardised


def test_a_unit_given_for_both_sides_is_drawn_as_their_mean():
    values = pd.Series({"AU12_L": 1.0, "AU12_R": 3.0, "AU25": 2.0})
    assert chosen_row.whole_face(values) == {"AU12": 2.0, "AU25": 2.0}


def judged(ws, demo, method: str = "AGCL", features: str = "Table II", n_splits: int = 4):
    """A finished run of the measures, so that no test waits for a worker."""
    from dataclasses import asdict

    asked = SAMPLERS[method](alpha=7.0)
    found = samples(complete_rows(cohorts.read_table(ws, demo.table_hash), "anger", features), "anger", features)
    wanted = {"table": demo.table_hash, "emotion": "anger", "features": features, "method": method,
              "sampler": asdict(asked), "random_state": 0}  # fmt: skip
    return enter(ws, "fidelity", wanted, jobs.DONE, result=json.dumps(report(found, asked, n_splits)))


def test_the_measures_of_a_method_stand_beside_people_and_copies(ws, demo, open_page):
    judged(ws, demo)
    app = open_page("synthetic_samples")
    words = [m.value for m in app.markdown]
    assert any("**People held out.**" in w and "As it must be." in w and "passes" in w for w in words)
    assert any("**Copies.**" in w and "As it must be." in w and "Too many near-copies" in w for w in words)
    table = next(d.value for d in app.dataframe if "people held out" in d.value)
    near = table.set_index("measure").loc["near-copies (%)"]
    assert near["copies"] == "100 [100–100]"
    assert near["AGCL"] != near["copies"]
    tables = [d.value for d in app.dataframe if "KS, PD" in d.value]
    assert len(tables) == 3
    labels = [button.proto.label for button in app.get("download_button")]
    assert {"Fidelity of AGCL: JSON", "Fidelity of AGCL: CSV"} <= set(labels)


def test_the_rows_that_are_shown_are_laid_beside_the_people_at_once(ws, demo, open_page):
    app = open_page("synthetic_samples")
    assert any(button.key == "measure_fidelity" for button in app.button)
    figures = [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]
    named = {trace.get("name") for figure in figures for trace in figure["data"]}
    assert {"PD, between people", "control, synthetic", "PD, synthetic"} <= named
    app.button_group(key="judged").set_value("duplication").run()
    assert not app.exception


def test_where_nothing_was_made_there_is_nothing_to_judge(ws, demo, open_page):
    app = open_page("synthetic_samples")
    app.selectbox(key="method").set_value("none").run()
    assert any("There are no synthetic rows to judge" in m.value for m in app.markdown)
    assert not any(button.key == "measure_fidelity" for button in app.button)


def test_a_method_that_makes_rows_of_one_group_only_is_judged_on_it(ws, demo, open_page):
    app = open_page("synthetic_samples")
    app.slider(key="threshold").set_value(1.0).run()
    app.select_slider(key="k").set_value("5").run()
    assert not app.exception
