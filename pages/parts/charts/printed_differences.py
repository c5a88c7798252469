"""The figure of two groups as a file for print: drawn here, because plotly draws only in a browser."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from core.types import CONTROL, GROUPS, PD
from pages.parts.charts.differences import reach
from pages.parts.charts.palette import GREY, GROUP_NAMES, LOOKS, NESTED

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from core.screening.group_differences import GroupDifference

_MARKERS = {PD: "o", CONTROL: "s"}
_APART, _JITTER = 0.2, 0.07


def group_differences_file(
    values: pd.DataFrame,
    differences: Sequence[GroupDifference],
    panels: Mapping[str, Sequence[str]],
    title: str,
    kind: str,
) -> bytes:
    """The figure of `differences.group_differences` on white. kind: `png` (300 dots per inch) or `svg`."""
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(max(7.2, 1.6 * len(panels)), 5.2), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(2, len(panels), sharex="col", height_ratios=(3, 2), squeeze=False)
    for i, (label, features) in enumerate(panels.items()):
        above, below = axes[:, i]
        _people(above, values, features)
        _effects(below, {d.feature: d for d in differences}, features)
        above.set_ylabel(label, fontsize=8)
        below.set_xticks(range(len(features)), features if len(panels) == 1 else [""], rotation=90)
        above.tick_params(labelsize=7)
        below.tick_params(labelsize=7)
        below.set_ylim(reach(differences))
    axes[1, 0].set_ylabel("Hedges' g (PD − control)\nfilled: stays after adjustment", fontsize=8)
    figure.suptitle(title, fontsize=8, x=0.01, ha="left")
    figure.legend(
        *axes[0, 0].get_legend_handles_labels(), loc="outside upper right", fontsize=8, frameon=False, ncols=2
    )
    buffer = io.BytesIO()
    with matplotlib.rc_context({"svg.fonttype": "none"}):  # words stay words
        figure.savefig(buffer, format=kind, dpi=300)
    return buffer.getvalue()


def _people(axes: Axes, values: pd.DataFrame, features: Sequence[str]) -> None:
    spread = np.random.default_rng(0)  # of the points across a box, alike in every file
    for group, side in zip(GROUPS, (-_APART, _APART), strict=True):
        rows, look = values[values["group"] == group], LOOKS[group]
        columns = [rows[feature].dropna().to_numpy(float) for feature in features]
        drawn = {"color": look.colour, "linewidth": 1.0}
        axes.boxplot(columns, positions=np.arange(len(features)) + side, widths=0.32, showfliers=False, boxprops=drawn,
                     medianprops=drawn, whiskerprops=drawn, capprops=drawn)  # fmt: skip
        for x, column in enumerate(columns):
            axes.plot(x + side + spread.uniform(-_JITTER, _JITTER, len(column)), column, _MARKERS[group], ms=2.4,
                      color=look.colour, alpha=0.55, mew=0,
                      label=f"{GROUP_NAMES[group]} ({len(rows)})" if x == 0 else None)  # fmt: skip


def _effects(axes: Axes, differences: Mapping[str, GroupDifference], features: Sequence[str]) -> None:
    axes.axhline(0, color=GREY, linewidth=1, linestyle=":")
    for x, feature in enumerate(features):
        d = differences[feature]
        colour = NESTED if d.found else GREY
        axes.errorbar(x, d.g, [[d.g - d.g_low], [d.g_high - d.g]], fmt="D", ms=4, color=colour, capsize=2,
                      linewidth=1.2, mfc=colour if d.found else "white")  # fmt: skip
