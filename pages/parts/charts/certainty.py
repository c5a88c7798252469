"""Figures of how sure a verdict is: where a person's votes lie, and what withholding doubtful calls gains."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from core.types import CONTROL, PD
from pages.parts.charts.palette import GREY, GROUP_NAMES, LOOKS, NESTED, blank, rgba

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from core.screening.calibration import Calibration


def calibration_curve(calibration: Calibration, share: float | None) -> go.Figure:
    """The calibrated probability with its interval, the people left out as ticks, and where this person lies."""
    shares = np.linspace(0, 1, 101)
    low, high = np.array([calibration.interval(x) for x in shares]).T
    band = {"type": "scatter", "mode": "lines", "x": shares, "line": {"width": 0}, "hoverinfo": "skip"}
    traces: list[dict[str, Any]] = [
        {**band, "y": high, "showlegend": False},
        {**band, "y": low, "fill": "tonexty", "fillcolor": rgba(NESTED, 0.18), "name": "95 % interval"},
        {"type": "scatter", "mode": "lines", "x": shares, "y": [calibration.probability(x) for x in shares],
         "line": {"color": NESTED, "width": 2.4}, "name": "probability of PD",
         "hovertemplate": "share %{x:.2f}: %{y:.2f}"},
    ]  # fmt: skip
    for group, mine, height in ((PD, calibration.shares_pd, 1.04), (CONTROL, calibration.shares_control, -0.04)):
        look = LOOKS[group]
        traces.append(
            {"type": "scatter", "mode": "markers", "x": list(mine), "y": [height] * len(mine),
             "name": f"{GROUP_NAMES[group]}, left out", "hovertemplate": "%{x:.2f}",
             "marker": {"symbol": f"{look.symbol}-open", "color": look.colour, "size": 7}}
        )  # fmt: skip
    if share is not None:
        traces.append(
            {"type": "scatter", "mode": "markers", "x": [share], "y": [calibration.probability(share)],
             "name": "this person", "hovertemplate": "share %{x:.2f}: %{y:.2f}",
             "marker": {"symbol": "diamond", "color": "#F0E442", "size": 14,
                        "line": {"color": "#333333", "width": 1.5}}}
        )  # fmt: skip
    return blank(
        280,
        x="share of the votes for PD, mean over emotions",
        y="probability of PD",
        data=traces,
        xaxis={"range": [-0.02, 1.02], "dtick": 0.25},
        yaxis={"range": [-0.1, 1.1], "tickvals": [0, 0.25, 0.5, 0.75, 1]},
        shapes=[{"type": "line", "x0": 0, "x1": 1, "y0": 0.5, "y1": 0.5, "line": {"color": GREY, "dash": "dot"}}],
    )


def risk_coverage(points: Sequence[dict[str, Any]], target_error: float) -> go.Figure:
    """Accuracy of the calls that remain against the share of people called, with its interval and the target.

    points: `core.screening.abstention.RiskCoverage.to_json()`.
    """
    coverage = [100 * point["coverage"] for point in points]
    low, high = zip(*(point["ci"] for point in points), strict=True) if points else ((), ())
    band = {"type": "scatter", "mode": "lines", "x": coverage, "line": {"width": 0}, "hoverinfo": "skip"}
    traces = [
        {**band, "y": [100 * value for value in high], "showlegend": False},
        {**band, "y": [100 * value for value in low], "fill": "tonexty", "fillcolor": rgba(NESTED, 0.18),
         "name": "95 % interval"},
        {"type": "scatter", "mode": "lines+markers", "x": coverage, "y": [100 * point["accuracy"] for point in points],
         "name": "right of the calls", "line": {"color": NESTED, "width": 2}, "marker": {"size": 4},
         "customdata": [[point["threshold"], point["n"]] for point in points],
         "hovertemplate": "%{y:.0f} % of %{customdata[1]} calls right, from a certainty of %{customdata[0]:.2f} on"},
    ]  # fmt: skip
    target = 100 * (1 - target_error)
    return blank(
        280,
        x="people called (%)",
        y="right (%)",
        data=traces,
        xaxis={"range": [0, 102], "dtick": 25},
        yaxis={"range": [40, 102]},
        shapes=[{"type": "line", "x0": 0, "x1": 100, "y0": target, "y1": target,
                 "line": {"color": GREY, "dash": "dash"}}],
    )  # fmt: skip
