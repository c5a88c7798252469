"""The paper's Table 4 is copied rightly as far as its own means can tell, and what its rows say."""

from __future__ import annotations

import pytest

from core.images.published_study import COLUMNS, N_TEST, TABLE_4, of_the_paper, seeds


@pytest.mark.parametrize(("mean", "rows"), [("Original", "Model"), ("Augmented", "Seed")])
def test_the_printed_means_are_those_of_the_rows(mean: str, rows: str) -> None:
    for metric in COLUMNS:
        found = sum(row[metric] for row in seeds(rows)) / 5
        assert TABLE_4[mean][metric] == pytest.approx(found, abs=0.001)


def test_twelve_rows_of_six_metrics() -> None:
    assert len(TABLE_4) == 12
    assert all(len(row) == 6 for row in TABLE_4.values())
    assert TABLE_4["Seed-4"] == dict(zip(COLUMNS, (0.618, 0.663, 0.629, 0.633, 0.750, 0.536), strict=True))


def test_what_the_rows_say() -> None:
    paper = of_the_paper()
    assert N_TEST == 56
    assert paper.gain == pytest.approx(0.008)
    assert paper.images_gained == pytest.approx(0.448)
    assert paper.p == pytest.approx(0.564, abs=0.001)
    assert paper.best == "Seed-4"
    assert paper.best_gain == pytest.approx(0.040)
    assert paper.images_of_best == 2
