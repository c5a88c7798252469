"""What is peculiar to one format: faces, images, clips, lists, and the traps of the real data."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.errors import UserError
from core.faces.au_tables import read_openface_csv
from core.faces.importers import Imported, missing_for, read_table
from core.faces.importers.frames import face_that_persists, tracks
from core.faces.importers.openface import MIN_CONFIDENCE
from core.types import ACTION_UNITS
from tests.unit.faces.importers import made


def read(table: pd.DataFrame, name: str = "P01_smile.csv") -> Imported:
    return read_table(io.BytesIO(table.to_csv(index=False).encode()), name)


def refusal(table: pd.DataFrame) -> UserError:
    with pytest.raises(UserError) as caught:
        read(table)
    return caught.value


def frames(n: int = 30, **columns: object) -> pd.DataFrame:
    values = made.swell(n)
    table = pd.DataFrame({"timestamp": np.arange(n) / 30, "confidence": 0.98, "success": 1, **columns})
    table[[f"{unit}_r" for unit in ACTION_UNITS]] = values
    return table


def landmarks(n: int, size: float) -> pd.DataFrame:
    names = [f"{axis}_{i}" for axis in "xy" for i in range(68)]
    return pd.DataFrame([np.tile(np.linspace(0, size, 68), 2)] * n, columns=names)


# OpenFace 2


def test_the_real_openface_files_import(shared_data: Path) -> None:
    paths = [shared_data / "csv_formats" / "openface_2.csv", *sorted((shared_data / "clips").glob("*.openface.csv"))]
    assert len(paths) == 8
    for path in paths:
        found = read_table(path, "P01_surprise.csv")
        assert found.table.loc[0, ["subject", "emotion", "backend"]].tolist() == ["P01", "surprise", "openface"]
        assert found.missing == ()
        values = read_openface_csv(path).intensity
        row = found.table.loc[0, list(ACTION_UNITS)].to_numpy(float)
        assert np.isclose(values, row, atol=1e-6).all(axis=1).any()


def test_the_row_is_the_peak_of_the_emotion_in_the_name() -> None:
    table = frames()
    units = ["AU04_r", "AU05_r", "AU07_r", "AU23_r"]
    table[units] = 0.0
    table.loc[0:6, units] = 5.0
    assert read(table, "P1_anger.csv").table.loc[0, "AU04"] == 5.0
    smile = read(table, "P1_smile.csv").table.loc[0]
    assert smile["AU04"] == 0.0
    assert smile["AU12"] > 0.9 * table["AU12_r"].max()


def test_a_long_and_wide_table_is_read_whole(shared_data: Path) -> None:
    header, *rows = (shared_data / "csv_formats" / "openface_2.csv").read_text().splitlines()
    assert len("".join(rows)) > 300_000
    whole = read_table(io.BytesIO("\n".join([header, *rows * 8]).encode()), "P01_fear.csv").table
    once = read_table(io.BytesIO("\n".join([header, *rows]).encode()), "P01_fear.csv").table
    assert whole.loc[0, "AU05_mean"] == pytest.approx(once.loc[0, "AU05_mean"])
    broken = "\n".join([header, *rows * 8, rows[0].replace(",1,", ",1,2,", 1)]).encode()
    with pytest.raises(UserError, match="line 802 has more cells"):
        read_table(io.BytesIO(broken), "P01_fear.csv")


def test_rows_in_another_order_are_the_same_clip() -> None:
    table = frames()
    pd.testing.assert_frame_equal(read(table.iloc[::-1]).table, read(table).table)


def test_unsure_and_lost_frames_are_left_out_and_counted() -> None:
    table = frames()
    table.loc[14:16, "confidence"] = MIN_CONFIDENCE - 0.01
    table.loc[12:13, "success"] = 0
    table.loc[12:13, "AU12_r"] = 99.0
    found = read(table)
    assert "2 frames of 30 without a face left out." in found.remarks
    assert f"3 frames of 30 left out: confidence below {MIN_CONFIDENCE}." in found.remarks
    assert found.table.loc[0, "AU12"] in table.drop(index=range(12, 17))["AU12_r"].to_numpy()


def test_a_clip_without_a_sure_frame_is_refused() -> None:
    assert "no frame with a face" in refusal(frames(success=0)).what
    assert "no frame with a face" in refusal(frames(confidence=0.1)).what


def test_presences_alone_are_refused() -> None:
    table = frames().rename(columns=lambda name: name.replace("_r", "_c"))
    assert "has no column AU01_r" in refusal(table).what


def a_smile(fps: float = 30.0) -> pd.DataFrame:
    """Rest for 1 s, then in 0.5 s evenly up to 4, held for 1 s; one blink at rest, and one while it is held."""
    seconds = np.arange(0, 2.5, 1 / fps)
    table = pd.DataFrame({"timestamp": seconds, "confidence": 0.98, "success": 1})
    rise = 4 * np.clip((seconds - 1) / 0.5, 0, 1)
    for unit in ACTION_UNITS:
        table[f"{unit}_r"] = rise if unit in ("AU06", "AU12", "AU25") else 0.0
    shut = np.abs(seconds - 0.5) < 0.07
    table["AU45_r"] = np.where(shut | (np.abs(seconds - 2) < 0.07), 3.0, 0.1)
    return table


def test_a_clip_with_times_has_dynamics_and_statistics() -> None:
    row = read(a_smile()).table.loc[0]
    assert row["amplitude"] == pytest.approx(4.0)
    assert row["onset_s"] == pytest.approx(0.8 * 0.5, abs=0.05)
    assert row["onset_speed"] == pytest.approx(8.0, rel=0.15)
    assert row["hold_s"] == pytest.approx(1.05, abs=0.1)
    assert row["blinks_per_min"] == pytest.approx(60 * 2 / 2.5)
    assert np.isnan(row["asymmetry"])
    assert row["AU12_mean"] == pytest.approx(a_smile()["AU12_r"].mean())
    assert row["AU12_variance"] == pytest.approx(a_smile()["AU12_r"].var(ddof=0))
    assert row["AU04_entropy"] == 0


def test_what_needs_a_unit_or_a_time_that_is_not_there_is_not_told() -> None:
    row = read(a_smile().drop(columns=["AU25_r", "AU45_r"])).table.loc[0]
    assert row[["amplitude", "onset_s", "hold_s", "blinks_per_min"]].isna().all()
    assert "AU45_mean" not in row
    untimed = a_smile().assign(timestamp=lambda table: np.arange(len(table)) * 0.001)
    found = read(untimed)
    assert "onset_s" not in found.table
    assert any("those of no camera" in remark for remark in found.remarks)
    assert found.table.loc[0, "AU12"] == 4.0
    assert "AU12_mean" not in read(a_smile().tail(1)).table


def test_statistics_are_on_the_scale_of_the_format(shared_data: Path) -> None:
    libreface = made.libreface(shared_data)
    named = made.openface_3_named(shared_data)
    for case in (libreface, named):
        row = case.read().table.loc[0]
        column = case.table[case.units["AU12"]].astype(float)
        assert row["AU12_mean"] == pytest.approx(column.mean())
        assert row["AU12_variance"] == pytest.approx(column.var(ddof=0))
    assert named.read().table.loc[0, "AU12_entropy"] > 2
    assert "onset_s" in libreface.read().table
    assert np.isnan(libreface.read().table.loc[0, "blinks_per_min"])


@pytest.mark.parametrize("by", ["landmarks", "pose_Tz"])
def test_of_several_faces_the_larger_that_persists_is_taken(by: str) -> None:
    people = []
    for face_id, n, size in ((0, 30, 100.0), (1, 28, 200.0), (2, 4, 400.0)):
        person = frames(n, face_id=face_id)
        person["AU12_r"] = face_id + 1.0
        if by == "pose_Tz":
            person["pose_Tz"] = 100_000 / size
        else:
            person = pd.concat([person, landmarks(n, size)], axis=1)
        people.append(person)
    found = read(pd.concat(people))
    assert found.table.loc[0, "AU12"] == 2.0
    word = "larger" if by == "landmarks" else "nearer"
    assert f"3 faces were seen; the {word} one that persists (face_id 1) was taken." in found.remarks


def test_an_image_with_two_faces() -> None:
    table = pd.DataFrame({"face": [0, 1], "confidence": [0.9, 0.95]})
    table[[f"{unit}_r" for unit in ACTION_UNITS]] = 1.0
    table.loc[1, "AU01_r"] = 2.0
    table = pd.concat([table, landmarks(2, 50.0)], axis=1)
    table.loc[1, ["x_67", "y_67"]] = 90.0
    found = read(table)
    assert found.table.loc[0, "AU01"] == 2.0
    assert any(remark.startswith("2 faces were seen; the larger one") for remark in found.remarks)


def test_our_frames_keep_their_sides_and_their_mesh(shared_data: Path) -> None:
    case = made.our_frames(shared_data)
    row = case.read().table.loc[0]
    assert row["backend"] == "hypomimia-lab+blendshapes"
    assert np.float32(row["AU12_L"]) == np.float32(row["AU12"])
    assert row["AU12_R"] != row["AU12_L"]
    assert np.isfinite(row["asymmetry"])


# OpenFace 3.0


def bare(values: np.ndarray) -> bytes:
    return "\n".join(",".join(map(str, row)) for row in values.tolist()).encode()


def test_eight_values_without_names_are_in_the_order_of_the_demo(shared_data: Path) -> None:
    named = made.openface_3_named(shared_data)
    values = named.table.astype(float).to_numpy()
    expected = named.read()
    for content in (
        bare(values),
        b"0,1,2,3,4,5,6,7\n" + bare(values),
        made.openface_3_list(shared_data).text().encode(),
    ):
        found = read_table(io.BytesIO(content), "P01_smile.csv")
        pd.testing.assert_frame_equal(found.table, expected.table)
        assert found.scale == "0 to 1"
        assert "like probabilities, not intensities" in found.remarks[0]


def test_eight_values_are_never_intensities_from_0_to_5(shared_data: Path) -> None:
    values = made.openface_3_named(shared_data).table.astype(float).to_numpy() * 5
    with pytest.raises(UserError, match=r"line \d+ is not from 0 to 1 in AU\d+"):
        read_table(io.BytesIO(bare(values)), "P01_smile.csv")
    table = made.openface_3_list(shared_data).table
    table.loc[4, "action_units"] = "[[0.1, 2.0, 0, 0, 0, 0, 0, 0]]"
    assert "line 6 is not from 0 to 1 in AU2" in refusal(table).what


def test_eight_values_numbered_like_action_units_are_refused() -> None:
    table = pd.DataFrame(0.5, index=range(3), columns=[f"AU{n:02}_r" for n in range(1, 9)])
    assert "AU03_r, which is no action unit of OpenFace" in refusal(table).what


@pytest.mark.parametrize(
    "cell", ["[1, 2]", "x", "{}", "[[0.1, 0, 0, 0, 0, 0, 0, true]]", "[0.1, 0, 0, 0, 0, 0, 0, NaN, 1]"]
)
def test_what_is_no_list_of_eight_is_refused_with_its_line(shared_data: Path, cell: str) -> None:
    table = made.openface_3_list(shared_data).table
    table.loc[1, "action_units"] = cell
    assert "line 3 holds no list of eight numbers in action_units" in refusal(table).what


def test_the_larger_of_two_faces_of_openface_3(shared_data: Path) -> None:
    near = made.openface_3_list(shared_data).table
    near["face_id"], near["face_detection"] = "1", "[0, 0, 200, 200, 0.9]"
    far = near.assign(face_id="0", face_detection="[0, 0, 50, 50, 0.99]", action_units="[[0, 0, 0, 0, 0, 1, 1, 1]]")
    found = read(pd.concat([far, near]))
    pd.testing.assert_frame_equal(found.table, read(near).table)
    assert "2 faces were seen; the larger one that persists, face_id 1, was taken." in found.remarks


# py-feat


def test_the_real_py_feat_file_has_no_blink(shared_data: Path) -> None:
    found = read_table(shared_data / "csv_formats" / "pyfeat_2.csv", "P01_smile.csv")
    assert found.missing == ("AU45",)
    assert missing_for(set(ACTION_UNITS) - set(found.missing), "disgust", "Table II") == ("AU45",)
    row = found.table.loc[0]
    assert (row["backend"], row["subject"], row["emotion"]) == ("py-feat", "P01", "happiness")
    raw = pd.read_csv(shared_data / "csv_formats" / "pyfeat_2.csv")
    assert row["AU12"] in raw["AU12"].to_numpy()


def test_several_clips_in_one_py_feat_table(shared_data: Path) -> None:
    first = made.pyfeat_2(shared_data).table
    second = first.assign(input="data\\P3\\fear.mp4")
    table = read(pd.concat([first.assign(input="data/P2_happy.mp4"), second])).table
    assert table[["subject", "emotion"]].to_numpy().tolist() == [["P2", "happiness"], ["P3", "fear"]]


def test_images_of_one_expression_are_one_row(shared_data: Path) -> None:
    first = made.pyfeat_2(shared_data).table.assign(frame="0")
    first["input"] = [f"faces/P7/surprised/{i:03}.png" for i in range(len(first))]
    table = read(first, "all.csv").table
    assert table[["subject", "emotion"]].to_numpy().tolist() == [["P7", "surprise"]]


def test_two_faces_in_each_frame_of_py_feat_are_followed(shared_data: Path) -> None:
    large = made.pyfeat_2(shared_data).table
    small = large.assign(FaceRectWidth="90", FaceRectHeight="90", FaceRectX="1500", AU12="0.125")
    for order in ([large, small], [small, large]):
        found = read(pd.concat(order))
        pd.testing.assert_frame_equal(found.table, read(large).table)
        assert "Up to 2 faces were seen at once; the larger one that persists was taken." in found.remarks
    without = pd.concat([large, small]).drop(columns="FaceRectWidth")
    assert "FaceRectWidth" in refusal(without).what


def test_people_are_followed_by_their_boxes() -> None:
    frame = np.array([0, 0, 1, 1, 2, 3, 3])
    left, right = [0, 0, 10, 10], [50, 0, 10, 10]
    boxes = np.array([left, right, right, left, right, [1, 0, 10, 10], [49, 1, 10, 10]], float)
    assert tracks(frame, boxes).tolist() == [0, 1, 1, 0, 1, 0, 1]


def test_a_large_face_that_passes_by_is_not_kept() -> None:
    face = np.array(["a"] * 10 + ["b"] * 4)
    assert face_that_persists(face, np.where(face == "a", 1.0, 9.0)) == "a"
    assert face_that_persists(face, np.full(14, np.nan)) == "a"


# LibreFace


def test_libreface_tells_time_in_milliseconds_and_lacks_five_units(shared_data: Path) -> None:
    case = made.libreface(shared_data)
    assert case.read().missing == ("AU07", "AU10", "AU14", "AU23", "AU45")
    backwards = case.table.iloc[::-1]
    pd.testing.assert_frame_equal(case.read(backwards).table, case.read().table)
    presences = case.table.drop(columns=[c for c in case.table.columns if c.endswith("_intensity")])
    assert "has no column au_1_intensity" in refusal(presences).what


# UFNet


def test_every_trap_of_the_ufnet_data_is_counted(shared_data: Path) -> None:
    path = shared_data / "ufnet" / "smile_features_train.csv"
    raw = pd.read_csv(path, dtype=str, na_filter=False)
    found = read_table(path)
    said = " ".join(found.remarks)
    assert "20 videos with pd empty and Diagnosis 1: taken as PD." in said
    assert "11 videos with pd Possible and Diagnosis 1: taken as PD." in said
    assert "2 people have two diagnoses (149Z100, 754Z58): their group is left unknown." in said
    assert "93 videos left out: all landmark features are zero, no face was found." in said
    assert "means over whole smile videos" in said
    table = found.table.set_index("subject")
    assert table.index.is_unique
    assert set(table.index) <= set(raw["ID"])
    assert len(raw) - 93 == len(table) + int(said.split(" later videos")[0].split()[-1])
    assert (table.loc[["149Z100", "754Z58"], "group"] == "").all()
    assert table.loc["J7uaam8q33bOntdwOdl5KGsuDGr2", "group"] == "PD"
    assert (table["group"] == "").sum() == 2
    assert set(table["emotion"]) == {"happiness"}
    np.testing.assert_array_equal(table["AU12"], table["AU12_mean"])
    assert table["AU12_variance"].notna().all()
    assert table["age"].between(18, 110).sum() > 700


def test_of_several_videos_of_a_person_the_first_with_a_face_is_kept() -> None:
    table = pd.DataFrame(
        {
            "ID": ["A", "A", "A", "B"], "date": ["2022-01-03", "2021-05-01", "2020-01-01", "2022-01-01"],
            "Diagnosis": [1, 1, 1, 0], "pd": ["yes", "", "Possible", "no"],
            "smile_AU12_mean": [1.0, 2.0, 3.0, 4.0], "smile_AU12_var": 0.5,
            "smile_mouth-open_mean": [0.1, 0.1, 0.0, 0.1],
        }
    )  # fmt: skip
    found = read(table)
    assert found.table[["subject", "group", "AU12"]].to_numpy().tolist() == [["A", "PD", 2.0], ["B", "control", 4.0]]
    assert "1 later video of the same people left out: the first of each is kept." in found.remarks
    assert "line 2 is neither 0 nor 1 in Diagnosis" in refusal(table.assign(Diagnosis=["2", "1", "1", "0"])).what


# Which action units an emotion lacks


def test_missing_units_of_each_emotion_set() -> None:
    libreface = {f"AU{n:02}" for n in made.LIBREFACE_INTENSITIES}
    assert missing_for(libreface, "anger", "Table II") == ("AU10",)
    assert missing_for(libreface, "surprise", "Table II") == ()
    assert missing_for(libreface, "anger", "all 17") == ("AU07", "AU10", "AU14", "AU23", "AU45")
    assert missing_for(ACTION_UNITS, "yawn", "Table II") == ()
