"""The look of all figures: Okabe–Ito colours, a shape for every group, transparent grounds, text left to the theme."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from core.types import CONTROL, PD

if TYPE_CHECKING:
    import plotly.graph_objects as go

GREY = "#8A8A8A"
LINES = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7A6A00")
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot", "solid")
TUNED, TEST, NESTED = "#E69F00", "#56B4E9", "#009E73"
SPLIT_SIDE = "rgba(138,138,138,0.16)"
CLEAR = "rgba(0,0,0,0)"
STILL = {"displaylogo": False, "modeBarButtons": [["toImage"]]}
ZOOMED = {"displaylogo": False, "scrollZoom": True,
          "modeBarButtons": [["lasso2d", "select2d", "pan2d", "resetScale2d", "toImage"]]}  # fmt: skip
"""Plotly settings of a still figure and of one that is looked into: a bar of few buttons hides no legend."""


class Look(NamedTuple):
    """How a group is drawn: colour, plotly symbol, the darker line around it, text that reads on it."""

    colour: str
    symbol: str
    outline: str
    text: str


LOOKS = {
    PD: Look("#D55E00", "circle", "#7A3600", "#10181B"),
    CONTROL: Look("#0072B2", "square", "#00405F", "#FFFFFF"),
    "": Look(GREY, "diamond", "#4D4D4D", "#10181B"),
}
GROUP_NAMES = {PD: "PD", CONTROL: "control", "": "group unknown"}


def rgba(colour: str, opacity: float) -> str:
    """`#RRGGBB` as a colour of that opacity, 0 to 1."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity:g})"


def blank(
    height: int,
    x: str = "",
    y: str = "",
    data: Sequence[dict[str, Any]] = (),
    xaxis: Mapping[str, object] | None = None,
    yaxis: Mapping[str, object] | None = None,
    **layout: object,
) -> go.Figure:
    """A figure in the house style with the traces `data`, its axes named x and y; the rest adds to plotly's layout."""
    import plotly.graph_objects as go

    # Given at once: every later `update_layout` copies the whole template, which takes longer than the data.
    return go.Figure(
        data=list(data),
        layout={
            "height": height,
            "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
            "paper_bgcolor": CLEAR,
            "plot_bgcolor": CLEAR,
            "legend": {"orientation": "h", "yanchor": "bottom", "y": 1.0, "x": 0, "title": {"text": ""}},
            "hoverlabel": {"align": "left"},
            "xaxis": {"title": {"text": x or None, "standoff": 10}, **(xaxis or {})},
            "yaxis": {"title": {"text": y or None, "standoff": 10}, **(yaxis or {})},
            **layout,
        },
    )
