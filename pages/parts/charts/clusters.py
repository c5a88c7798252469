"""Figures of a cluster tree: its separation criteria, the tree itself, the elbow, and what every threshold gives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from core.types import CONTROL, PD
from pages.parts.charts.palette import DASHES, GREY, GROUP_NAMES, LOOKS, SPLIT_SIDE, blank

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from core.latent.cluster_tree import Cluster
    from core.latent.threshold_path import ThresholdPath

DARK_TEXT, LIGHT_FROM = "#10181B", 0.73
"""Text on cividis, and the purity from which its ground is light."""
LEVELS_DRAWN, MANY_CLUSTERS = 9, 400
"""Of a tree with so many clusters, so many levels are drawn at first; a click on a cluster opens those below it."""


def sc_histogram(sc: Sequence[float], threshold: float, rule: str) -> go.Figure:
    """How many clusters of the whole tree have which separation criterion; the side that `rule` splits is shaded."""
    import plotly.graph_objects as go

    low, high = (threshold, 1.0) if rule == "text" else (0.0, threshold)
    line = threshold_line(threshold)
    shade = {"type": "rect", "x0": low, "x1": high, "yref": "paper", "y0": 0, "y1": 1, "fillcolor": SPLIT_SIDE,
             "line": {"width": 0}, "layer": "below", "name": "split side"}  # fmt: skip
    figure = blank(
        190,
        x="separation criterion SC",
        y="clusters",
        xaxis={"range": [0, 1.002], "dtick": 0.25},
        yaxis={"rangemode": "tozero", "nticks": 4, "tickformat": "d"},
        shapes=[shade, line] if high > low else [line],
        bargap=0.06,
        showlegend=False,
    )
    counts, edges = np.histogram(np.asarray(sc, float), bins=20, range=(0, 1))
    middle = (edges[:-1] + edges[1:]) / 2
    figure.add_trace(
        go.Bar(
            x=middle,
            y=counts,
            marker={"color": middle, "colorscale": "Cividis", "cmin": 0, "cmax": 1,
                    "line": {"color": GREY, "width": 0.5}},
            hovertemplate="SC %{x:.2f}: %{y} clusters<extra></extra>",
        )
    )  # fmt: skip
    return figure


def tree(clusters: Sequence[Cluster]) -> go.Figure:
    """The cut tree as an icicle below the whole data: width is the number of rows, colour the purity on cividis."""
    import plotly.graph_objects as go

    depth = max((c.depth for c in clusters), default=0)
    if len(clusters) > MANY_CLUSTERS:
        depth = min(depth, LEVELS_DRAWN)
    figure = blank(50 + 30 * (depth + 1), uniformtext={"minsize": 10, "mode": "hide"})
    counts = [(c.counts.get(1, 0), c.counts.get(0, 0)) for c in clusters]
    tops = [pair for cluster, pair in zip(clusters, counts, strict=True) if cluster.parent == ""]
    counts.append((sum(p for p, _ in tops), sum(c for _, c in tops)))
    purity = [max(pair) / max(sum(pair), 1) for pair in counts]
    figure.add_trace(
        go.Icicle(
            ids=[*(c.path for c in clusters), "all"],
            parents=[*(c.parent or "all" for c in clusters), ""],
            labels=[f"{p} PD, {c} ctrl" for p, c in counts],
            values=[p + c for p, c in counts],
            textfont={"color": [DARK_TEXT if share >= LIGHT_FROM else "#FFFFFF" for share in purity]},
            branchvalues="total",
            customdata=[*((c.path, c.fate) for c in clusters), ("whole emotion", "split")],
            marker={"colors": purity, "colorscale": "Cividis",
                    "cmin": 0.5, "cmax": 1, "line": {"color": GREY, "width": 0.6},
                    "colorbar": {"title": {"text": "purity"}, "thickness": 10, "tickformat": ".0%", "dtick": 0.25}},
            tiling={"orientation": "v", "pad": 1},
            hovertemplate="%{customdata[0]}: %{label}<br>purity %{color:.0%}, %{customdata[1]}<extra></extra>",
            pathbar={"visible": False},
            maxdepth=LEVELS_DRAWN if len(clusters) > MANY_CLUSTERS else -1,
        )
    )  # fmt: skip
    return figure


def elbow(inertias: dict[int, float], chosen: int) -> go.Figure:
    """Inertia of the first K-means against k, with the k in use marked."""
    import plotly.graph_objects as go

    figure = blank(170, showlegend=False, x="number of clusters k", y="inertia")
    ks = sorted(inertias)
    figure.add_trace(
        go.Scatter(
            x=ks,
            y=[inertias[k] for k in ks],
            mode="lines+markers",
            line={"color": GREY},
            marker={"size": [12 if k == chosen else 6 for k in ks], "color": GREY,
                    "symbol": ["diamond" if k == chosen else "circle" for k in ks]},
            hovertemplate="k = %{x}: inertia %{y:.2f}<extra></extra>",
        )
    )  # fmt: skip
    figure.update_xaxes(dtick=1 if len(ks) < 16 else None)
    return figure


def threshold_line(threshold: float) -> dict[str, object]:
    """The shape that marks where the slider stands on an axis of thresholds."""
    return {"type": "line", "x0": threshold, "x1": threshold, "yref": "paper", "y0": 0, "y1": 1, "name": "threshold",
            "line": {"color": GREY, "width": 2.5}}  # fmt: skip


def threshold_path(path: ThresholdPath, threshold: float) -> go.Figure:
    """Share of each group in pure clusters and number of clusters over all thresholds, with the slider's place marked.

    The steps are where a cut changes: the value at a threshold holds down to the one before it.
    """
    steps = {"type": "scatter", "mode": "lines", "x": path.thresholds}
    traces = [
        {**steps, "y": 100 * path.coverage[code], "name": GROUP_NAMES[group], "hovertemplate": "%{x:.2f}: %{y:.0f} %",
         "line": {"color": LOOKS[group].colour, "width": 2.2, "dash": dash, "shape": "vh"}}
        for code, group, dash in ((1, PD, "solid"), (0, CONTROL, "dash"))
    ]  # fmt: skip
    traces.append(
        {**steps, "y": path.n_clusters, "name": "clusters (right)", "yaxis": "y2", "hovertemplate": "%{x:.2f}: %{y}",
         "line": {"color": GREY, "width": 1.6, "dash": DASHES[2], "shape": "vh"}}
    )  # fmt: skip
    return blank(
        190,
        x="threshold",
        y="in pure clusters (%)",
        data=traces,
        xaxis={"range": [-0.01, 1.01], "dtick": 0.25},
        yaxis={"range": [-3, 103], "dtick": 25},
        yaxis2={"overlaying": "y", "side": "right", "rangemode": "tozero", "showgrid": False, "nticks": 4,
                "title": {"text": "clusters"}},
        shapes=[threshold_line(threshold)],
        hovermode="x unified",
    )  # fmt: skip
