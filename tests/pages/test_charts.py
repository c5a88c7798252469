"""Figures: what is drawn stands for what was given, and nothing fixes a text colour that one theme could not show."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.latent.cluster_tree import ClusterTree
from core.latent.threshold_path import threshold_path
from core.screening.group_differences import compare_groups
from core.types import ACTION_UNITS, SIDED_ACTION_UNITS, ActionUnits, Dynamics, Measurement, Quality
from pages.parts import charts
from pages.parts.charts.latent_map import rounded_hull
from pages.parts.charts.palette import LOOKS

FEATURES = ("AU05", "AU12")


@pytest.fixture
def tree() -> ClusterTree:
    X = np.array([[0.0, 0], [0.2, 0], [5, 5], [5.2, 5], [5.1, 5.2], [9, 0], [9.1, 0.1]])
    return ClusterTree(n_clusters=3).fit(X, [1, 1, 0, 0, 1, 0, 0])


def mapped(n: int) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    rows = pd.DataFrame(rng.uniform(0, 5, (n, 4)), columns=["x", "y", *FEATURES])
    return rows.assign(group=(["PD"] * 2 + ["control"] * 2 + ["PD"] + ["control"] * 2 + [""])[:n],
                       subject=[f"S{i}" for i in range(n)], source="cluster 0", emotion=["fear", "anger"] * (n // 2) +
                       ["fear"] * (n % 2), cluster=["0", "1.0"] * (n // 2) + [""] * (n % 2), sc=0.5,
                       node=[1, 4] * (n // 2) + [-1] * (n % 2))  # fmt: skip


def made(n: int) -> pd.DataFrame:
    return mapped(n).assign(method="AGCL", shown=True, low=-1.0, high=1.0)


def outlines(tree: ClusterTree, threshold: float, rows: pd.DataFrame) -> list[charts.Outline]:
    Z = rows[["x", "y"]].to_numpy()
    return [
        charts.Outline(("PD" if c.counts[1] else "control") if c.pure else "", rounded_hull(Z[c.members], 0.1))
        for c in tree.cut(threshold).clusters
        if c.fate != "split"
    ]


def measurement(emotion: str, neutral: tuple[int, int] | None = (0, 9)) -> Measurement:
    n = 50
    intensity = np.zeros((n, 17))
    intensity[:, ACTION_UNITS.index("AU12")] = np.linspace(0, 4, n)
    sides = np.zeros((n, len(SIDED_ACTION_UNITS)))
    units = ActionUnits(np.arange(n) / 25, np.ones(n), np.ones(n, bool), np.ones(n, int), np.zeros((n, 3)), intensity,
                        sides, sides)  # fmt: skip
    quality = Quality("usable", "", n, 1.0, 0.9, 4.0, 3.0, 110.0, 80.0, 120.0, 1)
    return Measurement(emotion, units, neutral, 40, intensity.sum(axis=1), quality, "hypomimia-lab")


def named(figure, name: str):
    return next(trace for trace in figure.data if trace.name == name)


def test_the_map_shapes_groups_and_names_people_of_unknown_group(tree):
    rows = mapped(8)
    figure = charts.latent_map(rows, outlines(tree, 1.0, rows), made(4), FEATURES, ("a", "b"))
    assert named(figure, "PD").marker.symbol == "circle"
    assert named(figure, "control").marker.symbol == "square"
    unknown = named(figure, "group unknown")
    assert unknown.marker.symbol == "diamond"
    assert list(unknown.text) == ["S7"]
    assert named(figure, "PD, synthetic").marker.symbol == "circle-open"
    assert named(figure, "PD, synthetic").marker.color == named(figure, "PD").marker.color
    assert list(named(figure, "PD").customdata[0]) == ["S0", "PD", "0", *rows.loc[0, list(FEATURES)], 0]
    assert [trace.meta["part"] for trace in figure.data] == ["outline"] * 3 + ["synthetic"] * 2 + ["real"] * 3


def test_synthetic_rows_of_other_thresholds_keep_their_trace_and_are_not_drawn():
    synthetic = made(4).assign(shown=[True, False, False, False])
    figure = charts.latent_map(mapped(8), [], synthetic, FEATURES, ("a", "b"))
    assert len(named(figure, "PD, synthetic").x) == 1
    assert len(named(figure, "control, synthetic").x) == 0
    assert not named(figure, "control, synthetic").showlegend


def test_colour_and_shape_tell_what_is_chosen():
    rows, synthetic = mapped(7), made(4)
    by_emotion = charts.latent_map(rows, [], synthetic, FEATURES, ("a", "b"), "emotion", "group")
    assert {"fear, PD", "anger, control", "fear, PD, synthetic"} <= {trace.name for trace in by_emotion.data}
    colours = {trace.name: trace.marker.color for trace in by_emotion.data if trace.meta["part"] == "real"}
    assert colours["fear, PD"] == colours["fear, control"] != colours["anger, PD"]
    by_method = charts.latent_map(rows, [], synthetic, FEATURES, ("a", "b"), "method", "emotion")
    assert named(by_method, "real, fear").marker.color != named(by_method, "AGCL, fear, synthetic").marker.color
    assert named(by_method, "real, fear").marker.symbol != named(by_method, "real, anger").marker.symbol
    by_cluster = charts.latent_map(rows, [], synthetic, FEATURES, ("a", "b"), "cluster", "group")
    assert named(by_cluster, "PD").marker.color[0] != named(by_cluster, "PD").marker.color[1]
    by_sc = charts.latent_map(rows.assign(sc=[np.nan] + [0.5] * 6), [], synthetic, FEATURES, ("a", "b"), "SC", "group")
    assert np.isnan(named(by_sc, "PD").marker.color[0])
    assert named(by_sc, "PD").marker.color[1] == 0.5
    assert by_sc.layout.coloraxis.cmax == 1


def test_thousands_of_points_are_drawn_by_webgl():
    many = pd.concat([made(7)] * 300, ignore_index=True)
    figure = charts.latent_map(mapped(7), [], many, FEATURES, ("a", "b"))
    assert {trace.type for trace in figure.data if trace.meta["part"] != "outline"} == {"scattergl"}


def test_hulls_are_drawn_around_final_clusters_only(tree):
    rows = mapped(7)
    edges = outlines(tree, 0.0, rows)
    figure = charts.latent_map(rows, edges, made(0), FEATURES, ("a", "b"))
    lines = [trace for trace in figure.data if trace.mode == "lines"]
    assert sum(int(np.isnan(trace.x).sum()) for trace in lines) == len(edges)
    assert [(trace.name, trace.showlegend) for trace in lines] == [
        ("pure cluster", True), ("pure cluster", False), ("mixed cluster", False),
    ]  # fmt: skip


@given(arrays(float, st.tuples(st.integers(1, 12), st.just(2)), elements=st.floats(-100, 100, width=32)))
def test_a_hull_is_closed_convex_and_holds_its_points(points):
    edge = rounded_hull(points, 1.0)
    assert (edge[0] == edge[-1]).all()
    side = np.diff(edge, axis=0)
    turn = side[:, 0] * np.roll(side[:, 1], -1) - side[:, 1] * np.roll(side[:, 0], -1)
    assert (turn > -1e-6).all()
    for point in points:
        to_point = point - edge[:-1]
        assert (side[:, 0] * to_point[:, 1] - side[:, 1] * to_point[:, 0] > 0).all()


def test_the_histogram_shades_the_side_that_splits():
    text = charts.sc_histogram([0.1, 0.52, 0.53, 1.0], 0.4, "text")
    assert (text.layout.shapes[0].x0, text.layout.shapes[0].x1) == (0.4, 1.0)
    assert sum(text.data[0].y) == 4
    pseudocode = charts.sc_histogram([0.1, 0.5], 0.4, "pseudocode")
    assert (pseudocode.layout.shapes[0].x0, pseudocode.layout.shapes[0].x1) == (0.0, 0.4)
    assert len(charts.sc_histogram([0.1], 1.0, "text").layout.shapes) == 1


def test_the_tree_hangs_every_cluster_under_its_parent_with_its_size(tree):
    cut = tree.cut(0.0)
    trace = charts.tree(cut.clusters).data[0]
    size = dict(zip(trace.ids, trace.values, strict=True))
    assert size["all"] == 7
    for parent in set(trace.parents) - {""}:
        assert size[parent] == sum(size[i] for i, p in zip(trace.ids, trace.parents, strict=True) if p == parent)
    assert list(trace.marker.colors) == [max(c.counts.values()) / len(c.members) for c in cut.clusters] + [4 / 7]


def test_the_path_of_thresholds_is_drawn_with_the_place_of_the_slider(tree):
    path = threshold_path(tree)
    figure = charts.threshold_path(path, 0.4)
    assert list(named(figure, "PD").y) == (100 * path.coverage[1]).tolist()
    assert list(named(figure, "clusters (right)").y) == path.n_clusters.tolist()
    assert figure.layout.shapes[0].x0 == 0.4
    assert named(figure, "PD").line.shape == "vh"


def test_people_side_by_side_show_their_values_and_how_far_from_the_cohort_they_are():
    rows = mapped(8)
    means = rows.groupby("group")[list(FEATURES)].mean().loc[["PD"]].set_axis(["mean of PD"])
    values = charts.listed(rows.iloc[[0, 1, 7]], FEATURES, means)
    assert list(values.index) == ["mean of PD", "S0, PD, fear", "S1, PD, anger", "S7, group unknown, anger"]
    trace = charts.side_by_side(values, np.full((4, 2), 3.0)).data[0]
    assert trace.text[1][0] == f"{rows.loc[0, 'AU05']:.2f}"
    assert np.max(trace.z) == 2.0


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_the_map_as_a_file_for_print(tree, kind):
    rows = mapped(8)
    drawn = charts.latent_map_file(rows, outlines(tree, 0.5, rows), made(4), ("a", "b"), "Simulated. Notice", kind)
    if kind == "svg":
        assert b"Simulated. Notice" in drawn
        assert b"PD, synthetic (2)" in drawn
    else:
        assert drawn.startswith(b"\x89PNG")


def test_the_elbow_marks_the_k_in_use():
    trace = charts.elbow({2: 9.0, 3: 4.0, 4: 3.5}, 3).data[0]
    assert list(trace.x) == [2, 3, 4]
    assert list(trace.marker.symbol) == ["circle", "diamond", "circle"]


def test_curves_are_the_chosen_units_with_rest_and_peak():
    figure = charts.au_curves(measurement("happiness"), ("AU06", "AU12"))
    assert named(figure, "AU12").y[-1] == pytest.approx(4)
    rest, peak = figure.layout.shapes
    assert (rest.x0, rest.x1) == pytest.approx((0, 9 / 25))
    assert peak.x0 == pytest.approx(40 / 25)
    assert "peak 1.60 s" in [a.text for a in figure.layout.annotations]
    assert len(charts.au_curves(measurement("happiness", None), ()).layout.shapes) == 1


def test_a_long_clip_is_drawn_with_few_points_and_all_its_extremes():
    found = measurement("happiness")
    n = 18_000
    intensity = np.zeros((n, 17))
    intensity[12_345, ACTION_UNITS.index("AU12")] = 4.5
    intensity[100:300] = np.nan
    units = replace(found.action_units, timestamp_s=np.arange(n) / 30, intensity=intensity)
    curve = named(charts.au_curves(replace(found, action_units=units), ("AU06", "AU12")), "AU12")
    assert len(curve.x) == len(curve.y) <= 2000
    assert np.nanmax(curve.y) == 4.5
    assert curve.x[int(np.nanargmax(curve.y))] == pytest.approx(12_345 / 30, abs=0.7)
    assert np.isnan(curve.y).any()


def test_curves_mark_onset_and_offset_in_figure_and_file():
    unknown = float("nan")
    none = np.zeros(17)
    dynamics = Dynamics(30, None, *[unknown] * 6, 0, unknown, none, none, none)
    found = replace(measurement("happiness"), dynamics=dynamics)
    words = [a.text for a in charts.au_curves(found, ("AU12",)).layout.annotations]
    assert "onset 1.20 s" in words
    assert not any("offset" in word for word in words)
    drawn = charts.au_curves_file(found, ("AU12",), "P01", "svg").decode()
    assert "onset 1.20 s" in drawn
    assert "AU12" in drawn


def test_synthetic_boxes_are_hollow_and_beside_the_real_ones():
    rows = mapped(7).assign(synthetic=[False] * 4 + [True] * 3)
    figure = charts.real_and_synthetic(rows, FEATURES)
    assert [trace.name for trace in figure.data] == [
        "PD (n = 2)", "PD, synthetic", "control (n = 2)", "control, synthetic",
    ]  # fmt: skip
    assert named(figure, "PD, synthetic").fillcolor == "rgba(0,0,0,0)"
    assert sorted(named(figure, "PD (n = 2)").y) == sorted(rows.loc[:1, list(FEATURES)].to_numpy().ravel())


def test_a_person_lies_over_both_groups():
    figure = charts.person_in_groups({"AU05": 1.0, "AU12": 2.0}, mapped(7), FEATURES)
    assert list(named(figure, "this person").y) == [1.0, 2.0]
    assert {trace.name for trace in figure.data} == {"PD (n = 3)", "control (n = 4)", "this person"}


def test_votes_add_up_and_unusable_emotions_do_not_count():
    figure = charts.votes(
        [
            {"emotion": "anger", "n_models": 25, "n_for_pd": 21, "usable": True},
            {"emotion": "fear", "n_models": 0, "n_for_pd": 0, "usable": False},
        ]
    )
    assert list(named(figure, "PD").x) == [84, 0]
    assert list(named(figure, "control").x) == [16, 0]
    assert named(figure, "PD").text[0] == "21/25 PD"
    assert [a.text for a in figure.layout.annotations] == ["does not count"]


def test_accuracies_are_in_per_cent_with_the_nested_interval():
    rows = [
        {"label": "anger, none", "tuned": 0.8, "test": 0.7, "nested": 0.6, "nested_interval": [0.5, 0.75]},
        {"label": "fear, none", "tuned": 0.8, "test": None, "nested": None, "nested_interval": None},
    ]
    figure = charts.accuracies(rows)
    nested = named(figure, "nested, 95 % interval")
    assert list(nested.x) == [60]
    assert list(nested.error_x.array) == pytest.approx([15])
    assert list(nested.error_x.arrayminus) == pytest.approx([10])
    assert list(named(figure, "tuned validation (the paper's)").x) == [80, 80]


def differences(rows: pd.DataFrame, **panels: tuple[str, ...]):
    found = compare_groups(rows, FEATURES)
    return charts.group_differences(rows, found, panels or {"intensity": FEATURES}), {d.feature: d for d in found}


def test_groups_are_drawn_person_by_person_with_the_size_of_their_difference():
    rows = mapped(8)
    figure, found = differences(rows)
    pd_points, control = named(figure, "PD (3)"), named(figure, "control (4)")
    assert (pd_points.marker.symbol, control.marker.symbol) == ("circle", "square")
    assert list(pd_points.y) == rows.loc[rows["group"] == "PD", list(FEATURES)].to_numpy().T.ravel().tolist()
    assert list(pd_points.text) == ["S0", "S1", "S4"] * 2
    effects = named(figure, "does not")
    assert list(effects.x) == sorted(FEATURES, key=lambda f: -abs(found[f].g))
    for x, g, up, down in zip(effects.x, effects.y, effects.error_y.array, effects.error_y.arrayminus, strict=True):
        assert (g, g + up, g - down) == pytest.approx((found[x].g, found[x].g_high, found[x].g_low))


def test_measures_of_different_units_get_axes_of_their_own():
    figure, _ = differences(mapped(8), **{"onset (s)": ("AU05",), "blinks (per min)": ("AU12",)})
    boxes = [trace for trace in figure.data if trace.type == "box"]
    assert {trace.yaxis for trace in boxes} == {"y", "y2"}
    assert [a.text for a in figure.layout.annotations] == ["onset<br>(s)", "blinks<br>(per min)"]
    assert figure.layout.yaxis3.range == figure.layout.yaxis4.range


def test_grounds_are_clear_and_text_is_left_to_the_theme(tree):
    rows = mapped(8)
    for figure in (charts.latent_map(rows, outlines(tree, 0.5, rows), made(0), FEATURES, ("a", "b")),
                   differences(rows)[0], charts.sc_histogram([0.5], 0.5, "text")):  # fmt: skip
        assert figure.layout.paper_bgcolor == figure.layout.plot_bgcolor == "rgba(0,0,0,0)"
        assert figure.layout.font.color is None
    assert len({look.colour for look in LOOKS.values()}) == len({look.symbol for look in LOOKS.values()}) == 3


def test_distributions_are_mirrored_by_group_and_constant_units_are_drawn():
    rows = pd.DataFrame({"AU05": [0.0, 1.0, 2.0, 3.0], "AU12": 2.0, "group": ["PD", "control"] * 2,
                         "synthetic": [False, False, True, True]})  # fmt: skip
    figure = charts.distributions(rows, FEATURES)
    bars = [trace for trace in figure.data if trace.type == "bar"]
    assert {trace.name: np.sign(np.sum(trace.y)) for trace in bars} == {"PD": 1, "control": -1}
    assert all(np.abs(np.sum(trace.y)) == pytest.approx(100) for trace in figure.data)
    assert len({trace.xaxis for trace in figure.data}) == 2


def test_the_nearest_people_are_counted_up_to_all():
    figure = charts.nearest_records({("PD", True): np.array([0.2, 0.1]), ("PD", False): np.array([1.0])}, {"PD": 0.4})
    assert list(named(figure, "PD, synthetic").x) == [0, 0.1, 0.2]
    assert list(named(figure, "PD, synthetic").y) == [0, 50, 100]
    assert figure.layout.shapes[0].x0 == 0.4


def test_correlations_leave_out_the_diagonal():
    figure = charts.correlation_differences({"PD": np.eye(2), "control": np.full((2, 2), 0.5)}, FEATURES)
    assert np.isnan(figure.data[0].z[0][0])
    assert figure.data[1].z[0][1] == 0.5
