"""Figures of the AU space: the map of rows and clusters, the separation criteria, the tree and the elbow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from core.types import CONTROL, GROUPS, PD
from pages.parts.charts.palette import GREY, GROUP_NAMES, LOOKS, SPLIT_SIDE, blank, rgba

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

    from core.latent.cluster_tree import Cluster

Trace = dict[str, Any]
"""A trace as plotly takes it; building `go.Scatter` first would have it checked and copied twice."""

CROWDED = 2_000
DARK_TEXT, LIGHT_FROM = "#10181B", 0.73
"""Text on cividis, and the purity from which its ground is light."""


def latent_map(
    rows: pd.DataFrame,
    clusters: Sequence[Cluster],
    synthetic: pd.DataFrame,
    features: Sequence[str],
    axes: tuple[str, str],
) -> go.Figure:
    """Rows of one emotion on a map, hulls around the clusters that a cut leaves, synthetic rows hollow.

    rows: columns x, y, group, subject and `features`, the labelled rows first, in the order that cluster members index.
    synthetic: columns x, y, group, source and `features`. Rows of unknown group carry their subject code as a label.
    """
    Z = rows[["x", "y"]].to_numpy(float)
    pad = 0.02 * max(*np.ptp(Z, axis=0), 1e-9)
    traces = _hulls(Z, clusters, pad)
    for group, xy, data in _by_group(synthetic, "source", features):
        look = LOOKS[group]
        mark = {"symbol": f"{look.symbol}-open", "color": look.colour, "size": 6, "line": {"width": 1.2}}
        name = f"{GROUP_NAMES[group]}, synthetic"
        traces.append(_points(xy, data, features, group, name=name, marker=mark, opacity=0.75, legendrank=2))
    for group, xy, data in _by_group(rows, "subject", features):
        look = LOOKS[group]
        mark = {"symbol": look.symbol, "color": look.colour, "size": 10 if group else 13,
                "line": {"color": look.outline, "width": 1.2}}  # fmt: skip
        label = (
            {}
            if group
            else {
                "mode": "markers+text",
                "text": data[:, 0],
                "textposition": "top center",
                "textfont": {"size": 13, "weight": 700},
            }
        )
        traces.append(_points(xy, data, features, group, name=GROUP_NAMES[group], marker=mark, legendrank=1, **label))
    plain = {"showticklabels": False, "zeroline": False}
    return blank(460, x=axes[0], y=axes[1], data=traces, xaxis=plain, yaxis=plain, dragmode="pan")


def _by_group(rows: pd.DataFrame, name: str, features: Sequence[str]) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """(group, xy (n, 2), customdata (n, 1 + d): column `name`, then the intensities) of each group that has rows."""
    group, xy = rows["group"].to_numpy(object), rows[["x", "y"]].to_numpy(float)
    data = np.column_stack([rows[name].to_numpy(object), rows[list(features)].to_numpy(float).astype(object)])
    for wanted in (*GROUPS, ""):
        mine = group == wanted
        if mine.any():
            yield wanted, xy[mine], data[mine]


def _points(xy: np.ndarray, data: np.ndarray, features: Sequence[str], group: str, **look: object) -> Trace:
    lines = "".join(f"<br>{au} %{{customdata[{i}]:.2f}}" for i, au in enumerate(features, start=1))
    return {
        "type": "scattergl" if len(xy) > CROWDED else "scatter",
        "x": xy[:, 0],
        "y": xy[:, 1],
        "mode": "markers",
        "customdata": data,
        "hovertemplate": f"<b>%{{customdata[0]}}</b> {GROUP_NAMES[group]}{lines}<extra></extra>",
        **look,
    }


def _hulls(Z: np.ndarray, clusters: Sequence[Cluster], pad: float) -> list[Trace]:
    """Outlines of the clusters in which rows end: filled in the group's colour where pure, dotted grey where mixed."""
    # One trace for each kind, its outlines parted by gaps: a trace a cluster takes ten times as long to draw.
    kinds: dict[str, list[np.ndarray]] = {PD: [], CONTROL: [], "": []}
    for cluster in clusters:
        if cluster.fate != "split":
            kind = "" if not cluster.pure else PD if cluster.counts.get(1) else CONTROL
            kinds[kind] += [rounded_hull(Z[cluster.members], pad), np.full((1, 2), np.nan)]
    traces: list[Trace] = []
    for kind, outlines in kinds.items():
        if outlines:
            edge, colour = np.vstack(outlines), LOOKS[kind].colour
            traces.append(
                {
                    "type": "scatter",
                    "x": edge[:, 0],
                    "y": edge[:, 1],
                    "mode": "lines",
                    "fill": "toself",
                    "fillcolor": rgba(colour, 0.13 if kind else 0.06),
                    "line": {"color": rgba(colour, 0.75), "width": 1.2, "dash": "solid" if kind else "dot"},
                    "name": "pure cluster" if kind else "mixed cluster",
                    "legendgroup": "pure" if kind else "mixed",
                    "showlegend": kind != CONTROL or not kinds[PD],  # one entry for both colours
                    "legendrank": 3,
                    "hoverinfo": "skip",
                }
            )
    return traces


def rounded_hull(points: np.ndarray, pad: float) -> np.ndarray:
    """Closed outline (m, 2) of the convex hull of (n, 2) points widened by `pad`; a circle for a single point."""
    angle = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    ring = pad * np.column_stack([np.cos(angle), np.sin(angle)])
    cloud = sorted({(float(a), float(b)) for a, b in (points[:, None, :] + ring).reshape(-1, 2)})
    half = [_lower_chain(cloud), _lower_chain(cloud[::-1])]
    edge = half[0][:-1] + half[1][:-1]
    return np.array([*edge, edge[0]])


def _lower_chain(cloud: list[tuple[float, float]]) -> list[tuple[float, float]]:
    # Andrew's monotone chain: unlike Qhull it takes points on one line, which clusters of two are.
    chain: list[tuple[float, float]] = []
    for p in cloud:
        while len(chain) >= 2:
            (ax, ay), (bx, by) = chain[-2], chain[-1]
            if (bx - ax) * (p[1] - ay) - (by - ay) * (p[0] - ax) > 0:
                break
            chain.pop()
        chain.append(p)
    return chain


def sc_histogram(sc: Sequence[float], threshold: float, rule: str) -> go.Figure:
    """How many clusters of the whole tree have which separation criterion; the side that `rule` splits is shaded."""
    import plotly.graph_objects as go

    low, high = (threshold, 1.0) if rule == "text" else (0.0, threshold)
    span = {"yref": "paper", "y0": 0, "y1": 1}
    line = {"type": "line", "x0": threshold, "x1": threshold, "line": {"color": GREY, "width": 2.5}, **span}
    shade = {"type": "rect", "x0": low, "x1": high, "fillcolor": SPLIT_SIDE, "line": {"width": 0}, "layer": "below"}
    figure = blank(
        190,
        x="separation criterion SC",
        y="clusters",
        xaxis={"range": [0, 1.002], "dtick": 0.25},
        yaxis={"rangemode": "tozero", "nticks": 4, "tickformat": "d"},
        shapes=[{**shade, **span}, line] if high > low else [line],
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
