"""Figures of intensities: real rows against synthetic ones, one person among the groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from core.types import CONTROL, GROUPS, MAX_INTENSITY, PD
from pages.parts.charts.palette import CLEAR, GROUP_NAMES, LOOKS, blank, rgba

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

FEW_POINTS = 300
INTENSITY = "intensity (0 to 5)"


def _spread(figure: go.Figure, rows: pd.DataFrame, features: Sequence[str], group: str, *, hollow: bool) -> None:
    import plotly.graph_objects as go

    if rows.empty:
        return
    look = LOOKS[group]
    figure.add_trace(
        go.Box(
            x=np.repeat(list(features), len(rows)),
            y=rows[list(features)].to_numpy(float).T.ravel(),
            name=f"{GROUP_NAMES[group]}, synthetic" if hollow else f"{GROUP_NAMES[group]} (n = {len(rows)})",
            legendgroup=group,
            offsetgroup=f"{group}{hollow}",
            boxpoints="all" if len(rows) <= FEW_POINTS else False,
            jitter=0.9 if hollow else 0.5,
            pointpos=0,
            fillcolor=CLEAR if hollow else rgba(look.colour, 0.28),
            line={"color": look.colour, "width": 1.4},
            marker={"color": look.colour, "size": 3 if hollow else 4, "opacity": 0.4 if hollow else 0.6,
                    "symbol": f"{look.symbol}-open" if hollow else look.symbol},
            hoveron="boxes",
            hoverinfo="y",
        )
    )  # fmt: skip


def real_and_synthetic(rows: pd.DataFrame, features: Sequence[str]) -> go.Figure:
    """Box of every feature: real rows filled, synthetic ones hollow. rows: columns group, synthetic and `features`."""
    figure = blank(380, boxmode="group", y=INTENSITY)
    for group in GROUPS:
        for hollow in (False, True):
            part = rows[(rows["group"] == group) & (rows["synthetic"] == hollow)]
            _spread(figure, part, features, group, hollow=hollow)
    figure.update_yaxes(range=[-0.1, MAX_INTENSITY * 1.02], dtick=1)
    return figure


def person_in_groups(person: dict[str, float], rows: pd.DataFrame, features: Sequence[str]) -> go.Figure:
    """A person's intensities as diamonds over the boxes of both groups of the cohort."""
    import plotly.graph_objects as go

    figure = blank(250, boxmode="group", y=INTENSITY)
    for group in (PD, CONTROL):
        _spread(figure, rows[rows["group"] == group], features, group, hollow=False)
    look = LOOKS[""]
    figure.add_trace(
        go.Scatter(
            x=list(features),
            y=[person[f] for f in features],
            mode="markers",
            name="this person",
            marker={"symbol": look.symbol, "color": "#F0E442", "size": 14, "line": {"color": "#333333", "width": 1.5}},
            hovertemplate="%{x}: %{y:.2f}<extra>this person</extra>",
        )
    )
    figure.update_yaxes(range=[-0.1, MAX_INTENSITY * 1.02], dtick=1)
    return figure
