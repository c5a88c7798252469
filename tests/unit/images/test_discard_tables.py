"""Tables of a discard study carry its numbers, laid out as the paper's Tables 5 to 7."""

from __future__ import annotations

import io

import pandas as pd
import pytest

from core.images.discard_tables import csv, group_layout, images_words, interval_layout, latex, long_table, model_layout
from core.images.published_discards import METRICS, PAPER_METRICS
from core.images.settings import C_VAE, DISCARD, DUPLICATE, FULL, S3VAE
from core.settings import NOTICE
from tests.unit.images.discarded import result, row

RESULT = result(
    [
        row(FULL, 0.0, [0.9, 0.92]), row(DISCARD, 0.975, [0.4, 0.6]), row(S3VAE, 0.975, [0.7, 0.8]),
        row(DUPLICATE, 0.975, [0.6, 0.7], [0.6, 0.8]), row(C_VAE, 0.975, [0.5, 0.8]),
    ]
)  # fmt: skip


def test_tables_5_and_6() -> None:
    frame = group_layout(RESULT)
    assert frame.columns[:3].tolist() == ["Dataset", "Data discard rate", "Experimental group number"]
    assert frame.values.tolist() == [
        ["Digits", "0%", "1", "full", "0.500", "75.000%", "91.000%"],
        ["Digits", "97.5%", "2", "discard", "0.500", "75.000%", "50.000%"],
        ["Digits", "97.5%", "3", "S3VAE", "0.500", "75.000%", "75.000%"],
        ["Digits", "97.5%", "4", "duplicate", "0.700", "75.000%", "65.000%"],
    ]
    beside = group_layout(RESULT, with_paper=True)
    assert len(beside) == 4 + 20
    assert beside.values.tolist()[-1] == ["paper, Table 6: CIFAR", "97.5%", "4", "duplicate", "0.545", "65.871%", "–"]


def test_table_7() -> None:
    frame = model_layout(RESULT)
    assert frame.columns[3:6].tolist() == ["L", "K", "σ"]
    assert frame.values.tolist() == [
        ["S3VAE", "Digits (16×16)", "97.5%", "5", "0.1", "0.1", "0.500", "75.000%", "75.000%"],
        ["C-VAE", "Digits (16×16)", "97.5%", "5", "0.1", "/", "0.500", "75.000%", "65.000%"],
    ]
    assert len(model_layout(RESULT, with_paper=True)) == 2 + 12
    assert model_layout(result([each for each in RESULT["rows"] if each["arm"] not in (S3VAE, C_VAE)])).empty


def test_without_a_positive_class_the_papers_number_is_missing() -> None:
    rows = [{**each, "paper_metrics": None, "paper_repeats": None} for each in RESULT["rows"]]
    assert set(group_layout(result(rows))["F1.5"]) == {"–"}
    assert set(long_table(result(rows))["measured_on"]) == {"test"}


def test_means_have_their_intervals() -> None:
    frame = interval_layout(RESULT).set_index("Arm")
    # 0.3 and 0.2: 0.25 ± 0.6353; 0.7 and 0.8: 0.75 ± 0.6353, cut at 1.
    assert frame.loc["S3VAE", "F1.5"] == "0.750 [0.115 to 1.000]"
    assert frame.loc["S3VAE", "F1.5 less discard"] == "+0.250 [-0.385 to +0.885]"
    assert frame.loc["full", "F1.5 less discard"] == "–"
    assert frame.loc["S3VAE", "Images left + added"] == "104 + 24"


def test_long_table_and_csv_have_every_number() -> None:
    frame = long_table(RESULT)
    assert len(frame) == 5 * (len(METRICS) + len(PAPER_METRICS))
    line = frame.set_index(["arm", "measured_on", "metric"]).loc[(S3VAE, "test", "f15")]
    assert (line["repeat_1"], line["repeat_2"], line["mean"]) == (0.7, 0.8, pytest.approx(0.75))
    assert line["less_discard"] == pytest.approx(0.25)
    assert line["less_c_vae"] == pytest.approx(0.1)
    assert line["less_discard_low"] == pytest.approx(0.25 - 0.6353, abs=1e-4)
    assert pd.isna(line["less_duplicate_low"])  # 0.1 in both repeats: nothing is known of how it varies
    read = pd.read_csv(io.StringIO(csv(RESULT)))
    assert set(read["notice"]) == {NOTICE}
    assert read["mean"].tolist() == frame["mean"].tolist()


def test_latex_is_two_tables_that_say_what_they_are_of() -> None:
    written = latex(RESULT)
    assert written.count(r"\toprule") == 2
    assert written.count(NOTICE) == 2
    assert r"Digits & 97.5\% & 3 & S3VAE & 0.500 & 75.000\% & 75.000\%" in written
    assert r"16$\times$16" in written
    assert "%" not in written.replace(r"\%", "")
    assert written.isascii()


def test_words_on_the_images() -> None:
    assert images_words(RESULT).startswith(
        "156 images of 2 classes, 80 to train on and 76 to test on; class Tapered loses images. small CNN, at most 60 "
        "epochs, mean of 2 repeats."
    )


def test_a_class_named_like_plant_village_s_does_not_break_the_caption() -> None:
    written = latex({**RESULT, "discarded": ["Tomato___Late_blight & 50 %"]})
    assert r"Tomato\_\_\_Late\_blight \& 50 \%" in written
