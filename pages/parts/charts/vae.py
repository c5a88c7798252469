"""Figures of a VAE: its training, its latent units, its latent map, and the sweep of its settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pages.parts.charts.palette import DASHES, GREY, LINES, NESTED, TEST, TUNED, blank
from pages.parts.charts.training import line, two

if TYPE_CHECKING:
    import numpy as np
    import plotly.graph_objects as go

_SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "star")


def vae_curves(history: Mapping[str, Sequence[float]], fewest_active: int) -> go.Figure:
    """Left reconstruction and KL of the steps, and the loss of a look; right the active units.

    history: `step`, `reconstruction`, `kl`, `loss` and `active`, one entry a look. Dotted: fewer are a collapse.
    """
    step = list(history["step"])
    traces: list[dict[str, Any]] = [
        line(step, history["loss"], "loss", NESTED, ""),
        line(step, history["reconstruction"], "reconstruction", TUNED, "", "dash"),
        line(step, history["kl"], "KL (nats)", TEST, "", "dot"),
        line(step, history["active"], "active units", TUNED, "2"),
    ]
    traces = [{**trace, "mode": "lines+markers", "marker": {"size": 5}} for trace in traces]
    if step:
        best = min(range(len(step)), key=lambda i: history["loss"][i])
        traces.append(
            {"type": "scatter", "mode": "markers", "x": [step[best]], "y": [history["loss"][best]], "name": "kept",
             "marker": {"symbol": "diamond", "size": 11, "color": NESTED, "line": {"color": "#4D4D4D", "width": 1}},
             "hovertemplate": "kept, step %{x}: %{y:.2f}<extra></extra>"}
        )  # fmt: skip
        limit = line([step[0], step[-1]], [fewest_active] * 2, "collapsed below", GREY, "2", "dot")
        traces.append({**limit, "line": {"color": GREY, "dash": "dot", "width": 1.5}})
    figure = two(traces, "step", "loss of an image", "active units")
    figure.update_layout(yaxis2_rangemode="tozero", yaxis_rangemode="tozero")
    return figure


def unit_kl(values: Sequence[float]) -> go.Figure:
    """KL of every latent unit in nats, the largest first; a unit at 0 carries nothing."""
    ordered = sorted(values, reverse=True)
    return blank(180, "latent unit, by its KL", "KL (nats)", [
        {"type": "bar", "x": list(range(1, len(ordered) + 1)), "y": ordered, "marker": {"color": TUNED},
         "hovertemplate": "%{y:.3f} nats<extra></extra>"}
    ])  # fmt: skip


def codes_map(Z: np.ndarray, labels: np.ndarray, classes: Sequence[str]) -> go.Figure:
    """Posterior means of images in a UMAP, Z (n, 2), by class: a colour and a shape each."""
    traces = [
        {"type": "scatter", "mode": "markers", "x": Z[labels == i, 0], "y": Z[labels == i, 1], "name": name,
         "marker": {"symbol": _SYMBOLS[i % len(_SYMBOLS)], "size": 7, "color": LINES[i % len(LINES)], "opacity": 0.8},
         "hovertemplate": f"{name}<extra></extra>"}
        for i, name in enumerate(classes)
    ]  # fmt: skip
    return blank(430, "UMAP 1", "UMAP 2", traces)


def sweep_lines(rows: Sequence[Mapping[str, Any]]) -> go.Figure:
    """Left the KID, right the active units, by sigma; a line for each K. rows: of `core.images.vae_sweep.sweep`."""
    traces: list[dict[str, Any]] = []
    for i, K in enumerate(sorted({row["K"] for row in rows})):
        own = [row for row in rows if row["K"] == K]
        for side, what in (("", "kid"), ("2", "n_active")):
            drawn = line([row["sigma"] for row in own], [row[what] for row in own], f"K = {K:g}",
                         LINES[i % len(LINES)], side, DASHES[i % len(DASHES)])  # fmt: skip
            traces.append({**drawn, "mode": "lines+markers", "legendgroup": K, "showlegend": side == ""})
    figure = two(traces, "σ of the noise layer", "KID, the lower the better", "active units")
    figure.update_layout(yaxis2_rangemode="tozero")
    return figure
