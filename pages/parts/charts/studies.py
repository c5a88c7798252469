"""Figures of an augmentation study: its arms side by side, and the curves behind them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pages.parts.charts.palette import DASHES, GREY, LINES, NESTED, blank

if TYPE_CHECKING:
    import plotly.graph_objects as go


def arms(rows: Sequence[dict[str, Any]]) -> go.Figure:
    """Accuracy of every arm on the test images: each seed a ring, the mean with its 95 % interval a square.

    rows: of `core.images.study_rows.arm_rows`.
    """
    names = [row["arm"] for row in rows]
    seeds = [(row["arm"], 100 * seed["accuracy"]) for row in rows for seed in row["seeds"]]
    told = [row["metrics"]["accuracy"] for row in rows]
    ends = [each["ci"] or (each["mean"], each["mean"]) for each in told]
    error = {"type": "data", "symmetric": False, "color": NESTED, "thickness": 1.5,
             "array": [100 * (high - each["mean"]) for each, (_, high) in zip(told, ends, strict=True)],
             "arrayminus": [100 * (each["mean"] - low) for each, (low, _) in zip(told, ends, strict=True)]}  # fmt: skip
    figure = blank(90 + 34 * len(rows), "accuracy on the test images (%)", data=[
        {"type": "scatter", "mode": "markers", "x": [x for _, x in seeds], "y": [name for name, _ in seeds],
         "name": "one seed", "marker": {"symbol": "circle-open", "size": 9, "color": GREY},
         "hovertemplate": "%{y}: %{x:.1f} %<extra>one seed</extra>"},
        {"type": "scatter", "mode": "markers", "x": [100 * each["mean"] for each in told], "y": names, "error_x": error,
         "name": "mean, 95 % interval", "marker": {"symbol": "square", "size": 12, "color": NESTED,
                                                   "line": {"color": "#4D4D4D", "width": 1}},
         "hovertemplate": "%{y}: %{x:.1f} %<extra>mean</extra>"},
    ])  # fmt: skip
    figure.update_yaxes(autorange="reversed", categoryorder="array", categoryarray=names)
    return figure


def learning_by_epoch(rows: Sequence[dict[str, Any]]) -> go.Figure:
    """Validation accuracy by epoch, mean over seeds and folds, a line an arm."""
    return _curves({row["arm"]: row["validation_accuracy"] for row in rows}, "epoch", "validation accuracy (%)", 100)


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
