"""The threshold while it is dragged: map, histogram and counts follow in the browser, the rest on release."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import streamlit as st

from pages.parts import charts
from pages.parts.picture import Picture
from pages.parts.shell import ROOT

MOST_NODES, MOST_POINTS = 6_000, 10_000
"""Of a larger tree or more synthetic rows, the figures follow on release only."""
DIGITS = 4


@cache
def _parts() -> dict[str, str]:
    folder = ROOT / "assets" / "threshold_drag"
    files = {"html": "readout.html", "css": "readout.css", "js": "drag.js"}
    return {kind: (folder / name).read_text(encoding="utf-8") for kind, name in files.items()}


def follow(picture: Picture, colour: str, shape: str) -> None:
    """Mount what watches the slider of the key `threshold`, and moves the charts of the page meanwhile.

    colour, shape: of the map, see `charts.latent_map`. What is sent does not depend on the threshold, so that a move of
    the slider sends nothing again.
    """
    table, spans = picture.space.tree.nodes_, picture.spans
    there = np.flatnonzero(spans[:, 0] < spans[:, 1])
    drawn = picture.drawn(0.0)
    small = len(there) <= MOST_NODES and len(drawn) <= MOST_POINTS
    data = {
        "rule": picture.space.tree.rule,
        "clusters": _between(spans[there]) | {
            "pure": table.pure[there].tolist(), "pd": table.counts[there, 1].tolist(),
            "control": table.counts[there, 0].tolist(),
        },
        "people": {"pd": int(table.counts[0, 1]), "control": int(table.counts[0, 0])},
        "outlines": [_outlines(picture, kind, there) for kind in charts.KINDS] if small else [],
        "synthetic": [
            {"key": "/".join(key), **_places(rows[["x", "y"]].to_numpy(float)), **_between(rows[["low", "high"]]),
             "colours": _without_nan(charts.point_colours(rows, colour))}
            for key, rows in charts.parted(drawn, colour, shape)
        ] if small else [],
    }  # fmt: skip
    st.components.v2.component("threshold_drag", **_parts())(data=data, key="threshold_drag")


def _outlines(picture: Picture, kind: str, there: np.ndarray) -> dict[str, Any]:
    nodes = there[picture.kinds[there] == kind]
    edges = [_places(picture.outline(int(node)).edge) for node in nodes]
    return {"kind": kind, "edges": edges, **_between(picture.spans[nodes])}


def _without_nan(colours: list[Any] | None) -> list[Any] | None:
    return colours and [None if colour != colour else colour for colour in colours]


def _places(xy: np.ndarray) -> dict[str, list[float]]:
    x, y = np.round(xy, DIGITS).T.tolist()
    return {"x": x, "y": y}


def _between(spans: Any) -> dict[str, list[float]]:
    """Thresholds t with low < t <= high, within what JSON can write."""
    low, high = np.clip(np.asarray(spans, float), -1.0, 2.0).T.tolist()
    return {"low": low, "high": high}
