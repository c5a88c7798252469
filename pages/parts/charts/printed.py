"""The curves of a clip as a file for print: drawn here, because plotly draws only in a browser."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.types import ACTION_UNITS, MAX_INTENSITY
from pages.parts.charts.curves import INTENSITY, landmarks_in_time
from pages.parts.charts.palette import GREY, LINES

if TYPE_CHECKING:
    from core.types import Measurement

_DASHES = ("-", "--", ":", "-.", (0, (8, 2)), (0, (8, 2, 2, 2)), "-")


def au_curves_file(measurement: Measurement, units: Sequence[str], title: str, kind: str) -> bytes:
    """The figure of `curves.au_curves` on white. kind: `png` (300 dots per inch) or `svg`."""
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    found = measurement.action_units
    figure = Figure(figsize=(7.2, 3.2), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    for i, unit in enumerate(units):
        curve = found.intensity[:, ACTION_UNITS.index(unit)]
        axes.plot(found.timestamp_s, curve, color=LINES[i % len(LINES)], linestyle=_DASHES[i % len(_DASHES)],
                  linewidth=1.4, label=unit)  # fmt: skip
    if measurement.neutral is not None:
        first, last = (found.timestamp_s[frame] for frame in measurement.neutral)
        axes.axvspan(first, last, color=GREY, alpha=0.25, linewidth=0, label="neutral")
    for name, at in landmarks_in_time(measurement).items():
        axes.axvline(at, color=GREY, linestyle="--" if name == "peak" else ":", linewidth=1.2)
        axes.annotate(f"{name} {at:.2f} s", (at, 1.0), (4, -4), xycoords=("data", "axes fraction"),
                      textcoords="offset points", rotation=90, va="top", fontsize=7,
                      bbox={"fc": "white", "ec": "none", "pad": 0.6, "alpha": 0.85})  # fmt: skip
    axes.set(xlabel="time (s)", ylabel=INTENSITY, ylim=(0, MAX_INTENSITY), xlim=found.timestamp_s[[0, -1]])
    axes.set_title(title, fontsize=9, loc="left")
    if units or measurement.neutral:
        figure.legend(loc="outside right upper", fontsize=7, frameon=False)
    buffer = io.BytesIO()
    with matplotlib.rc_context({"svg.fonttype": "none"}):  # words stay words
        figure.savefig(buffer, format=kind, dpi=300)
    return buffer.getvalue()
