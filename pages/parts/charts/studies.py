"""Figures of a study: its arms side by side, and the curves behind them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pages.parts.charts.palette import DASHES, GREY, LINES, NESTED, blank

if TYPE_CHECKING:
    import plotly.graph_objects as go

APART = 0.2
"""Points of the discard rate by which the arms stand beside each other."""
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "x")


def arms(
    rows: Sequence[dict[str, Any]],
    metric: str = "accuracy",
    x: str = "accuracy on the test images (%)",
    again: str = "seed",
) -> go.Figure:
    """A metric of every arm on the test images: each seed a ring, the mean with its 95 % interval a square.

    rows: of `core.images.study_rows.arm_rows`, or of `core.images.discard_rows.arm_rows` at one rate with repeats for
    seeds: again.
    """
    names = [row["arm"] for row in rows]
    seeds = [(row["arm"], 100 * seed[metric]) for row in rows for seed in row[f"{again}s"]]
    told = [row["metrics"][metric] for row in rows]
    ends = [each["ci"] or (each["mean"], each["mean"]) for each in told]
    error = {"type": "data", "symmetric": False, "color": NESTED, "thickness": 1.5,
             "array": [100 * (high - each["mean"]) for each, (_, high) in zip(told, ends, strict=True)],
             "arrayminus": [100 * (each["mean"] - low) for each, (low, _) in zip(told, ends, strict=True)]}  # fmt: skip
    figure = blank(90 + 34 * len(rows), x, data=[
        {"type": "scatter", "mode": "markers", "x": [x for _, x in seeds], "y": [name for name, _ in seeds],
         "name": f"one {again}", "marker": {"symbol": "circle-open", "size": 9, "color": GREY},
         "hovertemplate": f"%{{y}}: %{{x:.1f}} %<extra>one {again}</extra>"},
        {"type": "scatter", "mode": "markers", "x": [100 * each["mean"] for each in told], "y": names, "error_x": error,
         "name": "mean, 95 % interval", "marker": {"symbol": "square", "size": 12, "color": NESTED,
                                                   "line": {"color": "#4D4D4D", "width": 1}},
         "hovertemplate": "%{y}: %{x:.1f} %<extra>mean</extra>"},
    ])  # fmt: skip
    figure.update_yaxes(autorange="reversed", categoryorder="array", categoryarray=names)
    return figure


def learning_by_epoch(rows: Sequence[dict[str, Any]], of: str = "validation") -> go.Figure:
    """Accuracy by epoch, mean over all trainings, a line an arm. of: `validation` or `training`."""
    return _curves({row["arm"]: row[f"{of}_accuracy"] for row in rows}, "epoch", f"{of} accuracy (%)", 100)


def by_rate(rows: Sequence[dict[str, Any]], metric: str, y: str) -> go.Figure:
    """A metric by what share was discarded, a line an arm with the 95 % intervals of its means.

    rows: of `core.images.discard_rows.arm_rows`; what is trained on everything is a line of its own throughout.
    """
    rates = sorted({row["rate"] for row in rows if row["rate"]})
    names = list(dict.fromkeys(row["arm"] for row in rows))
    traces = []
    for i, arm in enumerate(names):
        own = [row for row in rows if row["arm"] == arm]
        own = own * len(rates) if own[0]["rate"] == 0 else own
        told = [row["metrics"][metric] for row in own]
        ends = [each["ci"] or (each["mean"], each["mean"]) for each in told]
        error = {
            "type": "data",
            "symmetric": False,
            "thickness": 1,
            "width": 3,
            "array": [100 * (high - each["mean"]) for each, (_, high) in zip(told, ends, strict=True)],
            "arrayminus": [100 * (each["mean"] - low) for each, (low, _) in zip(told, ends, strict=True)],
        }
        # Intervals of one rate would lie on each other.
        places = [100 * rate + APART * (i - (len(names) - 1) / 2) for rate in rates]
        traces.append(
            {"type": "scatter", "mode": "lines+markers", "x": places, "y": [100 * each["mean"] for each in told],
             "name": arm, "error_y": error, "marker": {"symbol": SYMBOLS[i % len(SYMBOLS)], "size": 9},
             "line": {"color": LINES[i % len(LINES)], "dash": DASHES[i % len(DASHES)], "width": 2},
             "hovertemplate": f"{arm}: %{{y:.1f}} %<extra></extra>"}
        )  # fmt: skip
    ticks = {"tickvals": [100 * rate for rate in rates], "ticktext": [f"{100 * rate:.4g}" for rate in rates]}
    return blank(320, "discarded (%)", y, traces, xaxis=ticks)


def fitness_by_class(rows: Sequence[dict[str, Any]]) -> go.Figure:
    """Fitness of the best set by generation, mean over the seeds, a line a class."""
    return _curves({row["class"]: row["history"]["best"] for row in rows}, "generation", "fitness", 1)


def _curves(lines: dict[str, Sequence[float]], x: str, y: str, factor: float) -> go.Figure:
    return blank(280, x, y, [
        {"type": "scatter", "mode": "lines", "x": list(range(1, len(values) + 1)), "name": name,
         "y": [factor * value for value in values],
         "line": {"color": LINES[i % len(LINES)], "dash": DASHES[i % len(DASHES)], "width": 2},
         "hovertemplate": f"{name}, %{{x}}: %{{y:.3g}}<extra></extra>"}
        for i, (name, values) in enumerate(lines.items())
    ])  # fmt: skip
