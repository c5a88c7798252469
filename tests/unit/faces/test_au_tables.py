"""Tables that go out come back the same, and tables that cannot be used say where they are at fault."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.errors import UserError
from core.faces.au_tables import clips_csv_row, peak_row, read_au_table, read_openface_csv, write_openface_csv
from core.faces.quality import assess
from core.types import ACTION_UNITS, SIDED_ACTION_UNITS, TABLE_KEYS, ActionUnits, Measurement

N, LOST, PEAK = 40, 3, 20


@pytest.fixture
def measurement() -> Measurement:
    rng = np.random.default_rng(3)
    success = np.ones(N, bool)
    success[LOST] = False

    def intensities(width: int) -> np.ndarray:
        rise = 4 * np.exp(-(((np.arange(N) - PEAK) / 5) ** 2))[:, None]
        values = (rise + rng.uniform(0, 0.1, (N, width))).astype(np.float32)
        values[LOST] = np.nan
        return values

    pose = rng.normal(0, 10, (N, 3)).astype(np.float32)
    pose[LOST] = np.nan
    intensity = intensities(17)
    intensity[:, ACTION_UNITS.index("AU45")] *= 0.1  # eyes stay open: a blink at the peak would be bridged
    eyes = np.where(success, 100.0, np.nan)
    units = ActionUnits(
        timestamp_s=np.arange(N) / 29.97,
        confidence=rng.uniform(0.5, 1, N).astype(np.float32),
        success=success,
        n_faces=success.astype(np.int16),
        pose_deg=pose,
        intensity=intensity,
        left=intensities(14),
        right=intensities(14),
    )
    quality = assess(units.confidence, units.n_faces, pose, eyes, np.full(2, 99.0), np.full(2, 99.0))
    return Measurement("happiness", units, (0, 4), PEAK, intensity.sum(axis=1), quality, "hypomimia-lab")


def cohort(**changes: object) -> pd.DataFrame:
    table = pd.DataFrame(
        {"subject": ["A", "A", "B"], "emotion": ["happy", "fear", "rage"], "group": ["PD", "PD", "control"]}
    )
    for unit in ACTION_UNITS:
        table[unit] = [1.0, 2.0, 3.5]
    return table.assign(**changes)


def as_csv(table: pd.DataFrame) -> io.BytesIO:
    return io.BytesIO(table.to_csv(index=False).encode())


def refusal(table: pd.DataFrame) -> UserError:
    with pytest.raises(UserError) as caught:
        read_au_table(as_csv(table), name="cohort.csv")
    return caught.value


def test_a_frame_table_has_the_columns_of_openface_in_order(measurement: Measurement, tmp_path: Path) -> None:
    write_openface_csv(measurement, tmp_path / "P1_smile.csv")
    header = (tmp_path / "P1_smile.csv").read_text().splitlines()[0].split(",")
    sided = [f"{unit}_{side}" for unit in SIDED_ACTION_UNITS for side in "LR"]
    keys = ["frame", "timestamp", "confidence", "success", "pose_Rx", "pose_Ry", "pose_Rz"]
    assert header == keys + [f"{unit}_r" for unit in ACTION_UNITS] + sided + ["backend"]
    table = pd.read_csv(tmp_path / "P1_smile.csv", skipinitialspace=True)
    assert table["frame"].tolist() == list(range(1, N + 1))
    assert table["success"].tolist() == measurement.action_units.success.astype(int).tolist()
    np.testing.assert_allclose(table["pose_Ry"], np.radians(measurement.action_units.pose_deg[:, 1]), rtol=1e-6)


def test_out_and_in_again_loses_nothing(measurement: Measurement, tmp_path: Path) -> None:
    write_openface_csv(measurement, tmp_path / "out.csv")
    back = read_openface_csv(tmp_path / "out.csv")
    for name, values in vars(measurement.action_units).items():
        np.testing.assert_array_equal(getattr(back, name), values, err_msg=name)


def test_a_real_openface_file(shared_data: Path) -> None:
    units = read_openface_csv(shared_data / "csv_formats" / "openface_2.csv")
    assert units.n_frames == 100
    assert units.intensity.shape == (100, 17)
    assert np.isnan(units.left).all()
    assert units.pose_deg[0, 0] == pytest.approx(np.degrees(0.29759), abs=1e-3)
    row = read_au_table((shared_data / "csv_formats" / "openface_2.csv").open("rb"), name="P1_smile.csv").iloc[0]
    assert (row["subject"], row["emotion"], row["backend"]) == ("P1", "happiness", "openface")


def test_another_programs_table_is_refused_with_the_columns_named(shared_data: Path) -> None:
    with pytest.raises(UserError) as caught:
        read_openface_csv(shared_data / "csv_formats" / "pyfeat_2.csv")
    assert "AU45_r" in caught.value.what


def test_our_frame_table_becomes_the_row_of_its_peak(measurement: Measurement, tmp_path: Path) -> None:
    write_openface_csv(measurement, tmp_path / "P1_smile.csv")
    table = read_au_table(tmp_path / "P1_smile.csv")
    assert len(table) == 1
    assert table.loc[0, list(TABLE_KEYS)].tolist() == ["P1", "happiness", "", "hypomimia-lab", False]
    assert {unit: table.loc[0, unit] for unit in peak_row(measurement)} == peak_row(measurement)
    assert table.loc[0, "AU12_L"] == measurement.action_units.left[PEAK, SIDED_ACTION_UNITS.index("AU12")]


def test_a_cohort_is_read_with_its_groups_and_emotions() -> None:
    table = read_au_table(as_csv(cohort()), name="cohort.csv")
    assert table["emotion"].tolist() == ["happiness", "fear", "anger"]
    assert table["group"].tolist() == ["PD", "PD", "control"]
    assert table["AU25"].tolist() == [1.0, 2.0, 3.5]
    assert not table["simulated"].any()


@pytest.mark.parametrize(
    ("words", "groups"),
    [([1, 0, 0], ["PD", "control", "control"]), (["pd", "HC", None], ["PD", "control", ""])],
)
def test_labels_in_other_words(words: list, groups: list[str]) -> None:
    table = cohort().drop(columns="group").assign(label=words)
    assert read_au_table(as_csv(table), name="cohort.csv")["group"].tolist() == groups


def test_codes_keep_their_leading_zeros() -> None:
    table = read_au_table(as_csv(cohort(subject=["007", "007", "010"])), name="cohort.csv")
    assert table["subject"].tolist() == ["007", "007", "010"]


def test_codes_that_look_like_a_hole_or_a_number_stay_codes() -> None:
    text = as_csv(cohort(subject=[" NA ", "1e3", "nan"], group=["NA", "1", "0"])).getvalue().decode()
    padded = text.replace("subject,emotion", "subject , emotion", 1).encode()
    table = read_au_table(io.BytesIO(padded), name="cohort.csv")
    assert table["subject"].tolist() == ["NA", "1e3", "nan"]
    assert table["group"].tolist() == ["", "PD", "control"]


def test_a_row_of_nobody_is_refused() -> None:
    assert "line 3 says nothing in subject" in refusal(cohort(subject=["A", None, "B"])).what


def test_codes_that_differ_only_in_case_are_refused() -> None:
    error = refusal(cohort(subject=["P01", "P02", "p01"]))
    assert "'P01' and 'p01' differ only in case" in error.what
    assert "cohort.csv" in error.what


def test_a_missing_action_unit_is_named() -> None:
    assert "AU06" in refusal(cohort().drop(columns="AU06")).what
    assert "subject" in refusal(cohort().drop(columns="subject")).what


def test_lines_without_a_number_are_listed() -> None:
    error = refusal(cohort(AU12=[np.nan, 1.0, np.nan]))
    assert "line 2 has no number in AU12" in error.what
    assert "2, 4" in error.why
    assert "line 3 has no number in AU05" in refusal(cohort(AU05=["1", "weak", "2"])).what


def test_another_scale_is_refused() -> None:
    assert "line 4 is not from 0 to 5 in AU01" in refusal(cohort(AU01=[0.0, 5.0, 55.0])).what


def test_a_person_counts_once_in_an_emotion() -> None:
    assert "line 3 is a second row of A in happiness" in refusal(cohort(emotion=["happy", "smile", "rage"])).what


def test_an_unknown_group_is_refused() -> None:
    assert "'maybe'" in refusal(cohort(group=["PD", "maybe", "control"])).what


def test_what_is_no_table_is_refused() -> None:
    for content in (b"", b"\x00\xff\xfe\x81" * 50, b"subject,emotion\n"):
        with pytest.raises(UserError):
            read_au_table(io.BytesIO(content), name="cohort.csv")


def test_frames_in_clips_csv_are_numbered_as_in_the_frame_table(measurement: Measurement) -> None:
    row = clips_csv_row("P1_smile.mp4", "P1", measurement)
    columns = "file,subject,emotion,n_frames,face_found,neutral_first,neutral_last,peak_frame,usable,reason"
    assert ",".join(row) == columns
    assert (row["neutral_first"], row["neutral_last"], row["peak_frame"]) == (1, 5, PEAK + 1)
    assert row["usable"] is True
