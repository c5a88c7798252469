"""Out and in again loses nothing, and what stands beside a table tells where it came from."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from core.errors import UserError
from core.faces.au_tables import SIDED_COLUMNS, read_openface_csv, write_openface_csv
from core.faces.exporters import export_frames, export_table, frames_of, read_export
from core.faces.importers import read_table
from core.faces.quality import assess
from core.settings import NOTICE
from core.types import (
    ACTION_UNITS,
    COVARIATES,
    DYNAMICS_COLUMNS,
    STATISTIC_COLUMNS,
    TABLE_KEYS,
    ActionUnits,
    Dynamics,
    Measurement,
)

BACKENDS = ("hypomimia-lab", "hypomimia-lab+blendshapes", "openface", "simulated")


def single(low: float, high: float) -> Any:
    return st.floats(low, high, width=32)


@st.composite
def measurements(draw: st.DrawFn) -> Measurement:
    n = draw(st.integers(1, 12))
    success = draw(arrays.arrays(bool, n))

    def curves(width: int, low: float = 0.0, high: float = 5.0) -> np.ndarray:
        values = draw(arrays.arrays(np.float32, (n, width), elements=single(low, high)))
        return np.where(success[:, None], values, np.float32(np.nan))

    pose = curves(3, -90.0, 90.0)
    units = ActionUnits(
        timestamp_s=np.cumsum(draw(arrays.arrays(np.float64, n, elements=st.floats(1e-3, 1.0)))),
        confidence=draw(arrays.arrays(np.float32, n, elements=single(0, 1))),
        success=success,
        n_faces=success * draw(arrays.arrays(np.int16, n, elements=st.integers(1, 3))),
        pose_deg=pose,
        intensity=curves(17),
        left=curves(14),
        right=curves(14),
    )
    eyes = np.where(success, 100.0, np.nan)
    quality = assess(units.confidence, units.n_faces, pose, eyes, np.full(2, 99.0), np.full(2, 99.0))
    strength = np.where(success, units.intensity.sum(axis=1, dtype=np.float64), np.nan)
    backend = draw(st.sampled_from(BACKENDS[:2]))
    peak_frame = int(success.argmax()) if success.any() else None
    return Measurement("fear", units, (0, 0), peak_frame, strength, quality, backend, {"mediapipe": "0.10.21"})


@settings(max_examples=30, deadline=None)
@given(measurements())
def test_frames_come_back_to_the_last_bit(measurement: Measurement) -> None:
    export = export_frames(measurement, [("P1_fear.mp4", "a" * 64)])
    table, sidecar = read_export(export.parquet, export.json)
    for name, values in vars(measurement.action_units).items():
        found = getattr(frames_of(table), name)
        assert found.dtype == values.dtype
        np.testing.assert_array_equal(found, values, err_msg=name)
    np.testing.assert_array_equal(table["strength"], measurement.strength)
    assert sidecar["backends"] == {measurement.backend: "intensity 0 to 5"}
    written = io.StringIO()
    write_openface_csv(measurement, written)  # type: ignore[arg-type]
    back = read_openface_csv(io.BytesIO(written.getvalue().encode()), "P1_fear.csv")
    for name in ("timestamp_s", "confidence", "success", "pose_deg", "intensity", "left", "right"):
        np.testing.assert_array_equal(getattr(back, name), getattr(measurement.action_units, name), err_msg=name)


@st.composite
def au_tables(draw: st.DrawFn) -> pd.DataFrame:
    codes = st.text(st.characters(categories=("L", "N", "P", "S"), max_codepoint=0x2FFF), min_size=1, max_size=12)
    subjects = draw(st.lists(codes, min_size=1, max_size=6, unique_by=lambda code: code.casefold()))
    n = len(subjects)
    columns = [c for c in (*SIDED_COLUMNS[:4], *DYNAMICS_COLUMNS, *STATISTIC_COLUMNS[:6], "age") if draw(st.booleans())]
    table = pd.DataFrame({"subject": subjects})
    table["emotion"] = draw(st.lists(st.sampled_from(["fear", "anger", "yawn"]), min_size=n, max_size=n))
    table["group"] = draw(st.lists(st.sampled_from(["PD", "control", ""]), min_size=n, max_size=n))
    table["backend"] = draw(st.sampled_from(BACKENDS))
    table["simulated"] = draw(st.lists(st.booleans(), min_size=n, max_size=n))
    units = draw(arrays.arrays(np.float64, (n, 17), elements=st.floats(0, 5)))
    table = pd.concat([table, pd.DataFrame(units, columns=list(ACTION_UNITS))], axis=1)
    for column in columns:
        high = 5.0 if column in SIDED_COLUMNS else 1e6
        table[column] = draw(arrays.arrays(np.float64, n, elements=st.floats(0, high) | st.just(float("nan"))))
    if draw(st.booleans()):
        table["sex"] = draw(st.lists(st.sampled_from(["F", "M", "O", ""]), min_size=n, max_size=n))
    order = (*TABLE_KEYS, *ACTION_UNITS, *SIDED_COLUMNS, *DYNAMICS_COLUMNS, *STATISTIC_COLUMNS, *COVARIATES)
    return table[[column for column in order if column in table]]


@settings(max_examples=60, deadline=None)
@given(au_tables())
def test_au_tables_come_back_to_the_last_bit(table: pd.DataFrame) -> None:
    export = export_table(table)
    pd.testing.assert_frame_equal(read_export(export.parquet, export.json)[0], table, check_exact=True)
    for content, name in ((export.parquet, "t.parquet"), (table.to_csv(index=False).encode(), "t.csv")):
        pd.testing.assert_frame_equal(read_table(io.BytesIO(content), name).table, table, check_exact=True)


def test_the_sidecar_tells_units_backend_versions_settings_and_inputs() -> None:
    rows = pd.DataFrame({"subject": ["A", "B"], "emotion": "fear", "group": "", "simulated": False})
    rows["backend"] = ["openface", "py-feat"]
    rows[list(ACTION_UNITS)] = 0.5
    rows[["onset_s", "AU12_variance", "age"]] = 0.25
    sidecar = json.loads(export_table(rows, [("a.csv", "f" * 64)], {"format": "OpenFace 2"}).json)
    assert sidecar["notice"] == NOTICE
    assert sidecar["backends"] == {"openface": "intensity 0 to 5", "py-feat": "intensity 0 to 1"}
    assert sidecar["units"]["AU12"] == "intensity 0 to 1 or 0 to 5"
    assert (sidecar["units"]["onset_s"], sidecar["units"]["age"]) == ("s", "years")
    assert sidecar["units"]["AU12_variance"] == "intensity squared"
    assert sidecar["inputs"] == [{"name": "a.csv", "sha256": "f" * 64}]
    assert sidecar["settings"] == {"format": "OpenFace 2"}
    assert {"python", "pandas", "pyarrow"} <= set(sidecar["versions"])
    assert "openface 0 to 5, py-feat 0 to 1" in sidecar["remarks"][0]


def test_the_sidecar_of_frames_tells_neutral_peak_and_dynamics() -> None:
    n = 3
    curves = np.ones((n, 17), np.float32)
    units = ActionUnits(
        np.arange(n) / 30, np.ones(n, np.float32), np.ones(n, bool), np.ones(n, np.int16), np.zeros((n, 3), np.float32),
        curves, curves[:, :14], curves[:, :14],
    )  # fmt: skip
    quality = assess(
        units.confidence, units.n_faces, units.pose_deg, np.full(n, 99.0), np.full(2, 9.0), np.full(2, 99.0)
    )
    dynamics = Dynamics(0, None, 1.5, 0.25, 6.0, np.nan, np.nan, -0.1, 2, 40.0, curves[0], curves[0], curves[0])
    measured = Measurement(
        "fear", units, (0, 1), 2, np.ones(n), quality, "hypomimia-lab", dynamics=dynamics, corrected=("peak",)
    )
    sidecar = json.loads(export_frames(measured).json)
    assert (sidecar["neutral_frames"], sidecar["peak_frame"], sidecar["corrected_by_hand"]) == ([1, 2], 3, ["peak"])
    assert sidecar["dynamics"]["amplitude"] == 1.5
    assert sidecar["dynamics"]["hold_s"] is None
    assert sidecar["quality"]["n_faces"] == 1


def test_a_table_and_the_sidecar_of_another_are_refused() -> None:
    rows = pd.DataFrame({"subject": ["A"], "emotion": "fear", "group": "", "backend": "openface", "simulated": False})
    one, other = export_table(rows), export_table(rows.assign(subject="B"))
    for sidecar in (other.json, b"{}", b"[", b"\xff"):
        with pytest.raises(UserError, match="do not belong together"):
            read_export(one.parquet, sidecar)
    newer = json.dumps({**one.sidecar, "format": 99}).encode()
    with pytest.raises(UserError, match="newer program"):
        read_export(one.parquet, newer)
