"""Figure of one clip over time: the curves of its action units, with rest, onset, peak and offset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from core.types import ACTION_UNITS, MAX_INTENSITY
from pages.parts.charts.palette import DASHES, GREY, LINES, blank, rgba

if TYPE_CHECKING:
    import numpy as np
    import plotly.graph_objects as go

    from core.types import Measurement

INTENSITY = "intensity (0 to 5)"
LEFT_PX, RIGHT_PX, ABOVE_PX, BELOW_PX, HEIGHT_PX = 46, 14, 76, 42, 336
"""Fixed, so that the page can lay a line for the frame in view, and the scrub bar, along the axis of time."""

MOST_DRAWN = 2000
_WORD = 0.21
"""Width of `onset 1.20 s` as a share of the plot at its narrowest."""


def au_curves(measurement: Measurement, units: Sequence[str]) -> go.Figure:
    """Intensity of `units` over time; rest shaded, onset, peak and offset marked. Frames without a face are gaps."""
    found = measurement.action_units
    seconds = found.timestamp_s
    chosen = found.intensity[:, [ACTION_UNITS.index(unit) for unit in units]]
    x, curves = _thinned(seconds, chosen)
    traces = [
        {
            "type": "scatter",
            "x": x,
            "y": curves[:, i],
            "mode": "lines",
            "name": unit,
            "line": {"color": LINES[i % len(LINES)], "dash": DASHES[i % len(DASHES)], "width": 2},
            "hovertemplate": "%{y:.2f}",
        }
        for i, unit in enumerate(units)
    ]
    shapes: list[dict[str, Any]] = []
    words: list[dict[str, Any]] = []
    if measurement.neutral is not None:
        first, last = measurement.neutral
        shapes.append({"type": "rect", "x0": seconds[first], "x1": seconds[last], "y0": 0, "y1": 1, "yref": "paper",
                       "fillcolor": rgba(GREY, 0.22), "line": {"width": 0}, "layer": "below"})  # fmt: skip
        words.append({"text": "neutral", "x": seconds[first], "y": 1, "yref": "paper", "yanchor": "top",
                      "xanchor": "left", "showarrow": False, "font": {"size": 12}})  # fmt: skip
    marked = landmarks_in_time(measurement)
    for name, at in marked.items():
        peak = name == "peak"
        line = {"color": GREY, "width": 2 if peak else 1.5, "dash": "dash" if peak else "dot"}
        shapes.append({"type": "line", "x0": at, "x1": at, "y0": 0, "y1": 1, "yref": "paper", "line": line})
    words += _words(marked, float(seconds[0]), float(seconds[-1]))
    return blank(
        HEIGHT_PX,
        x="time (s)",
        y=INTENSITY,
        data=traces,
        xaxis={"range": [float(seconds[0]), float(seconds[-1])], "automargin": False, "zeroline": False},
        yaxis={"range": [0, MAX_INTENSITY * 1.02], "dtick": 1, "automargin": False},
        margin={"l": LEFT_PX, "r": RIGHT_PX, "t": ABOVE_PX, "b": BELOW_PX},
        legend={"orientation": "h", "yref": "container", "y": 0.99, "yanchor": "top", "x": 0, "title": {"text": ""}},
        hovermode="x unified",
        shapes=shapes,
        annotations=words,
        uirevision="kept",
    )


def _thinned(seconds: np.ndarray, curves: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(m,) times and (m, d) curves of at most `MOST_DRAWN` points each: of many frames, each stretch's extremes."""
    import numpy as np

    if len(seconds) <= MOST_DRAWN:
        return seconds, curves
    first = np.linspace(0, len(seconds), MOST_DRAWN // 2, endpoint=False).astype(int)
    low, high = np.fmin.reduceat(curves, first, axis=0), np.fmax.reduceat(curves, first, axis=0)
    return np.repeat(seconds[first], 2), np.stack([low, high], axis=1).reshape(2 * len(first), -1)


def landmarks_in_time(measurement: Measurement) -> dict[str, float]:
    """Seconds of `onset`, `offset` and `peak`, of those that the clip shows."""
    dynamics = measurement.dynamics
    frames = {"onset": dynamics.onset_frame, "offset": dynamics.offset_frame} if dynamics else {}
    frames["peak"] = measurement.peak_frame
    seconds = measurement.action_units.timestamp_s
    return {name: float(seconds[frame]) for name, frame in frames.items() if frame is not None}


def _words(marked: Mapping[str, float], first_s: float, last_s: float) -> list[dict[str, Any]]:
    """Name and time of what is marked, above the plot, each in the lowest row in which it has room."""
    taken: list[list[float]] = [[] for _ in marked]
    words = []
    for name, at in marked.items():
        share = (at - first_s) / max(last_s - first_s, 1e-9)
        left = min(max(share - _WORD / 2, 0.0), 1.0 - _WORD)
        row = next(i for i, row in enumerate(taken) if all(abs(left - other) >= _WORD for other in row))
        taken[row].append(left)
        words.append({"text": f"{name} {at:.2f} s", "x": left + _WORD / 2, "xref": "x domain", "xanchor": "center",
                      "y": 1, "yref": "paper", "yanchor": "bottom", "yshift": 16 * row, "showarrow": False,
                      "font": {"size": 12}})  # fmt: skip
    return words
