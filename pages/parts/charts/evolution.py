"""Figure of a genetic search: how alike the rows of the best set are and how far apart, generation by generation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from core.types import CONTROL, PD
from pages.parts.charts.palette import GROUP_NAMES, LOOKS, blank

if TYPE_CHECKING:
    import numpy as np
    import plotly.graph_objects as go

_STYLES = {PD: "solid", CONTROL: "dash"}
_GAP = 0.16
_SHOWN = (("best", "best set", 2.2, ""), ("mean", "mean of all sets", 1.0, ""), ("pair_distance", "best set", 2.2, "2"))
"""Of a history: its name, what it is of, the width of its line, and which axes it is on."""


def search_curves(histories: Mapping[str, Mapping[str, np.ndarray]]) -> go.Figure:
    """Left the fitness of the best set and, thin, the mean of all; right the distance within the best set.

    histories: by group, each with `best`, `mean` and `pair_distance` (generations + 1,).
    """
    traces: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "lines",
            "y": history[name],
            "xaxis": f"x{side}",
            "yaxis": f"y{side}",
            "name": GROUP_NAMES[group],
            "legendgroup": group,
            "showlegend": name == "best",
            "line": {"color": LOOKS[group].colour, "dash": _STYLES[group], "width": width},
            "hovertemplate": f"{of}, generation %{{x}}: %{{y:.3f}}<extra>{GROUP_NAMES[group]}</extra>",
        }
        for group, history in histories.items()
        for name, of, width, side in _SHOWN
    ]
    generation = {"title": {"text": "generation", "standoff": 10}}
    return blank(
        240,
        y="similarity",
        data=traces,
        xaxis={**generation, "domain": [0, 0.5 - _GAP / 2]},
        xaxis2={**generation, "domain": [0.5 + _GAP / 2, 1], "anchor": "y2"},
        yaxis2={"title": {"text": "distance (SD)", "standoff": 10}, "anchor": "x2"},
    )
