"""The map of rows and clusters as a file for print: drawn here, because plotly draws only in a browser."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.types import CONTROL, PD
from pages.parts.charts.latent_map import KINDS, Outline
from pages.parts.charts.palette import GROUP_NAMES, LOOKS

if TYPE_CHECKING:
    import pandas as pd

_MARKERS = {PD: "o", CONTROL: "s", "": "D"}


def latent_map_file(
    rows: pd.DataFrame, outlines: Sequence[Outline], synthetic: pd.DataFrame, axes: tuple[str, str], title: str,
    kind: str,
) -> bytes:  # fmt: skip
    """The figure of `latent_map`, coloured by group, on white. kind: `png` (300 dots per inch) or `svg`."""
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.2, 5.2), layout="constrained")
    FigureCanvasAgg(figure)
    plot = figure.add_subplot()
    for name in KINDS:
        for _, edge in (outline for outline in outlines if outline.kind == name):
            plot.fill(*edge.T, facecolor=LOOKS[name].colour, alpha=0.1)
            plot.plot(*edge.T, color=LOOKS[name].colour, linewidth=0.7, linestyle="-" if name else ":")
    for points, hollow in ((synthetic, True), (rows, False)):
        for group, look in LOOKS.items():
            mine = points[points["group"] == group]
            if len(mine):
                words = f"{GROUP_NAMES[group]}{', synthetic' if hollow else ''} ({len(mine)})"
                plot.plot(mine["x"], mine["y"], _MARKERS[group], ms=3 if hollow else 5, label=words, alpha=0.8,
                          mfc="none" if hollow else look.colour, mec=look.colour if hollow else look.outline,
                          mew=0.6)  # fmt: skip
    plot.set(xlabel=axes[0], ylabel=axes[1], xticks=[], yticks=[])
    plot.set_title(title, fontsize=8, loc="left", wrap=True)
    figure.legend(loc="outside lower center", fontsize=7, frameon=False, ncols=4)
    buffer = io.BytesIO()
    with matplotlib.rc_context({"svg.fonttype": "none"}):  # words stay words
        figure.savefig(buffer, format=kind, dpi=300)
    return buffer.getvalue()
