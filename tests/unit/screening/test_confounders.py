"""Columns beside the face: how well they alone tell the label."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.screening.confounders import confounders

LABELS = {f"P{i:02}": int(i < 20) for i in range(40)}


def table(**columns: object) -> pd.DataFrame:
    return pd.DataFrame({"subject": list(LABELS), "AU12": np.arange(40.0), **columns})


def test_a_protocol_that_is_the_label_is_found_out_and_noise_is_not() -> None:
    rng = np.random.default_rng(0)
    given = table(
        Protocol=["clinic"] * 20 + ["home"] * 20, sex=rng.permutation(["F", "M"] * 20), age=rng.normal(60, 9, 40)
    )
    found = {row["column"]: row for row in confounders(given, LABELS, 0)}
    assert set(found) == {"Protocol", "sex", "age"}
    assert found["Protocol"]["auroc"] == 1.0
    assert found["Protocol"]["ci"][0] > 0.8
    for noise in ("sex", "age"):
        assert found[noise]["ci"][0] < 0.5
        assert found[noise]["auroc"] < 0.7


def test_only_columns_that_are_there_and_vary_are_told() -> None:
    assert confounders(table(), LABELS, 0) == []
    assert confounders(table(site="A", backend="openface"), LABELS, 0) == []


def test_people_without_a_value_are_left_out_and_counted() -> None:
    ages = np.r_[np.full(20, 70.0), np.full(20, 50.0)] + np.tile(np.arange(20) / 10, 2)
    ages[[0, 1, 25]] = np.nan
    (row,) = confounders(table(age=ages), LABELS, 0)
    assert (row["n"], row["auroc"]) == (37, 1.0)
    assert confounders(table(age=np.r_[np.full(38, np.nan), 60, 61]), LABELS, 0) == []


def test_a_person_counts_once_whatever_their_rows() -> None:
    rows = table(age=np.r_[np.arange(40, 60), np.arange(60, 80)].astype(float))
    assert confounders(pd.concat([rows, rows.head(7), rows.head(7)]), LABELS, 0) == confounders(rows, LABELS, 0)


def test_on_ufnet_the_recording_protocol_tells_as_much_as_the_smile(shared_data: Path) -> None:
    videos = pd.read_csv(shared_data / "ufnet" / "smile_features_train.csv")
    told = videos.groupby("ID")["Diagnosis"].agg(["first", "nunique"])
    labels = told.loc[told["nunique"] == 1, "first"].to_dict()
    found = {row["column"]: row["auroc"] for row in confounders(videos, labels, 0, "ID")}
    assert found["Protocol"] == pytest.approx(0.82, abs=0.03)
    assert found["age"] == pytest.approx(0.69, abs=0.03)
