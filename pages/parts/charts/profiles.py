"""Figures of intensities: real rows against synthetic ones, one row beside its sources, one person among the groups."""

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
BAR = 0.34
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
    """Box of every feature: real rows filled, synthetic ones hollow. rows: columns group, synthetic and `features`.

    Features that share no scale are drawn in standard deviations from the mean of the real rows.
    """
    figure = blank(380, boxmode="group", y=_axis(features))
    rows = _on_one_scale(rows, rows[~rows["synthetic"]], features)
    for group in GROUPS:
        for hollow in (False, True):
            part = rows[(rows["group"] == group) & (rows["synthetic"] == hollow)]
            _spread(figure, part, features, group, hollow=hollow)
    _fit_axis(figure, features)
    return figure


def _intensities(features: Sequence[str]) -> bool:
    return all(feature.startswith("AU") for feature in features)


def _axis(features: Sequence[str]) -> str:
    return INTENSITY if _intensities(features) else "sd from the mean of real rows"


def _fit_axis(figure: go.Figure, features: Sequence[str], low: float = -0.1) -> None:
    if _intensities(features):
        figure.update_yaxes(range=[low, MAX_INTENSITY * 1.02], dtick=1)


def _on_one_scale(rows: pd.DataFrame, real: pd.DataFrame, features: Sequence[str]) -> pd.DataFrame:
    """The rows as they are where all features are intensities; else each feature standardised as in the real rows."""
    if _intensities(features):
        return rows
    names = list(features)
    deviation = real[names].std(ddof=0)
    return rows.assign(**((rows[names] - real[names].mean()) / deviation.where(deviation > 0, 1.0)))


def profile(
    row: pd.DataFrame, sources: pd.DataFrame, real: pd.DataFrame, features: Sequence[str], group: str
) -> go.Figure:
    """A synthetic row as hollow bars beside the mean of the real rows it was made from, and each of these as a point.

    row: one line with every feature. sources, real: columns `features`; real gives the scale where they share none.
    group: of the row and its sources.
    """
    import plotly.graph_objects as go

    look, n = LOOKS[group], len(sources)
    row, sources = (_on_one_scale(part, real, features) for part in (row, sources))
    figure = blank(290, y=_axis(features))
    line = {"color": look.colour, "width": 1.6}
    places = np.arange(len(features))
    shown = {"x": places, "width": BAR, "customdata": list(features), "hovertemplate": "%{customdata}: %{y:.2f}"}
    synthetic, mean = row[list(features)].iloc[0].tolist(), [float(sources[f].mean()) for f in features]
    figure.add_trace(go.Bar(y=synthetic, name="synthetic", offset=-1.1 * BAR,
                            marker={"color": CLEAR, "line": line}, **shown))  # fmt: skip
    figure.add_trace(go.Bar(y=mean, name="its source" if n == 1 else f"mean of its {n} sources", offset=0.1 * BAR,
                            marker={"color": rgba(look.colour, 0.4), "line": line}, **shown))  # fmt: skip
    if 1 < n <= FEW_POINTS:
        beside = 0.6 * BAR + 0.6 * BAR * (np.arange(n) / (n - 1) - 0.5)
        figure.add_trace(
            go.Scatter(
                x=(places[:, None] + beside).ravel(),
                y=sources[list(features)].to_numpy(float).T.ravel(),
                name="each",
                mode="markers",
                marker={"color": look.colour, "size": 4, "opacity": 0.8, "symbol": look.symbol},
                hovertemplate="%{y:.2f}<extra></extra>",
            )
        )
    figure.update_xaxes(tickvals=places, ticktext=list(features), range=[-0.6, len(features) - 0.4], zeroline=False)
    _fit_axis(figure, features, 0.0)
    return figure


def person_in_groups(person: dict[str, float], rows: pd.DataFrame, features: Sequence[str]) -> go.Figure:
    """A person's intensities as diamonds over the boxes of both groups of the cohort."""
    import pandas as pd
    import plotly.graph_objects as go

    figure = blank(250, boxmode="group", y=_axis(features))
    alone = pd.DataFrame([person])
    alone, rows = (_on_one_scale(part, rows, features) for part in (alone, rows))
    for group in (PD, CONTROL):
        _spread(figure, rows[rows["group"] == group], features, group, hollow=False)
    look = LOOKS[""]
    figure.add_trace(
        go.Scatter(
            x=list(features),
            y=alone[list(features)].iloc[0].tolist(),
            mode="markers",
            name="this person",
            marker={"symbol": look.symbol, "color": "#F0E442", "size": 14, "line": {"color": "#333333", "width": 1.5}},
            hovertemplate="%{x}: %{y:.2f}<extra>this person</extra>",
        )
    )
    _fit_axis(figure, features)
    return figure
