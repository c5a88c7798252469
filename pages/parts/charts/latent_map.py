"""The map of rows and clusters: points by group, hulls around the clusters that a cut leaves, synthetic rows hollow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from core.types import CONTROL, EMOTIONS, GROUPS, PD
from pages.parts.charts.palette import GREY, GROUP_NAMES, LINES, LOOKS, blank, rgba

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

Trace = dict[str, Any]
"""A trace as plotly takes it; building `go.Scatter` first would have it checked and copied twice."""

CROWDED = 2_000
"""Points from which on they are drawn by WebGL."""
COLOURS = ("group", "cluster", "SC", "method", "emotion")
SHAPES = ("group", "method", "emotion")
"""What the colour and the shape of a point can tell."""
REAL = "real"
KINDS = (PD, CONTROL, "")
"""Hulls of pure clusters of either group, and of mixed ones."""
_RING = np.array([(np.cos(angle), np.sin(angle)) for angle in np.linspace(0, 2 * np.pi, 16, endpoint=False)])
_SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "star")


class Outline(NamedTuple):
    """The closed edge (m, 2) of a cluster on the map. kind: one of `KINDS`."""

    kind: str
    edge: np.ndarray


def latent_map(
    rows: pd.DataFrame,
    outlines: Sequence[Outline],
    synthetic: pd.DataFrame,
    features: Sequence[str],
    axes: tuple[str, str],
    colour: str = "group",
    shape: str = "group",
) -> go.Figure:
    """Rows on a map, outlines around the clusters in which they end, synthetic rows hollow.

    rows: numbered from 0, with columns x, y, group, emotion, cluster (path), node (its row in the tree, -1 for none),
    sc (of the last mixed cluster on the way to it; NaN where there is none), subject and `features`. synthetic: the
    same with source instead of subject, method, and whether each is `shown`. Rows of unknown group carry their subject
    code as a label. colour: one of `COLOURS`; shape: of `SHAPES`.

    The first three traces are the outlines by `KINDS`, then come the synthetic rows; each trace says in `meta` what it
    is, so that the browser can move it while the threshold is dragged.
    """
    crowded = len(rows) + len(synthetic) > CROWDED
    traces = [_outlines(kind, outlines) for kind in KINDS]
    if len(traces[0]["x"]):
        traces[1]["showlegend"] = False  # one entry for both colours
    for points, named_by, hollow in ((synthetic, "source", True), (rows, "subject", False)):
        for key, mine in parted(points, colour, shape):
            trace = _points(key, mine[mine["shown"]] if hollow else mine, named_by, features, colour, shape, hollow)
            traces.append({"type": "scattergl" if crowded else "scatter", **trace})
    plain = {"showticklabels": False, "zeroline": False}
    scale = {"colorscale": "Cividis", "cmin": 0, "cmax": 1,
             "colorbar": {"title": {"text": "SC"}, "thickness": 10, "dtick": 0.25}}  # fmt: skip
    return blank(460, x=axes[0], y=axes[1], data=traces, xaxis=plain, yaxis=plain, dragmode="lasso",
                 coloraxis=scale if colour == "SC" else {})  # fmt: skip


def _outlines(kind: str, outlines: Sequence[Outline]) -> Trace:
    """All outlines of a kind as one trace, parted by gaps: a trace a cluster takes ten times as long to draw."""
    edges = [part for outline in outlines if outline.kind == kind for part in (outline.edge, np.full((1, 2), np.nan))]
    edge = np.vstack(edges) if edges else np.empty((0, 2))
    colour = LOOKS[kind].colour
    return {
        "type": "scatter",
        "x": edge[:, 0],
        "y": edge[:, 1],
        "mode": "lines",
        "fill": "toself",
        "fillcolor": rgba(colour, 0.13 if kind else 0.06),
        "line": {"color": rgba(colour, 0.75), "width": 1.2, "dash": "solid" if kind else "dot"},
        "name": "pure cluster" if kind else "mixed cluster",
        "legendgroup": "pure" if kind else "mixed",
        "legendrank": 3,
        "showlegend": bool(edges),
        "hoverinfo": "skip",
        "meta": {"part": "outline", "kind": kind},
    }


def parted(points: pd.DataFrame, colour: str, shape: str) -> Iterator[tuple[tuple[str, ...], pd.DataFrame]]:
    """(key, its points) for each pair of what colour and shape tell: each is a trace, so that the legend names it."""
    if points.empty:
        return
    points = points.assign(method=REAL) if "method" not in points else points
    columns = [points[name].to_numpy(str) for name in told_by(colour, shape)]
    keys = list(zip(*columns, strict=True))
    for key in sorted(set(keys), key=_order):
        yield key, points[[other == key for other in keys]]


def told_by(colour: str, shape: str) -> list[str]:
    """The columns that part the points into traces; clusters are too many for a legend, and SC has a scale."""
    return list(dict.fromkeys([*([colour] if colour in SHAPES else []), shape]))


def point_colours(points: pd.DataFrame, colour: str) -> list[Any] | None:
    """Of each point, where the colour tells the cluster or SC; None where it is one for a whole trace."""
    if colour == "SC":
        return points["sc"].tolist()
    if colour == "cluster":
        return [LINES[node % len(LINES)] if node >= 0 else GREY for node in points["node"]]
    return None


def _points(
    key: tuple[str, ...], rows: pd.DataFrame, named_by: str, features: Sequence[str], colour: str, shape: str,
    hollow: bool,
) -> Trace:  # fmt: skip
    told = dict(zip(told_by(colour, shape), key, strict=True))
    words = [GROUP_NAMES.get(value, value) for value in key]
    unknown = not hollow and bool((rows["group"] == "").all())
    symbol = LOOKS[told["group"]].symbol if shape == "group" else _symbol(told[shape])
    outline = LOOKS[told["group"]].outline if colour == shape == "group" else GREY
    mark: Trace = {"symbol": f"{symbol}-open" if hollow else symbol, "size": 6 if hollow else 13 if unknown else 10,
                   "line": {"width": 1.2} | ({} if hollow else {"color": outline})}  # fmt: skip
    each = point_colours(rows, colour)
    mark |= {"color": _colour(colour, told[colour]) if each is None else each}
    if colour == "SC":
        mark |= {"coloraxis": "coloraxis"}
    label = {"mode": "markers+text", "text": rows[named_by].to_numpy(object), "textposition": "top center",
             "textfont": {"size": 13, "weight": 700}}  # fmt: skip
    return {
        "x": rows["x"].to_numpy(float),
        "y": rows["y"].to_numpy(float),
        "mode": "markers",
        "name": ", ".join([*words, *(["synthetic"] if hollow else [])]),
        "marker": mark,
        "opacity": 0.75 if hollow else 1.0,
        "showlegend": len(rows) > 0,
        "legendrank": 2 if hollow else 1,
        "customdata": _told(rows, named_by, features),
        "hovertemplate": _hover(features),
        "meta": {"part": "synthetic" if hollow else "real", "key": "/".join(key)},
        **(label if unknown else {}),
    }


def _colour(kind: str, value: str) -> str:
    if kind == "group":
        return LOOKS[value].colour
    if kind == "emotion":
        return LINES[EMOTIONS.index(value)] if value in EMOTIONS else GREY
    return GREY if value == REAL else LINES[2]


def _symbol(value: str) -> str:
    if value in EMOTIONS:
        return _SYMBOLS[EMOTIONS.index(value)]
    return "circle" if value == REAL else "diamond"


def _order(key: tuple[str, ...]) -> tuple[int, ...]:
    """PD before control before unknown, emotions as in the paper, real before synthetic."""
    order = [*GROUPS, "", *EMOTIONS, REAL]
    return tuple(order.index(value) if value in order else len(order) for value in key)


def _told(rows: pd.DataFrame, named_by: str, features: Sequence[str]) -> np.ndarray:
    """customdata (n, 4 + d): who or where from, group, cluster, the values, the row's number or −1 if synthetic."""
    names = [rows[named_by].to_numpy(object), rows["group"].map(GROUP_NAMES).to_numpy(object),
             rows["cluster"].replace("", "–").to_numpy(object)]  # fmt: skip
    numbers = rows.index.to_numpy(object) if named_by == "subject" else np.full(len(rows), -1, object)
    return np.column_stack([*names, rows[list(features)].to_numpy(float).astype(object), numbers])


def _hover(features: Sequence[str]) -> str:
    columns = 1 if len(features) <= 9 else 2
    lines = []
    for i, name in enumerate(features):
        lines.append(f"{'<br>' if i % columns == 0 else '   '}{name} %{{customdata[{i + 3}]:.2f}}")
    return f"<b>%{{customdata[0]}}</b> %{{customdata[1]}}, cluster %{{customdata[2]}}{''.join(lines)}<extra></extra>"


def rounded_hull(points: np.ndarray, pad: float) -> np.ndarray:
    """Closed outline (m, 2) of the convex hull of (n, 2) points widened by `pad`; a circle for a single point."""
    corners = _hull(sorted(set(map(tuple, points.tolist()))))
    around = (np.array(corners)[:, None, :] + pad * _RING).reshape(-1, 2)
    if len(corners) == 1:
        return np.vstack([around, around[:1]])
    edge = _hull(sorted(map(tuple, around.tolist())))
    return np.array([*edge, edge[0]])


def _hull(cloud: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Corners of the convex hull of sorted points, counter-clockwise."""
    if len(cloud) < 2:
        return cloud
    return _lower_chain(cloud)[:-1] + _lower_chain(cloud[::-1])[:-1]


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
