"""Figures of the studies: every arm, its repeats and its intervals, in per cent."""

from __future__ import annotations

import pytest

from core.images.settings import DISCARD, FULL, S3VAE
from pages.parts import charts
from tests.unit.images.discarded import row

ROWS = [
    row(FULL, 0.0, [0.9, 0.92]), row(DISCARD, 0.6, [0.8, 0.8]), row(S3VAE, 0.6, [0.85, 0.87]),
    row(DISCARD, 0.9, [0.4, 0.6]), row(S3VAE, 0.9, [0.7, 0.8]),
]  # fmt: skip


def test_arms_by_any_metric_with_their_repeats() -> None:
    at_90 = [ROWS[0], *ROWS[3:]]
    each, mean = charts.arms(at_90, "f15", "F1.5 (%)", "repeat").data
    assert each.name == "one repeat"
    assert list(each.x) == pytest.approx([90, 92, 40, 60, 70, 80])
    assert list(each.y) == [FULL, FULL, DISCARD, DISCARD, S3VAE, S3VAE]
    assert list(mean.x) == pytest.approx([91, 50, 75])
    # 70 and 80: standard error 5, Student's t with 1 degree of freedom 12.706; cut at 100.
    assert mean.error_x.array[2] == pytest.approx(25)
    assert mean.error_x.arrayminus[2] == pytest.approx(63.53, abs=0.01)


def test_a_line_an_arm_by_rate_and_all_images_throughout() -> None:
    figure = charts.by_rate(ROWS, "f15", "F1.5 (%)")
    lines = {trace.name: trace for trace in figure.data}
    assert list(lines) == [FULL, DISCARD, S3VAE]
    assert list(lines[FULL].y) == pytest.approx([91, 91])
    assert list(lines[S3VAE].y) == pytest.approx([86, 75])
    assert lines[DISCARD].error_y.array[0] == 0  # it does not vary: nothing is known of how it would
    assert list(figure.layout.xaxis.ticktext) == ["60", "90"]
    assert list(lines[DISCARD].x) == pytest.approx([60, 90])
    assert len({trace.marker.symbol for trace in figure.data}) == len({trace.line.color for trace in figure.data}) == 3


def test_both_learning_curves() -> None:
    for of, values in (("training", [50, 100]), ("validation", [40, 60])):
        figure = charts.learning_by_epoch(ROWS[:2], of)
        assert [list(trace.y) for trace in figure.data] == [values, values]
        assert figure.layout.yaxis.title.text == f"{of} accuracy (%)"
