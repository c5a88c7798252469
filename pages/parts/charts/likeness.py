"""Figures of how much synthetic rows look like people: distributions, correlations, distances to the nearest person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from core.types import CONTROL, PD
from pages.parts.charts.palette import GREY, GROUP_NAMES, LOOKS, blank, rgba

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

BINS = 16
PANELS_BESIDE, PANEL_PX, GAP = 6, 122, 0.035
DIFFERENCES = [[0, LOOKS[CONTROL].colour], [0.5, "#F4F4F4"], [1, LOOKS[PD].colour]]
_UP = {PD: 1, CONTROL: -1}


def distributions(rows: pd.DataFrame, features: Sequence[str]) -> go.Figure:
    """A panel a feature: shares of the rows over its values, PD upwards and control downwards.

    Real rows are filled, synthetic ones an outline. rows: columns group, synthetic and `features`.
    """
    beside = min(PANELS_BESIDE, len(features))
    n_lines = -(-len(features) // beside)
    traces: list[dict[str, Any]] = []
    layout: dict[str, Any] = {}
    titles = []
    for number, feature in enumerate(features):
        line, column = divmod(number, beside)
        axis = "" if number == 0 else str(number + 1)
        left = column * (1 + GAP) / beside
        top = 1 - line / n_lines
        right, bottom = left + 1 / beside - GAP, top - 1 / n_lines + 0.34 / n_lines
        highest = 0.0
        values = rows[feature].to_numpy(float)
        low, high = values.min(), values.max()
        edges = np.linspace(low, high if high > low else low + 1, BINS + 1)
        for group, up in _UP.items():
            for synthetic in (False, True):
                mine = values[(rows["group"] == group).to_numpy() & (rows["synthetic"] == synthetic).to_numpy()]
                if len(mine):
                    share = 100 * np.histogram(mine, edges)[0] / len(mine)
                    highest = max(highest, share.max())
                    traces.append(_shares(edges, up * share, group, synthetic, axis, number == 0))
        layout[f"xaxis{axis}"] = {"domain": [left, min(right, 1)], "anchor": f"y{axis}", "nticks": 4, "zeroline": False}
        layout[f"yaxis{axis}"] = {
            "domain": [max(bottom, 0), top - 0.08 / n_lines], "anchor": f"x{axis}", "showticklabels": False,
            "range": [-1.1 * highest, 1.1 * highest], "zeroline": True, "zerolinecolor": GREY, "showgrid": False,
        }  # fmt: skip
        titles.append({"text": feature, "x": (left + min(right, 1)) / 2, "y": top - 0.08 / n_lines, "xref": "paper",
                       "yref": "paper", "showarrow": False, "yanchor": "bottom", "font": {"size": 12}})  # fmt: skip
    figure = blank(70 + PANEL_PX * n_lines, data=traces, annotations=titles, bargap=0, barmode="overlay")
    return figure.update_layout(layout, legend_y=1.02)


def _shares(
    edges: np.ndarray, share: np.ndarray, group: str, synthetic: bool, axis: str, named: bool
) -> dict[str, Any]:
    look = LOOKS[group]
    middle = (edges[:-1] + edges[1:]) / 2
    name = f"{GROUP_NAMES[group]}, synthetic" if synthetic else GROUP_NAMES[group]
    common = {"name": name, "legendgroup": name, "showlegend": named, "xaxis": f"x{axis}", "yaxis": f"y{axis}",
              "customdata": np.abs(share)}  # fmt: skip
    if synthetic:
        return {**common, "type": "scatter", "mode": "lines", "x": np.r_[edges[0], middle, edges[-1]],
                "y": np.r_[0, share, 0], "line": {"shape": "hvh", "color": look.outline, "width": 1.8},
                "customdata": np.abs(np.r_[0, share, 0]), "hovertemplate": "%{x:.2f}: %{customdata:.0f} %"}  # fmt: skip
    return {**common, "type": "bar", "x": middle, "y": share, "width": edges[1] - edges[0],
            "marker": {"color": rgba(look.colour, 0.45)}, "hovertemplate": "%{x:.2f}: %{customdata:.0f} %"}  # fmt: skip


def correlation_differences(differences: Mapping[str, np.ndarray], features: Sequence[str]) -> go.Figure:
    """Pearson's r of synthetic rows minus that of real ones: a square a group, (d, d) each; NaN where undefined."""
    figure = blank(120 + max(120, 17 * len(features)))
    groups = list(differences)
    for number, (group, difference) in enumerate(differences.items()):
        axis = "" if number == 0 else str(number + 1)
        left = number / len(groups)
        shown = np.where(np.eye(len(features), dtype=bool), np.nan, difference)
        figure.add_trace(
            {"type": "heatmap", "z": shown, "x": list(features), "y": list(features), "zmin": -1, "zmax": 1,
             "colorscale": DIFFERENCES, "xaxis": f"x{axis}", "yaxis": f"y{axis}", "showscale": number == 0,
             "xgap": 1, "ygap": 1, "colorbar": {"title": {"text": "r synthetic<br>− r real"}, "thickness": 10},
             "hovertemplate": "%{x}, %{y}: %{z:+.2f}<extra></extra>"}
        )  # fmt: skip
        figure.update_layout(
            {f"xaxis{axis}": {"domain": [left, left + 0.92 / len(groups)], "anchor": f"y{axis}", "showgrid": False,
                              "tickangle": -60 if len(features) > 6 else 0, "title": {"text": GROUP_NAMES[group]}},
             f"yaxis{axis}": {"anchor": f"x{axis}", "autorange": "reversed", "showgrid": False,
                              "showticklabels": number == 0}}
        )  # fmt: skip
    return figure


def nearest_records(distances: Mapping[tuple[str, bool], np.ndarray], near: Mapping[str, float]) -> go.Figure:
    """Share of rows with a person at most so far away: real rows from other people dotted, synthetic ones solid.

    distances: by (group, synthetic), in standard deviations. near: by group, below which a row is a near-copy.
    """
    figure = blank(270, x="distance to the nearest person of the group (sd)", y="rows as near or nearer (%)")
    for (group, synthetic), values in distances.items():
        far = np.sort(values)
        figure.add_trace(
            {"type": "scatter", "mode": "lines", "x": np.r_[0, far], "y": 100 * np.arange(len(far) + 1) / len(far),
             "name": f"{GROUP_NAMES[group]}, {'synthetic' if synthetic else 'between people'}",
             "line": {"shape": "hv", "color": LOOKS[group].colour, "width": 2.2 if synthetic else 1.6,
                      "dash": "solid" if synthetic else "dot"},
             "hovertemplate": "%{x:.2f} sd: %{y:.0f} %"}
        )  # fmt: skip
    for group, limit in near.items():
        figure.add_vline(limit, line={"color": LOOKS[group].colour, "width": 1, "dash": "dash"})
    if near:
        figure.add_annotation(x=min(near.values()), y=1, yref="paper", text="near-copies ◂", showarrow=False,
                              xanchor="right", yanchor="top", font={"size": 11})  # fmt: skip
    figure.update_xaxes(rangemode="tozero")
    figure.update_yaxes(range=[0, 102], dtick=25)
    return figure
