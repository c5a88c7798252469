"""Figures of what a decision stands on: the votes for one person, and the accuracies of a protocol."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from core.types import CONTROL, PD
from pages.parts.charts.palette import GREY, LOOKS, NESTED, TEST, TUNED, blank, rgba

if TYPE_CHECKING:
    import plotly.graph_objects as go


def votes(emotions: Sequence[dict[str, Any]]) -> go.Figure:
    """One bar an emotion: the fold models that said PD, then those that said control.

    emotions: mappings with the fields of `core.types.EmotionVote`. Emotions that do not count are hollow.
    """
    import plotly.graph_objects as go

    figure = blank(56 + 38 * len(emotions), barmode="stack", bargap=0.3, x="fold models (share of votes)")
    names = [vote["emotion"] for vote in emotions]
    for group in (PD, CONTROL):
        look = LOOKS[group]
        share, text, number = [], [], []
        for vote in emotions:
            n_models = vote["n_models"] if vote["usable"] else 0
            n = vote["n_for_pd"] if group == PD else n_models - vote["n_for_pd"]
            share.append(100 * n / n_models if n_models else 0)
            text.append(f"{n}/{n_models} {group}" if n_models and 100 * n / n_models >= 24 else "")
            number.append(n if n_models else 0)
        figure.add_trace(
            go.Bar(
                y=names,
                x=share,
                orientation="h",
                name=group,
                text=text,
                customdata=number,
                textposition="inside",
                insidetextanchor="start" if group == PD else "end",
                insidetextfont={"color": look.text, "size": 13},
                marker={"color": rgba(look.colour, 0.92), "line": {"color": look.outline, "width": 1},
                        "pattern": {"shape": "" if group == PD else "/", "fillmode": "overlay", "size": 6,
                                    "solidity": 0.12, "fgcolor": rgba("#FFFFFF", 0.5)}},
                hovertemplate="%{y}: %{customdata} models, %{x:.0f} %<extra>" + group + "</extra>",
            )
        )  # fmt: skip
    for vote in emotions:
        if not vote["usable"]:
            figure.add_annotation(y=vote["emotion"], x=0, xanchor="left", text="does not count", showarrow=False)
    figure.add_vline(50, line={"color": GREY, "width": 1.5, "dash": "dot"})
    figure.update_layout(legend_traceorder="normal", margin_r=24)
    figure.update_xaxes(range=[0, 100.5], ticksuffix=" %", dtick=25)
    figure.update_yaxes(autorange="reversed", title=None, categoryorder="array", categoryarray=names)
    return figure


def accuracies(rows: Sequence[dict[str, Any]]) -> go.Figure:
    """Tuned, test and nested accuracy of every emotion and method on one line, in per cent; chance is dotted.

    rows: mappings with label, tuned, test, nested and nested_interval (low, high), 0 to 1; None where there is none.
    """
    import plotly.graph_objects as go

    figure = blank(80 + 29 * len(rows), x="accuracy (%)")
    labels = [row["label"] for row in rows]
    for row in rows:
        known = [100 * row[key] for key in ("tuned", "test", "nested") if row[key] is not None]
        if known:
            figure.add_trace(
                go.Scatter(x=[min(known), max(known)], y=[row["label"]] * 2, mode="lines", showlegend=False,
                           line={"color": rgba(GREY, 0.55), "width": 3}, hoverinfo="skip")
            )  # fmt: skip
    looks = (("tuned", "tuned validation (the paper's)", TUNED, "circle"), ("test", "test people", TEST, "diamond"),
             ("nested", "nested, 95 % interval", NESTED, "square"))  # fmt: skip
    for key, name, colour, symbol in looks:
        shown = [row for row in rows if row[key] is not None]
        error = None
        if key == "nested":
            error = {"type": "data", "symmetric": False, "color": colour, "thickness": 1.5,
                     "array": [100 * (r["nested_interval"][1] - r["nested"]) for r in shown],
                     "arrayminus": [100 * (r["nested"] - r["nested_interval"][0]) for r in shown]}  # fmt: skip
        figure.add_trace(
            go.Scatter(
                x=[100 * row[key] for row in shown],
                y=[row["label"] for row in shown],
                mode="markers",
                name=name,
                error_x=error,
                marker={"symbol": symbol, "color": colour, "size": 12, "line": {"color": "#4D4D4D", "width": 1}},
                hovertemplate="%{y}: %{x:.1f} %<extra>" + name + "</extra>",
            )
        )
    figure.add_vline(50, line={"color": GREY, "width": 1.5, "dash": "dot"})
    figure.update_xaxes(range=[0, 102], dtick=25)
    figure.update_yaxes(autorange="reversed", title=None, categoryorder="array", categoryarray=labels)
    return figure
