"""Figures of a VAE: what is drawn is what was measured."""

from __future__ import annotations

import numpy as np

from pages.parts import charts

HISTORY = {"step": [10, 20, 30], "loss": [5.0, 3.0, 4.0], "reconstruction": [4.0, 2.5, 2.4], "kl": [1.0, 5.0, 6.0],
           "active": [0, 12, 20]}  # fmt: skip


def traces(figure) -> dict[str, dict]:
    return {trace.name: trace for trace in figure.data}


def test_the_kept_step_is_that_of_the_lowest_loss_and_the_limit_of_collapse_is_drawn():
    drawn = traces(charts.vae_curves(HISTORY, 10))
    assert (drawn["kept"].x, drawn["kept"].y) == ((20,), (3.0,))
    assert drawn["active units"].yaxis == "y2"
    assert set(drawn["collapsed below"].y) == {10}


def test_before_the_first_look_there_is_an_empty_figure():
    empty = {name: [] for name in HISTORY}
    assert "kept" not in traces(charts.vae_curves(empty, 10))


def test_units_are_ordered_by_what_they_carry():
    assert charts.unit_kl([0.1, 2.0, 0.5]).data[0].y == (2.0, 0.5, 0.1)


def test_every_class_of_the_map_has_its_own_look():
    figure = charts.codes_map(np.arange(8).reshape(4, 2), np.array([0, 1, 1, 2]), ["a", "b", "c"])
    drawn = traces(figure)
    assert drawn["b"].x.tolist() == [2, 4]
    assert len({(t.marker.symbol, t.marker.color) for t in figure.data}) == 3


def test_a_sweep_has_a_line_for_each_K_by_sigma():
    rows = [{"sigma": s, "K": K, "kid": s + K, "n_active": 3} for s in (0.0, 0.3) for K in (0.1, 1.0)]
    figure = charts.sweep_lines(rows)
    kids = {trace.name: trace.y for trace in figure.data if trace.yaxis == "y"}
    assert kids == {"K = 0.1": (0.1, 0.4), "K = 1": (1.0, 1.3)}
    assert sum(trace.showlegend is not False for trace in figure.data) == 2
