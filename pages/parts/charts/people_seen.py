"""Figures of scores on people never seen: how they grow with the people trained on, and how far to believe them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pages.parts.charts.palette import GREY, NESTED, blank, rgba

if TYPE_CHECKING:
    import plotly.graph_objects as go


def learning_curve(rows: Sequence[dict[str, Any]]) -> go.Figure:
    """Accuracy in per cent with its interval by people trained on. rows: of `core.screening.learning_curve`."""
    known = [row for row in rows if row["accuracy"] is not None]
    n = [row["n_people"] for row in known]
    low, high = ([100 * row["ci"][end] for row in known] for end in (0, 1))
    band = {"type": "scatter", "mode": "lines", "x": n, "line": {"width": 0}, "hoverinfo": "skip"}
    figure = blank(260, "people trained on", "right, people never seen (%)", [
        {**band, "y": high, "showlegend": False},
        {**band, "y": low, "fill": "tonexty", "fillcolor": rgba(NESTED, 0.18), "name": "95 % interval"},
        {"type": "scatter", "mode": "lines+markers", "x": n, "y": [100 * row["accuracy"] for row in known],
         "name": "plain logistic regression, majority vote", "line": {"color": NESTED, "width": 2.4},
         "marker": {"symbol": "square", "size": 9, "line": {"color": "#4D4D4D", "width": 1}},
         "hovertemplate": "%{x} people: %{y:.1f} %<extra></extra>"},
    ], yaxis={"range": [0, 102], "dtick": 25})  # fmt: skip
    figure.add_hline(50, line={"color": GREY, "width": 1.5, "dash": "dot"})
    return figure


def calibration_bins(bins: Sequence[dict[str, Any]]) -> go.Figure:
    """Share with PD against the predicted probability, people in bins; a trustworthy one lies on the dotted line.

    bins: `CalibrationBin`s as mappings.
    """
    observed = [each["observed"] for each in bins]
    error = {"type": "data", "symmetric": False, "color": NESTED, "thickness": 1.5,
             "array": [each["observed_ci"][1] - each["observed"] for each in bins],
             "arrayminus": [each["observed"] - each["observed_ci"][0] for each in bins]}  # fmt: skip
    return blank(260, "predicted probability of PD", "share with PD", [
        {"type": "scatter", "mode": "lines", "x": [0, 1], "y": [0, 1], "hoverinfo": "skip", "showlegend": False,
         "line": {"color": GREY, "width": 1.5, "dash": "dot"}},
        {"type": "scatter", "mode": "markers", "x": [each["predicted"] for each in bins], "y": observed,
         "error_y": error, "customdata": [each["n"] for each in bins], "name": "people, 95 % interval",
         "marker": {"symbol": "square", "size": 10, "color": NESTED, "line": {"color": "#4D4D4D", "width": 1}},
         "hovertemplate": "%{customdata} people: %{y:.2f}<extra></extra>"},
    ], xaxis={"range": [-0.02, 1.02]}, yaxis={"range": [-0.02, 1.02]})  # fmt: skip
