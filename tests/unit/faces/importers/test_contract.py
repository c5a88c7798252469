"""What every importer must do with a good table, and with every way in which a table can be bad."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import UserError
from core.faces.checked_csv import open_csv
from core.faces.exporters import export_table, read_export
from core.faces.importers import FORMATS, read_table, read_tables
from core.scales import scale_of
from core.types import ACTION_UNITS, EMOTIONS, TABLE_KEYS
from tests.unit.faces.importers.made import CASES, Case


@pytest.fixture(params=CASES, ids=lambda make: make.__name__)
def case(request: pytest.FixtureRequest, shared_data: Path) -> Case:
    return request.param(shared_data)


@pytest.fixture(params=[make for make in CASES if make.__name__ != "openface_3_list"], ids=lambda make: make.__name__)
def columned(request: pytest.FixtureRequest, shared_data: Path) -> Case:
    """A format that has a column for each action unit."""
    return request.param(shared_data)


def refusal(case: Case, table: pd.DataFrame | str | bytes) -> UserError:
    with pytest.raises(UserError) as caught:
        case.read(table)
    error = caught.value
    assert all(part and part.endswith(".") for part in (error.what, error.why, error.remedy)), vars(error)
    return error


def same(case: Case, content: pd.DataFrame | str | bytes) -> None:
    expected, found = case.read(), case.read(content)
    pd.testing.assert_frame_equal(found.table, expected.table)
    assert (found.format, found.missing, found.remarks) == (expected.format, expected.missing, expected.remarks)


def test_a_good_table_becomes_an_au_table(case: Case) -> None:
    found = case.read()
    table = found.table
    assert list(table.columns[: len(TABLE_KEYS) + 17]) == [*TABLE_KEYS, *ACTION_UNITS]
    assert found.missing == case.missing
    assert table[list(case.missing)].isna().all(axis=None)
    given_units = [unit for unit in ACTION_UNITS if unit not in case.missing]
    values = table[given_units].to_numpy(float)
    assert np.isfinite(values).all()
    assert values.min() >= 0
    assert values.max() <= case.maximum
    assert found.scale == f"0 to {case.maximum:g}"
    assert (table["subject"] != "").all()
    assert not table["simulated"].any()
    assert not table.duplicated(["subject", "emotion"]).any()


def test_one_importer_and_only_one_recognises_it(case: Case) -> None:
    file = open_csv(io.BytesIO(case.text().encode()), "a.csv")
    assert [importer.name for importer in FORMATS if importer.recognises(file)] == [case.format]


def test_the_name_says_nothing_about_the_format(case: Case) -> None:
    same_rows = case.read(name="openface_py-feat_libreface.csv").table[list(ACTION_UNITS)]
    assert len(same_rows) == len(case.read().table)


def test_intensities_are_those_in_the_file(columned: Case) -> None:
    row = columned.read().table.iloc[0]
    cells = pd.DataFrame({u: pd.to_numeric(columned.table[c], "coerce") for u, c in columned.units.items()})
    wanted = row[list(columned.units)].to_numpy(float)
    # Single precision is what our own frames were written in.
    assert (np.abs(cells.to_numpy() - wanted) < 1e-6).all(axis=1).any()


def test_spaces_and_order_of_columns_do_not_matter(case: Case) -> None:
    spaced = case.table.rename(columns=lambda name: f" {name.strip()} ")
    same(case, spaced.map(lambda cell: f" {cell} "))
    same(case, case.table[case.table.columns[::-1]])


def test_the_way_the_text_is_written_does_not_matter(case: Case) -> None:
    same(case, b"\xef\xbb\xbf" + case.text().encode())
    same(case, case.text(line_end="\r\n"))
    same(case, case.text(delimiter="\t"))
    same(case, case.text(delimiter=";"))
    same(case, case.text() + "\n\n" + "," * (len(case.table.columns) - 1) + "\n")
    same(case, case.text().replace("\n", ",\n"))


def test_a_comma_in_numbers_is_read_where_semicolons_part_them(columned: Case) -> None:
    columns = [*columned.units.values()]
    commas = columned.table.copy()
    commas[columns] = commas[columns].map(lambda cell: cell.replace(".", ","))
    same(columned, columned.text(commas, delimiter=";"))


def test_names_of_300_characters(case: Case) -> None:
    long = case.table.copy()
    long["x" * 300] = "y" * 300
    same(case, long)
    assert len(case.read(name=f"{'P' * 300}_smile.csv").table) == len(case.read().table)


def test_a_column_that_it_needs_is_named_when_it_is_not_there(case: Case) -> None:
    for column in case.required:
        assert column.strip() in refusal(case, case.table.drop(columns=column)).what


def test_an_action_unit_that_is_not_there_is_told(columned: Case) -> None:
    less = columned.table.drop(columns=columned.units["AU12"])
    if columned.format in ("au-table", "openface3"):
        refusal(columned, less)
    else:
        found = columned.read(less)
        assert "AU12" in found.missing
        assert any("AU12" in remark and "lacks" in remark for remark in found.remarks)


@pytest.mark.parametrize(
    ("cell", "what"),
    [("", "has no number"), ("NaN", "has no number"), ("weak", "has no number"), ("-0.01", "is not from 0 to"),
     ("inf", "has no number"), ("above", "is not from 0 to")],
)  # fmt: skip
def test_a_bad_intensity_is_refused_with_its_line_and_column(columned: Case, cell: str, what: str) -> None:
    row = len(columned.table) - 1
    column = columned.units["AU12"]
    bad = str(columned.maximum + 0.01) if cell == "above" else cell
    error = refusal(columned, columned.changed(row, column, bad))
    assert f"line {row + 2} {what}" in error.what
    assert error.what.endswith(f"{column.strip()}.")


def test_many_bad_lines_are_listed_and_then_counted_no_more(columned: Case) -> None:
    if len(columned.table) < 20:
        return
    table = columned.table.copy()
    table.loc[1:15, columned.units["AU12"]] = "x"
    assert "lines at fault: 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 and more" in refusal(columned, table).why


def test_a_row_without_any_intensity(columned: Case) -> None:
    table = columned.table.copy()
    last = len(table) - 1
    table.loc[last, list(columned.units.values())] = "NaN"
    if columned.a_row_of_holes == "refused":
        assert f"line {last + 2} has no number" in refusal(columned, table).what
    else:
        found = columned.read(table)
        assert f"1 row of {len(table)} without a face left out." in found.remarks


def test_a_column_twice_is_refused_by_name(columned: Case) -> None:
    column = columned.units["AU12"]
    twice = columned.table.copy()
    twice.insert(0, "again", twice[column])
    text = columned.text(twice).replace("again", column, 1)
    assert refusal(columned, text).what.endswith(f"has the column {column.strip()} twice.")


def test_a_row_with_too_many_cells_is_refused(case: Case) -> None:
    lines = case.text().splitlines()
    lines[1] += ",7"
    assert "line 2 has more cells than the header" in refusal(case, "\n".join(lines)).what


def test_nothing_and_only_a_header_are_refused(case: Case) -> None:
    refusal(case, b"")
    refusal(case, b"\n\n")
    assert "has no rows" in refusal(case, case.text().splitlines()[0]).what


def test_other_texts_than_utf_8_are_refused(case: Case) -> None:
    assert "UTF-8" in refusal(case, case.text().encode("utf-16")).why
    refusal(case, case.text().encode().replace(b"0", b"\xe9\0", 3))


def test_out_and_in_again_loses_nothing(case: Case) -> None:
    table = case.read().table
    back = read_table(io.BytesIO(table.to_csv(index=False).encode()), "out.csv")
    pd.testing.assert_frame_equal(back.table, table)
    assert back.missing == case.missing
    export = export_table(table, [(case.name, "0" * 64)])
    pd.testing.assert_frame_equal(read_export(export.parquet, export.json)[0], table)
    pd.testing.assert_frame_equal(read_table(io.BytesIO(export.parquet), "out.parquet").table, table)


def test_several_files_make_one_table(case: Case) -> None:
    if case.format in ("ufnet", "au-table"):
        return
    sources = [(io.BytesIO(case.text().encode()), f"P{number}_fear.csv") for number in (1, 2)]
    table = read_tables(sources).table
    assert table["subject"].tolist() == ["P1", "P2"]
    with pytest.raises(UserError, match=r"P1_fear\.csv and P1_scared\.csv both tell of P1 in fear"):
        read_tables([(io.BytesIO(case.text().encode()), name) for name in ("P1_fear.csv", "P1_scared.csv")])


def test_unknown_emotions_are_kept_and_said(case: Case) -> None:
    found = case.read(name="P9_yawn.csv")
    if case.format in ("ufnet", "au-table") or "P01" in case.text()[:2000]:
        assert set(found.table["emotion"]) <= set(EMOTIONS)
    else:
        assert found.table.loc[0, ["subject", "emotion"]].tolist() == ["P9", "yawn"]
        assert "“yawn”: kept, but not one of the five emotions and not used for screening." in found.remarks


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_table_is_read_or_refused_and_nothing_else(columned: Case, data: st.DataObject) -> None:
    content = bytearray(columned.text(columned.table.head(6)).encode())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        if data.draw(st.booleans()):
            content[at] = data.draw(st.sampled_from(b'0,;"\n\t\r.-xN\xff\0'))
        else:
            del content[at : at + data.draw(st.integers(1, 200))]
        content = content or bytearray(b" ")
    try:
        found = columned.read(bytes(content))
    except UserError:
        return
    values = found.table[list(ACTION_UNITS)].to_numpy(float)
    maxima = found.table["backend"].map(lambda backend: scale_of(backend).maximum).to_numpy(float)[:, None]
    assert not (values < 0).any()
    assert not (values > maxima).any()


def test_files_of_two_formats_are_not_mixed(shared_data: Path) -> None:
    folder = shared_data / "csv_formats"
    with pytest.raises(UserError, match=r"is of OpenFace 2, and pyfeat_2\.csv of py-feat"):
        read_tables([(folder / name, name) for name in ("openface_2.csv", "pyfeat_2.csv")])


def test_a_table_of_something_else_is_refused_with_its_columns() -> None:
    with pytest.raises(UserError) as caught:
        read_table(io.BytesIO(b"patient,score\n1,2\n"), "scores.csv")
    assert caught.value.what == "scores.csv is of no known format."
    assert "patient, score" in caught.value.why


def test_a_format_can_be_asked_for_by_name(shared_data: Path) -> None:
    path = shared_data / "csv_formats" / "openface_2.csv"
    assert read_table(path, format="openface").format == "OpenFace 2"
    with pytest.raises(UserError, match="has no column frame"):
        read_table(io.BytesIO(b"AU01,FaceScore\n0.5,1\n"), "a.csv", "py-feat")
    with pytest.raises(UserError, match="There is no format 'excel'"):
        read_table(path, format="excel")
