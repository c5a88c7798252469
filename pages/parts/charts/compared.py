"""Several people's action units side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from pages.parts.charts.palette import blank

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

REACH_SD = 2.0
"""Standard deviations from the cohort's mean at which the colours end."""


def side_by_side(values: pd.DataFrame, standardised: np.ndarray) -> go.Figure:
    """One line a person, one column a feature: the value is written, the colour says how far from the cohort it lies.

    values: (n, d) indexed by what each line is called. standardised: (n, d) the same in standard deviations from the
    cohort's mean.
    """
    import plotly.graph_objects as go

    few = len(values.columns) <= 20
    figure = blank(
        70 + 25 * len(values),
        xaxis={"side": "top", "tickangle": 0 if len(values.columns) <= 12 else -60, "showgrid": False},
        yaxis={"autorange": "reversed", "showgrid": False, "type": "category"},
    )
    figure.add_trace(
        go.Heatmap(
            x=list(values.columns),
            y=list(values.index),
            z=np.clip(standardised, -REACH_SD, REACH_SD),
            text=[[f"{value:.2f}" for value in row] for row in values.to_numpy(float)],
            customdata=standardised,
            texttemplate="%{text}" if few else None,
            colorscale="Cividis",
            zmin=-REACH_SD,
            zmax=REACH_SD,
            xgap=2,
            ygap=2,
            colorbar={"title": {"text": "sd from<br>the cohort"}, "thickness": 10, "tickvals": [-2, 0, 2],
                      "ticktext": ["−2", "0", "+2"]},
            hovertemplate="%{y}<br>%{x}: %{text} (%{customdata:+.1f} sd)<extra></extra>",
        )
    )  # fmt: skip
    return figure


def listed(rows: pd.DataFrame, features: Sequence[str], means: pd.DataFrame) -> pd.DataFrame:
    """The values of people, called by code, group and (where several) emotion, and above them the means of groups."""
    import pandas as pd

    several = rows["emotion"].nunique() > 1
    names = rows["subject"] + ", " + rows["group"].replace("", "group unknown")
    people = rows[list(features)].set_axis(names + ", " + rows["emotion"] if several else names)
    return pd.concat([means[list(features)], people])
