"""The figures of a report, drawn without a browser."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from core.screening.calibration import Calibration
from core.screening.report.content import CALIBRATION, VOTES, WITHHELD

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PD_COLOUR, CONTROL_COLOUR, LINE, GREY = "#D55E00", "#0072B2", "#009E73", "#8A8A8A"
WIDTH_IN = 6.6
HEIGHTS_IN = {VOTES: 2.1, CALIBRATION: 2.4, WITHHELD: 2.2}


def drawn(name: str, result: Mapping[str, Any], kind: str) -> bytes:
    """One of the figures of `content` for `Screening.to_json()`. kind: `svg` or `png`. Same input, same bytes."""
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH_IN, HEIGHTS_IN[name]), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    {VOTES: _votes, CALIBRATION: _calibration, WITHHELD: _withheld}[name](axes, result)
    axes.tick_params(labelsize=8)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    buffer = io.BytesIO()
    metadata = {"Date": None} if kind == "svg" else {"Software": None}
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": name}):
        figure.savefig(buffer, format=kind, dpi=200, metadata=metadata)
    return buffer.getvalue()


def _votes(axes: Axes, result: Mapping[str, Any]) -> None:
    votes = result["emotions"][::-1]
    share = np.array([100 * v["n_for_pd"] / v["n_models"] if v["usable"] and v["n_models"] else 0 for v in votes])
    usable = np.array([bool(v["usable"] and v["n_models"]) for v in votes])
    names = [vote["emotion"] for vote in votes]
    axes.barh(names, share, color=PD_COLOUR, label="PD")
    axes.barh(names, np.where(usable, 100 - share, 0), left=share, color=CONTROL_COLOUR, label="control", hatch="//",
              edgecolor="white", linewidth=0)  # fmt: skip
    for place, counts in enumerate(usable):
        if not counts:
            axes.text(1, place, "does not count", va="center", fontsize=8)
    axes.axvline(50, color=GREY, linestyle=":", linewidth=1)
    axes.set_xlim(0, 100)
    axes.set_xlabel("fold models (% of votes)", fontsize=8)
    axes.legend(fontsize=7, frameon=False, loc="upper center", bbox_to_anchor=(0.5, 1.22), ncols=2)


def _calibration(axes: Axes, result: Mapping[str, Any]) -> None:
    told = result["certainty"]
    calibration = Calibration.from_json(told["calibration"])
    shares = np.linspace(0, 1, 101)
    low, high = np.array([calibration.interval(x) for x in shares]).T
    axes.fill_between(shares, low, high, color=LINE, alpha=0.2, linewidth=0, label="95 % interval")
    axes.plot(shares, [calibration.probability(x) for x in shares], color=LINE, linewidth=1.8, label="probability")
    axes.plot(calibration.shares_pd, [1.04] * len(calibration.shares_pd), "o", ms=3.5, mfc="none", color=PD_COLOUR,
              label="PD, left out")  # fmt: skip
    axes.plot(calibration.shares_control, [-0.04] * len(calibration.shares_control), "s", ms=3.5, mfc="none",
              color=CONTROL_COLOUR, label="control, left out")  # fmt: skip
    axes.plot([told["share"]], [told["probability"]], "D", ms=7, color="#F0E442", mec="#333333", label="this person")
    axes.axhline(0.5, color=GREY, linestyle=":", linewidth=1)
    axes.set(xlim=(-0.02, 1.02), ylim=(-0.1, 1.1))
    axes.set_xlabel("share of the votes for PD, mean over emotions", fontsize=8)
    axes.set_ylabel("probability of PD", fontsize=8)
    axes.legend(fontsize=7, frameon=False, loc="center left", bbox_to_anchor=(1.0, 0.5))


def _withheld(axes: Axes, result: Mapping[str, Any]) -> None:
    points = result["certainty"]["risk_coverage"]
    coverage = [100 * point["coverage"] for point in points]
    low, high = np.array([point["ci"] for point in points]).T
    axes.fill_between(coverage, 100 * low, 100 * high, color=LINE, alpha=0.2, linewidth=0)
    axes.plot(coverage, [100 * point["accuracy"] for point in points], "o-", ms=2.5, color=LINE, linewidth=1.6)
    axes.set(xlim=(0, 101), ylim=(0, 102))
    axes.set_xlabel("people called (%)", fontsize=8)
    axes.set_ylabel("right (%)", fontsize=8)
