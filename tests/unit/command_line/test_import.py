"""`python -m core import`: tables of other programs as one AU table."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from core.faces.exporters import read_export
from core.faces.importers import read_table
from core.settings import NOTICE
from core.workspace.files import sha256_of
from tests.unit.command_line.running import process


@pytest.fixture
def tables(shared_data: Path, tmp_path: Path) -> list[Path]:
    for clip, name in (("driving_d10", "P1_smile"), ("driving_d12", "P2_fear")):
        shutil.copyfile(shared_data / "clips" / f"{clip}.openface.csv", tmp_path / f"{name}.csv")
    return [tmp_path / "P1_smile.csv", tmp_path / "P2_fear.csv"]


def test_openface_tables_and_participants_become_an_au_table(tables: list[Path], tmp_path: Path) -> None:
    people = tmp_path / "participants.tsv"
    people.write_text("participant_id\tgroup\tage\tsex\nsub-P1\tPD\t70\tF\nsub-P2\tcontrol\t66\tM\n")
    out = tmp_path / "out" / "table.csv"
    ran = process("import", *tables, "--participants", people, "--out", out)
    assert (ran.returncode, ran.stdout) == (0, ""), ran.stderr
    assert "P2_fear.csv: 11 frames of 183 left out: confidence below 0.8." in ran.stderr
    assert "2 rows of OpenFace 2, intensities 0 to 5" in ran.stderr.splitlines()[-1]
    table = pd.read_csv(out)
    assert table[["subject", "emotion", "group", "backend", "age", "sex"]].to_numpy().tolist() == [
        ["P1", "happiness", "PD", "openface", 70.0, "F"],
        ["P2", "fear", "control", "openface", 66.0, "M"],
    ]


def test_parquet_has_its_sidecar(tables: list[Path], tmp_path: Path) -> None:
    out = tmp_path / "table.parquet"
    assert process("import", *tables, "--out", out).returncode == 0
    table, sidecar = read_export(out.read_bytes(), out.with_suffix(".json").read_bytes())
    pd.testing.assert_frame_equal(read_table(out).table, table)
    assert sidecar["notice"] == NOTICE
    assert sidecar["inputs"] == [{"name": path.name, "sha256": sha256_of(path)} for path in tables]
    assert sidecar["settings"]["format"] == "OpenFace 2"
    assert json.loads(out.with_suffix(".json").read_text())["backends"] == {"openface": "intensity 0 to 5"}


def test_what_cannot_be_imported_ends_with_status_2_and_writes_nothing(
    tables: list[Path], shared_data: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out" / "table.csv"
    pyfeat = shared_data / "csv_formats" / "pyfeat_2.csv"
    for arguments, fault in (
        ((*tables, pyfeat), "P1_smile.csv is of OpenFace 2, and pyfeat_2.csv of py-feat."),
        ((tables[0], "--format", "excel"), "There is no format 'excel'."),
        ((tmp_path / "nothing.csv",), "nothing.csv cannot be read as a table. No such file or directory."),
        ((tables[0], "--participants", tables[1]), "has no column participant_id."),
    ):
        ran = process("import", *arguments, "--out", out)
        assert ran.returncode == 2
        assert fault in ran.stderr
        assert len(ran.stderr.splitlines()) == 1
    assert not out.parent.exists()
