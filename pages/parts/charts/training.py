"""Figures of trainings in the image space: losses and KID of a GAN, and how an evolved set becomes diverse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pages.parts.charts.palette import GREY, NESTED, TEST, TUNED, blank

if TYPE_CHECKING:
    import numpy as np
    import plotly.graph_objects as go

_GAP = 0.16


def gan_curves(history: Mapping[str, Sequence[float]], most_kid: float) -> go.Figure:
    """Left the losses of both networks, right the KID with the step that is kept; dotted: above it a generator is weak.

    history: `step`, `loss_g`, `loss_d` and `kid`, one entry a look.
    """
    step = list(history["step"])
    traces = [
        line(step, history["loss_g"], "generator", TUNED, ""),
        line(step, history["loss_d"], "discriminator", TEST, "", "dash"),
        line(step, history["kid"], "KID", NESTED, "2"),
    ]
    if step:
        best = min(range(len(step)), key=lambda i: history["kid"][i])
        traces.append(
            {"type": "scatter", "mode": "markers", "x": [step[best]], "y": [history["kid"][best]], "name": "kept",
             "xaxis": "x2", "yaxis": "y2", "marker": {"symbol": "diamond", "size": 11, "color": NESTED,
                                                      "line": {"color": "#4D4D4D", "width": 1}},
             "hovertemplate": "kept, step %{x}: %{y:.2f}<extra></extra>"}
        )  # fmt: skip
        limit = line([step[0], step[-1]], [most_kid] * 2, "weak above", GREY, "2", "dot")
        traces.append({**limit, "line": {"color": GREY, "dash": "dot", "width": 1.5}})
    return two(traces, "step", "loss", "KID")


def evolution_curves(history: Mapping[str, Sequence[float]]) -> go.Figure:
    """Left the fitness of the best set and the mean of all; right the distance between two images of the best set.

    history: `best`, `mean` and `pair_distance`, one entry a generation.
    """
    generation = list(range(len(history["best"])))
    return two(
        [
            line(generation, history["best"], "best set", NESTED, ""),
            line(generation, history["mean"], "mean of all sets", GREY, "", "dot"),
            line(generation, history["pair_distance"], "distance within the best set", TUNED, "2"),
        ],
        "generation", "fitness, the lower the better", "distance of two images",
    )  # fmt: skip


def latent_sets(Z: np.ndarray, which: np.ndarray) -> go.Figure:
    """Latent vectors of a random and of the evolved set in a UMAP, Z (n, 2); which (n,): `random` or `evolved`."""
    looks = {"random": (GREY, "circle-open", "random set"), "evolved": (NESTED, "square", "evolved set")}
    traces = [
        {"type": "scatter", "mode": "markers", "x": Z[which == name, 0], "y": Z[which == name, 1], "name": told,
         "marker": {"symbol": symbol, "size": 9, "color": colour}, "hoverinfo": "name"}
        for name, (colour, symbol, told) in looks.items()
    ]  # fmt: skip
    return blank(260, "UMAP 1", "UMAP 2", traces)


def line(
    x: Sequence[float], y: Sequence[float], name: str, colour: str, side: str, dash: str = "solid"
) -> dict[str, Any]:
    """A trace of the left axes, or with side "2" of the right ones."""
    return {
        "type": "scatter", "mode": "lines", "x": list(x), "y": list(y), "name": name, "xaxis": f"x{side}",
        "yaxis": f"y{side}", "line": {"color": colour, "dash": dash, "width": 2.2},
        "hovertemplate": f"{name}, %{{x}}: %{{y:.3f}}<extra></extra>",
    }  # fmt: skip


def two(traces: list[dict[str, Any]], x: str, left: str, right: str) -> go.Figure:
    """Two plots beside each other with one legend, x the name of both horizontal axes."""
    title = {"title": {"text": x, "standoff": 10}}
    return blank(
        250,
        y=left,
        data=traces,
        xaxis={**title, "domain": [0, 0.5 - _GAP / 2]},
        xaxis2={**title, "domain": [0.5 + _GAP / 2, 1], "anchor": "y2"},
        yaxis2={"title": {"text": right, "standoff": 10}, "anchor": "x2"},
    )
