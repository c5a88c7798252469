"""Figure of two groups side by side in many measures: every person as a point, and how far the groups lie apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from core.types import GROUPS
from pages.parts.charts.palette import GREY, GROUP_NAMES, LOOKS, NESTED, blank, rgba

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

    from core.screening.group_differences import GroupDifference

UPPER, LOWER = (0.46, 1.0), (0.0, 0.36)
"""Heights of the two rows of panels, as shares of the figure."""


def group_differences(
    values: pd.DataFrame,
    differences: Sequence[GroupDifference],
    panels: Mapping[str, Sequence[str]],
    axis: tuple[float, float] | None = None,
) -> go.Figure:
    """Above, a box and every person in each measure, PD and control; below, Hedges' g with its 95 % interval.

    values: columns subject, group and the measures. panels: label of the axis to the measures that share it, each of
    which gets a panel of its own. axis: limits of every upper axis, or None for those that fit. Differences that stay
    after adjustment are filled.
    """
    several = len(panels) > 1
    figure = blank(520 if several else 490, boxmode="group", boxgap=0.25, boxgroupgap=0.12)
    figure.update_layout(legend_y=1.14 if several else 1.03)
    edges = np.linspace(0, 1, len(panels) + 1)
    for i, (label, features) in enumerate(panels.items()):
        number = "" if i == 0 else str(i + 1)
        start = float(edges[i] + (0.32 / len(panels) if i else 0))
        x, above, below = f"x{number}", f"y{number}", f"y{len(panels) + i + 1}"
        _people(figure, values, features, (x, above), first=i == 0)
        _effects(figure, [d for d in differences if d.feature in features], (x, below), first=i == 0)
        figure.update_layout(
            {
                f"xaxis{number}": {"domain": [start, float(edges[i + 1])], "anchor": above,
                                   "showticklabels": not several, "categoryorder": "array",
                                   "categoryarray": list(features),
                                   "range": [-0.5, len(features) - 0.5]},
                f"yaxis{number}": {"domain": UPPER, "anchor": x, "range": axis, "zeroline": False, "nticks": 7,
                                   "title": {"text": None if several else label, "standoff": 6}},
                f"yaxis{below[1:]}": {
                    "domain": LOWER, "anchor": x, "zeroline": True, "zerolinecolor": GREY, "zerolinewidth": 1.5,
                    "range": reach(differences), "nticks": 6, "showticklabels": i == 0,
                    "title": {"text": None if i else "Hedges' g<br>(PD − control)", "standoff": 6}},
            }
        )  # fmt: skip
        if several:
            figure.add_annotation(text=label.replace(" ", "<br>", 1), x=start, y=UPPER[1], xref="paper", yref="paper",
                                  xanchor="left", yanchor="bottom", align="left", showarrow=False)  # fmt: skip
    return figure


def _people(
    figure: go.Figure, values: pd.DataFrame, features: Sequence[str], axes: tuple[str, str], *, first: bool
) -> None:
    import plotly.graph_objects as go

    for group in GROUPS:
        rows, look = values[values["group"] == group], LOOKS[group]
        figure.add_trace(
            go.Box(
                x=np.repeat(list(features), len(rows)),
                y=rows[list(features)].to_numpy(float).T.ravel(),
                text=np.tile(rows["subject"].to_numpy(object), len(features)),
                name=f"{GROUP_NAMES[group]} ({len(rows)})",
                legendgroup=group,
                offsetgroup=group,
                showlegend=first,
                xaxis=axes[0],
                yaxis=axes[1],
                boxpoints="all",
                jitter=0.6,
                pointpos=0,
                fillcolor=rgba(look.colour, 0.22),
                line={"color": look.colour, "width": 1.3},
                marker={"color": look.colour, "size": 4, "opacity": 0.65, "symbol": look.symbol},
                hovertemplate="%{text}: %{x} %{y:.2f}<extra>" + group + "</extra>",
            )
        )


def _effects(figure: go.Figure, differences: Sequence[GroupDifference], axes: tuple[str, str], *, first: bool) -> None:
    import plotly.graph_objects as go

    for found, name in ((True, "stays after adjustment"), (False, "does not")):
        shown = [d for d in differences if d.found == found and d.g == d.g]
        figure.add_trace(
            go.Scatter(
                x=[d.feature for d in shown],
                y=[d.g for d in shown],
                mode="markers",
                name=name,
                legendgroup=name,
                showlegend=first,
                xaxis=axes[0],
                yaxis=axes[1],
                error_y={"type": "data", "symmetric": False, "array": [d.g_high - d.g for d in shown],
                         "arrayminus": [d.g - d.g_low for d in shown], "color": NESTED if found else GREY,
                         "thickness": 1.6, "width": 3},
                marker={"symbol": "diamond" if found else "diamond-open", "size": 9, "color": NESTED if found else GREY,
                        "line": {"color": "#00543B" if found else GREY, "width": 1.2}},
                customdata=[(d.g_low, d.g_high, d.p_adjusted) for d in shown],
                hovertemplate="%{x}: g %{y:.2f} [%{customdata[0]:.2f}, %{customdata[1]:.2f}], adjusted p "
                              "%{customdata[2]:.3f}<extra></extra>",
            )
        )  # fmt: skip


def reach(differences: Sequence[GroupDifference]) -> list[float]:
    """Limits that show every interval and 0 in the middle."""
    ends = [abs(end) for d in differences for end in (d.g_low, d.g_high) if end == end]
    far = min(max([*ends, 1.0]) * 1.08, 6.0)
    return [-far, far]
