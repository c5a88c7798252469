"""Tables of a study: the paper's layout, and every number in the long form."""

from __future__ import annotations

import io

import pandas as pd
import pytest

from core.images.published_study import COLUMNS
from core.images.settings import COPIES, EVOLVED_SET, ORIGINAL
from core.images.study_tables import csv, interval_layout, latex, layout, long_table
from core.settings import NOTICE
from tests.unit.images.study_results import result

RESULT = result({ORIGINAL: [0.5, 0.6], EVOLVED_SET: [0.6, 0.75], COPIES: [0.5, 0.5]})


def test_rows_are_laid_out_as_the_papers() -> None:
    frame = layout(RESULT)
    assert list(frame.columns) == ["Acc", "Prec", "Rec", "F1", "AUROC", "Avg-Prec"]
    assert list(frame.index)[:4] == [
        (ORIGINAL, "mean"), (ORIGINAL, "seed 0"), (ORIGINAL, "seed 1"), (EVOLVED_SET, "mean")
    ]  # fmt: skip
    assert frame.loc[(EVOLVED_SET, "mean"), "Acc"] == "0.675"
    assert frame.loc[(EVOLVED_SET, "seed 1"), "Acc"] == "0.750"


def test_the_papers_rows_stand_below_the_arms_it_has() -> None:
    frame = layout(RESULT, with_paper=True)
    assert len(frame) == 9 + 12
    assert frame.loc[(ORIGINAL, "paper: Original"), "Acc"] == "0.578"
    assert frame.loc[(EVOLVED_SET, "paper: Seed-4"), "AUROC"] == "0.750"
    assert not any("paper" in row for arm, row in frame.index if arm == COPIES)


def test_intervals_and_what_each_arm_brings() -> None:
    frame = interval_layout(RESULT)
    # 0.675 ± 12.706 · 0.075, cut at 0 and 1; differences 0.1 and 0.15: 0.125 ± 12.706 · 0.025.
    assert frame.loc[EVOLVED_SET, "Acc"] == "0.675 [0.000 to 1.000]"
    assert frame.loc[EVOLVED_SET, "Acc less original"] == "+0.125 [-0.193 to +0.443]"
    assert frame.loc[ORIGINAL, "Acc less original"] == "–"
    assert frame.loc[COPIES, "Acc"] == "0.500"


def test_the_long_form_has_every_number() -> None:
    frame = long_table(RESULT)
    assert len(frame) == 3 * len(COLUMNS)
    row = frame.set_index(["arm", "metric"]).loc[(EVOLVED_SET, "accuracy")]
    assert row["mean"] == pytest.approx(0.675)
    assert (row["seed_0"], row["seed_1"]) == (0.6, 0.75)
    assert row["less_original"] == pytest.approx(0.125)
    assert (row["less_original_low"], row["less_original_high"]) == pytest.approx((-0.1927, 0.4427), abs=1e-4)
    assert row["less_duplication"] == pytest.approx(0.175)
    assert row["less_duplication_low"] < row["less_duplication"] < row["less_duplication_high"]
    assert row["paper"] == 0.586
    assert frame.set_index(["arm", "metric"]).loc[(COPIES, "accuracy")][["paper", "less_duplication"]].isna().all()


def test_csv_is_the_long_form_with_the_notice() -> None:
    frame = pd.read_csv(io.StringIO(csv(RESULT)))
    assert set(frame["notice"]) == {NOTICE}
    assert frame["mean"].tolist() == long_table(RESULT)["mean"].tolist()


def test_latex_is_a_table_that_says_what_it_is_of() -> None:
    written = latex(RESULT)
    assert written.count(r"\multirow") == 3
    assert "seed 1 & 0.750 & 0.500" in written
    assert "132 images of 2 classes, 80 to train on and 52 to test on. small CNN, 250 epochs" in written
    assert NOTICE in written
    assert "%" not in written.replace(r"\%", "")
