"""AU table: what the cohort holds and lacks, how groups differ, who is far, labels, and what comes in or is refused."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import pandas as pd
import pytest

from core.types import ACTION_UNITS, SIDED_ACTION_UNITS
from core.workspace import clips, cohorts, intake
from pages.parts import tables
from tests.pages.test_clips import measurement, still

VIEW = "table_view"


def table(people: int = 3, **changes: object) -> pd.DataFrame:
    groups = ["PD", "control", ""] * people
    rows = pd.DataFrame({"subject": [f"N{i}" for i in range(people)], "emotion": "fear", "group": groups[:people]})
    for i, au in enumerate(ACTION_UNITS):
        rows[au] = [(i + 3 * j) % 5 / 2 for j in range(people)]
    return rows.assign(**changes)


def cohort_of(ws, rows: pd.DataFrame, name: str = "Ward 7") -> cohorts.Cohort:
    cohort = cohorts.create(ws, name, rows.assign(backend=rows.get("backend", "openface"), simulated=False))
    cohorts.use(ws, cohort.id)
    return cohort


def look(app, view: str):
    app.button_group(key=VIEW).set_value(view).run()
    assert not app.exception
    return app


def upload(app, *files: tuple[str, bytes]):
    app.file_uploader[0].set_value([(name, content, "text/csv") for name, content in files]).run()
    assert not app.exception
    return app


def csv(frame: pd.DataFrame) -> bytes:
    return frame.to_csv(index=False).encode()


def press(app, label: str):
    next(b for b in app.main.button if b.label == label).click().run()
    assert not app.exception
    return app


def largest(app) -> pd.DataFrame:
    return max((d.value for d in app.dataframe), key=len)


def stored(ws) -> pd.DataFrame:
    return cohorts.read_table(ws, cohorts.in_use(ws).table_hash)


def said(app) -> str:
    return "\n".join(m.value for kind in (app.markdown, app.info, app.warning, app.success) for m in kind)


def test_without_a_cohort_it_leads_home_and_takes_a_table(ws, open_page):
    app = open_page("au_table")
    assert [s.value for s in app.header] == ["No cohort yet"]
    upload(app, ("mine.csv", csv(table())))
    assert "3 rows of 3 people from 1 file. Not kept yet." in said(app)
    assert cohorts.list_cohorts(ws) == []
    assert next(b for b in app.button if b.label == "Keep these rows").disabled
    app.text_input(key="new_cohort_name").set_value("Ward 7").run()
    press(app, "Keep these rows")
    cohort = cohorts.in_use(ws)
    assert (cohort.name, cohort.n_people, cohort.n_rows, cohort.simulated) == ("Ward 7", 3, 3, False)
    assert any("3 rows imported" in s.value for s in app.success)


def test_the_demo_is_counted_filtered_searched_and_called_simulated(demo, open_page):
    app = open_page("au_table")
    rows, counts = sorted((d.value for d in app.dataframe), key=len, reverse=True)[:2]
    assert len(rows) == demo.n_rows
    assert counts["PD"].sum() + counts["control"].sum() == demo.n_rows
    assert any("SIMULATED" in m.value for m in app.markdown)
    app.button_group(key="table_emotions").set_value(["fear"]).run()
    assert set(largest(app)["emotion"]) == {"fear"}
    code = rows["subject"].iloc[0]
    app.text_input(key="table_code").set_value(code.lower()).run()
    assert set(app.dataframe[-1].value["subject"]) == {code}
    assert any(b.label == "CSV, 1 row" for b in app.get("download_button"))


def test_columns_beside_the_17_are_shown_when_asked_for(demo, open_page):
    app = open_page("au_table")
    assert [c for c in largest(app) if c.startswith("AU")] == list(ACTION_UNITS)
    app.button_group(key="table_columns").set_value(["left and right"]).run()
    assert {f"{unit}_L" for unit in SIDED_ACTION_UNITS} < set(largest(app))


def test_groups_are_compared_in_words_figure_and_table(demo, open_page):
    app = look(open_page("au_table"), "Compare groups")
    app.selectbox(key="emotion").set_value("fear").run()
    assert len(app.get("plotly_chart")) == 1
    numbers = app.dataframe[0].value
    assert set(numbers["measure"]) == set(ACTION_UNITS)
    numbers = numbers.dropna(subset=["Hedges' g"])  # a measure in which nobody moves has none
    size = numbers["Hedges' g"].abs()
    assert size.tolist() == sorted(size, reverse=True)
    assert (numbers["adjusted p"] >= numbers["p"]).all()
    assert "Simulated people: this says nothing about patients." in said(app)
    assert "25 with PD, 30 controls" in said(app)
    app.selectbox(key="table_measure").set_value("Asymmetry, left minus right").run()
    assert set(app.dataframe[0].value["measure"]) <= set(SIDED_ACTION_UNITS)
    app.selectbox(key="table_units").set_value("Table II").run()
    assert set(app.dataframe[0].value["measure"]) <= {"AU05", "AU12", "AU17"}


def test_what_cannot_be_compared_is_told(ws, open_page):
    cohort_of(ws, table())
    app = look(open_page("au_table"), "Compare groups")
    assert "no rows of anger" in said(app)
    app.selectbox(key="emotion").set_value("fear").run()
    assert "Nothing can be compared in fear" in said(app)
    assert "are missing" not in said(app)


def test_mixed_backends_are_warned_of_and_can_be_parted(ws, open_page):
    cohort_of(ws, table(6, backend=["openface", "openface", "openface", "libreface", "libreface", "libreface"]))
    app = look(open_page("au_table"), "Compare groups")
    app.selectbox(key="emotion").set_value("fear").run()
    assert "come from different backends" in said(app)
    app.button_group(key="table_backends").set_value(["openface"]).run()
    assert "come from different backends" not in said(app)
    assert "3 of 6 rows pass the filter." in said(app)


def test_missing_expressions_stand_out_with_the_reason(ws, open_page):
    whole = pd.concat([table(2, emotion=emotion) for emotion in ("anger", "happiness", "disgust", "fear", "surprise")])
    gaps = whole[~((whole["subject"] == "N1") & (whole["emotion"] == "disgust"))].reset_index(drop=True)
    gaps.loc[0, "AU45"] = None
    cohort_of(ws, gaps)
    app = look(open_page("au_table"), "Missing clips")
    assert "1 of 10 expressions are missing" in said(app)
    (shown,) = (d.value for d in app.dataframe)
    assert shown[["subject", "disgust", "anger", "missing"]].to_numpy().tolist() == [["N1", "missing", "✓", 1]]
    app.toggle(key="missing_none").set_value(True).run()
    assert app.dataframe[0].value["anger"].tolist() == ["✓", "no 1 of 17 AUs"]


def test_far_rows_are_listed_and_stay(ws, open_page):
    rows = table(12, group="PD", backend="openface")
    rows[list(ACTION_UNITS)] = 1.0
    rows.loc[4, ["AU12", "AU06"]] = [4.5, 3.0]
    cohort_of(ws, rows)
    app = look(open_page("au_table"), "Outliers")
    (found,) = (d.value for d in app.dataframe)
    assert found[["person", "AU", "value", "also far", "clip"]].to_numpy().tolist() == [
        ["N4", "AU12", 4.5, "AU06", "not here"]
    ]
    assert len(stored(ws)) == 12
    app.slider(key="table_far").set_value(10.0).run()
    assert app.dataframe[0].value["also far"].tolist() == [""]


def test_a_missing_expression_says_what_became_of_its_clip(ws, open_page):
    cohort_of(ws, table(2))
    taken = {
        e: intake.receive_clip(ws, f"N0_{e}.png", still(i)) for i, e in enumerate(("anger", "happiness", "disgust"))
    }
    clips.save_measurement(ws, taken["happiness"].id, measurement("happiness"))
    poor = measurement("disgust")
    useless = replace(poor, peak_frame=None, quality=replace(poor.quality, verdict="not usable", reason="Too dark."))
    clips.save_measurement(ws, taken["disgust"].id, useless)
    app = look(open_page("au_table"), "Missing clips")
    rows = app.dataframe[0].value.set_index("subject")
    assert rows.loc["N0", ["anger", "happiness", "disgust", "fear", "surprise"]].tolist() == [
        "clip not measured", "clip not added", "clip not usable", "✓", "missing",
    ]  # fmt: skip


def test_a_far_row_leads_to_its_clip_on_faces(ws, open_page):
    rows = table(12, group="PD", backend="openface")
    rows[list(ACTION_UNITS)] = 1.0
    rows.loc[4, "AU12"] = 4.5
    cohort_of(ws, rows)
    clip = intake.receive_clip(ws, "n4_fear.png", still(3))
    clips.save_measurement(ws, clip.id, measurement("fear"))
    app = look(open_page("au_table"), "Outliers")
    assert app.dataframe[0].value["clip"].tolist() == ["usable"]
    assert "1 of 12 rows have theirs here: 1 usable" in said(app)
    press(app, "See the clip on Faces")
    assert [t.value for t in app.title] == ["Faces"]
    assert app.session_state["clip"] == clip.id


def test_ticked_rows_are_removed_and_come_back(ws, open_page):
    before = cohort_of(ws, table())
    app = open_page("au_table")
    for _ in range(2):  # the simulated browser forgets what is ticked with every run
        key = f"rows-{before.id}-{before.version}-3"
        app.session_state[key] = {"selection": {"rows": [1], "columns": [], "cells": []}}
        if (button := next(b for b in app.main.button if b.label.startswith("Remove"))).label == "Remove 1 row":
            button.click()
        app.run()
    assert stored(ws)["subject"].tolist() == ["N0", "N2"]
    press(open_page("au_table"), "Undo")
    assert cohorts.in_use(ws).table_hash == before.table_hash


def test_labels_change_for_a_person_in_all_rows_and_undo_brings_them_back(ws, open_page):
    before = cohort_of(ws, pd.concat([table(), table(emotion="anger")], ignore_index=True))
    app = look(open_page("au_table"), "Labels")
    assert next(b for b in app.button if b.label == "Save labels").disabled
    app.multiselect[0].set_value(["N0", "N1"]).run()
    next(s for s in app.selectbox if s.label == "Group").set_value("control").run()
    assert "To be changed, in 2 rows:\n- N0: group PD → **control**" in said(app)
    assert "N1" not in said(app)
    assert cohorts.in_use(ws).table_hash == before.table_hash
    press(app, "Save labels")
    rows = stored(ws)
    assert set(rows.loc[rows["subject"] == "N0", "group"]) == {"control"}
    assert any("Changed, in 2 rows" in s.value for s in app.success)
    press(app, "Undo")
    assert any("group of 1 person changed" in s.value for s in app.success)
    assert cohorts.in_use(ws).table_hash == before.table_hash


def test_age_and_sex_can_be_edited_where_they_are(ws, open_page):
    cohort_of(ws, table(age=[70.0, 65.0, None], sex=["F", "M", ""]))
    app = look(open_page("au_table"), "Labels")
    app.multiselect[0].set_value(["N2"]).run()
    next(s for s in app.selectbox if s.label == "Sex").set_value("F").run()
    app.number_input[0].set_value(58).run()
    press(app, "Save labels")
    assert stored(ws).loc[2, ["age", "sex"]].tolist() == [58.0, "F"]


def test_the_demo_is_edited_in_a_copy(ws, demo, open_page):
    app = look(open_page("au_table"), "Labels")
    assert not app.multiselect
    press(app, "Make a copy and edit it")
    assert cohorts.in_use(ws).name == f"{demo.name}, copy"
    assert len(app.multiselect) == 1
    assert cohorts.get_cohort(ws, demo.id) == demo


def test_a_change_in_another_tab_is_not_overwritten(ws, open_page):
    cohort = cohort_of(ws, table())
    app = look(open_page("au_table"), "Labels")
    app.multiselect[0].set_value(["N0"]).run()
    next(s for s in app.selectbox if s.label == "Group").set_value("control").run()
    cohorts.add_rows(ws, cohort, table(4).iloc[3:].assign(backend="openface", simulated=False))
    press(app, "Save labels")  # the page has read the new table: what was chosen must be chosen again
    assert cohorts.in_use(ws).n_rows == 4
    assert stored(ws)["group"].tolist() == ["PD", "control", "", "PD"]


def test_rows_join_the_cohort_in_use_and_undo_takes_them_back(ws, demo, open_page):
    app = open_page("au_table")
    assert next(b for b in app.main.button if b.label == "Undo").disabled
    upload(look(app, "Import"), ("mine.csv", csv(table(backend="openface"))))
    app.radio[0].set_value(f"into {demo.name}").run()
    assert "come from different backends" in said(app)
    press(app, "Keep these rows")
    assert cohorts.in_use(ws).n_rows == demo.n_rows + 3
    app = press(open_page("au_table"), "Undo")
    assert any("3 rows added" in s.value for s in app.success)
    assert cohorts.in_use(ws).table_hash == demo.table_hash


def test_several_files_and_participants_make_one_table(ws, open_page):
    participants = b"participant_id,group,age,sex\nsub-N0,PD,70,F\nN1,control,65,M\n"
    app = upload(
        open_page("au_table"),
        ("a.csv", csv(table(2, group=""))),
        ("participants.csv", participants),
        ("b.csv", csv(table(2, group="", emotion="anger"))),
    )
    assert "4 rows of 2 people from 3 files" in said(app)
    assert app.dataframe[-1].value["group"].tolist() == ["PD", "control"] * 2
    app.text_input(key="new_cohort_name").set_value("Ward 7").run()
    press(app, "Keep these rows")
    assert stored(ws)["age"].tolist() == [70.0, 65.0] * 2


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (csv(table().drop(columns="AU12")), "AU12"),
        (csv(table(AU06=[1.0, float("nan"), 2.0])), "line 3"),
        (csv(table(AU06=[1.0, 7.0, 2.0])), "line 3"),
        (b"a,b\n1,2\n", "no known format"),
        (b"PK\3\4 a zip", "not a CSV table"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_and_the_others_are_shown(ws, open_page, content, told):
    app = upload(open_page("au_table"), ("bad.csv", content))
    assert len(app.error) == 1
    assert told in app.error[0].value.replace("\\", "")
    assert "Nothing is stored." in said(app)
    upload(app, ("bad.csv", content), ("good.csv", csv(table())))
    assert len(app.error) == 1
    assert "3 rows of 3 people from 1 file" in said(app)
    assert cohorts.list_cohorts(ws) == []


def test_a_table_that_tells_of_nobody_is_refused(ws, open_page):
    frames = pd.DataFrame({f"au_{unit}_intensity": [0.5] for unit in ("1", "2", "4", "5", "6", "9", "12", "15", "17")})
    frames = frames.assign(au_20_intensity=0.1, au_25_intensity=0.1, au_26_intensity=0.1)
    app = upload(open_page("au_table"), ("anger.csv", csv(frames)))
    assert "no person or no emotion" in app.error[0].value
    assert "Nothing is stored." in said(app)


def test_participants_alone_and_twice_are_refused(ws, open_page):
    people = ("participants.csv", b"participant_id,group\nN0,PD\n")
    app = upload(open_page("au_table"), people)
    assert "together with an AU table" in app.error[0].value
    upload(app, people, ("p2.csv", people[1]), ("a.csv", csv(table())))
    assert "two tables of participants" in app.error[0].value


def test_what_a_format_lacks_is_told_for_each_emotion(ws, open_page):
    units = ("1", "2", "4", "5", "6", "9", "12", "15", "17", "20", "25", "26")
    frames = pd.DataFrame({f"au_{unit}_intensity": [0.5, 1.0, 0.2] for unit in units})
    app = upload(open_page("au_table"), ("P1_fear.csv", csv(frames)))
    assert not app.error
    assert "All 17 cannot be used." in said(app)
    assert "fear: Table II is complete" in said(app)


def test_a_cohort_removed_in_another_tab_is_not_written_to(ws, demo, open_page):
    app = upload(look(open_page("au_table"), "Import"), ("mine.csv", csv(table())))
    app.radio[0].set_value(f"into {demo.name}").run()
    cohorts.remove(ws, demo)
    app.run()
    assert not app.exception
    assert [s.value for s in app.header] == ["No cohort yet"]


def test_the_exported_table_can_be_imported_again(demo, ws):
    frame = cohorts.read_table(ws, demo.table_hash)
    csv_file, parquet, described = tables.described_exports(frame, "au_table", (demo.name, demo.table_hash))
    read = pd.read_csv(io.StringIO(csv_file.data()), keep_default_na=False)
    assert read["subject"].tolist() == frame["subject"].tolist()
    pd.testing.assert_frame_equal(pd.read_parquet(io.BytesIO(parquet.data())), frame)
    assert json.loads(described.data())["inputs"] == [{"name": demo.name, "sha256": demo.table_hash}]


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_the_figure_of_the_groups_is_a_file_for_print(demo, ws, kind):
    from core.screening.group_differences import compare_groups
    from pages.parts import group_report, measures

    rows = cohorts.read_table(ws, demo.table_hash).query("emotion == 'fear'")
    chosen = measures.measure(rows, "Peak intensity", "fear", measures.PAPER)
    found = compare_groups(chosen.values, chosen.features)
    about = {"emotion": "fear", "compared": "Peak intensity", "simulated": True}
    item = next(e for e in group_report.exports(chosen, found, about) if e.file_name.endswith(kind))
    content = item.data()
    if kind == "png":
        assert content.startswith(b"\x89PNG")
    else:
        text = content.decode()
        assert all(words in text for words in ("AU12", "simulated", "Not a diagnostic device", "Hedges' g"))
    as_csv = next(e for e in group_report.exports(chosen, found, about) if e.file_name.endswith("csv")).data()
    assert pd.read_csv(io.StringIO(as_csv))["measure"].tolist() == [d.feature for d in found]
    differences = json.loads(next(e for e in group_report.exports(chosen, found, about) if "JSON" in e.label).data())
    assert {d["feature"] for d in differences["differences"]} == {"AU05", "AU12", "AU17"}
